"""Bad and slow clients in front of real components: the right answer, and nothing left behind."""

import socket
import time
from collections.abc import Iterator

import pytest

from tests.harness.components import Components, application, components
from tests.harness.http import Connection, request

MIB = 1 << 20
BAD = b"400 Bad Request\n"
APPLICATIONS = {
    "info": application("request-info"),
    "echo": application("echo"),
    "big": application("big-response"),
    "big-short": application("big-response", {"TIMEOUT": "300ms"}),
    "sleep": application("sleep"),
    "hello": application("hello"),
}


@pytest.fixture(scope="module")
def shared(way: str) -> Iterator[Components]:
    with components(APPLICATIONS, module=way, max_body_size=64 * MIB) as made:
        yield made


@pytest.fixture
def server(shared: Components) -> Iterator[Components]:
    with shared.watched():
        yield shared
        assert request(shared["hello"]).body == b"Hello, WASI!\n"


def cancelled(server: Components, name: str) -> int:
    return server.numbers(name)["cancelled"]


@pytest.mark.parametrize(
    "hosts",
    [[], [b"a", b"b"], [b"a", b"a"], [b"a b"], [b'a"<>'], [b"\xe9"], [b"a:x"], [b"[::1"], [b"a/b"]],
)
@pytest.mark.parametrize("size", [1, 10_000])
def test_bad_host(server: Components, hosts: list[bytes], size: int) -> None:
    fields = b"".join(b"Host: %b\r\n" % host for host in hosts)
    data = b"GET / HTTP/1.1\r\n%b\r\n" % fields
    with Connection(server["info"]) as client:
        for start in range(0, len(data), size):
            client.send(data[start : start + size])
        response = client.response()
        assert (response.status, response.body) == (400, BAD)
        assert client.rest() == b""
    assert server.numbers("info")["failures"] == 0


@pytest.mark.parametrize("host", [b"", b":80", b"[::1]:80", b"A.B:", b"xn--a", b"1.2.3.4"])
def test_odd_hosts(server: Components, host: bytes) -> None:
    with Connection(server["info"]) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: %b\r\n\r\n" % host)
        response = client.response()
    if host not in (b"", b":80"):
        assert b"authority: some %b\n" % host in response.body
    else:
        assert (response.status, response.body) == (400, BAD)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        (b'/<>"', b'/<>"'),
        (b'/?<>"', b'/?<>"'),
        (b"/\xc3\xa9", rb"/\xc3\xa9"),
        (b"/\xff\xfe", None),
        (b"/?\xff", None),
        (b"/a\x7fb", None),
    ],
)
def test_odd_bytes_in_targets(server: Components, target: bytes, shown: bytes | None) -> None:
    with Connection(server["info"]) as client:
        client.send(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % target)
        response = client.response()
        if shown is None or response.status == 400:
            assert (response.status, response.body) == (400, BAD)
        else:
            assert b"path-with-query: some %b\n" % shown in response.body


def test_odd_bytes_in_fields(server: Components) -> None:
    with Connection(server["info"]) as client:
        client.send(b'GET / HTTP/1.1\r\nHost: a\r\nX: \xff\xfe<>"\t\x80\r\n\r\n')
        response = client.response()
    assert response.status == 200
    assert rb'header x: \xff\xfe<>"' in response.body


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX\xff: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
        b"GET\r\n\r\n",
    ],
)
def test_bad_framing(server: Components, data: bytes) -> None:
    for name in ("hello", "echo"):
        with Connection(server[name]) as client:
            client.send(data)
            rest = client.rest()
            # A 400, or what the guest had answered before the fault came.
            assert rest.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 200 "))
            assert not rest.endswith(b"\r\n0\r\n\r\n")


