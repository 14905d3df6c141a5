"""What Unit's own reader of JSON says to the texts that ours is compared with."""

from collections.abc import Iterator

import pytest

from tests.harness.components import guest
from tests.harness.http import request
from tests.harness.unit_json import MORE_THAN_UNIT, NOT_READ, NOT_UTF8, READ
from tests.harness.unitd import Unit, Unitd


@pytest.fixture(scope="module")
def shared(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        yield server


def is_read(server: Unitd, text: bytes) -> bool:
    """Whether Unit gets as far as asking what the value is."""
    reply = request(server.control, "PUT", "/config/settings", text).body
    read = b"Invalid configuration." in reply or b"Reconfiguration done." in reply
    assert read != (b"Invalid JSON." in reply), reply
    return read


def test_texts(server: Unitd) -> None:
    wanted = {
        **{text: True for text, _ in READ},
        **dict.fromkeys(NOT_READ, False),
        **dict.fromkeys(NOT_UTF8, True),
        **{text: False for text, _ in MORE_THAN_UNIT},
    }
    found = {text: is_read(server, text) for text in wanted}
    assert {text for text in wanted if found[text] != wanted[text]} == set()


def test_an_application_reaches_us_as_it_was_written(unit: Unit) -> None:
    """Unit keeps numbers as they are, and our reader gets them so."""
    with unit.start() as server:
        _put_and_ask(server)


def _put_and_ask(server: Unitd) -> None:
    text = f"""// Ours.
    {{
        "type": "wasm-wasi-component", /* the newer */
        "component": "{guest("hello")}",
        "processes": 1e0,
        "limits": {{"timeout": 6e1, "requests": -01, "shm": 1.0e8,}},
        "environment": {{"A": "\\u00e9\\ud83d\\ude00\\t/* no */",}},
    }}
    """
    # Another comment, with a byte that is no text.
    data = text.encode() + b"// \xff\n"
    reply = request(server.control, "PUT", "/config/applications", b'{"hello": %b}' % data)
    assert reply.json() == {"success": "Reconfiguration done."}
    listener = f"{server.host}:{server.port}"
    body = f'{{"{listener}": {{"pass": "applications/hello"}},}}'.encode()
    assert request(server.control, "PUT", "/config/listeners", body).status == 200
    assert request(f"http://{listener}").body == b"Hello, WASI!\n"
