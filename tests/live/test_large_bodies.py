"""Large bodies, which are read where their guest reads them, and sent from where it wrote them."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.harness.components import Components, application, components
from tests.harness.exchanges import HEAD, MIB
from tests.harness.http import Connection
from tests.harness.http import request as ask
from unit_wasm.options import Options

GUESTS = ("echo", "sleep", "answers-early", "splice")
BYTES = random.Random(1).randbytes(3 * MIB)

WINDOW = Options().body_buffer
FIRST = 256_000
"""What the event loop reads at once; the rest of a body comes where its guest asks for it."""


@pytest.fixture(scope="module", params=["nothing", "direct"])
def shared(request: pytest.FixtureRequest) -> Iterator[Components]:
    """Without `direct` the control plane reads for them, and writes."""
    applications = {name: application(name, {"WITHOUT": request.param}) for name in GUESTS}
    with components(applications, max_body_size=64 * MIB) as made:
        for name in GUESTS:
            # What is made once is made now, before descriptors are counted.
            ask(made[name], "POST", "/", b"body")
        yield made


@pytest.fixture
def server(shared: Components) -> Iterator[Components]:
    with shared.watched():
        yield shared


def head(size: int) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % size


@pytest.mark.parametrize("text", [False, True], ids=["bytes", "text"])
@pytest.mark.parametrize("rest", [32 * 1024 - 1, 32 * 1024, 57_232, 114_465, MIB, MIB + 1])
def test_the_next_request_is_not_read_with_the_body(
    server: Components, rest: int, text: bool
) -> None:
    """Two requests right behind each other, sent at once: each byte belongs to one of them."""
    size = FIRST + rest
    body = b"x" * size if text else BYTES[:size]
    with Connection(server["echo"]) as client:
        sent = threading.Thread(
            target=client.send, args=(head(size) + body + head(5) + b"after" + head(size) + body,)
        )
        sent.start()
        assert client.response().body == body
        assert client.response().body == b"after"
        assert client.response().body == body
        sent.join()


def test_many_at_once(server: Components) -> None:
    """What one client sends comes back to this one."""

    def echo(seed: int) -> bool:
        body = random.Random(seed).randbytes(MIB + seed)
        with Connection(server["echo"]) as client:
            sent = threading.Thread(target=client.send, args=(head(len(body)) + body,))
            sent.start()
            same = client.response().body == body
            sent.join()
            return same

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(echo, range(24)))


@pytest.mark.parametrize("name", ["echo", "splice"])
def test_a_client_that_pauses(server: Components, name: str) -> None:
    """The guest asks in vain in between: then the event loop reads."""
    begin, middle, end = BYTES[:FIRST], BYTES[FIRST : 2 * MIB], BYTES[2 * MIB :]
    with Connection(server[name]) as client:
        client.send(head(len(BYTES)) + begin)
        assert client.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 OK\r\n")
        received = bytearray()
        chunks = client.chunks()
        for piece in (b"", middle, end):
            sent = threading.Thread(target=client.send, args=(piece,))
            sent.start()
            wanted = len(received) + len(piece or begin)
            while len(received) < wanted:
                received += next(chunks)
            sent.join()
        assert bytes(received) == BYTES
        assert list(chunks) == []


def test_a_client_that_goes_while_its_guest_does_not_read(server: Components) -> None:
    before = server.numbers("sleep")["cancelled"]
    with Connection(server["sleep"]) as client:
        client.send(b"POST /sleep/60000 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        # More than the guest's window, and no more behind it than is read without its asking: the
        # end comes after that, however much the first read has brought.
        client.send(BYTES[: WINDOW + 60_000])
        server.wait_for_numbers("sleep", in_flight=1)
    server.wait_for_numbers("sleep", cancelled=before + 1, in_flight=0)


@pytest.mark.parametrize("reset", [False, True])
def test_a_client_that_goes_in_the_middle(server: Components, reset: bool) -> None:
    before = server.numbers("echo")["cancelled"]
    with Connection(server["echo"]) as client:
        client.send(head(len(BYTES)) + BYTES[:MIB])
        assert client.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 OK\r\n")
        if reset:
            client.reset()
    server.wait_for_numbers("echo", cancelled=before + 1, in_flight=0)
    assert ask(server["echo"], "POST", "/", b"lives").body == b"lives"


def test_a_client_that_has_sent_everything_is_seen_to_go(server: Components) -> None:
    """After the last byte was read for the guest the event loop reads again."""
    before = server.numbers("echo")["cancelled"]
    with Connection(server["echo"]) as client:
        client.send(head(MIB) + BYTES[:MIB])
        client.reset()
    server.wait_for_numbers("echo", cancelled=before + 1, in_flight=0)


def test_an_answer_before_the_body(server: Components) -> None:
    """The rest of the body is read by the guest that has answered, and the connection stays."""
    with Connection(server["answers-early"]) as client:
        sent = threading.Thread(target=client.send, args=(head(len(BYTES)) + BYTES,))
        sent.start()
        assert client.response().body == b"early\n"
        sent.join()
        client.send(head(4) + b"more")
        assert client.response().body == b"early\n"


def test_a_client_that_does_not_read(server: Components) -> None:
    """Its guest waits for it and takes no more than its windows; then all of it arrives."""
    with Connection(server["echo"]) as client:
        client.send(head(len(BYTES)))
        client.sock.setblocking(False)
        sent = 0
        try:
            while sent < len(BYTES):
                sent += client.sock.send(BYTES[sent : sent + 65_536])
        except BlockingIOError:
            pass
        client.sock.settimeout(30)
        rest = threading.Thread(target=client.send, args=(BYTES[sent:],))
        rest.start()
        assert client.response().body == BYTES
        rest.join()
