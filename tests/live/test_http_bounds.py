"""What a client sends that is no body, and what waits of it: bounded, with a line in the log."""

import contextlib
import re
import resource
import socket
import time

import pytest

from tests.harness.http import Connection, request
from tests.harness.processes import memory
from tests.harness.server import ServerProcess
from tests.live.conftest import Place, configuration

MIB = 1024 * 1024
CLOSED = b""
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
FRAMING = "its chunk extensions and trailers have more than 65536 bytes"


def flood(client: Connection, data: bytes, limit: int = 64 * MIB) -> int:
    """Send over and over until the server has ended the connection; return how much it took."""
    client.sock.settimeout(10.0)
    sent = 0
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while sent < limit:
            sent += client.sock.send(data)
        pytest.fail(f"the server took {sent} bytes")
    return sent


@pytest.mark.parametrize(
    ("start", "data"),
    [
        (b"0\r\nx-t: ", b"b" * 65536),
        (b"0\r\n", b"n" * 65536),
        (b"0\r\n", b"a: b\r\n" * 10000),
        (b"1;", b"e" * 65536),
        (b'1;e="', b"q" * 65536),
        (b"", b"1;e=fghijklmn\r\nx\r\n" * 5000),
        (b"0", b"0" * 65536),
    ],
)
@pytest.mark.parametrize("kind", ["echo", "early"])
@pytest.mark.no_asan
def test_floods(place: Place, kind: str, start: bytes, data: bytes) -> None:
    with place.fake(place.write(configuration(f"{kind}:x"))) as process:
        before = memory(process.pid)
        with Connection(process.address) as client:
            client.send(CHUNKED)
            if kind == "early":
                assert client.response().status == 200
            client.send(start)
            # A moment, and 32 MiB, are left for a client to see that it was refused.
            assert flood(client, data) < 48 * MIB
        assert memory(process.pid) - before < 8 * MIB
        how = "was cut" if kind == "early" else "was refused with 431"
        process.wait_for_text(f"] a client (127.0.0.1) {how}: {FRAMING}\n")
        assert request(process.address).status == 200


def test_a_flood_is_answered(place: Place) -> None:
    with place.fake(place.write(configuration("echo:x"))) as process:
        with Connection(process.address) as client:
            client.send(CHUNKED + b"1\r\nx\r\n0\r\nx-t: " + b"b" * 70_000)
            response = client.response()
            assert (response.status, response.body) == (
                431,
                b"431 Request Header Fields Too Large\n",
            )
            assert client.rest() == CLOSED
        with Connection(process.address) as client:
            trailers = b"x-t: " + b"b" * (65536 - 7) + b"\r\n"
            client.send(CHUNKED + b"1\r\nx\r\n0\r\n" + trailers + b"\r\n")
            assert client.response().body == b"x POST / x"


@pytest.mark.parametrize(
    "start", [b"0\r\nx-t: ", b"0\r\n", b"1;", b"0000000000", b"1\r\nx\r\n0\r\n"]
)
def test_what_is_no_body_does_not_keep_a_connection(place: Place, start: bytes) -> None:
    document = configuration("echo:x", body_read_timeout=1)
    with place.fake(place.write(document)) as process, Connection(process.address) as client:
        client.send(CHUNKED + start)
        started = time.monotonic()
        client.sock.settimeout(0.1)
        while time.monotonic() - started < 10:
            with contextlib.suppress(TimeoutError):
                if client.sock.recv(1, socket.MSG_PEEK):
                    break
            client.send(b"0")
        client.sock.settimeout(10.0)
        response = client.response()
        assert response.status == 408
        assert client.rest() == CLOSED


