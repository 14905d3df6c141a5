"""Bodies that go between a guest and a socket of its connection, with a pair of sockets for it."""

import random
import socket
from collections.abc import Iterator

import pytest

from tests.harness.direct import Call, Client
from unit_wasm.native.types import REST

BYTES = random.Random(1).randbytes(1 << 20)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def filled(theirs: socket.socket, data: bytes) -> bytes:
    """Send as much as the socket takes; return the rest."""
    theirs.setblocking(False)
    try:
        while data:
            data = data[theirs.send(data) :]
    except BlockingIOError:
        pass
    return data


def drained(theirs: socket.socket) -> bytes:
    """Return all that has come."""
    theirs.setblocking(False)
    received = bytearray()
    try:
        while data := theirs.recv(1 << 16):
            received += data
    except BlockingIOError:
        pass
    return bytes(received)


# ---- Request bodies ----


def turn(client: Client, call: Call, *, sources: int) -> list[tuple[int, int]]:
    """Run a turn; return what became of the sources."""
    client.worker.turn()
    closed = client.worker.sources(sources) if sources else []
    for news in client.worker.news():
        client._take(news)
    return closed


def begun(client: Client, path: str = "/") -> Call:
    """Return a request whose guest waits for its body."""
    call = client.start(path, method="POST", body=[], finishes=False)
    client.settle()
    return call


@pytest.mark.parametrize("size", [1, 57_231, 57_232, 57_233, 114_464, 114_465, len(BYTES)])
def test_a_body_is_read_to_its_end(pair: tuple[socket.socket, socket.socket], size: int) -> None:
    """And not a byte of what stands behind it."""
    ours, theirs = pair
    with Client("echo") as client:
        call = begun(client)
        rest, left, read = BYTES[: size - 1] + b"!" + b"next", size - 1, 0
        assert client.worker.push(call.id, rest[:1], size == 1) == (-1 if size == 1 else 131_071)
        rest, opened, some = rest[1:], False, 0
        while not call.done:
            rest = filled(theirs, rest)
            opened = left > 0 and client.worker.source(call.id, ours.fileno(), left)
            # One at a time.
            assert not client.worker.source(call.id, ours.fileno(), left) or not opened
            for some, room in turn(client, call, sources=opened):
                left, read = left - some, read + some
                assert room <= 131_072
                assert left or room == -1
        assert (bytes(call.body), left, read) == (BYTES[: size - 1] + b"!", 0, size - 1)
        filled(theirs, rest)
        assert ours.recv(100) == b"next"


def test_it_is_read_only_while_a_turn_lasts(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    with Client("echo") as client:
        call = begun(client)
        assert client.worker.source(call.id, ours.fileno(), 1000)
        # The guest is not ready: nobody reads.
        assert turn(client, call, sources=1) == [(0, 131_072)]
        theirs.sendall(b"x" * 10)
        assert client.worker.push(call.id, b"a", False) == 131_071
        turn(client, call, sources=0)
        client.settle()
        assert bytes(call.body) == b"a"
        assert ours.recv(100) == b"x" * 10


SO_SNDBUFFORCE = 32
MIB = 1 << 20


@pytest.mark.no_asan
def test_after_a_mib_others_have_their_turn(pair: tuple[socket.socket, socket.socket]) -> None:
    """However much is there, and though its guest takes all of it."""
    ours, theirs = pair
    try:
        theirs.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 8 * MIB)
    except PermissionError:
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8 * MIB)
    with Client("skip", cpu_timeout=60.0) as client:
        call = begun(client)
        size, read, most = 1, 0, 0
        assert client.worker.push(call.id, b"x", False) > 0
        # A turn may be shorter: on a busy machine its quantum is over before.
        for _ in range(10_000):
            filled(theirs, bytes(4 * MIB))
            if client.worker.source(call.id, ours.fileno(), 1 << 40):
                ((read, room),) = turn(client, call, sources=1)
                size, most = size + read, max(most, read)
                if room > 0:
                    size += client.worker.push(call.id, b"x", False) >= 0
            client.worker.turn()
            assert read <= MIB
            if most == MIB:
                break
        assert most == MIB
        ours.close()
        client.worker.push(call.id, b"", True)
        client.finish(call)
        assert bytes(call.body) == b"%d\n" % size


