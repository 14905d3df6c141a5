"""Bodies in both directions through real components, and the order in which things happen."""

import random
import threading
import time
from collections.abc import Iterator

import pytest

from tests.harness.components import Components, application, components
from tests.harness.exchanges import (
    ALL_BYTES,
    ECHOES,
    HEAD,
    MIB,
    PATTERN,
    answer_with_each_status,
    answer_without_bodies,
    go_on_after_the_response,
    stream_through,
)
from tests.harness.http import Connection, Response, TruncatedError, request
from tests.native.guest_table_host import STDIO

GUESTS = (
    *ECHOES,
    "answers-early",
    "big-response",
    "counter",
    "no-body",
    "request-info",
    "sleep",
    "splice",
    "status-codes",
    "stdio",
    "works-after",
)
LATER_KIND = "application/x-test; a=\u00e9"


@pytest.fixture(scope="module")
def shared(way: str) -> Iterator[Components]:
    applications = {name: application(name) for name in GUESTS}
    with components(applications, module=way, max_body_size=64 * MIB) as made:
        for name in GUESTS:
            # What is made once is made now, before descriptors are counted.
            request(made[name])
        yield made


@pytest.fixture
def server(shared: Components) -> Iterator[Components]:
    with shared.watched():
        yield shared


def chunks(body: bytes, size: int) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def echoed(address: str, head: bytes, body: bytes, piece: int = 1 << 30) -> Response:
    """Send a request in pieces while its response is being read."""
    with Connection(address) as client:
        sender = threading.Thread(target=send_pieces, args=(client, head + body, piece))
        sender.start()
        response = client.response()
        sender.join()
        # The connection is in order: it serves another request.
        client.send(HEAD + b"Content-Length: 2\r\n\r\nok")
        assert client.response().body == b"ok"
        return response


def send_pieces(client: Connection, data: bytes, piece: int) -> None:
    for start in range(0, len(data), piece):
        client.send(data[start : start + piece])


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("name", ECHOES)
def test_echo_of_random_bytes(server: Components, name: str, chunked: bool) -> None:
    body = random.Random(name).randbytes(300_000)
    head = HEAD + b"Content-Type: application/x-test; a=\xe9\r\n"
    if chunked:
        head += b"Transfer-Encoding: chunked\r\n\r\n"
        response = echoed(server[name], head, chunks(body, 9_999))
    else:
        head += b"Content-Length: 300000\r\n\r\n"
        response = echoed(server[name], head, body)
    assert response.status == 200
    assert response.body == body
    assert response.field("content-type") == LATER_KIND


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("name", ECHOES)
def test_echo_byte_by_byte(server: Components, name: str, chunked: bool) -> None:
    body = bytes(range(256))
    if chunked:
        head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
        response = echoed(server[name], head, chunks(body, 7), piece=1)
    else:
        response = echoed(server[name], HEAD + b"Content-Length: 256\r\n\r\n", body, piece=1)
    assert response.body == body


@pytest.mark.parametrize("name", ECHOES)
def test_full_duplex(server: Components, name: str) -> None:
    """Each piece comes back before the next one is sent."""
    with Connection(server[name]) as client:
        client.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for index in range(20):
            piece = b"piece %d" % index
            client.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            if index == 0:
                assert client.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 OK\r\n")
            assert client.read_until(b"\r\n") == b"%x\r\n" % len(piece)
            assert client.read(len(piece) + 2) == piece + b"\r\n"
        client.send(b"0\r\n\r\n")
        assert client.read(5) == b"0\r\n\r\n"


@pytest.mark.parametrize("path", ["/", "/blocking"])
def test_splice(server: Components, path: str) -> None:
    body = random.Random(path).randbytes(300_000)
    assert request(server["splice"], "POST", path, body).body == body


@pytest.mark.no_asan
@pytest.mark.parametrize("name", ["echo", "splice"])
def test_16_mib_stream_through(server: Components, name: str) -> None:
    before = server.rss()
    stream_through(server[name], 16)
    # It went through, and was at no time all there.
    assert server.rss() - before < 8 * MIB


