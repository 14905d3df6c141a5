"""HTTP/1.1 on one connection: uvicorn's protocol, with the limits that it does not have.

What is added here, and why it cannot be added above the protocol:

- the size of a request's head is bounded (431), and the time that it (408) or a body may take;
- ``Host`` is checked as RFC 9112, section 3.2, requires (400);
- a refused request lingers: the response is sent, then what the client still sends is read and
  thrown away for a moment, because closing at once can destroy the response on its way;
- broken framing after a request that is still being answered does not disturb that answer;
- a client that does not read its response is cut after a time.
"""

from __future__ import annotations

import asyncio
import urllib.parse
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httptools

from unit_wasm.asgi_scope import client_address, field_pairs
from unit_wasm.server.access_record import Record
from unit_wasm.server.asgi_cycle import AsgiCycle
from unit_wasm.server.body_timer import BodyTimer, TimedFlow
from unit_wasm.server.component_cycle import ComponentCycle
from unit_wasm.server.cycle import answer_text
from unit_wasm.server.head_reader import HeadReader, Refused
from unit_wasm.server.timers import IdleTimer, SendTimer

if TYPE_CHECKING:
    from unit_wasm.server.cycle import Cycle
    from unit_wasm.server.listener import Listener

__all__ = ["LINGER", "HttpProtocol"]

LINGER = 2.0
"""Seconds that a refused client may go on sending before the connection is closed."""

CLIENT_GONE = 499
"""In the access log, where there was nobody to get a status; nginx's number."""


