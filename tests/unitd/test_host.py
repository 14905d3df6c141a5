"""Host as the authority or among the headers, by type and by option; blanks around values."""

from collections.abc import Iterator

import pytest

from tests.harness.http import Connection, request
from tests.harness.unitd import Unit, Unitd, application


@pytest.fixture(scope="module")
def shared(unit: Unit) -> Iterator[Unitd]:
    info = {"type": "wasm", "module": application("request-info")["component"]}
    handlers = ("request_handler", "malloc_handler", "free_handler")
    old = {**info, **dict.fromkeys(handlers, "<unused>")}
    dropping = {"UNIT_WASM_HOST_HEADER": "drop"}
    with unit.start() as server:
        server.configure(
            {
                "component": application("request-info"),
                "kept": application("request-info", {"HOST_HEADER": "keep"}),
                "old": old,
                "dropped": {**old, "environment": dropping},
            }
        )
        for name in ("component", "kept", "old", "dropped"):
            request(server[name])
        yield server


def shown(server: Unitd, name: str, head: bytes) -> list[str]:
    with Connection(server[name]) as client:
        client.send(b"GET " + head + b"Connection: close\r\n\r\n")
        response = client.response()
    assert response.status == 200, response
    return [line for line in response.body.decode().splitlines() if line[:4] in ("auth", "head")]


@pytest.mark.parametrize("name", ["component", "dropped"])
@pytest.mark.parametrize("host", ["Some.Host:81", "[::1]:80", "a", "a:"])
def test_the_authority_is_host_as_it_was_sent(server: Unitd, name: str, host: str) -> None:
    lines = shown(server, name, f"/ HTTP/1.1\r\nX-A: 1\r\nHost: {host}\r\nX-B: 2\r\n".encode())
    assert lines == [f"authority: some {host}", "header x-a: 1", "header x-b: 2"]


@pytest.mark.parametrize("name", ["kept", "old"])
def test_the_older_way(server: Unitd, name: str) -> None:
    lines = shown(server, name, b"/ HTTP/1.1\r\nX-A: 1\r\nHost: Some.Host:81\r\nX-B: 2\r\n")
    assert lines == [
        "authority: some some.host",
        *("header x-a: 1", "header host: Some.Host:81", "header x-b: 2"),
    ]


@pytest.mark.parametrize("name", ["component", "old"])
def test_without_one(server: Unitd, name: str) -> None:
    assert shown(server, name, b"/ HTTP/1.0\r\n") == ["authority: some localhost"]


def test_blanks_around_values_are_none_of_them(server: Unitd) -> None:
    head = b"/ HTTP/1.1\r\nHost: \t a:1 \t\r\nX-A: \t b \t c \t \r\nX-B: \t\r\n"
    assert shown(server, "component", head) == [
        "authority: some a:1",
        "header x-a: b \\x09 c",
        "header x-b: ",
    ]


def test_a_target_with_an_authority(server: Unitd) -> None:
    """Unit's router takes none; on the embedded server it counts, and Host does not."""
    with Connection(server["component"]) as client:
        client.send(b"GET http://Other:81/x HTTP/1.1\r\nHost: mine\r\n\r\n")
        assert client.response().status == 400
