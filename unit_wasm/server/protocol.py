"""HTTP/1.1 on one connection: uvicorn's protocol, with the limits that it does not have.

What is added here, and why it cannot be added above the protocol:

- the size of a request's head is bounded (431), and the time that it may take (408);
- ``Host`` is checked as RFC 9112, section 3.2, requires (400);
- a refused request lingers: the response is sent, then what the client still sends is read and
  thrown away for a moment, because closing at once can destroy the response on its way;
- broken framing after a request that is still being answered does not disturb that answer;
- ``server`` and ``date`` are not repeated where the application sends its own.
"""

from __future__ import annotations

import asyncio
import re
import time
import urllib.parse
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httptools
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from unit_wasm.errors import UnitWasmError

if TYPE_CHECKING:
    from unit_wasm.server.listener import Listener

__all__ = ["LINGER", "ConnectionState", "HttpProtocol"]

LINGER = 2.0
"""Seconds that a refused client may go on sending before the connection is closed."""

_REQUEST_LINE_REST = len(b"  HTTP/1.1\r\n")
_FIELD_REST = len(b": \r\n")
_HOST = re.compile(
    rb"(?:(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?"
)
_OWN_FIELDS = frozenset((b"server", b"date"))


class ConnectionState(ServerState):
    """What all connections of one listener share."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted = 0
        self.closed = 0
        self.server_field = b"unit-wasm"
        self._second = 0

    def refresh(self) -> None:
        """Renew the fields that every response gets; the date changes once a second."""
        second = int(time.time())
        if second != self._second:
            self._second = second
            self.default_headers = [
                (b"server", self.server_field),
                (b"date", formatdate(second, usegmt=True).encode()),
            ]

    def set_server_field(self, value: bytes) -> None:
        """Change the ``server`` field from the next response on."""
        self.server_field = value
        self._second = 0


class _Refused(Exception):
    """Raised inside a parser callback: stop here and answer with this status."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


def _nothing() -> None:
    pass


class Cycle(RequestResponseCycle):
    """One request and its response."""

    async def run_asgi(self, app: Any) -> None:
        """Run the application; whatever it does, the client gets a response or a cut connection."""
        try:
            await app(self.scope, self.receive, self.send)
        except UnitWasmError:
            # The application has logged it, and raises only to have the response cut.
            pass
        except Exception as error:
            self.logger.error("the application of a request failed", exc_info=error)
        if not (self.response_complete or self.disconnected):
            if self.response_started:
                self.transport.close()
            else:
                await self.send_500_response()
        # It refers to the connection, which refers to this.
        self.on_response = _nothing

    def send(self, message: Any) -> Any:
        """Send an ASGI message; our own fields give way to those of the application."""
        if message["type"] == "http.response.start":
            theirs = _OWN_FIELDS.intersection(
                name.lower() for name, _ in message.get("headers", ())
            )
            if theirs:
                self.default_headers = [
                    pair for pair in self.default_headers if pair[0] not in theirs
                ]
        return super().send(message)


