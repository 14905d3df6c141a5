"""Functions as services in a real Unit."""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.harness.http import Response, request
from tests.harness.processes import descriptors, wait_until
from tests.harness.server import ROOT
from tests.harness.services import CHECKS, JSON, ORIGINS, Service
from tests.harness.unitd import Unit, Unitd, application

SHIFT = {"SHIFT_AMOUNT": "5"}


@pytest.fixture(scope="module")
def shared(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        server.configure(
            {
                "app": application("functions", {"TIMEOUT": "2s", "ORIGINS": ORIGINS}),
                "busy": application(
                    "functions", {"MAX_EXCHANGES": "1", "MAX_QUEUE": "0", "TIMEOUT": "1s"}
                ),
                "hello": application("hello"),
            },
            max_body_size=32 << 20,
        )
        for name in ("app", "busy"):
            call(server, "/encrypt", '{"message": "warm"}', name)
        request(server["hello"])
        yield server


def call(server: Unitd, path: str, body: str, name: str = "app") -> Response:
    return request(server[name], "POST", path, body.encode(), JSON)


@pytest.mark.parametrize("what", CHECKS)
def test_it_answers_as_everywhere(what: str, server: Unitd) -> None:
    """Although a worker may not be able to read the files of what it describes."""
    CHECKS[what](Service(server["app"], server))
    assert request(server["hello"]).body == b"Hello, WASI!\n"


def test_it_keeps_nothing_of_what_was_called(unit: Unit) -> None:
    """Calls of every kind, from 16 clients at once, leave no descriptor behind."""
    calls = [
        ("/half", '{"number": 4}'),
        ("/half", '{"number": 5}'),
        ("/half", '{"number": "x"}'),
        ("/half", "{"),
        ("/nothing", ""),
        ("/nobody", "{}"),
        ("/trap", "{}"),
        ("/repeat", '{"data": "AAEC", "times": 10000}'),
    ]
    with unit.start() as server:
        server.configure({"app": application("functions", {"MAX_EXCHANGES": "8"})})

        def some(_: int) -> list[int]:
            return [call(server, *each).status for each in calls * 10]

        with ThreadPoolExecutor(16) as clients:
            expected = [200, 400, 422, 400, 200, 404, 500, 200] * 10
            assert list(clients.map(some, range(16))) == [expected] * 16
            before = descriptors(server.worker("app"))
            for _ in range(4):
                assert list(clients.map(some, range(16))) == [expected] * 16
        wait_until(lambda: descriptors(server.worker("app")) <= before, "back to what it had")


def test_too_many_calls(server: Unitd) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: call(server, "/loop", "{}", "busy"), range(8)))
    busy = [answer for answer in answers if answer.status == 503]
    assert busy
    assert {answer.status for answer in answers} <= {503, 504}
    assert json.loads(busy[0].body)["type"] == "urn:unit-wasm:problem:busy"
    assert busy[0].field("retry-after") == "1"


# ---- Functions in Python that they call ----


def test_the_cipher_with_its_audit_log(unit: Unit) -> None:
    """As the example has it: by five places, and each message is in the log."""
    with unit.start() as server:
        folder = server.folder / "cipher"
        folder.mkdir()
        folder.chmod(0o777)
        shutil.copy(ROOT / "examples" / "cipher" / "audit.py", folder)
        options = {"HOST": "audit", "HOST_PATH": "."}
        more: dict[str, Any] = {"working_directory": str(folder), "environment": SHIFT}
        server.configure({"cipher": application("cipher-c", options, **more)})
        for path, message, result in (
            ("/encrypt", b"hello world", b"mjqqt btwqi"),
            ("/decrypt", b"mjqqt btwqi", b"hello world"),
        ):
            answer = request(server["cipher"], "POST", path, b'{"message": "%b"}' % message, JSON)
            assert (answer.status, answer.body) == (200, b'{"result":"%b"}' % result)
        log = (folder / "audit.log").read_text()
        assert log == "encrypt: hello world\ndecrypt: mjqqt btwqi\n"


def test_without_them_it_is_refused(unit: Unit) -> None:
    with unit.start() as server:
        server.configure({"hello": application("hello")})
        said = "which nobody provides (a function of Python can: UNIT_WASM_HOST)"
        server.refuses("/config/applications/cipher", application("cipher-c"), said)
        assert request(server["hello"]).body == b"Hello, WASI!\n"
