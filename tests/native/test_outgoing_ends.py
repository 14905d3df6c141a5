"""How outgoing requests end that nobody waits for any more."""

import os
import select
import threading

import pytest

from tests.harness.direct import Client
from tests.harness.outgoing import Asked, Peer, asks, end
from unit_wasm.native.types import Order

# ---- The guest lets go ----


def dropped(path: str, *, answers: bool) -> tuple[list[Order], Asked, str]:
    """What the client is told when the guest drops something, and what the guest says then."""
    with Client("outgoing-drop", outgoing=True) as client:
        call = client.start(path, method="POST", body=[], finishes=False)
        peer, [asked] = asks(client)
        assert not asked.ended
        if answers:
            asked.respond(200)
            asked.push(b"part")
        client.send(call, last=True)
        orders = peer.settle()
        text = bytes(call.body).decode()
        # What was dropped cannot be used any more, by nobody.
        assert asked.push(b"more") == (-1 if asked.cancelled or asked.broken else 131072 - 8)
        client.gone(call)
        peer.take()
        assert asked.cancelled
        return orders, asked, text


@pytest.mark.parametrize("path", ["/future", "/response", "/body", "/trailers"])
def test_a_request_whose_response_nobody_wants_is_cancelled(path: str) -> None:
    """At once, while its exchange goes on; the rest of its body has nowhere to go."""
    orders, asked, text = dropped(path, answers=path != "/future")
    assert orders == [Order(asked.id, cancelled=True)]
    assert text == "room: closed\n"


def test_a_request_that_is_dropped_before_anybody_knows_of_it() -> None:
    """Then nobody has to."""
    with Client("outgoing-drop", outgoing=True) as client:
        peer = Peer(client)
        call = client.start("/at-once")
        assert (peer.settle(), bytes(call.body)) == ([], b"room: closed\n")
        client.gone(call)
        assert peer.settle() == []


def test_the_stream_of_a_body_is_not_the_body() -> None:
    orders, asked, text = dropped("/stream", answers=True)
    assert (orders, text) == ([], "room: 131072\n")
    assert asked.orders[1:] == [Order(asked.id, cancelled=True)]


def test_a_body_that_is_dropped_without_its_end() -> None:
    orders, asked, text = dropped("/request-body", answers=True)
    assert orders == [Order(asked.id, broken=True)]
    assert text == "dropped\n"


def test_a_future_with_a_pollable_cannot_be_dropped() -> None:
    with Client("outgoing-drop", outgoing=True) as client:
        call = client.start("/pollable", method="POST", body=[], finishes=False)
        peer, [asked] = asks(client)
        client.send(call, last=True)
        client.finish(call)
        assert call.status == 500
        [line] = client.lines
        assert "the component failed: resource has children" in line
        peer.take()
        assert asked.cancelled


@pytest.mark.parametrize("handles", range(40, 50))
def test_no_place_for_requests(handles: int) -> None:
    """Wherever the guest's table is full, it traps, and nothing of it is sent."""
    with Client("outgoing-many", outgoing=True, max_handles=handles) as client:
        client.run("/24")
        peer = Peer(client)
        peer.settle()
        assert peer.asked == []
        [line] = client.lines
        assert f"resource table has no free keys (limit {handles})" in line


@pytest.mark.parametrize("held", range(10, 14))
def test_no_place_for_a_response(held: int) -> None:
    """With 13 fields, request, outparam and future the table is full when the response comes.

    With fewer it is when the guest asks for parts of the response; six handles are enough for that.
    """
    with Client("outgoing-get", outgoing=True, max_handles=16) as client:
        call = client.start(f"/hold/{held}")
        peer, [asked] = asks(client)
        asked.respond(200)
        if held == 10:
            asked.push(b"all", last=True)
            assert end(client, call) == "status 200\nall|closed\nno trailers\n"
            return
        client.finish(call)
        peer.take()
        assert (call.status, asked.cancelled) == (500, True)
        [line] = client.lines
        assert "resource table has no free keys (limit 16)" in line


# ---- The exchange ends ----


def in_flight(client: Client, path: str) -> tuple[Peer, int]:
    """Start a guest with a GET and an open POST on their way; a peer, and the call's number."""
    call = client.start(path, method="POST", body=[], finishes=False)
    peer, [get, post] = asks(client, 2)
    assert (get.ended, post.ended, bytes(post.body)) == (True, False, b"part")
    get.respond(200)
    client.send(call, last=True)
    return peer, call.id


def check_all_cancelled(peer: Peer) -> None:
    orders = sorted(peer.take(), key=lambda order: order.id)
    assert orders == [Order(asked.id, cancelled=True) for asked in peer.asked]
    assert all(asked.push(b"x") == -1 for asked in peer.asked)
    for asked in peer.asked:
        asked.fail("internal-error")
    assert peer.settle() == []


