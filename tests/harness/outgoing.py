"""The client of a worker's outgoing requests, played by a test: without network and threads."""

import select
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.harness.direct import TEXT, Answer, Call, Client
from unit_wasm.native.outgoing import OutgoingCalls
from unit_wasm.native.types import Order, OutgoingHead

Headers = Sequence[tuple[bytes, bytes]]


@dataclass
class Asked:
    """One request that a guest has sent, as far as its orders tell.

    Parameters:
        worker: whose it is.
        id: its number.
        head: as it came with its first order.
        confirms: whether bytes of the body are confirmed when they come.
        orders: all of them, in order.
    """

    worker: OutgoingCalls
    id: int
    head: OutgoingHead
    confirms: bool
    body: bytearray = field(default_factory=bytearray)
    ended: bool = False
    trailers: list[tuple[bytes, bytes]] | None = None
    broken: bool = False
    cancelled: bool = False
    reads: int = 0
    orders: list[Order] = field(default_factory=list)

    def take(self, order: Order) -> None:
        """Note an order."""
        assert not self.cancelled, "an order after CANCEL"
        self.orders.append(order)
        if order.cancelled:
            assert order == Order(self.id, cancelled=True), "CANCEL comes alone"
        assert not (self.ended and (order.body or order.ended)), "a body after its end"
        self.body += order.body
        self.ended = self.ended or order.ended
        self.trailers = order.trailers if order.ended else self.trailers
        self.broken = self.broken or order.broken
        self.cancelled = order.cancelled
        self.reads += order.read
        if order.body and self.confirms:
            self.confirm(len(order.body))

    def confirm(self, size: int) -> None:
        """Say that bytes of the body are on their way."""
        self.worker.outgoing_sent(self.id, size)

    def respond(self, status: int = 200, headers: Headers = ()) -> None:
        """Begin the response."""
        self.worker.outgoing_respond(self.id, status, headers)

    def push(self, data: bytes, last: bool = False, trailers: Headers = ()) -> int:
        """Give bytes of the response's body; see :meth:`Worker.outgoing_push`."""
        return self.worker.outgoing_push(self.id, data, last, trailers)

    def answer(self, status: int = 200, headers: Headers = (), body: bytes = b"") -> None:
        """Give a whole response."""
        self.respond(status, headers)
        self.push(body, last=True)

    def fail(self, code: str, text: str = "", number: int = 0) -> None:
        """Let it fail."""
        self.worker.outgoing_fail(self.id, code, text, number)


class Notes:
    """All requests that the guests of a worker have sent, as far as somebody has taken orders.

    Parameters:
        worker: whose orders they are.
        confirms: confirm bytes of request bodies when they come.
    """

    def __init__(self, worker: OutgoingCalls, *, confirms: bool = True) -> None:
        self.worker = worker
        self.confirms = confirms
        self.asked: list[Asked] = []
        self._by_id: dict[int, Asked] = {}

    def take(self) -> list[Order]:
        """Fetch all orders that there are now."""
        orders = list(self.worker.orders())
        for order in orders:
            if order.start is not None:
                assert order.id not in self._by_id, "a number comes twice"
                request = Asked(self.worker, order.id, order.start, self.confirms)
                self._by_id[order.id] = request
                self.asked.append(request)
            self._by_id[order.id].take(order)
        return orders


class Peer(Notes):
    """The same, where the test also drives the guests.

    Parameters:
        client: of the worker; it drives the guests.
        confirms: confirm bytes of request bodies when they come.
    """

    def __init__(self, client: Client, *, confirms: bool = True) -> None:
        super().__init__(client.worker, confirms=confirms)
        self.client = client

    @property
    def readable(self) -> bool:
        """Whether the descriptor says that there are orders."""
        return bool(select.select([self.worker.outgoing_fd()], [], [], 0)[0])

    def take(self) -> list[Order]:
        """Fetch all orders that there are now."""
        orders = super().take()
        assert not self.readable, "the descriptor is readable and there is no order"
        return orders

    def settle(self) -> list[Order]:
        """Let guests and client go on until neither has anything to do; what was ordered."""
        found: list[Order] = []
        while True:
            more = self.client.turn()
            orders = self.take()
            found += orders
            if not more and not orders and not self.client.ready:
                return found

    def one(self) -> Asked:
        """Let the guests go on, and return the one request that there is."""
        self.settle()
        assert len(self.asked) == 1, self.asked
        return self.asked[0]


def asks(client: Client, count: int = 1) -> tuple[Peer, list[Asked]]:
    """Return a peer and the requests that the guests of the client have sent: so many."""
    peer = Peer(client)
    peer.settle()
    assert len(peer.asked) == count
    return peer, peer.asked


def get(path: str = "/") -> tuple[Client, Call, Peer, Asked]:
    """Return a guest outgoing-get that has sent its request and waits for the response."""
    client = Client("outgoing-get", outgoing=True)
    call = client.start(path)
    peer, [asked] = asks(client)
    return client, call, peer, asked


def text_of(answer: Answer) -> str:
    """Return the text of a good answer that left nothing in the log."""
    assert (answer.status, answer.headers, answer.how) == (200, TEXT, "ended")
    assert answer.log == []
    return answer.text


def end(client: Client, call: Call) -> str:
    """Let the guest end, and return its text, which must be a good answer."""
    client.finish(call)
    return text_of(client.answer(call))
