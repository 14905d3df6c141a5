"""Limits of the HTTP layer in front of real components, and what is special to a connection."""

from collections.abc import Iterator

import pytest

from tests.harness.components import Components, application, components
from tests.harness.http import Connection, Response, request

CLOSED = b""
LIMIT = 1000
APPLICATIONS = {name: application(name) for name in ("echo", "hello")}
LENGTH = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
HELLO = b"Hello, WASI!\n"


@pytest.fixture(scope="module")
def shared(way: str) -> Iterator[Components]:
    with components(APPLICATIONS, module=way, max_body_size=LIMIT, body_read_timeout=1) as made:
        yield made


@pytest.fixture
def server(shared: Components) -> Iterator[Components]:
    with shared.watched():
        yield shared
        assert request(shared["hello"]).body == HELLO


def post(client: Connection, body: bytes, *, chunked: bool) -> Response:
    if chunked:
        client.send(CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    else:
        client.send(LENGTH % len(body) + body)
    return client.response()


@pytest.mark.parametrize("chunked", [False, True])
def test_body_limit(server: Components, chunked: bool) -> None:
    with Connection(server["echo"]) as client:
        assert post(client, b"b" * LIMIT, chunked=chunked).body == b"b" * LIMIT
        response = post(client, b"b" * (LIMIT + 1), chunked=chunked)
        assert (response.status, response.body) == (413, b"413 Content Too Large\n")
        assert response.field("connection") == "close"
        assert client.rest() == CLOSED


def test_refused_body_with_expect(server: Components) -> None:
    with Connection(server["echo"]) as client:
        client.send(
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n"
        )
        assert client.response().status == 413


def test_too_large_after_the_head_was_sent_cuts(server: Components) -> None:
    with Connection(server["echo"]) as client:
        client.send(CHUNKED + b"3\r\nabc\r\n")
        assert client.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 OK\r\n")
        assert client.read_until(b"abc\r\n") == b"3\r\nabc\r\n"
        client.send(b"3e8\r\n%b\r\n0\r\n\r\n" % (b"b" * LIMIT))
        assert client.rest() == CLOSED
    server.wait_for_numbers("echo", in_flight=0)


def test_nothing_of_a_body_cuts(server: Components) -> None:
    with Connection(server["echo"]) as client:
        client.send(LENGTH % 10 + b"abc")
        client.read_until(b"abc\r\n")
        assert client.rest() == CLOSED
    server.wait_for_numbers("echo", in_flight=0)


def test_trailers_are_dropped(server: Components) -> None:
    with Connection(server["echo"]) as client:
        for _ in range(2):
            client.send(CHUNKED + b"3\r\nabc\r\n0\r\nX-Trailer: 7\r\nHost: b\r\n\r\n")
            assert client.response().body == b"abc"


def test_many_requests_in_one_piece(server: Components) -> None:
    with Connection(server["echo"]) as client:
        bodies = [b"%d" % number for number in range(300)]
        client.send(b"".join(LENGTH % len(body) + body for body in bodies))
        assert [client.response().body for _ in bodies] == bodies


def test_many_bad_requests_in_one_piece(server: Components) -> None:
    """Each is answered in the place of the component; the first closes the connection."""
    with Connection(server["hello"]) as client:
        client.send(b"GET / HTTP/1.1\r\nHost:\r\n\r\n" * 2000)
        response = client.response()
        assert (response.status, response.body) == (400, b"400 Bad Request\n")
        assert client.rest() == CLOSED


def test_fault_after_a_request_does_not_disturb_it(server: Components) -> None:
    with Connection(server["hello"]) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n")
        assert client.response().body == HELLO
        response = client.response()
        assert (response.status, response.field("connection")) == (400, "close")
        assert client.rest() == CLOSED


def test_fault_in_a_body_before_the_guest_runs(server: Components) -> None:
    with Connection(server["echo"]) as client:
        client.send(CHUNKED + b"xyz\r\n")
        assert client.response().status == 400
        assert client.rest() == CLOSED


def test_upgrade_is_ignored(server: Components) -> None:
    with Connection(server["hello"]) as client:
        client.send(
            b"POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n"
            b"Content-Length: 4\r\n\r\nmore"
        )
        response = client.response()
        assert (response.body, response.field("connection")) == (HELLO, None)
        assert client.get().body == HELLO