@pytest.mark.parametrize(("path", "repeated"), [("", PATTERN), ("/1", ALL_BYTES)])
def test_16_mib_response(server: Components, path: str, repeated: bytes) -> None:
    response = request(server["big-response"], "GET", f"/{16 * MIB}{path}")
    assert response.body == repeated * (16 * MIB // len(repeated))


@pytest.mark.parametrize("name", ECHOES)
def test_expect_continue_is_answered_when_the_guest_reads(server: Components, name: str) -> None:
    with Connection(server[name]) as client:
        client.send(HEAD + b"Content-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        assert client.read_until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(b"body")
        assert client.response().body == b"body"


def test_expect_continue_is_not_answered_when_it_does_not_read(server: Components) -> None:
    with Connection(server["counter"]) as client:
        client.send(HEAD + b"Content-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        response = client.response()
        assert (response.status, response.body) == (200, b"1\n")


def test_bodiless_responses(server: Components) -> None:
    with Connection(server["no-body"]) as client:
        client.send(b"HEAD /200 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.response("HEAD").status == 200
        answer_without_bodies(client)


def test_status_codes(server: Components) -> None:
    with Connection(server["status-codes"]) as client:
        answer_with_each_status(client)
        # WASI allows it, HTTP has no such status.
        assert client.get("/999").status == 500
        for status in (0, 99, 1000):
            response = client.get(f"/{status}")
            assert (response.status, response.body) == (200, b"err 200\n")


def test_answer_before_the_body_was_read(server: Components) -> None:
    with Connection(server["answers-early"]) as client:
        client.send(HEAD + b"Content-Length: 5\r\n\r\n")
        assert client.response().body == b"early\n"
        client.send(b"12345")
        assert client.get("/next").body == b"early\n"
    server.process.wait_for_text("read 5 bytes after the answer\n")


@pytest.mark.no_asan
def test_guest_goes_on_after_its_response(server: Components) -> None:
    before = server.log.count("worked after the answer")
    go_on_after_the_response(server["works-after"])
    server.process.wait_for(
        lambda log: log.count("worked after the answer") == before + 5, "to say so five times"
    )


def test_keep_alive_and_fresh_instances(server: Components) -> None:
    with Connection(server["counter"]) as client:
        for _ in range(100):
            assert client.get().body == b"1\n"


def test_pipelining(server: Components) -> None:
    with Connection(server["echo"]) as client:
        post = HEAD + b"Content-Length: 3\r\n\r\n"
        chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks(b"abcdef", 4)
        client.send(post + b"one" + post + b"two" + chunked + post + b"end")
        bodies = [client.response().body for _ in range(4)]
        assert bodies == [b"one", b"two", b"abcdef", b"end"]


def test_requests_of_a_connection_do_not_mix(server: Components) -> None:
    """Alone and pipelined, with a body and without: each sees what is its own, and only that."""
    choices = random.Random(7)
    with Connection(server["request-info"]) as client:
        for first in range(0, 200, 4):
            sent = b""
            expected = []
            for number in range(first, first + choices.randint(1, 4)):
                method = choices.choice(("GET", "HEAD", "POST", "PUT"))
                names = choices.sample(("host", "x-number", f"x-{number}"), choices.randint(1, 3))
                fields = [f"{name}: {number}" for name in sorted({*names, "host"})]
                body = b"abc" if method in ("POST", "PUT") else b""
                if method == "PUT":
                    fields.append("content-length: 3")
                head = [f"{method} /{number} HTTP/1.1", *fields]
                if method == "POST":
                    head.append("transfer-encoding: chunked")
                    body = chunks(body, 2)
                sent += "\r\n".join([*head, "", ""]).encode() + body
                lines = [f"method: {method.lower()}", "scheme: HTTP", f"authority: some {number}"]
                lines.append(f"path-with-query: some /{number}")
                # Host is the authority.
                lines += [f"header {field}" for field in fields if not field.startswith("host:")]
                expected.append((method, [] if method == "HEAD" else lines))
            client.send(sent)
            for method, lines in expected:
                assert client.response(method).body.decode().splitlines() == lines


def test_chunks_arrive_at_once(server: Components) -> None:
    """The head and what was flushed do not wait for the rest."""
    with Connection(server["echo"]) as client:
        client.send(HEAD + b"Content-Length: 10\r\n\r\nfirst")
        head = client.read_until(b"\r\n\r\n")
        assert b"\r\ntransfer-encoding: chunked\r\n" in head
        assert client.read(10) == b"5\r\nfirst\r\n"
        client.send(b"other")
        assert client.read(15) == b"5\r\nother\r\n0\r\n\r\n"


def test_small_response_has_a_length(server: Components) -> None:
    with Connection(server["counter"]) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = client.read_until(b"\r\n\r\n")
        assert b"\r\ncontent-length: 2\r\n" in head
        assert b"transfer-encoding" not in head
        assert client.read(2) == b"1\n"


def test_guest_output_goes_to_the_log(server: Components) -> None:
    last = "stdout: no newline at the end\n"
    # Another test may have asked the same guest.
    before = server.process.log.count(last)
    with server.watched():
        assert request(server["stdio"], "GET", "/log").body == b"printed\n"
        server.process.wait_for(lambda log: log.count(last) > before, "to the last line")
    shown = [line.partition("] ")[2] for line in server.lines("stdio")]
    number = shown[-1].partition("request ")[2].partition(":")[0]
    mine = [line for line in shown if f"request {number}: " in line]
    texts = [line.partition(f"request {number}: ")[2] for line in mine]
    assert sorted(texts) == sorted(STDIO)


def test_request_as_the_guest_sees_it(server: Components) -> None:
    with Connection(server["request-info"]) as client:
        client.send(
            b"PATCH /a%20b/../c?x=%ff&y HTTP/1.1\r\nHost: Some.Host:81\r\nX-Twice: 1\r\n"
            b"Accept: a\r\nx-twice: \xe9\xff\r\nConnection: keep-alive, x\r\nTE: trailers\r\n"
            b"Keep-Alive: 5\r\n\r\n"
        )
        lines = client.response().body.decode().splitlines()
    assert lines[:4] == [
        "method: patch",
        "scheme: HTTP",
        "authority: some Some.Host:81",
        "path-with-query: some /a%20b/../c?x=%ff&y",
    ]
    assert lines[4:] == [
        "header x-twice: 1",
        "header accept: a",
        "header x-twice: \\xe9\\xff",
        "header te: trailers",
    ]


@pytest.mark.no_asan
def test_sleepers_do_not_wait_for_each_other(server: Components) -> None:
    started = time.monotonic()
    clients = [Connection(server["sleep"]) for _ in range(64)]
    for client in clients:
        client.send(b"GET /sleep/3000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert request(server["sleep"], "GET", "/sleep/0").body == b"slept\n"
    assert time.monotonic() - started < 3
    for client in clients:
        assert client.response().body == b"slept\n"
        client.sock.close()
    # One after the other they would take three minutes.
    assert time.monotonic() - started < 30


def test_connection_that_asks_to_be_closed(server: Components) -> None:
    with Connection(server["echo"]) as client:
        client.send(HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\nhi")
        assert client.response().body == b"hi"
        with pytest.raises(TruncatedError):
            client.read(1)
