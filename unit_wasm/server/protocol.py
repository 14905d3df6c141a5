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
import re
import urllib.parse
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from unit_wasm.asgi_scope import client_address
from unit_wasm.server.access_record import Record
from unit_wasm.server.body_timer import BodyTimer, TimedFlow
from unit_wasm.server.cycle import Cycle

if TYPE_CHECKING:
    from unit_wasm.server.listener import Listener
    from unit_wasm.server.types import Scope

__all__ = ["LINGER", "HttpProtocol"]

LINGER = 2.0
"""Seconds that a refused client may go on sending before the connection is closed."""

CLIENT_GONE = 499
"""In the access log, where there was nobody to get a status; nginx's number."""

_REQUEST_LINE_REST = len(b"  HTTP/1.1\r\n")
_FIELD_REST = len(b": \r\n")
_HOST = re.compile(
    rb"(?:(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?"
)


class _Refused(Exception):
    """Raised inside a parser callback: stop here and answer with this status."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class HttpProtocol(HttpToolsProtocol):
    """One connection of a listener.

    Parameters:
        listener: where it was accepted; holds the application and the limits.
    """

    def __init__(self, listener: Listener) -> None:
        super().__init__(config=listener.uvicorn_config, server_state=listener.state, app_state={})
        self.app = listener.handle
        self.cycle: Any = None  # the newest, a Cycle
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
        self._send_timer: asyncio.TimerHandle | None = None
        self._answering: Cycle | None = None
        self.body_timer = BodyTimer(self)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = TimedFlow(transport, self.body_timer)
        self.state.accepted += 1
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def connection_lost(self, exc: Exception | None) -> None:
        for cycle in (self.cycle, self._answering):
            if cycle is not None:
                cycle.lose()
                cycle.log()
        super().connection_lost(exc)
        # They refer to each other.
        self.cycle = self._answering = None
        self.pipeline.clear()
        self.state.closed += 1
        self._stop_timer()
        self._stop_send_timer()
        self.body_timer.stop()
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

    def close(self) -> None:
        """Close when all has been sent, or the client does not read it."""
        self.transport.close()
        if self.transport.get_write_buffer_size() and self._send_timer is None:
            self._start_send_timer()

    def cut(self) -> None:
        """Close, because a response broke off; what was sent of it gets a moment to leave."""
        self.transport.close()
        self._stop_timer()
        self._timer = self.loop.call_later(LINGER, self.transport.abort)

    def timeout_keep_alive_handler(self) -> None:
        self.close()

    # Bytes out

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._send_timer is None:
            self._start_send_timer()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.transport.is_closing():
            self._stop_send_timer()

    def _start_send_timer(self) -> None:
        left = self.transport.get_write_buffer_size()
        limit = self.listener.limits.send_timeout
        self._send_timer = self.loop.call_later(limit, self._check_sending, left)

    def _check_sending(self, left: int) -> None:
        if self.transport.get_write_buffer_size() < left:
            self._start_send_timer()
        else:
            self.transport.abort()

    def _stop_send_timer(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None

    # Bytes in

    def data_received(self, data: bytes) -> None:
        if self._discarding:
            return
        self._unset_keepalive_if_required()
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
            refused = isinstance(cause, _Refused)
            self.refuse(cause.status if refused else HTTPStatus.BAD_REQUEST)  # type: ignore[union-attr]
        else:
            self._check_time_and_size()

    def _check_time_and_size(self) -> None:
        if not self._in_head:
            self.body_timer.begin(self.cycle)
        elif self._head_least > self.listener.limits.max_header_bytes:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._head_least and self._timer is None:
            self._timer = self.loop.call_later(
                self.listener.limits.header_read_timeout,
                self.refuse,
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
        self._start_cycle(keep_alive=version != "1.0" and self.parser.should_keep_alive())

    def on_body(self, body: bytes) -> None:
        self.cycle.feed(body)

    def on_message_complete(self) -> None:
        self.cycle.end()
        self._in_head = True
        self._head_least = 0
        self._head_most = self._chunk
        if self.cycle.response_complete and not self.cycle.keep_alive:
            self.close()

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
        self.cycle = Cycle(
            self,
            cast(Any, self.scope),
            expect_continue=self.expect_100_continue,
            keep_alive=keep_alive and not self.listener.closing,
        )
        if self._answering is None:
            self._answer(self.cycle)
        else:
            # Pipelined: it starts when the response before it is complete.
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def _answer(self, cycle: Cycle) -> None:
        self._answering = cycle
        task = self.loop.create_task(cycle.run(self.app))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # The access log

    def new_record(self, scope: Scope) -> Record | None:
        """Return what is to be logged of a request whose head is complete; None: nothing."""
        if self.listener.access_log is None:
            return None
        return Record(
            remote=client_address(scope),
            status=CLIENT_GONE,
            seconds=self.loop.time(),
            method=scope["method"].encode("ascii"),
            target=self.url,
            version=scope["http_version"],
            path=scope["path"],
            query=scope["query_string"],
            headers=scope["headers"],
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
        self.flow.resume_reading()
        if not cycle.keep_alive:
            self._end(cycle)
        elif self.pipeline:
            self._answer(cast(Any, self.pipeline.pop()[0]))
        elif self._close_after:
            self.close()
        else:
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

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
            if self.pipeline and self.cycle.more_body:
                # The newest request is the broken one; those before it are answered.
                self.pipeline.popleft()
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
            self.cycle.log(status.value, len(_refusal(status)))
        elif self.listener.access_log is not None:
            remote = client_address({"client": self.client, "server": self.server})
            refused = Record(remote, status.value, len(_refusal(status)))
            self.listener.access_log.write(refused)
        self._write_refusal(status)
        self._linger()

    def _write_refusal(self, status: HTTPStatus) -> None:
        body = _refusal(status)
        content = [
            STATUS_LINE[status.value],
            *self.state.fields_without(frozenset()),
            b"content-type: text/plain; charset=utf-8\r\n",
            b"content-length: %d\r\n" % len(body),
            b"connection: close\r\n\r\n",
            body,
        ]
        self.transport.write(b"".join(content))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _refusal(status: HTTPStatus) -> bytes:
    return f"{status.value} {status.phrase}\n".encode()