@pytest.mark.parametrize("count", [1, 100, 1000])
def test_64_kib_of_headers(server: Components, count: int) -> None:
    """At the limit the guest gets them, one byte more is a 431."""

    def head(size: int) -> bytes:
        start = b"GET / HTTP/1.1\r\nHost: a\r\n"
        left = size - len(start) - 2
        lines = [b"x-%06d: " % index for index in range(count)]
        padding = left - sum(len(line) + 2 for line in lines)
        values = [padding // count + (index < padding % count) for index in range(count)]
        fields = [line + b"v" * value + b"\r\n" for line, value in zip(lines, values, strict=True)]
        return start + b"".join(fields) + b"\r\n"

    with Connection(server["info"]) as client:
        client.send(head(65_536))
        response = client.response()
        assert response.status == 200
        assert response.body.count(b"header x-") == count
        client.send(head(65_537))
        assert client.response().status == 431
        assert client.rest() == b""


@pytest.mark.parametrize("framing", [b"Content-Length: 10", b"Transfer-Encoding: chunked"])
def test_client_ends_in_the_middle_of_its_body(server: Components, framing: bytes) -> None:
    before = cancelled(server, "echo")
    with Connection(server["echo"]) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\n%b\r\n\r\n3\r\nabc" % framing)
        client.sock.shutdown(socket.SHUT_WR)
        rest = client.rest()
        assert not rest.endswith(b"0\r\n\r\n")
    server.wait_for_numbers("echo", cancelled=before + 1, in_flight=0)


@pytest.mark.parametrize("hard", [False, True])
def test_client_leaves_in_the_middle_of_its_body(server: Components, hard: bool) -> None:
    before = cancelled(server, "echo")
    for _ in range(10):
        client = Connection(server["echo"])
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        client.read_until(b"3\r\nabc\r\n")
        client.reset() if hard else client.sock.close()
    server.wait_for_numbers("echo", cancelled=before + 10, in_flight=0)


@pytest.mark.parametrize("hard", [False, True])
def test_client_leaves_in_the_middle_of_the_response(server: Components, hard: bool) -> None:
    before = cancelled(server, "big")
    for _ in range(10):
        client = Connection(server["big"])
        client.send(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % (1 << 30))
        client.read(100_000)
        client.reset() if hard else client.sock.close()
    server.wait_for_numbers("big", cancelled=before + 10, in_flight=0)


def test_client_leaves_while_the_guest_sleeps(server: Components) -> None:
    before = cancelled(server, "sleep")
    clients = [Connection(server["sleep"]) for _ in range(20)]
    for client in clients:
        client.send(b"GET /sleep/50000 HTTP/1.1\r\nHost: a\r\n\r\n")
    server.wait_for_numbers("sleep", in_flight=20)
    for client in clients:
        client.reset()
    server.wait_for_numbers("sleep", cancelled=before + 20, in_flight=0)


def test_client_leaves_with_requests_in_the_pipeline(server: Components) -> None:
    before = cancelled(server, "sleep")
    with Connection(server["sleep"]) as client:
        client.send(b"GET /sleep/50000 HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
        server.wait_for_numbers("sleep", in_flight=1)
        client.reset()
    server.wait_for_numbers("sleep", cancelled=before + 1, in_flight=0)


@pytest.mark.no_asan
def test_slow_reader_stops_the_guest(server: Components) -> None:
    """8 clients ask for 1 GiB each and read nothing: the guests stand still, memory stays."""
    before = server.rss()
    clients = [Connection(server["big"]) for _ in range(8)]
    for client in clients:
        client.send(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % (1 << 30))
        client.read(MIB)
    ticks = processor_time(server)
    # Others are served meanwhile, by a server that has nothing else to do.
    for _ in range(50):
        assert request(server["hello"]).status == 200
    assert processor_time(server) - ticks < 1.0
    assert server.numbers("big")["in_flight"] == 8
    assert server.rss() - before < 16 * MIB
    for client in clients:
        client.reset()
    server.wait_for_numbers("big", in_flight=0)


def processor_time(server: Components) -> float:
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_client_that_never_reads_is_ended_by_the_deadline(server: Components) -> None:
    before = server.numbers("big-short")["failures"]
    with Connection(server["big-short"]) as client:
        started = time.monotonic()
        client.send(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % (1 << 30))
        server.wait_for_numbers("big-short", failures=before + 1, in_flight=0)
        assert time.monotonic() - started < 10.0
        # The server lets go of the connection although the client does not read.
        server.process.wait_for_descriptors(server.idle_descriptors + 1, exactly=True)
        assert not client.rest().endswith(b"0\r\n\r\n")
    server.process.wait_for_text("the component did not end in time")


def test_client_that_never_reads_a_whole_response() -> None:
    with (
        components({"big": APPLICATIONS["big"]}, send_timeout=1) as server,
        Connection(server["big"]) as client,
    ):
        # More than the system buffers, less than stops the guest.
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.send(b"GET /4000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        server.process.wait_for_descriptors(server.idle_descriptors + 1, exactly=True)
        server.process.wait_for_descriptors(server.idle_descriptors)


def test_half_closed_client_is_answered(server: Components) -> None:
    """Whoever says that nothing more will come has not gone: he waits for his answer."""
    clients = [Connection(server["sleep"]) for _ in range(20)]
    for client in clients:
        client.send(b"GET /sleep/50 HTTP/1.1\r\nHost: a\r\n\r\n")
        client.sock.shutdown(socket.SHUT_WR)
    for client in clients:
        with client:
            response = client.response()
            assert (response.status, response.body) == (200, b"slept\n")
            assert response.field("connection") == "close"
            assert client.rest() == b""


def test_half_closed_client_with_requests_in_the_pipeline(server: Components) -> None:
    with Connection(server["sleep"]) as client:
        client.send(b"GET /sleep/20 HTTP/1.1\r\nHost: a\r\n\r\n" * 3 + b"GET / HT")
        client.sock.shutdown(socket.SHUT_WR)
        responses = [client.response() for _ in range(3)]
        assert [response.body for response in responses] == [b"slept\n"] * 3
        assert client.rest() == b""


def test_half_closed_client_that_is_reset_counts_as_gone(server: Components) -> None:
    before = cancelled(server, "sleep")
    clients = [Connection(server["sleep"]) for _ in range(5)]
    for client in clients:
        client.send(b"GET /sleep/50000 HTTP/1.1\r\nHost: a\r\n\r\n")
        client.sock.shutdown(socket.SHUT_WR)
    server.wait_for_numbers("sleep", in_flight=5)
    for client in clients:
        client.reset()
    server.wait_for_numbers("sleep", cancelled=before + 5, in_flight=0)
