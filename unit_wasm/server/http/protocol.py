"""HTTP/1.1 on one connection: whose turn it is, and what becomes of what is no good.

How a request is read is in ``native/requests.py``, how a response is written in ``cycle.py``.
Between them stands, here:

- one request at a time. What a client sends after a request stays bytes until that is answered,
  and the client is stopped where too much waits;
- ``Host`` and the authority of a target, as RFC 9112, section 3.2, has them (400);
- bounds for the head of a request (431, 408), for its body (413, 408), and for what stands between
  the pieces of a body (431, 408);
- a client that has closed its sending side is answered.
"""

from __future__ import annotations

import asyncio
import urllib.parse
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from unit_wasm.native.requests import Refused, RequestReader
from unit_wasm.native.types import text_fields
from unit_wasm.server.http.asgi_cycle import AsgiCycle
from unit_wasm.server.http.component_cycle import ComponentCycle
from unit_wasm.server.http.connection import Connection
from unit_wasm.server.http.cycle import answer_text
from unit_wasm.server.http.fetch import Fetch
from unit_wasm.server.http.flow import HIGH_WATER
from unit_wasm.serving.request import NO_HOST, checked_host, field_pairs

if TYPE_CHECKING:
    from unit_wasm.server.access.record import Record
    from unit_wasm.server.http.contracts import Answered, Site
    from unit_wasm.server.http.cycle import Cycle

CLIENT_GONE = 499
"""In the access log, where there was nobody to get a status; nginx's number."""