@pytest.mark.parametrize(
    ("path", "log"),
    [
        ("/trap", "the component failed: wasm trap: wasm `unreachable` instruction executed"),
        ("/loop", "the component used up its processor time"),
        ("/return", None),
    ],
)
def test_the_guest_ends(path: str, log: str | None) -> None:
    with Client("outgoing-ends", outgoing=True, cpu_timeout=0.05) as client:
        peer, _ = in_flight(client, path)
        client.until(lambda: client.idle)
        check_all_cancelled(peer)
        assert len(client.lines) == (log is not None)
        assert log is None or log in client.lines[0]


def test_the_time_is_up() -> None:
    with Client("outgoing-ends", outgoing=True, timeout=0.2) as client:
        client.start("/wait", method="POST", body=b"")
        peer, _ = asks(client, 2)
        client.until(lambda: client.idle)
        check_all_cancelled(peer)
        [line] = client.lines
        assert "the component did not end in time" in line


@pytest.mark.parametrize("path", ["/wait", "/loop"])
def test_the_client_goes_away(path: str) -> None:
    with Client("outgoing-ends", outgoing=True) as client:
        call = client.start(path, method="POST", body=[], finishes=False)
        peer, _ = asks(client, 2)
        client.send(call, last=True)
        client.turn()
        client.gone(call)
        check_all_cancelled(peer)
        assert (client.idle, client.lines) == (True, [])


@pytest.mark.parametrize("fetched", [True, False])
def test_the_worker_is_closed(fetched: bool) -> None:
    """With requests of which the client knows, and with some that it never fetched."""
    with Client("outgoing-ends", outgoing=True) as client:
        for _ in range(3):
            client.start("/wait", method="POST", body=b"")
        client.settle()
        if fetched:
            assert len(Peer(client).take()) == 6
        client.worker.close()
        with pytest.raises(ValueError, match="the worker is closed"):
            client.worker.outgoing_fd()


def test_the_exchanges_beside_it_go_on() -> None:
    with Client("outgoing-ends", outgoing=True) as client, Client("outgoing-get") as other:
        assert other.run().status == 500
        calls = [client.start("/wait", method="POST", body=b"") for _ in range(3)]
        peer, asked = asks(client, 6)
        client.gone(calls[1])
        peer.take()
        assert [request.cancelled for request in asked] == [False, False, True, True, False, False]
        asked[0].answer()
        client.until(lambda: calls[0].done)
        peer.take()
        # A trap ends the first; the last one waits.
        assert [request.cancelled for request in asked] == [False, True, True, True, False, False]
        assert client.worker.status()["in_flight"] == 1
        client.gone(calls[2])


# ---- Threads ----


class EchoThread(threading.Thread):
    """A client on a thread of its own, which answers each request with its own body.

    While it is ``lazy`` it does so for every other one only.
    """

    def __init__(self, client: Client, *, lazy: bool = False) -> None:
        super().__init__()
        self.worker = client.worker
        self.lazy = lazy
        self.started = 0
        self.cancelled = 0
        self._waiting: dict[int, bytearray] = {}
        self._end, self._ender = os.pipe()

    def stop(self) -> None:
        """Let it end, and wait for that."""
        os.close(self._ender)
        self.join()
        os.close(self._end)

    def run(self) -> None:
        while True:
            ready, _, _ = select.select([self.worker.outgoing_fd(), self._end], [], [])
            for order in self.worker.orders():
                self.take(order)
            if self._end in ready:
                return

    def take(self, order: Order) -> None:
        if order.cancelled:
            self.cancelled += 1
            self._waiting.pop(order.id, None)
            return
        if order.start is not None:
            self.started += 1
            if not self.lazy or self.started % 2 != 0:
                self.worker.outgoing_respond(order.id, 200, [(b"x-path", order.start.path)])
                self._waiting[order.id] = bytearray()
        if order.id not in self._waiting:
            return
        self._waiting[order.id] += order.body
        if order.body:
            self.worker.outgoing_sent(order.id, len(order.body))
        if order.ended:
            self.worker.outgoing_push(order.id, bytes(self._waiting.pop(order.id)), last=True)


def test_a_client_on_another_thread() -> None:
    size = 200_000
    data = b"0123456789abcdef" * (size // 16)
    with Client("outgoing-echo", outgoing=True, body_buffer=16384) as client:
        thread = EchoThread(client)
        thread.start()
        try:
            for _ in range(5):
                calls = [client.start(method="POST", body=data) for _ in range(16)]
                client.finish(*calls)
                assert all(bytes(call.body) == data for call in calls)
        finally:
            thread.stop()
        assert thread.cancelled == 0
        assert client.lines == []


def test_cancelling_while_another_thread_answers() -> None:
    """Whatever the order of things is, nothing is left and nothing breaks."""
    with Client("outgoing-many", outgoing=True) as client:
        thread = EchoThread(client, lazy=True)
        thread.start()
        try:
            for number in range(200):
                call = client.start("/16")
                if number == 0:
                    client.until(lambda: thread.started == 16)
                for _ in range(number % 7):
                    client.turn()
                client.gone(call)
            thread.lazy = False
            call = client.start("/16")
            client.finish(call)
            assert bytes(call.body).count(b"status 200\n") == 16
        finally:
            thread.stop()
        # Of the first sixteen at least those that had no answer.
        assert thread.cancelled >= 8
        assert client.lines == []