@pytest.mark.no_asan
def test_a_pipeline_waits_unread(place: Place) -> None:
    """A client that sends requests faster than they are answered is stopped."""
    one = b"GET /abcdefghi HTTP/1.1\r\nHost: a\r\n\r\n"
    with place.fake(place.write(configuration("slow:done"))) as process:
        before = memory(process.pid)
        with Connection(process.address) as client:
            client.sock.settimeout(1.0)
            sent = 0
            with contextlib.suppress(TimeoutError):
                while sent < 256 * MIB:
                    sent += client.sock.send(one * 1000)
            # As much as the sockets of both sides take, and a little of ours.
            assert sent < 32 * MIB
            assert memory(process.pid) - before < 4 * MIB
            place.gate.touch()
            client.sock.settimeout(20.0)
            for _ in range(5000):
                assert client.response().body == b"done"
        assert memory(process.pid) - before < 8 * MIB
        assert request(process.address).body == b"done"


def test_a_pipeline_is_answered_in_order(place: Place) -> None:
    with (
        place.fake(place.write(configuration("echo:x"))) as process,
        Connection(process.address) as client,
    ):
        gets = [b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(3000)]
        client.send(b"".join(gets))
        for number in range(3000):
            assert client.response().body == b"x GET /%d " % number


def test_a_body_that_nobody_reads_is_cut_at_the_limit(place: Place) -> None:
    document = configuration("early:x", max_body_size=1_000_000)
    with place.fake(place.write(document)) as process:
        chunk = b"c350\r\n" + b"x" * 50_000 + b"\r\n"
        with Connection(process.address) as client:
            client.send(CHUNKED)
            assert client.response().body == b"x"
            client.send(chunk * 20 + b"0\r\n\r\n")
            assert client.get().body == b"x"
        with Connection(process.address) as client:
            client.send(CHUNKED)
            assert client.response().body == b"x"
            client.send(chunk * 20 + b"1\r\nx\r\n")
            assert client.rest() == CLOSED
        process.wait_for_text(
            "] a client (127.0.0.1) was cut: its body has more than max_body_size (1000000 bytes)\n"
        )
        assert request(process.address).status == 200


def test_a_client_that_does_not_read_is_a_line_of_the_log(place: Place) -> None:
    document = configuration("echo:x", send_timeout=1)
    body = b"b" * (8 * MIB)
    with place.fake(place.write(document)) as process, Connection(process.address) as client:
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        process.wait_for_text(
            "] a client (127.0.0.1) was cut: it took nothing of a response for 1 s\n"
        )


def lines(process: ServerProcess, text: str) -> list[str]:
    return [line for line in process.log.splitlines() if text in line]


def test_no_client_fills_the_log(place: Place) -> None:
    with place.fake(place.write(configuration("early:x"))) as process:
        started = time.monotonic()
        for _ in range(100):
            with Connection(process.address) as client:
                client.send(CHUNKED + b"0\r\nx-t: " + b"b" * 70_000)
                client.rest()
        took = time.monotonic() - started
        process.wait_for_text(FRAMING)
        assert len(lines(process, FRAMING)) <= 1 + took


def test_files_run_out(place: Place) -> None:
    """The server keeps a few descriptors for itself, says so, and goes on when there are more."""
    with place.fake(place.write(configuration("echo:hi"))) as process:
        limit = process.descriptors() + 40
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        clients = [Connection(process.address) for _ in range(100)]
        started = time.monotonic()
        process.wait_for_text("a connection was closed at once")
        served = 0
        for client in clients:
            with contextlib.suppress(Exception):
                served += client.get().body == b"hi GET / "
        assert 0 < served < 40
        line = lines(process, "a connection was closed at once")[0]
        assert re.search(
            rf"\] a connection was closed at once: \d+ of the {limit} files that this process may "
            r"have open \(RLIMIT_NOFILE\) are in use; raise the limit \(LimitNOFILE= of systemd, "
            r"ulimit -n\)$",
            line,
        )
        for client in clients:
            client.sock.close()
        process.wait_for_descriptors(limit - 40)
        found = lines(process, "a connection was closed at once")
        assert len(found) <= 2 + time.monotonic() - started
        assert request(process.address).body == b"hi GET / "