class HttpProtocol(Connection):
    """One connection of a listener.

    Parameters:
        listener: where it was accepted; holds the application and the limits.

    Attributes:
        reader: has the head that was read last.
        authority: the name in it.
        origin: address, port and scheme of its client.
        cycle: that request with its response; None: there was none yet.
        cached: a cycle that is done, for the next request; None: that gets a new one.
    """

    __slots__ = (
        "_content",
        "_fetch",
        "_own_origin",
        "authority",
        "cached",
        "cycle",
        "origin",
        "reader",
    )

    def __init__(self, listener: Site) -> None:
        super().__init__(listener)
        self.reader = RequestReader(listener.state.scratch)
        self.authority = b""
        self.cycle: Any = None  # a Cycle
        self.cached: Cycle | None = None
        self._content = 0  # bytes of the body so far
        self._fetch: Fetch | None = None
        self.origin = self._own_origin = (b"", 0, b"http")

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        port = peer[1] if isinstance(peer, tuple) else 0
        self.origin = self._own_origin = (self.remote, port, b"http")

    def connection_lost(self, exc: Exception | None) -> None:
        cycle = self.cycle
        if cycle is not None:
            cycle.lose()
            cycle.log()
        if self._fetch is not None:
            self._fetch.stop()
        # They refer to each other.
        self.cycle = self.cached = None
        super().connection_lost(exc)

    @property
    def is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _go_on_writing(self) -> None:
        super()._go_on_writing()
        if self.cycle is not None:
            self.cycle.resume()

    # Bytes in

    def data_received(self, data: bytes) -> None:
        if self._discarding:
            self._throw_away(len(data))
            return
        reader = self.reader
        if reader.data:
            reader.feed(data)
        else:
            reader.data = data
        self._advance()

    def _advance(self) -> None:
        """Read on: the rest of a body, then the next head if nothing is being answered."""
        cycle = self.cycle
        try:
            if cycle is not None:
                if cycle.more_body:
                    self._read_body(cycle)
                    cycle.go_on()
                if cycle.more_body or self._discarding:
                    return
                if not cycle.response_complete:
                    self._stop_client()
                    return
            if self.reader.read_head(self.listener.limits.max_header_bytes):
                self._begin()
            else:
                self._wait_for_head()
        except Refused as refused:
            self.refuse(refused.status, refused.reason)

    def _begin(self) -> None:
        """Begin with the request whose head was read."""
        reader = self.reader
        if self._timer is not None:
            self._stop_timer()
        self._idle.since = None
        host = reader.host
        authority = checked_host(host) if host and reader.authority is None else None
        self.authority = self._authority() if authority is None else authority
        if self.listener.forwarded or self.origin is not self._own_origin:
            self.origin = self._forwarded_origin()
        cycle = self.cached
        if cycle is None:
            cycle = AsgiCycle(self) if self.listener.exchanges is None else ComponentCycle(self)
        self.cached = None
        last = self.listener.closing or (self._ended and not reader.data)
        cycle.take_over(reader.keep_alive and not last)
        self.cycle = cycle
        if reader.length:
            self._content = 0
            self._read_body(cycle)
        cycle.go_on()
        if reader.data or self.flow.read_paused:
            self._stop_client()

    def _authority(self) -> bytes:
        """Return the name that the request is for: RFC 9112, section 3.2.

        Raises:
            Refused: it is none, or there is none.
        """
        reader = self.reader
        host = reader.host
        found = NO_HOST.get(reader.version) if host is None else checked_host(host)
        if found is not None and reader.authority is not None:
            # What Host says is checked, and then ignored.
            found = checked_host(reader.authority) or None
        if found is None:
            raise Refused(HTTPStatus.BAD_REQUEST)
        return found

    def _forwarded_origin(self) -> tuple[bytes, int, bytes]:
        """Return what proxies say of the client of the request whose head was read."""
        origin = self._own_origin
        if self.listener.forwarded:
            fields = text_fields(self.reader.text)
            for told in self.listener.forwarded:
                origin = told.origin(*origin, fields)
        return origin

    def _read_body(self, cycle: Cycle) -> None:
        reader, limits = self.reader, self.listener.limits
        body = reader.read_body(limits.max_header_bytes)
        if body:
            self._content += len(body)
            if self._content > limits.max_body_size:
                raise Refused(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"its body has more than max_body_size ({limits.max_body_size} bytes)",
                )
            # Who has begun to send does not wait for permission, or has got it.
            cycle.expects_continue = False
            self.release()
            self.body_timer.touch()
            cycle.feed(body)
        if reader.complete:
            self._body_complete(cycle)
        else:
            self.body_timer.begin(cycle)

    def read_when_asked(self) -> None:
        """Read no more of a body for a while but by :meth:`fetch`."""
        if self._fetch is None:
            self._fetch = Fetch(self)
        self._fetch.begin()

    def fetch(self, memory: memoryview) -> int:
        """Read bytes of a body to where a guest reads them. Returns how many, 0 for none."""
        if self._fetch is None or self.transport.is_closing():
            return 0
        return self._fetch.read(self._descriptor(), memory)

    def source(self) -> int:
        """Return the descriptor from which bodies may be read directly; -1: they may not."""
        return -1 if self._fetch is None or self.transport.is_closing() else self._descriptor()

    def fetched(self, cycle: Answered, size: int) -> None:
        """Note that this was done."""
        self._content += size
        cycle.expects_continue = False
        self.release()
        self.body_timer.touch()
        self.reader.took(size)
        if self.reader.complete:
            self._body_complete(cycle)

    def _body_complete(self, cycle: Answered) -> None:
        cycle.end()
        if cycle.response_complete:
            # Answered before all of its body had come.
            if not cycle.keep_alive:
                self.close()
            elif not self.reader.data:
                self._idle.since = self.loop.time()

    def _wait_for_head(self) -> None:
        if self._ended:
            # What there is of one will never be more.
            self.close()
        elif self._timer is None and not self.reader.blank:
            self._idle.since = None
            self._timer = self.loop.call_later(
                self.listener.limits.header_read_timeout, self.refuse, HTTPStatus.REQUEST_TIMEOUT
            )

    def _stop_client(self) -> None:
        """Stop a client that has sent too much behind a request, or let it go on."""
        if self.reader.waiting > HIGH_WATER:
            self.flow.pause_reading()
        elif not self.cycle.more_body:
            self.read_on()

    def read_on(self) -> None:
        """Read from the client again, if it is there and nothing of it waits."""
        if (
            self.flow.read_paused
            and self.reader.waiting <= HIGH_WATER
            and not self.transport.is_closing()
        ):
            self.flow.resume_reading()

    def eof_received(self) -> bool:
        """Note that the client sends nothing more. Returns whether it is answered all the same."""
        self._ended = True
        cycle, waiting = self.cycle, self.reader.waiting
        if self._discarding or (cycle is not None and cycle.more_body):
            return False
        if self.is_idle:
            if waiting:
                self.loop.call_soon(self._go_on)
            return waiting > 0
        if not waiting:
            cycle.keep_alive = False
        self._watch()
        return True

    # The access log

    def new_record(self) -> Record | None:
        """Return what is to be logged of the request whose head was read; None: nothing."""
        if self.listener.access_log is None:
            return None
        from unit_wasm.server.access.record import Record

        reader = self.reader
        path, _, query = reader.target.partition(b"?")
        return Record(
            remote=self.origin[0],
            status=CLIENT_GONE,
            seconds=self.loop.time(),
            method=reader.method,
            target=reader.url,
            version=reader.version,
            path=urllib.parse.unquote(path.decode("ascii")),
            query=query,
            headers=field_pairs(text_fields(reader.text)),
        )

    def log_access(self, record: Record) -> None:
        """Log a request that :meth:`new_record` began."""
        if self.listener.access_log is not None:
            record.seconds = self.loop.time() - record.seconds
            self.listener.access_log.write(record)

    # Ends

    def response_completed(self, cycle: Answered) -> None:
        """Go on after the last byte of a response."""
        self.state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.flow.read_paused:
            self.read_on()
        if not cycle.keep_alive:
            self._end(cycle)
        elif cycle.more_body:
            pass  # What is left of it comes first.
        elif self.reader.data:
            # Not at once: many of them would be answered inside each other.
            self.loop.call_soon(self._go_on)
        elif self._ended:
            self.close()
        else:
            self._idle.since = self.loop.time()

    def _go_on(self) -> None:
        """Begin with the next of those that waited, unless what has arrived has done it already."""
        if self.is_idle and not self._discarding:
            self._advance()

    def _end(self, cycle: Answered) -> None:
        if cycle.more_body:
            # Closing while the client still sends can destroy the response on its way.
            self._linger()
        else:
            self.close()

    def shutdown(self) -> None:
        """Finish what is being answered, then close; close at once where nothing is."""
        if self.is_idle:
            self.close()
        else:
            self.cycle.keep_alive = False

    def refuse(self, status: HTTPStatus, reason: str | None = None) -> None:
        self._stop_timer()
        self._discarding = True
        if self.transport.is_closing():
            return
        cycle = self.cycle
        if cycle is not None and cycle.more_body:
            cut = cycle.response_started
        else:
            # The head of another one, or what should be one.
            cycle, cut = None, False
        if reason is not None:
            how = "was cut" if cut else f"was refused with {status.value}"
            self.note(str(status.value), f"{how}: {reason}")
        if cycle is None:
            self._log_refused(status)
        else:
            if cycle.response_complete:
                # There is no place for another one.
                self._linger()
                return
            cycle.lose()
            if cut:
                self.cut(cycle.ends_with_connection)
                return
            cycle.log(status.value, len(answer_text(status)))
        self._write_refusal(status)
        self._linger()

    def _log_refused(self, status: HTTPStatus) -> None:
        if self.listener.access_log is not None:
            from unit_wasm.server.access.record import Record

            refused = Record(self.remote, status.value, len(answer_text(status)))
            self.listener.access_log.write(refused)

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