@pytest.mark.parametrize("closed", [False, True])
def test_nothing_is_there(pair: tuple[socket.socket, socket.socket], closed: bool) -> None:
    """Or the client has gone: the guest waits, and the control plane is asked."""
    ours, theirs = pair
    with Client("echo") as client:
        call = begun(client)
        if closed:
            theirs.close()
        assert client.worker.push(call.id, b"a", False) > 0
        assert client.worker.source(call.id, ours.fileno(), 1000)
        pulls = call.pulls
        assert turn(client, call, sources=1) == [(0, 131_072)]
        assert call.pulls == pulls + 1
        assert bytes(call.body) == b"a"
        client.gone(call)


def test_who_has_no_source(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.sendall(b"x")
    with Client("echo") as client:
        assert not client.worker.source(12345, ours.fileno(), 1)
        call = begun(client)
        assert client.worker.source(call.id, ours.fileno(), 1)
        # Its client goes before the turn.
        client.gone(call)
        assert turn(client, call, sources=1) == [(0, -1)]
        assert not client.worker.source(call.id, ours.fileno(), 1)
    with Client("echo", without="direct") as client:
        call = begun(client)
        assert not client.worker.source(call.id, ours.fileno(), 1)
    assert ours.recv(100) == b"x"


# ---- Responses ----


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("buffer", [4096, 1 << 20], ids=["full", "empty"])
def test_what_is_sent_is_the_body(
    pair: tuple[socket.socket, socket.socket], chunked: bool, buffer: int
) -> None:
    """Whatever the socket takes, and whoever writes: each byte once, in order."""
    ours, theirs = pair
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
    sent, wire, directly, rests = 0, bytearray(), 0, 0
    with Client("big-response") as client:
        call = client.start(f"/{5 << 20}/1")
        while not call.done:
            client.worker.turn()
            # Before what is told, which came after it.
            wire += drained(theirs)
            for news in client.worker.other_news():
                body, rest = bytes(news.body), news.what & REST != 0
                rests += rest
                if body:
                    framed = b"%x\r\n%b\r\n" % (len(body), body)
                    wire += framed if chunked and not rest else body
                    sent += len(body)
                if news.ended:
                    call.how = "ended"
                    directly = client.worker.sent_directly(call.id)
                    assert client.worker.sent_directly(call.id) == 0
                elif body:
                    client.worker.sent(call.id, len(body), ours.fileno(), chunked)
        assert client.worker.sent_directly(12345) == 0
    assert directly > (1 << 16 if buffer == 4096 else 1 << 20)
    assert chunked or sent + directly == 5 << 20
    assert (rests > 0) == (chunked and buffer == 4096)
    whole = bytes(i * 167 + 13 & 0xFF for i in range(256)) * (5 << 12)
    assert (unchunked(bytes(wire)) if chunked else bytes(wire)) == whole


def unchunked(data: bytes) -> bytes:
    body, at = bytearray(), 0
    while at < len(data):
        end = data.index(b"\r\n", at)
        size = int(data[at:end], 16)
        body += data[end + 2 : end + 2 + size]
        at = end + 2 + size
        assert data[at : at + 2] == b"\r\n"
        at += 2
    return bytes(body)


def test_a_client_that_has_gone(pair: tuple[socket.socket, socket.socket]) -> None:
    """Its socket is not written to any more; a guest that writes is told."""
    ours, theirs = pair
    with Client("big-response") as client:
        call = client.start(f"/{1 << 30}")
        while not call.body:
            client.worker.turn()
            for news in client.worker.other_news():
                call.body += news.body
                client.worker.sent(call.id, len(news.body), ours.fileno(), True)
        client.gone(call)
        client.settle()
        assert drained(theirs) == b""
        assert client.idle
