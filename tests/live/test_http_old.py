"""Clients of HTTP/1.0, and ``100 Continue``: what may be sent to whom, and when."""

import socket
import struct
import time
from collections.abc import Iterator

import pytest

from tests.harness.components import Components, application, components
from tests.harness.http import Connection, TruncatedError, request

CLOSED = b""
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LENGTH = b"Content-Length: 4\r\n"
EXPECT = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
NAMES = (
    "hello",
    "echo",
    "big-response",
    "no-body",
    "never-finishes",
    "answers-early",
    "request-info",
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Components]:
    with components({name: application(name) for name in NAMES}) as made:
        yield made


@pytest.fixture
def server(shared: Components) -> Iterator[Components]:
    with shared.watched():
        yield shared
        assert request(shared["hello"]).body == b"Hello, WASI!\n"


def head_and_rest(client: Connection) -> tuple[list[bytes], bytes]:
    """Return the lines of the head that do not change with time, and all that follows."""
    head = client.read_until(b"\r\n\r\n").split(b"\r\n")[:-2]
    return [line for line in head if not line.startswith((b"date:", b"server:"))], client.rest()


def old(server: Components, name: str, data: bytes) -> tuple[list[bytes], bytes]:
    with Connection(server[name]) as client:
        client.send(data)
        return head_and_rest(client)


def test_a_body_of_unknown_length_ends_with_the_connection(server: Components) -> None:
    head, body = old(
        server, "big-response", b"GET /1000000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    )
    assert head[0] == b"HTTP/1.1 200 OK"
    assert b"connection: close" in head
    assert not [line for line in head if line.startswith((b"transfer-encoding", b"content-length"))]
    assert len(body) == 1_000_000


def test_a_small_answer_has_its_length(server: Components) -> None:
    head, body = old(server, "hello", b"GET / HTTP/1.0\r\n\r\n")
    assert head == [
        b"HTTP/1.1 200 OK",
        b"content-type: text/plain",
        b"content-length: 13",
        b"connection: close",
    ]
    assert body == b"Hello, WASI!\n"


def test_no_interim_response_for_an_old_client(server: Components) -> None:
    head, body = old(
        server, "echo", b"POST / HTTP/1.0\r\n" + LENGTH + b"Expect: 100-continue\r\n\r\nbody"
    )
    assert (head[0], b"connection: close" in head) == (b"HTTP/1.1 200 OK", True)
    assert body == b"body"


@pytest.mark.parametrize(
    ("method", "path"), [(b"HEAD", b"/200"), (b"GET", b"/204"), (b"GET", b"/304")]
)
def test_answers_without_a_body(server: Components, method: bytes, path: bytes) -> None:
    head, body = old(server, "no-body", b"%b %b HTTP/1.0\r\n\r\n" % (method, path))
    assert head[0].split()[1] == (path[1:])
    assert b"connection: close" in head
    assert b"transfer-encoding: chunked" not in head
    assert body == b""


def segments(client: Connection) -> int:
    """Return how many segments with data have come, as Linux counts them (linux/tcp.h)."""
    info = client.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    return int(struct.unpack_from("=I", info, 152)[0])


def test_a_response_waits_for_a_client_that_was_told_to_go_on(server: Components) -> None:
    """The guest sends its head before it reads; a proxy may not see both at once."""
    with Connection(server["echo"]) as client:
        client.send(EXPECT)
        assert client.read_until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        # The guest, which has set its head, waits for us: others are answered, nothing comes.
        assert request(server["echo"], "POST", "/", b"other").body == b"other"
        assert segments(client) == 1
        client.send(b"body")
        response = client.response()
        assert (response.status, response.body) == (200, b"body")
        assert response.field("connection") is None


def test_it_does_not_wait_for_ever(server: Components) -> None:
    with Connection(server["echo"]) as client:
        started = time.monotonic()
        client.send(EXPECT)
        assert client.read_until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert client.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 OK\r\n")
        assert time.monotonic() - started >= 0.9
        assert segments(client) == 2
        client.send(b"body")
        assert client.read(9) == b"4\r\nbody\r\n"


def test_none_for_a_guest_that_answers_without_the_body(server: Components) -> None:
    with Connection(server["answers-early"]) as client:
        client.send(EXPECT)
        response = client.response()
        assert (response.status, response.body) == (200, b"early\n")
        assert response.field("connection") == "close"


@pytest.mark.parametrize("framing", [LENGTH + b"\r\nbody", CHUNKED + b"\r\n4\r\nbody\r\n0\r\n\r\n"])
def test_none_where_the_body_is_there(server: Components, framing: bytes) -> None:
    """RFC 9110, section 10.1.1; and the connection stays."""
    with Connection(server["echo"]) as client:
        for _ in range(2):
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n" + framing)
            response = client.response()
            assert (response.status, response.body) == (200, b"body")
            assert response.field("connection") is None


def test_chunks_may_be_expected(server: Components) -> None:
    with Connection(server["echo"]) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" + CHUNKED + b"\r\n")
        assert client.response().status == 100
        client.send(b"4\r\nbody\r\n0\r\n\r\n")
        assert client.response().body == b"body"
        assert client.get().body == b""


def info(server: Components, data: bytes) -> list[bytes]:
    with Connection(server["request-info"]) as client:
        client.send(data)
        return client.response().body.splitlines()


def test_what_a_guest_sees_of_an_absolute_target(server: Components) -> None:
    """The authority of the target counts, wherever a guest looks: RFC 9112, section 3.2.2."""
    lines = info(server, b"GET http://Other:81?a HTTP/1.1\r\nX: 1\r\nHost: mine\r\n\r\n")
    assert b"path-with-query: some /?a" in lines
    assert b"mine" not in b"".join(lines)
    assert b"authority: some Other:81" in lines


def test_blanks_around_values_are_none_of_them(server: Components) -> None:
    """RFC 9112, section 5.1."""
    lines = info(server, b"GET / HTTP/1.1\r\nHost: \ta \t\r\nX-A: \t b \t c \t \r\nX-B: \t\r\n\r\n")
    assert b"header x-a: b \\x09 c" in lines
    assert b"header x-b: " in lines
    assert b"authority: some a" in lines


def test_a_half_closed_client_gets_all_of_a_stream(server: Components) -> None:
    with Connection(server["big-response"]) as client:
        client.send(b"GET /5000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        client.sock.shutdown(socket.SHUT_WR)
        assert len(client.response().body) == 5_000_000
        assert client.rest() == CLOSED


def test_half_of_a_body_and_then_no_more(server: Components) -> None:
    with Connection(server["echo"]) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        client.sock.shutdown(socket.SHUT_WR)
        with pytest.raises((TruncatedError, ConnectionResetError)):
            client.response()
