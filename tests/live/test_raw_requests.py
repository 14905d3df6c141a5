"""Requests byte for byte: each as a whole, in single bytes, and with more behind it."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from tests.harness.http import Connection
from tests.harness.server import ServerProcess
from tests.live.conftest import configuration, new_place
from tests.live.raw_requests import BAD, GOOD, Case

NEXT = b"POST /next HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nmore"
WAYS = ("whole", "bytes", "more")
CLOSED = b""


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with new_place() as place, place.fake(place.write(configuration("echo:got"))) as process:
        yield process
        assert "Traceback" not in process.log


def send(client: Connection, case: Case, way: str) -> None:
    data = case.sent + NEXT if way == "more" else case.sent
    size = 1 if way == "bytes" and len(data) < 1000 else len(data)
    for start in range(0, len(data), size):
        try:
            client.send(data[start : start + size])
        except (BrokenPipeError, ConnectionResetError):
            # It was refused before all of it had been sent.
            assert case.closes
            return


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_good(server: ServerProcess, case: Case, way: str) -> None:
    with Connection(server.address) as client:
        send(client, case, way)
        response = client.response()
        assert (response.status, response.body) == (200, b"got " + case.got)
        assert response.field("connection") == ("close" if case.closes else None)
        if case.closes:
            assert client.rest() == CLOSED
            return
        if way != "more":
            client.send(NEXT)
        assert client.response().body == b"got POST /next more"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_bad(server: ServerProcess, case: Case, way: str) -> None:
    phrase = "Content Too Large" if case.status == 413 else HTTPStatus(case.status).phrase
    with Connection(server.address) as client:
        send(client, case, way)
        response = client.response()
        assert (response.status, response.body) == (
            case.status,
            f"{case.status} {phrase}\n".encode(),
        )
        assert response.field("connection") == "close"
        assert client.rest() == CLOSED


def test_names_are_unique() -> None:
    names = [case.name for case in (*GOOD, *BAD)]
    assert sorted(names) == sorted(set(names))