class HttpProtocol(HttpToolsProtocol):
    """One connection of a listener.

    Parameters:
        listener: where it was accepted; holds the application and the limits.
    """

    def __init__(self, listener: Listener) -> None:
        super().__init__(config=listener.uvicorn_config, server_state=listener.state, app_state={})
        self.app = listener.handle
        self.listener = listener
        self.state = listener.state
        self.timeout_keep_alive = listener.limits.idle_timeout
        self.hosts: list[bytes] = []
        # Bytes of the head so far: the chunk in which it began may hold the end of the request
        # before it, so the exact number lies between these two.
        self._head_least = 0
        self._head_most = 0
        self._chunk = 0
        self._in_head = True
        self._discarding = False
        self._close_after = False
        self._timer: asyncio.TimerHandle | None = None

    # Connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.state.accepted += 1
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.state.closed += 1
        self._stop_timer()
        self._unset_keepalive_if_required()
        self.listener.connection_closed()

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def abort(self) -> None:
        """Close at once, whatever is being sent."""
        if self.transport is not None:
            self.transport.abort()

    # Bytes in

    def data_received(self, data: bytes) -> None:
        if self._discarding:
            return
        self._unset_keepalive_if_required()
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
            refused = isinstance(cause, _Refused)
            self._refuse(cause.status if refused else HTTPStatus.BAD_REQUEST)  # type: ignore[union-attr]
        else:
            self._check_head()

    def _check_head(self) -> None:
        if not self._in_head or self._head_least == 0:
            return
        if self._head_least > self.listener.limits.max_header_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._timer is None:
            self._timer = self.loop.call_later(
                self.listener.limits.header_read_timeout,
                self._refuse,
                HTTPStatus.REQUEST_TIMEOUT,
            )

    # Parser callbacks

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.hosts = []

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == b"host":
            self.hosts.append(value)
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_timer()
        method = self.parser.get_method()
        version = self.parser.get_http_version()
        if self._head_most > self.listener.limits.max_header_bytes:
            self._check_head_size(method)
        if version == "1.1" or self.hosts:
            self._check_host()
        self._fill_scope(method, version)
        self.state.refresh()
        self._start_cycle(keep_alive=version != "1.0" and self.parser.should_keep_alive())

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head = True
        self._head_least = 0
        self._head_most = self._chunk

    def _check_head_size(self, method: bytes) -> None:
        size = len(method) + len(self.url) + _REQUEST_LINE_REST + len(b"\r\n")
        size += sum(len(name) + len(value) + _FIELD_REST for name, value in self.headers)
        if size > self.listener.limits.max_header_bytes:
            raise _Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _check_host(self) -> None:
        if len(self.hosts) != 1 or not _HOST.fullmatch(self.hosts[0]):
            raise _Refused(HTTPStatus.BAD_REQUEST)

    def _fill_scope(self, method: bytes, version: str) -> None:
        target = httptools.parse_url(self.url)
        # Absent in the authority form of CONNECT, which no application here could answer.
        if target.path is None:
            raise _Refused(HTTPStatus.BAD_REQUEST)
        path = target.path.decode("ascii")
        scope: Any = self.scope
        scope["method"] = method.decode("ascii")
        scope["http_version"] = version
        scope["path"] = urllib.parse.unquote(path) if "%" in path else path
        scope["raw_path"] = target.path
        scope["query_string"] = target.query or b""

    def _start_cycle(self, *, keep_alive: bool) -> None:
        running = self.cycle
        self.cycle = Cycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=keep_alive and not self.listener.closing,
            on_response=self.on_response_complete,
        )
        if running is None or running.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            # Pipelined: it starts when the response before it is complete.
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    # Ends

    def on_response_complete(self) -> None:
        was_last = not self.pipeline
        super().on_response_complete()
        if was_last and self._close_after:
            self.transport.close()

    def shutdown(self) -> None:
        """Finish what is being answered, then close; close at once where nothing is."""
        if self.is_idle:
            self.transport.close()
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

    def _refuse(self, status: HTTPStatus) -> None:
        """End the connection because of what the client has sent, or has not."""
        self._stop_timer()
        self._discarding = True
        if self.transport.is_closing():
            return
        if not self.is_idle:
            if self.pipeline and self.cycle.more_body:
                # The newest request is the broken one; those before it are answered.
                self.pipeline.popleft()
                self._finish_last()
                return
            if not self.cycle.more_body:
                # The fault is in what follows the newest request.
                self._finish_last()
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.close()
                return
        self._write_refusal(status)
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._timer = self.loop.call_later(LINGER, self.transport.abort)

    def _write_refusal(self, status: HTTPStatus) -> None:
        self.state.refresh()
        body = f"{status.value} {status.phrase}\n".encode()
        content = [STATUS_LINE[status.value]]
        for name, value in (
            *self.state.default_headers,
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ):
            content += [name, b": ", value, b"\r\n"]
        self.transport.write(b"".join([*content, b"\r\n", body]))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
