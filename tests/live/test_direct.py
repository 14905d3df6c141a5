"""Large responses, which leave in the call by which their guest writes them."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.harness.components import Components, application, components, environment
from tests.harness.exchanges import ALL_BYTES, HEAD, MIB, PATTERN
from tests.harness.http import Connection, TruncatedError, request
from tests.harness.server import ServerProcess
from tests.live.conftest import Place

BIG, LENGTH = "big-response", "own-length"
SIZES = (16_383, 16_384, 131_071, 131_072, 131_073, 131_072 + 57_232, MIB + 131_072, 5 * MIB + 7)
SMALL = 16 * 1024
"""A client's buffer: what is sent to it stops in the middle of pieces."""


def pattern(size: int, unit: bytes = PATTERN) -> bytes:
    return (unit * (size // len(unit) + 1))[:size]


@pytest.fixture(scope="module", params=["nothing", "direct"])
def shared(request: pytest.FixtureRequest) -> Iterator[Components]:
    options = {"WITHOUT": request.param}
    applications = {name: application(name, options) for name in (BIG, LENGTH, "echo", "splice")}
    applications["late"] = application(BIG, {**options, "TIMEOUT": "0.7"})
    with components(applications, max_body_size=64 * MIB) as made:
        yield made


@pytest.fixture
def server(shared: Components) -> Iterator[Components]:
    for name in (BIG, LENGTH, "echo", "splice", "late"):
        # What is made once is made now, before descriptors are counted.
        _request(shared[name])
    with shared.watched():
        yield shared


def _request(address: str) -> None:
    request(address, "GET", "/1")


@pytest.mark.parametrize("size", SIZES)
def test_every_byte_once(server: Components, size: int) -> None:
    with Connection(server[BIG]) as chunked, Connection(server[LENGTH]) as plain:
        assert chunked.get(f"/{size}").body == pattern(size)
        assert chunked.get(f"/{size}/1").body == pattern(size, ALL_BYTES)
        response = plain.get(f"/{size}")
        assert (response.field("content-length"), response.body) == (str(size), pattern(size))
        # The connections are in order.
        assert chunked.get("/5").body == pattern(5)
        assert plain.get("/5").body == pattern(5)


@pytest.mark.parametrize("name", [BIG, LENGTH])
def test_a_client_that_reads_slowly(server: Components, name: str) -> None:
    """Its socket is full most of the time: pieces break off everywhere."""
    size = 3 * MIB + 11
    with Connection(server[name]) as client:
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        assert client.get(f"/{size}").body == pattern(size)
        assert client.get("/5").body == pattern(5)


def test_a_client_that_does_not_read(server: Components) -> None:
    """Its guest waits for it; then all of it arrives, and what was asked behind it."""
    size = 24 * MIB
    with Connection(server[BIG]) as client:
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        ask = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"
        client.send(ask % size + ask % 5)
        server.wait_for_numbers(BIG, in_flight=1)
        with Connection(server[BIG]) as other:
            # Others are answered meanwhile.
            assert other.get(f"/{MIB}").body == pattern(MIB)
        assert client.response().body == pattern(size)
        assert client.response().body == pattern(5)


def test_old_clients_get_no_chunks(server: Components) -> None:
    size = 2 * MIB + 3
    with Connection(server[BIG]) as client:
        client.send(b"GET /%d HTTP/1.0\r\n\r\n" % size)
        head = client.read_until(b"\r\n\r\n")
        assert b"transfer-encoding" not in head
        assert client.rest() == pattern(size)


def test_a_response_without_a_body(server: Components) -> None:
    with Connection(server[BIG]) as client:
        client.send(b"HEAD /%d HTTP/1.1\r\nHost: a\r\n\r\n" % (4 * MIB))
        response = client.response("HEAD")
        assert (response.status, response.body) == (200, b"")
        assert client.get("/5").body == pattern(5)


@pytest.mark.parametrize("name", [BIG, LENGTH])
@pytest.mark.parametrize("reset", [False, True])
def test_a_client_that_goes_in_the_middle(server: Components, name: str, reset: bool) -> None:
    before = server.numbers(name)["cancelled"]
    with Connection(server[name]) as client:
        client.send(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % (1 << 40))
        client.read_until(b"\r\n\r\n")
        client.read(8 * MIB)
        if reset:
            client.reset()
    server.wait_for_numbers(name, cancelled=before + 1, in_flight=0)
    # Nobody else gets what it was sent.
    with Connection(server[name]) as client:
        assert client.get(f"/{MIB}").body == pattern(MIB)


def test_a_response_that_breaks_off(server: Components) -> None:
    """It is cut, and all that came before is as it should be."""
    with Connection(server["late"]) as client:
        client.send(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % (1 << 40))
        assert client.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 OK\r\n")
        received = 0
        chunks = client.chunks()
        try:
            for chunk in chunks:
                at = received % len(PATTERN)
                assert chunk == pattern(at + len(chunk))[at:]
                received += len(chunk)
            raise AssertionError("a body of a TiB ended")
        except TruncatedError:
            assert received > MIB


@pytest.mark.parametrize("name", ["echo", "splice"])
def test_in_both_directions(server: Components, name: str) -> None:
    def echo(seed: int) -> bool:
        body = pattern(2 * MIB + seed, bytes(range(seed, 256)))
        with Connection(server[name]) as client, ThreadPoolExecutor(1) as sender:
            sent = sender.submit(
                client.send, HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            same = client.response().body == body
            sent.result()
            return same

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(echo, range(12)))


@pytest.mark.parametrize(("name", "framed"), [(BIG, True), (LENGTH, False)])
def test_the_access_log_counts_what_was_sent(place: Place, name: str, framed: bool) -> None:
    size = 4 * MIB + 5
    document = {
        "listeners": {"127.0.0.1:0": {"pass": "applications/app"}},
        "applications": {"app": application(name)},
        "access_log": {"path": str(place.folder / "access.log"), "format": "$body_bytes_sent"},
    }
    path = place.folder / "conf.json"
    path.write_text(json.dumps(document))
    process = ServerProcess(["serve", path], environment=environment())
    with process as server, Connection(server.address) as client:
        client.send(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % size)
        client.read_until(b"\r\n\r\n")
        sent = 0
        if framed:
            for chunk in client.chunks():
                sent += len(b"%x\r\n\r\n" % len(chunk)) + len(chunk)
            sent += len(b"0\r\n\r\n")
        else:
            sent = len(client.read(size))
        client.send(b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
        client.response()
        log = (place.folder / "access.log").read_text().split()
        assert log[0] == str(sent)
