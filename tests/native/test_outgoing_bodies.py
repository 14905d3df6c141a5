"""Bodies of outgoing requests and their responses: windows, ends, lengths, both ways at once."""

import threading

import pytest

from tests.harness.direct import Client
from tests.harness.outgoing import Peer, asks
from unit_wasm.native.types import Order
from unit_wasm.native.worker import Worker

WINDOW = 8192
PATTERN = b"0123456789abcdef"
REPEATS = 300

both_forms = pytest.mark.parametrize("rewrite", [True, False], ids=["rewritten", "as built"])


def pattern(size: int) -> bytes:
    return (PATTERN * (size // 16 + 1))[:size]


# ---- The request's body ----


@both_forms
@pytest.mark.parametrize("size", [0, 1, WINDOW, WINDOW + 1, 100_000])
@pytest.mark.parametrize("how", ["", "/flush"])
def test_post(size: int, how: str, rewrite: bool) -> None:
    with Client("outgoing-post", rewrite=rewrite, outgoing=True, body_buffer=WINDOW) as client:
        call = client.start(f"/{size}{how}")
        peer, [asked] = asks(client)
        assert (asked.head.method, asked.head.headers) == (b"POST", [])
        assert (bytes(asked.body), asked.ended, asked.trailers) == (pattern(size), True, None)
        asked.answer(201, body=b"abc")
        client.finish(call)
        assert (call.status, bytes(call.body)) == (200, b"status 201, 3 bytes\n")
        assert (peer.take(), client.lines) == ([], [])


def test_a_large_post_and_a_large_response() -> None:
    """Far above every window, in both directions."""
    size = 1025 * 1024
    with Client("outgoing-post", outgoing=True) as client:
        call = client.start(f"/{size}/trailers")
        peer, [asked] = asks(client)
        assert (bytes(asked.body), asked.ended) == (pattern(size), True)
        assert asked.trailers == [(b"x-sum", b"1")]
        asked.respond(200)
        left = pattern(size)
        room = client.options.body_buffer
        while left:
            assert room > 0
            piece, left = left[:room], left[room:]
            if asked.push(piece, last=not left) == 0 and left:
                reads = asked.reads
                client.settle()
                peer.take()
                assert asked.reads == reads + 1
        client.finish(call)
        assert bytes(call.body) == f"status 200, {size} bytes\n".encode()


def test_a_body_that_is_whole_before_the_request_comes_with_it() -> None:
    """So that the client can tell its length."""
    with Client("outgoing-post", outgoing=True) as client:
        for size in (0, 1000):
            call = client.start(f"/{size}/before/trailers")
            _, [asked] = asks(client)
            [order] = asked.orders
            assert order.start is not None
            assert (order.body, order.ended) == (pattern(size), True)
            assert order.trailers == [(b"x-sum", b"1")]
            asked.answer()
            client.finish(call)
            assert bytes(call.body) == b"status 200, 0 bytes\n"


def test_what_is_finished_in_the_turn_of_handle_comes_with_the_request() -> None:
    """Also where the client fetches orders all the time: it knows the length of the body."""
    first: list[Order] = []
    over = threading.Event()

    def fetch(worker: Worker) -> None:
        while not over.is_set():
            for order in worker.orders():
                if order.start is not None:
                    first.append(order)
                    worker.outgoing_respond(order.id, 200, [])
                    worker.outgoing_push(order.id, b"", last=True)

    with Client("outgoing-post", outgoing=True) as client:
        thread = threading.Thread(target=fetch, args=(client.worker,))
        thread.start()
        try:
            for _ in range(REPEATS):
                assert client.run("/1000").text == "status 200, 0 bytes\n"
        finally:
            over.set()
            thread.join()
    assert [(len(order.body), order.ended) for order in first] == [(1000, True)] * REPEATS


def test_a_body_is_not_kept_before_the_request_is_sent() -> None:
    """Nobody reads it then: to wait for room would be to wait for ever."""
    with Client("outgoing-post", outgoing=True, body_buffer=WINDOW) as client:
        call = client.start(f"/{WINDOW}/before")
        _, [asked] = asks(client)
        assert bytes(asked.body) == pattern(WINDOW)
        asked.answer()
        client.finish(call)
        assert call.status == 200
        for how in ("", "/flush"):
            answer = client.run(f"/{WINDOW + 1}/before{how}")
            assert (answer.status, answer.how) == (500, "ended")
            assert list(client.worker.orders()) == []
            [line] = answer.log
            assert "waits for room in a body that nobody reads yet" in line


def test_the_guest_is_stopped_at_the_window() -> None:
    """What it has written is never more than the window ahead of what was confirmed."""
    size = 20 * WINDOW
    with Client("outgoing-post", outgoing=True, body_buffer=WINDOW) as client:
        call = client.start(f"/{size}")
        peer = Peer(client, confirms=False)
        asked = peer.one()
        confirmed = 0
        while not asked.ended:
            assert len(asked.body) - confirmed == WINDOW, "the guest fills the window and stops"
            assert client.worker.turn() is False
            asked.confirm(1000)
            confirmed += 1000
            peer.settle()
        assert bytes(asked.body) == pattern(size)
        asked.answer()
        client.finish(call)
        assert bytes(call.body) == b"status 200, 0 bytes\n"


def test_confirming_more_than_there_is_does_no_harm() -> None:
    with Client("outgoing-post", outgoing=True, body_buffer=WINDOW) as client:
        call = client.start(f"/{3 * WINDOW}")
        peer = Peer(client, confirms=False)
        asked = peer.one()
        for expected in (2, 3):
            asked.confirm(2**63)
            asked.confirm(2**64 - 1)
            peer.settle()
            assert len(asked.body) == expected * WINDOW
        asked.answer()
        client.finish(call)
        assert call.status == 200


def test_an_answer_before_the_body_is_whole() -> None:
    """The guest goes on writing; the client gets all of it."""
    with Client("outgoing-post", outgoing=True, body_buffer=WINDOW) as client:
        call = client.start(f"/{3 * WINDOW}")
        peer = Peer(client, confirms=False)
        asked = peer.one()
        asked.answer(413)
        peer.settle()
        assert len(asked.body) == WINDOW
        asked.confirms = True
        asked.confirm(WINDOW)
        peer.settle()
        assert (len(asked.body), asked.ended, asked.cancelled) == (3 * WINDOW, True, False)
        client.finish(call)
        assert bytes(call.body) == b"status 413, 0 bytes\n"
        assert peer.take() == []


def test_a_failure_while_the_guest_writes() -> None:
    """Its stream is closed; this guest traps at that."""
    with Client("outgoing-post", outgoing=True, body_buffer=WINDOW) as client:
        call = client.start(f"/{3 * WINDOW}")
        peer = Peer(client, confirms=False)
        asked = peer.one()
        asked.fail("connection-refused")
        client.finish(call)
        assert call.status == 500
        assert peer.take() == []
        assert "unreachable" in client.lines[0]


# ---- Content-Length ----

SHORT = "HTTP-request-body-size({})"


@both_forms
@pytest.mark.parametrize(
    ("path", "said", "sent"),
    [
        ("/11", "write: ok\nfinish: ok\nstatus 200\n", b"Hello, WASI"),
        ("/11/after", "write: ok\nfinish: ok\nstatus 200\n", b"Hello, WASI"),
        ("/3", f"write: ok\nfinish: {SHORT}\nerror {SHORT}\n".format(3, 3), b"Hel"),
        ("/0", f"write: ok\nfinish: {SHORT}\nerror {SHORT}\n".format(0, 0), b""),
        ("/3/drop", f"write: ok\nerror {SHORT}\n".format(3), b"Hel"),
        ("/11/drop", "write: ok\nerror HTTP-protocol-error\n", b"Hello, WASI"),
        (
            "/18",
            f"write: failed {SHORT}\nfinish: {SHORT}\nerror {SHORT}\n".format(18, 18, 18),
            b"",
        ),
        ("/18/drop", f"write: failed {SHORT}\nerror {SHORT}\n".format(18, 18), b""),
        ("/3/after", f"write: ok\nfinish: {SHORT}\nhandle: {SHORT}\n".format(3, 3), None),
        ("/3/drop/after", f"write: ok\nhandle: {SHORT}\n".format(3), None),
        ("/11/drop/after", "write: ok\nhandle: HTTP-protocol-error\n", None),
        (
            "/18/after",
            f"write: failed {SHORT}\nfinish: {SHORT}\nhandle: {SHORT}\n".format(18, 18, 18),
            None,
        ),
    ],
)
def test_content_length(path: str, said: str, sent: bytes | None, rewrite: bool) -> None:
    with Client("outgoing-length", rewrite=rewrite, outgoing=True) as client:
        call = client.start(path, method="POST", body=[], finishes=False)
        peer = Peer(client)
        peer.settle()
        assert len(peer.asked) == (sent is not None)
        client.send(call, last=True)
        peer.settle()
        if sent is not None:
            asked = peer.asked[0]
            good = said.endswith("status 200\n")
            assert asked.head.headers == [(b"content-length", b"11")]
            assert bytes(asked.body) == (sent if good else b"")
            # The guest ends before the client learns that the body broke.
            assert (asked.ended, asked.cancelled) == (good, not good)
            asked.answer()
        client.finish(call)
        assert (call.status, bytes(call.body).decode()) == (200, said)
        assert client.lines == []


@pytest.mark.parametrize(
    ("path", "sent"),
    [("/3/hold", b"Hel"), ("/3/drop/hold", b"Hel"), ("/0/hold", b""), ("/18/hold", b"")],
)
def test_a_body_that_breaks(path: str, sent: bytes) -> None:
    """The client learns of it at once, and is done with it when the guest is."""
    with Client("outgoing-length", outgoing=True) as client:
        call = client.start(path, method="POST", body=[], finishes=False)
        peer, [asked] = asks(client)
        client.send(call, last=True)
        peer.settle()
        assert (bytes(asked.body), asked.ended, asked.broken) == (sent, False, True)
        assert not asked.cancelled
        # There is no response any more that anybody would read.
        asked.respond(200)
        assert asked.push(b"x") == -1
        client.gone(call)
        assert peer.take() == [Order(asked.id, cancelled=True)]


@pytest.mark.parametrize("whole", [True, False])
def test_a_response_before_the_body_breaks(whole: bool) -> None:
    """A whole one stands; and then the client is done when it has learnt of the break."""
    with Client("outgoing-drop", outgoing=True) as client:
        call = client.start("/request-body", method="POST", body=[], finishes=False)
        peer, [asked] = asks(client)
        asked.respond(200)
        asked.push(b"some", last=whole)
        client.send(call, last=True)
        peer.settle()
        assert (bytes(call.body), asked.broken, asked.ended) == (b"dropped\n", True, False)
        assert asked.push(b"x") == -1
        client.gone(call)
        peer.take()
        assert asked.cancelled == (not whole)


# ---- The response's body ----


def test_the_client_is_stopped_at_the_window() -> None:
    """And asked again when the guest has read half of it."""
    with Client("outgoing-echo", outgoing=True, body_buffer=WINDOW) as client:
        call = client.start(method="POST", body=b"", reads=False)
        peer, [asked] = asks(client)
        asked.respond(200)
        client.settle()
        assert asked.push(bytes(WINDOW - 1)) == 1
        assert asked.push(b"x") == 0
        peer.settle()
        # The guest has passed it on, and its client does not read.
        assert (len(call.body), asked.reads) == (WINDOW, 1)
        assert asked.push(bytes(WINDOW)) == 0
        peer.settle()
        assert (len(call.body), asked.reads) == (WINDOW, 1)
        client.read(call, WINDOW // 2 - 1)
        peer.settle()
        assert asked.reads == 1
        client.read(call, 1)
        peer.settle()
        assert asked.reads == 2
        assert asked.push(bytes(WINDOW // 2)) == 0
        # More than the window is taken all the same.
        assert asked.push(bytes(WINDOW), last=True) == 0
        call.reads = True
        client.read(call)
        client.finish(call)
        assert len(call.body) == 3 * WINDOW + WINDOW // 2
        # Nothing is asked for after the end.
        assert (peer.take(), asked.reads) == ([], 2)


@both_forms
def test_both_ways_at_once(rewrite: bool) -> None:
    """The response streams back while the request is still being written."""
    with Client("outgoing-echo", rewrite=rewrite, outgoing=True, body_buffer=WINDOW) as client:
        call = client.start(method="POST", body=[], finishes=False)
        peer, [asked] = asks(client)
        asked.respond(207)
        expected = b""
        for number in range(5):
            piece = b"piece %d," % number
            client.send(call, piece)
            peer.settle()
            expected += piece
            assert bytes(asked.body) == expected
            assert not asked.ended
            asked.push(piece)
            peer.settle()
            assert bytes(call.body) == expected
        client.send(call, last=True)
        peer.settle()
        assert asked.ended
        assert not call.done
        asked.push(b"end", last=True)
        client.finish(call)
        assert (call.status, bytes(call.body)) == (207, expected + b"end")
        assert client.lines == []


def test_a_large_body_through_small_windows() -> None:
    data = PATTERN * 65536
    with Client("outgoing-echo", outgoing=True, body_buffer=WINDOW) as client:
        call = client.start(method="POST", body=data)
        peer, [asked] = asks(client)
        asked.respond(200)
        room, given = WINDOW, 0
        while given < len(data):
            size = min(room, len(asked.body) - given)
            if size > 0:
                piece = bytes(asked.body[given : given + size])
                given += size
                room = asked.push(piece, last=given == len(data))
            reads = asked.reads
            client.settle()
            peer.take()
            room = WINDOW // 2 if asked.reads > reads else room
        client.finish(call)
        assert bytes(call.body) == data
        assert (asked.ended, peer.take()) == (True, [])
