"""What the parts of a connection see of each other: types, and nothing that runs.

``protocol.py`` makes a connection of its parts, and imports all of them. They name it, its listener
and its requests by what stands here, so that none of them imports who uses it.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, Protocol

from unit_wasm.config.address import Address
from unit_wasm.config.proxies import Forwarded
from unit_wasm.native.requests import RequestReader
from unit_wasm.server.access.log import AccessLog
from unit_wasm.server.access.record import Record
from unit_wasm.server.http.connection_state import ConnectionState
from unit_wasm.server.http.flow import Flow, Timer
from unit_wasm.server.http.limits import Limits
from unit_wasm.serving.exchanges import Exchanges
from unit_wasm.serving.types import AsgiApp


class Site(Protocol):
    """The listener of a connection.

    Attributes:
        app: gets requests as ASGI has them, unless there are ``exchanges`` for them.
        closing: it accepts no connections any more, and its own are to end.
    """

    address: Address
    state: ConnectionState
    limits: Limits
    closing: bool
    access_log: AccessLog | None
    forwarded: tuple[Forwarded, ...]
    app: AsgiApp
    exchanges: Exchanges | None

    def connection_closed(self) -> None:
        """Called by each connection at its end."""


class Answered(Protocol):
    """A request that is being answered."""

    keep_alive: bool
    more_body: bool
    expects_continue: bool
    response_complete: bool

    def end(self) -> None:
        """Note that its body is complete."""


class Owner(Protocol):
    """A connection, as its timers see it."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    flow: Flow

    @property
    def listener(self) -> Site:
        """Where it was accepted."""

    def note(self, kind: str, what: str) -> None:
        """Write a line about this client, unless one of its kind has just been written."""

    def refuse(self, status: HTTPStatus, reason: str | None = None) -> None:
        """End the connection because of what the client has sent, or has not."""

    def abort(self) -> None:
        """Close at once, whatever is being sent."""

    def close(self) -> None:
        """Close when all has been sent, or the client does not read it."""


class HttpConnection(Owner, Protocol):
    """A connection, as its requests see it.

    Attributes:
        reader: has the head that was read last.
        authority: the name in it.
        origin: address, port and scheme of its client.
        cached: a request that is done and may be used for the next one.
    """

    state: ConnectionState
    reader: RequestReader
    authority: bytes
    origin: tuple[bytes, int, bytes]
    cached: Any

    @property
    def body_timer(self) -> Timer:
        """Watches how the body of the request comes."""

    def hold(self) -> None:
        """Write nothing of a response for a moment, or until the body comes."""

    def read_when_asked(self) -> None:
        """Read no more of a body for a while but by :meth:`fetch`."""

    def fetch(self, memory: memoryview) -> int:
        """Read bytes of a body to where a guest reads them. Returns how many, 0 for none."""

    def source(self) -> int:
        """Return the descriptor from which bodies may be read directly; -1: they may not."""

    def fetched(self, cycle: Answered, size: int) -> None:
        """Note that this was done."""

    def read_on(self) -> None:
        """Read from the client again, if it is there and nothing of it waits."""

    def empty_socket(self) -> int:
        """Return the descriptor of the socket where it has all that was written; else -1."""

    def cut(self, reset: bool = False) -> None:
        """Close, because a response broke off; what was sent of it gets a moment to leave."""

    def response_completed(self, cycle: Answered) -> None:
        """Go on after the last byte of a response."""

    def new_record(self) -> Record | None:
        """Return what is to be logged of the request whose head was read; None: nothing."""

    def log_access(self, record: Record) -> None:
        """Log a request that :meth:`new_record` began."""
