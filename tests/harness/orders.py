"""Stands in for a worker in front of the client of outgoing requests."""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from unit_wasm.native.types import Order, OutgoingHead

_TIMEOUT = 30.0

Headers = Sequence[tuple[bytes, bytes]]
Failure = tuple[str, str, int]


@dataclass
class Sent:
    """A request, and what has become of it so far."""

    id: int
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    trailers: list[tuple[bytes, bytes]] = field(default_factory=list)
    ended: bool = False
    failure: Failure | None = None
    confirmed: int = 0


class Orders:
    """Gives orders as a worker does, and keeps the answers.

    Parameters:
        window: bytes of a response that may wait; ``read`` opens it again.
    """

    def __init__(self, window: int = 1 << 30) -> None:
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._orders: deque[Order] = deque()
        self.changed = threading.Condition()
        self._sent: dict[int, Sent] = {}
        self._ids = count(1)
        self._window = window
        self._unread: dict[int, int] = {}
        self.most_unread = 0

    def close(self) -> None:
        os.close(self._fd)

    # ---- For the test ----

    def request(
        self,
        url: str,
        *,
        method: bytes = b"GET",
        headers: Headers = (),
        body: bytes = b"",
        whole: bool = True,
        trailers: Headers = (),
        connect: float = 10.0,
        first_byte: float = 10.0,
        between_bytes: float = 10.0,
        hops: bytes = b"",
        traceparent: bytes = b"",
    ) -> Sent:
        """Order a request; ``whole`` says that all of its body is there."""
        scheme, _, rest = url.partition("://")
        authority, slash, path = rest.partition("/")
        head = OutgoingHead(
            method,
            scheme.encode(),
            authority.encode(),
            (slash + path).encode() or b"/",
            list(headers),
            hops,
            traceparent,
            connect,
            first_byte,
            between_bytes,
        )
        sent = Sent(next(self._ids))
        with self.changed:
            self._sent[sent.id] = sent
            self._unread[sent.id] = 0
        self.give(Order(sent.id, head, body, whole, list(trailers) or None))
        return sent

    def give(self, order: Order) -> None:
        with self.changed:
            self._orders.append(order)
        os.eventfd_write(self._fd, 1)

    def read_all(self, sent: Sent) -> None:
        """Read a response that is larger than the window: whenever that is full, all of it."""
        while True:
            with self.changed:
                assert self.changed.wait_for(
                    lambda: (
                        sent.ended
                        or sent.failure is not None
                        or self._unread[sent.id] >= self._window
                    ),
                    _TIMEOUT,
                )
                if sent.ended or sent.failure is not None:
                    return
                self._unread[sent.id] = 0
            self.give(Order(sent.id, read=True))

    def wait(self, sent: Sent, what: str = "ended") -> Sent:
        """Wait until a request has ended, well or not, or until an attribute of it is true."""
        with self.changed:
            arrived = self.changed.wait_for(
                lambda: sent.failure is not None or getattr(sent, what), _TIMEOUT
            )
        assert arrived, f"request {sent.id}: nothing happens"
        return sent

    def wait_confirmed(self, sent: Sent, size: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: sent.confirmed >= size, _TIMEOUT)

    # ---- For the client ----

    def outgoing_fd(self) -> int:
        return self._fd

    def orders(self) -> Iterator[Order]:
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._fd)
        while True:
            with self.changed:
                if not self._orders:
                    return
                order = self._orders.popleft()
            yield order

    def outgoing_sent(self, request: int, size: int) -> None:
        with self.changed:
            self._sent[request].confirmed += size
            self.changed.notify_all()

    def outgoing_respond(self, request: int, status: int, headers: Headers) -> None:
        with self.changed:
            sent = self._sent[request]
            assert sent.status == 0
            sent.status = status
            sent.headers = list(headers)
            self.changed.notify_all()

    def outgoing_push(
        self, request: int, data: bytes, last: bool = False, trailers: Headers = ()
    ) -> int:
        with self.changed:
            sent = self._sent[request]
            assert isinstance(data, bytes)
            assert sent.status != 0
            assert not sent.ended
            sent.body += data
            sent.ended = last
            sent.trailers = list(trailers)
            self._unread[request] += len(data)
            self.most_unread = max(self.most_unread, self._unread[request])
            self.changed.notify_all()
            return max(0, self._window - self._unread[request])

    def outgoing_fail(self, request: int, code: str, text: str = "", number: int = 0) -> None:
        with self.changed:
            sent = self._sent[request]
            assert sent.failure is None
            assert not sent.ended
            sent.failure = (code, text, number)
            self.changed.notify_all()