class HttpProtocol(HeadReader):
    """One connection of a listener.

    Parameters:
        listener: where it was accepted; holds the application and the limits.

    Attributes:
        spare: a cycle that is done, for the next request; None: that gets a new one.
    """

    __slots__ = (
        "_answering",
        "_chunk",
        "_close_after",
        "_discarding",
        "_idle",
        "_sending",
        "_waiting",
        "body_timer",
        "remote",
        "spare",
        "state",
    )

    def __init__(self, listener: Listener) -> None:
        super().__init__(listener)
        self.cycle: Any = None  # the newest, a Cycle
        self.state = listener.state
        self.remote = b""
        self._chunk = 0
        self._discarding = False
        self._close_after = False
        self._answering: Cycle | None = None
        self.spare: Cycle | None = None
        self._waiting: deque[Cycle] = deque()
        self._idle = IdleTimer(self, listener.limits.idle_timeout)
        self._sending = SendTimer(self)
        self.body_timer = BodyTimer(self)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = TimedFlow(transport, self.body_timer)
        self.remote = client_address({"client": self.client, "server": self.server})
        self.state.accepted += 1
        self._idle.begin()

    def connection_lost(self, exc: Exception | None) -> None:
        for cycle in (self.cycle, self._answering):
            if cycle is not None:
                cycle.lose()
                cycle.log()
        # They refer to each other.
        self.cycle = self._answering = self.spare = None
        super().connection_lost(exc)
        self._waiting.clear()
        self.state.closed += 1
        self._stop_timer()
        self._idle.stop()
        self._sending.stop()
        self.body_timer.stop()
        self.listener.connection_closed()

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def abort(self) -> None:
        """Close at once, whatever is being sent."""
        if self.transport is not None:
            self.transport.abort()

    def close(self) -> None:
        """Close when all has been sent, or the client does not read it."""
        self.transport.close()
        if self.transport.get_write_buffer_size():
            self._sending.begin()

    def cut(self) -> None:
        """Close, because a response broke off; what was sent of it gets a moment to leave."""
        self.transport.close()
        self._stop_timer()
        self._timer = self.loop.call_later(LINGER, self.transport.abort)

    # Bytes out

    def pause_writing(self) -> None:
        super().pause_writing()
        self._sending.begin()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.transport.is_closing():
            self._sending.end()
        if self._answering is not None:
            self._answering.resume()

    # Bytes in

    def data_received(self, data: bytes) -> None:
        if self._discarding:
            return
        self._idle.since = None
        if self.body_timer.cycle is not None:
            self.body_timer.touch()
        self._chunk = len(data)
        if self._in_head:
            self._head_least += self._chunk
            self._head_most += self._chunk
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._ignore_upgrade()
        except httptools.HttpParserError as error:
            cause = error.__context__
            refused = isinstance(cause, Refused)
            self.refuse(cause.status if refused else HTTPStatus.BAD_REQUEST)  # type: ignore[union-attr]
        else:
            if self._head_least or not self._in_head:
                self._check_time_and_size()
        cycle = self._answering or self.cycle
        if cycle is not None:
            cycle.go_on()

    def _check_time_and_size(self) -> None:
        if not self._in_head:
            self.body_timer.begin(self.cycle)
        elif self._head_least > self.listener.limits.max_header_bytes:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._timer is None:
            self._timer = self.loop.call_later(
                self.listener.limits.header_read_timeout,
                self.refuse,
                HTTPStatus.REQUEST_TIMEOUT,
            )

    # Parser callbacks from the end of the head on

    def on_headers_complete(self) -> None:
        keep_alive = self._complete_head()
        cycle = self.spare
        if cycle is None:
            cycle = AsgiCycle(self) if self.listener.exchanges is None else ComponentCycle(self)
        self.spare = None
        cycle.take_over(keep_alive and not self.listener.closing)
        self.cycle = cycle
        # For the next head.
        self.url = b""
        self.fields = []
        self.host = None
        if self._noted:
            self._forget_noted()
        if self._answering is None:
            self._answering = cycle
        else:
            # Pipelined: it starts when the response before it is complete.
            self.flow.pause_reading()
            self._waiting.append(cycle)

    def on_body(self, body: bytes) -> None:
        self.cycle.feed(body)

    def on_message_complete(self) -> None:
        self._in_head = True
        self._head_least = 0
        self._head_most = self._chunk
        if self.cycle.more_body:
            self._end_body()

    def _end_body(self) -> None:
        self.cycle.end()
        if self.cycle.response_complete:
            # Answered before all of its body had come.
            if self.cycle.keep_alive:
                self._idle.since = self.loop.time()
            else:
                self.close()

    # The access log

    def new_record(self) -> Record | None:
        """Return what is to be logged of the request whose head is complete; None: nothing."""
        if self.listener.access_log is None:
            return None
        path, _, query = self.target.partition(b"?")
        return Record(
            remote=self.remote,
            status=CLIENT_GONE,
            seconds=self.loop.time(),
            method=self.method,
            target=self.url,
            version=self.version,
            path=urllib.parse.unquote(path.decode("ascii")),
            query=query,
            headers=field_pairs(self.fields),
        )

    def log_access(self, record: Record) -> None:
        """Log a request that :meth:`new_record` began."""
        if self.listener.access_log is not None:
            record.seconds = self.loop.time() - record.seconds
            self.listener.access_log.write(record)

    # Ends

    def response_completed(self, cycle: Cycle) -> None:
        """Go on after the last byte of a response."""
        self.state.total_requests += 1
        self._answering = None
        if self.transport.is_closing():
            return
        if self.flow.read_paused:
            self.flow.resume_reading()
        if not cycle.keep_alive:
            self._end(cycle)
        elif self._waiting:
            self._answering = self._waiting.popleft()
            # Not at once: many of them would be answered inside each other.
            self.loop.call_soon(self._go_on)
        elif self._close_after:
            self.close()
        else:
            self._idle.since = self.loop.time()

    def _go_on(self) -> None:
        """Begin the next of those that waited, unless what has arrived has done it already."""
        if self._answering is not None:
            self._answering.go_on()

    def _end(self, cycle: Cycle) -> None:
        if cycle.more_body:
            # Closing while the client still sends can destroy the response on its way.
            self._linger()
        else:
            self.close()

    def _linger(self) -> None:
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._stop_timer()
        self._timer = self.loop.call_later(LINGER, self.transport.abort)

    def shutdown(self) -> None:
        """Finish what is being answered, then close; close at once where nothing is."""
        if self.is_idle:
            self.close()
        else:
            self._finish_last()

    def _finish_last(self) -> None:
        """Take no further request, and close after the last response that is under way."""
        self.cycle.keep_alive = False
        self._close_after = True

    def _ignore_upgrade(self) -> None:
        # What follows is in the protocol that the client asked for and will not get, so this
        # connection cannot be used again.
        self._discarding = True
        self.shutdown()

    def refuse(self, status: HTTPStatus) -> None:
        """End the connection because of what the client has sent, or has not."""
        self._stop_timer()
        self._discarding = True
        if self.transport.is_closing():
            return
        if not self.is_idle:
            if self._waiting and self.cycle.more_body:
                # The newest request is the broken one; those before it are answered.
                self._waiting.pop()
                self._finish_last()
                return
            if not self.cycle.more_body:
                # The fault is in what follows the newest request.
                self._finish_last()
                return
            self.cycle.lose()
            if self.cycle.response_started:
                self.cut()
                return
            self.cycle.log(status.value, len(answer_text(status)))
        elif self.listener.access_log is not None:
            refused = Record(self.remote, status.value, len(answer_text(status)))
            self.listener.access_log.write(refused)
        self._write_refusal(status)
        self._linger()

    def _write_refusal(self, status: HTTPStatus) -> None:
        body = answer_text(status)
        content = [
            self.state.beginning(status.value),
            b"content-type: text/plain; charset=utf-8\r\n",
            b"content-length: %d\r\n" % len(body),
            b"connection: close\r\n\r\n",
            body,
        ]
        self.transport.write(b"".join(content))
