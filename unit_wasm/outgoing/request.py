"""One outgoing request, from its first order to the end of both bodies."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import h11

from unit_wasm.native.types import Order, OutgoingHead
from unit_wasm.options.origins import Origin
from unit_wasm.outgoing.connection import Connection
from unit_wasm.outgoing.errors import OutgoingError, error_of
from unit_wasm.outgoing.head import build, trailer_fields
from unit_wasm.outgoing.pool import Pool

# RFC 9110 section 9.2.2: only these may be sent again when a connection breaks.
_IDEMPOTENT = frozenset({b"GET", b"HEAD", b"OPTIONS", b"TRACE", b"PUT", b"DELETE"})
# A body up to this size fits into the connection's buffer: it needs no task of its own.
_SMALL = 32 * 1024

Headers = Sequence[tuple[bytes, bytes]]


class Guest(Protocol):
    """Who is told what becomes of a request: see :class:`unit_wasm.native.Worker`."""

    def outgoing_sent(self, request: int, size: int) -> None: ...

    def outgoing_respond(self, request: int, status: int, headers: Headers) -> None: ...

    def outgoing_push(
        self, request: int, data: bytes, last: bool = False, trailers: Headers = ()
    ) -> int: ...

    def outgoing_fail(self, request: int, code: str, text: str = "", number: int = 0) -> None: ...


class _Unread(Exception):
    """Nobody reads the response any more."""


class Request:
    """Carries one request out and its response back.

    Parameters:
        order: the first one.
        head: the order's.
        guest: is told what becomes of it.
    """

    def __init__(self, order: Order, head: OutgoingHead, guest: Guest) -> None:
        self._id = order.id
        self._head = head
        self._guest = guest
        self._whole = order.ended
        """All of the body came with the first order."""
        self._first = order.body
        self._confirmed = False
        self._trailers: Headers = order.trailers or ()
        self._pieces: deque[bytes] = deque()
        self._ended = order.ended
        self._broken = order.broken
        self._body_news = asyncio.Event()
        self._room = asyncio.Event()
        self._failure: OutgoingError | None = None

    def take(self, order: Order) -> None:
        """Take one of the later orders, except the one that cancels."""
        if order.body:
            self._pieces.append(order.body)
        if order.ended:
            self._ended = True
            self._trailers = order.trailers or ()
        if order.broken:
            self._broken = True
        if order.read:
            self._room.set()
        self._body_news.set()

    async def run(self, origin: Origin, pool: Pool) -> None:
        """Do it. Cancelling this closes the connection.

        Raises:
            OutgoingError: it failed, and the guest has to be told.
        """
        request = build(self._head, len(self._first) if self._whole else None, bool(self._trailers))
        again = False
        while True:
            connection = await pool.acquire(origin, self._head.connect_timeout, fresh=again)
            clean = False
            try:
                clean = await self._exchange(connection, request)
                if clean:
                    return
                again = True
            except _Unread:
                return
            finally:
                if clean:
                    pool.release(connection)
                else:
                    pool.discard(connection)

    async def _exchange(self, connection: Connection, request: h11.Request) -> bool:
        """Send and receive. Returns False where it must be tried on another connection.

        Raises:
            OutgoingError, _Unread
        """
        sender: asyncio.Task[None] | None = None
        try:
            if self._whole and len(self._first) <= _SMALL:
                await self._send_safely(connection, request)
            else:
                sender = asyncio.create_task(self._send_safely(connection, request))
            await self._receive(connection)
            if sender is not None:
                await sender
            return True
        except OutgoingError as error:
            if self._may_retry(connection, error):
                return False
            raise self._failure or error from error
        finally:
            if sender is not None:
                sender.cancel()
                await asyncio.wait((sender,))

    def _may_retry(self, connection: Connection, error: OutgoingError) -> bool:
        """A kept connection may have been closed by the peer while the request was on its way."""
        return (
            connection.reused
            and not connection.heard
            and error.code == "connection-terminated"
            and self._whole
            and self._head.method in _IDEMPOTENT
            and self._failure is None
        )

    # ---- The request's body ----

    async def _send_safely(self, connection: Connection, request: h11.Request) -> None:
        """Send it all. What goes wrong is seen by whoever reads the response."""
        try:
            await self._send(connection, request)
        except OutgoingError:
            # The peer may have answered before it stopped reading: that decides.
            await self._discard()
        except h11.LocalProtocolError as error:
            self._failure = error_of(error)
            connection.abort()

    async def _send(self, connection: Connection, request: h11.Request) -> None:
        events: list[h11.Event] = [request]
        if self._first:
            events.append(h11.Data(data=self._first))
        if self._whole:
            events.append(self._end(request))
        try:
            await connection.send(*events)
        finally:
            self._confirm_first()
        while not self._whole:
            piece = await self._next_piece()
            if piece is None:
                break
            try:
                await connection.send(h11.Data(data=piece))
            finally:
                # Whether it went out or is lost: there is room for more.
                self._confirm(piece)
        if self._broken:
            self._failure = OutgoingError("HTTP-protocol-error")
            connection.abort()
        elif not self._whole:
            await connection.send(self._end(request))

    def _end(self, request: h11.Request) -> h11.EndOfMessage:
        # Trailers are part of the chunked coding: with a Content-Length there are none.
        chunked = any(name == b"transfer-encoding" for name, _ in request.headers)
        return h11.EndOfMessage(headers=trailer_fields(self._trailers) if chunked else [])

    def _confirm(self, piece: bytes) -> None:
        if piece:
            self._guest.outgoing_sent(self._id, len(piece))

    def _confirm_first(self) -> None:
        if not self._confirmed:
            self._confirmed = True
            self._confirm(self._first)

    async def _next_piece(self) -> bytes | None:
        """Return more of the body; None after the last, and where it is broken."""
        while True:
            if self._broken:
                return None
            if self._pieces:
                return self._pieces.popleft()
            if self._ended:
                return None
            self._body_news.clear()
            await self._body_news.wait()

    async def _discard(self) -> None:
        """Let the guest write on although nobody takes it: its response may already be here."""
        while (piece := await self._next_piece()) is not None:
            self._confirm(piece)

    # ---- The response ----

    async def _receive(self, connection: Connection) -> None:
        response = await self._response(connection)
        self._guest.outgoing_respond(self._id, response.status_code, list(response.headers))
        event = await self._next(connection)
        while isinstance(event, h11.Data):
            following, error = _poll(connection)
            if isinstance(following, h11.EndOfMessage):
                self._push(bytes(event.data), following)
                return
            if self._push(bytes(event.data), None) == 0:
                self._room.clear()
                await self._room.wait()
            if error is not None:
                raise error
            event = following or await self._next(connection)
        assert isinstance(event, h11.EndOfMessage)
        self._push(b"", event)

    async def _response(self, connection: Connection) -> h11.Response:
        """Return the head of the final response; those before it (1xx) are nobody's business."""
        try:
            async with asyncio.timeout(self._head.first_byte_timeout):
                while True:
                    event = await connection.receive()
                    if isinstance(event, h11.Response):
                        return event
        except TimeoutError:
            raise OutgoingError("connection-read-timeout") from None

    async def _next(self, connection: Connection) -> h11.Event:
        event = connection.poll()
        if event is not None:
            return event
        try:
            async with asyncio.timeout(self._head.between_bytes_timeout):
                return await connection.receive()
        except TimeoutError:
            raise OutgoingError("connection-read-timeout") from None

    def _push(self, data: bytes, end: h11.EndOfMessage | None) -> int:
        """Give the guest bytes. Returns the room that is left.

        Raises:
            _Unread: it does not want them.
        """
        if end is not None:
            return self._guest.outgoing_push(self._id, data, True, list(end.headers))
        room = self._guest.outgoing_push(self._id, data)
        if room < 0:
            raise _Unread
        return room


def _poll(connection: Connection) -> tuple[h11.Event | None, OutgoingError | None]:
    try:
        return connection.poll(), None
    except OutgoingError as error:
        return None, error
