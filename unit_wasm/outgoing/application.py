"""The outgoing requests of one application, on the client's thread."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from unit_wasm.log import say
from unit_wasm.native.types import Order, OutgoingHead
from unit_wasm.options.origins import Address, Origin
from unit_wasm.outgoing.dial import Dialer
from unit_wasm.outgoing.errors import OutgoingError, error_of
from unit_wasm.outgoing.head import origin_of
from unit_wasm.outgoing.names import Resolve, SystemResolver
from unit_wasm.outgoing.policy import Policy
from unit_wasm.outgoing.pool import Pool
from unit_wasm.outgoing.request import Guest, Request

# Of origins that were refused, and of those that failed, that are remembered in order not to log
# them again.
_MAX_NOTED = 100

# Failures that are the guest's own doing, or are logged where they are found out.
_UNLOGGED = frozenset(
    (
        *("HTTP-request-denied", "destination-IP-prohibited", "loop-detected"),
        *("HTTP-request-URI-invalid", "HTTP-request-body-size"),
    )
)


class Orders(Guest, Protocol):
    """Where orders come from and answers go: :class:`unit_wasm.native.Worker`."""

    def outgoing_fd(self) -> int: ...

    def orders(self) -> Iterator[Order]: ...


@dataclass(frozen=True)
class Terms:
    """What an application may do, and with what.

    Parameters:
        name: of the application, for the log.
        policy: where it may send requests.
        tls: what peers are checked with.
        max_header_bytes: of a response's head.
        max_connections: at once, to all peers.
        resolve: names to addresses; None for the system's way.
        log: gets a line for each origin that is refused, or fails.
        log_json: whether lines are JSON.
    """

    name: str
    policy: Policy
    tls: ssl.SSLContext
    max_header_bytes: int
    max_connections: int
    resolve: Resolve | None = None
    log: logging.Logger = field(default=logging.getLogger("unit_wasm.outgoing"))
    log_json: bool = False


class Application:
    """Turns the orders of a worker into requests. All methods belong to the client's thread.

    Parameters:
        worker: it, or what stands in for it.
        terms: see there.
    """

    def __init__(self, worker: Orders, terms: Terms) -> None:
        self._worker = worker
        self._terms = terms
        self._system = SystemResolver()
        dial = Dialer(
            terms.policy,
            terms.resolve or self._system,
            terms.tls,
            terms.max_header_bytes,
            self._address_refused,
        )
        self._pool = Pool(dial, terms.max_connections)
        self._requests: dict[int, tuple[Request, asyncio.Task[None]]] = {}
        self._refused: set[str] = set()
        self._failed: set[str] = set()

    def start(self) -> None:
        """Begin to take orders."""
        asyncio.get_running_loop().add_reader(self._worker.outgoing_fd(), self._take_orders)

    async def stop(self) -> None:
        """End every request; the worker is not touched after this has returned."""
        asyncio.get_running_loop().remove_reader(self._worker.outgoing_fd())
        tasks = [task for _, task in self._requests.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._pool.close()
        self._system.close()

    def _take_orders(self) -> None:
        for order in self._worker.orders():
            if order.start is not None:
                self._begin(order, order.start)
            elif order.id in self._requests:
                request, task = self._requests[order.id]
                if order.cancelled:
                    task.cancel()
                else:
                    request.take(order)

    def _begin(self, order: Order, head: OutgoingHead) -> None:
        request = Request(order, head, self._worker)
        task = asyncio.get_running_loop().create_task(self._run(order.id, request, head))
        self._requests[order.id] = (request, task)
        task.add_done_callback(lambda task: self._requests.pop(order.id, None))

    async def _run(self, number: int, request: Request, head: OutgoingHead) -> None:
        try:
            await request.run(self._judge(head), self._pool)
        except Exception as error:
            failure = error_of(error)
            if failure.code not in _UNLOGGED:
                self._note_failure(head, failure)
            if not isinstance(error, OutgoingError):
                self._terms.log.error(
                    "%s: an outgoing request failed in a way that is not foreseen",
                    self._terms.name,
                    exc_info=error,
                )
            self._worker.outgoing_fail(number, failure.code, failure.text, failure.number)

    def _judge(self, head: OutgoingHead) -> Origin:
        """Return where a request goes.

        Raises:
            OutgoingError: it may not.
        """
        origin = origin_of(head)
        if not self._terms.policy.allows(origin):
            self._note_refusal(origin, "denied: UNIT_WASM_OUTGOING has no entry")
            raise OutgoingError("HTTP-request-denied")
        return origin

    def _address_refused(self, origin: Origin, address: Address) -> None:
        self._note_refusal(
            origin,
            f"refused: {address} is a private address, and UNIT_WASM_OUTGOING has no entry for it",
        )

    def _note_refusal(self, origin: Origin, why: str) -> None:
        self._note(self._refused, str(origin), f"outgoing requests to {origin} are {why}")

    def _note_failure(self, head: OutgoingHead, failure: OutgoingError) -> None:
        try:
            origin = str(origin_of(head))
        except OutgoingError:
            return
        self._note(self._failed, origin, f"outgoing requests to {origin} fail: {failure}")

    def _note(self, noted: set[str], origin: str, line: str) -> None:
        """Log the first line of an origin; guests choose them, so only so many."""
        if origin not in noted and len(noted) < _MAX_NOTED:
            noted.add(origin)
            terms = self._terms
            say(terms.log, logging.WARNING, terms.name, line, is_json=terms.log_json)
