"""One HTTP/1.1 connection to a peer: h11 says what the bytes mean, asyncio moves them.

Sending and receiving are independent of each other, so that a response can be read while the
request's body is still being sent. Nothing is read from the socket beyond what is asked for (and
one buffer of it), nothing is written while the socket's buffer is full.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import cast

import h11

from unit_wasm.options.origins import Origin
from unit_wasm.outgoing.errors import OutgoingError, error_of

# Bytes that may wait for the socket before a writer is held back.
_WRITE_BUFFER = 64 * 1024
_HEADERS_TOO_LARGE = 431


class Connection(asyncio.Protocol):
    """A connection that serves one request at a time.

    Parameters:
        origin: where it leads.
        max_header_bytes: of a response's head, and of its trailers.
    """

    def __init__(self, origin: Origin, max_header_bytes: int) -> None:
        self.origin = origin
        self.reused = False
        self.heard = False
        """Bytes have arrived since the current request began."""
        self.on_idle_end: Callable[[], None] | None = None
        """Called when something happens on the connection while it is idle in the pool."""
        self._max_header_bytes = max_header_bytes
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=max_header_bytes)
        self._transport: asyncio.Transport | None = None
        self._lost: BaseException | None = None
        self._ended = False
        self._reading = True
        self._reader: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    # ---- What the event loop calls ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=_WRITE_BUFFER)

    def data_received(self, data: bytes) -> None:
        if self.on_idle_end is not None:
            self.on_idle_end()
            return
        self.heard = True
        self._h11.receive_data(data)
        if self._reader is None or self._reader.done():
            self._pause(True)
        self._wake_reader()

    def eof_received(self) -> bool:
        self._end_of_input()
        # The request's body may still be on its way; TLS has no half-closed connections.
        return self.origin.scheme == "http"

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = exc or ConnectionResetError("the connection is closed")
        if exc is None:
            self._end_of_input()
        self._writable.set()
        self._wake_reader()
        if self.on_idle_end is not None:
            self.on_idle_end()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # ---- Sending ----

    async def send(self, *events: h11.Event) -> None:
        """Send parts of a request, and wait until the socket's buffer has room again.

        Raises:
            h11.LocalProtocolError: the request breaks HTTP's rules.
            OutgoingError: the connection is gone.
        """
        pieces: list[bytes] = []
        for event in events:
            pieces += self._h11.send_with_data_passthrough(event) or ()
        # uvloop raises RuntimeError where a transport is closing.
        if self._transport is None or self._transport.is_closing():
            raise self._failure()
        self._transport.writelines(pieces)
        await self._writable.wait()
        if self._lost is not None:
            raise self._failure()

    # ---- Receiving ----

    async def receive(self) -> h11.Event:
        """Return the next part of the response, waiting for it where it has not arrived.

        Raises:
            OutgoingError: the peer breaks HTTP's rules or the connection.
        """
        while True:
            event = self.poll()
            if event is not None:
                return event
            if self._lost is not None:
                raise self._failure()
            self._reader = asyncio.get_running_loop().create_future()
            self._pause(False)
            try:
                await self._reader
            finally:
                self._reader = None

    def poll(self) -> h11.Event | None:
        """Return the next part of the response if it has arrived.

        Raises:
            OutgoingError: as :meth:`receive`.
        """
        in_body = self._h11.their_state is h11.SEND_BODY
        try:
            event = self._h11.next_event()
        except h11.RemoteProtocolError as error:
            raise self._protocol_error(error, in_body) from error
        if event is h11.NEED_DATA or event is h11.PAUSED:
            return None
        if isinstance(event, h11.ConnectionClosed):
            # Where a response was due.
            raise self._failure()
        if isinstance(event, (h11.Response, h11.EndOfMessage)):
            self._check_size(event)
        return cast(h11.Event, event)

    def _check_size(self, event: h11.Response | h11.EndOfMessage) -> None:
        """Hold what arrived in one piece, so that h11 never found it incomplete, to the limit."""
        size = sum(len(name) + len(value) + 4 for name, value in event.headers)
        if size > self._max_header_bytes:
            raise self._too_large(isinstance(event, h11.EndOfMessage))

    def _too_large(self, trailers: bool) -> OutgoingError:
        part = "trailer" if trailers else "header"
        return OutgoingError(f"HTTP-response-{part}-section-size", "", self._max_header_bytes)

    def _protocol_error(self, error: h11.RemoteProtocolError, in_body: bool) -> OutgoingError:
        if error.error_status_hint == _HEADERS_TOO_LARGE:
            return self._too_large(in_body)
        if self._ended:
            if not self.heard:
                return OutgoingError("connection-terminated")
            return OutgoingError("HTTP-response-incomplete")
        return error_of(error)

    def _failure(self) -> OutgoingError:
        """Return why nothing more comes, for a connection that is gone."""
        return error_of(self._lost or ConnectionResetError())

    # ---- Its life ----

    @property
    def usable(self) -> bool:
        """Whether another request can be sent."""
        return self._h11.our_state is h11.IDLE and self._lost is None and not self._ended

    def next_request(self) -> bool:
        """Make ready for another request. Returns False where the connection can take none."""
        if self._h11.trailing_data[0] or self._lost is not None or self._ended:
            return False
        try:
            self._h11.start_next_cycle()
        except h11.LocalProtocolError:
            return False
        self.reused = True
        self.heard = False
        # The pool has to notice when the peer closes it.
        self._pause(False)
        return True

    def abort(self) -> None:
        """Close at once; what was not sent is lost, and the peer sees that."""
        self.on_idle_end = None
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close in order; for a connection without a request."""
        self.on_idle_end = None
        if self._transport is not None:
            self._transport.close()

    def _end_of_input(self) -> None:
        if not self._ended:
            self._ended = True
            # h11 wants to be told, and never twice.
            with contextlib.suppress(RuntimeError):
                self._h11.receive_data(b"")
            self._wake_reader()
            if self.on_idle_end is not None:
                self.on_idle_end()

    def _pause(self, pause: bool) -> None:
        if self._transport is None or self._reading is not pause or self._transport.is_closing():
            return
        self._reading = not pause
        if pause:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
