"""One request and its response on a connection: what both kinds of application have in common.

``AsgiCycle`` and ``ComponentCycle`` say where the response comes from; how it is written is here:

- the head of a response leaves together with the first piece of its body, in one packet;
- an application may go on reading the request body after its response is complete;
- a response that broke off is cut also where the client does not read;
- ``server`` and ``date`` are not repeated where the application sends its own.
"""

from __future__ import annotations

from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING

from unit_wasm.native.types import PRESENT_LENGTH, field_list
from unit_wasm.server.http.flow import HIGH_WATER

if TYPE_CHECKING:
    from unit_wasm.server.http.contracts import HttpConnection

PRESENT_CONNECTION, PRESENT_CODING = PRESENT_LENGTH << 8, PRESENT_LENGTH << 9
"""Fields that only an application in Python may set, beside the ``PRESENT_...`` of components."""

_CHUNK_END = {
    (True, True): b"\r\n",
    (True, False): b"\r\n0\r\n\r\n",
    (False, True): b"",
    (False, False): b"0\r\n\r\n",
}
"""What follows a piece of body: by whether there is one, and whether more follows."""

_COPIED = 16 * 1024
"""Pieces of less bytes are copied to what surrounds them: cheaper than a write of many parts."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Cycle:
    """One request and its response, from where the head of the request is complete.

    Parameters:
        connection: where it comes from.

    Attributes:
        ends_with_connection: nothing but the end of the connection ends the response.
        number: of the exchange, where a component answers; 0: it has not begun.
        unsent: pieces of the response that wait until the client reads; the last ends it.
    """

    # This is the fastest that Python has.
    __slots__ = (
        "_chunked",
        "_connection",
        "_head",
        "_no_body",
        "_record",
        "disconnected",
        "ends_with_connection",
        "expects_continue",
        "finished",
        "keep_alive",
        "length",
        "more_body",
        "number",
        "pieces",
        "response_complete",
        "response_started",
        "unsent",
        "waiting",
    )

    # What neither __init__() nor take_over() sets:
    waiting: int  # from feed() on; that of `pieces`
    _head: bytes  # from _open() on, as the three below
    _no_body: bool
    _chunked: bool
    ends_with_connection: bool

    def __init__(self, connection: HttpConnection) -> None:
        self._connection = connection
        self.disconnected = False
        self.pieces: list[bytes | memoryview] | None = None
        self.unsent: deque[tuple[bytes | memoryview, bool, bool]] | None = None

    def take_over(self, keep_alive: bool) -> None:
        """Begin with the head that the connection has read; once, or again when it was cached.

        What is in it stays where it is: no other is read before the response is complete.

        Parameters:
            keep_alive: the connection may serve another request after this one.
        """
        connection = self._connection
        reader = connection.reader
        self.keep_alive = keep_alive
        self.length = reader.length
        self.more_body = self.length != 0
        # A body that is empty waits for nothing.
        self.expects_continue = reader.expects_continue and self.more_body
        self.response_started = False
        self.response_complete = False
        self.finished = False
        self.number = 0
        self._record = connection.new_record() if connection.listener.access_log else None

    def go_on(self) -> None:
        """Begin, or go on: all that has arrived so far has been handed over."""
        raise NotImplementedError

    def resume(self) -> None:
        """Go on after the client has read what was written."""

    # Request in

    def feed(self, data: bytes | memoryview) -> None:
        """Take bytes of the request body as they arrive."""
        if not self.finished:
            if self.pieces:
                self.pieces.append(data)
                self.waiting += len(data)
            else:
                self.pieces = [data]
                self.waiting = len(data)
            if self.waiting > HIGH_WATER:
                self._connection.flow.pause_reading()

    def end(self) -> None:
        """Note that a request with a body is complete."""
        self.more_body = False

    def lose(self) -> None:
        """Note that the client has gone."""
        self.disconnected = True
        self._head = b""

    def _is_too_large(self) -> bool:
        """Refuse a request whose declared length is above ``settings.http.max_body_size``."""
        if self.length <= self._connection.listener.limits.max_body_size:
            return False
        self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return True

    def _continue(self) -> None:
        """Let the client send its body, where it waits for ``100 Continue``.

        A response waits until it has begun to, which shows that it has read that: there are
        proxies that take the two, one right behind the other, for an empty response.
        """
        self.expects_continue = False
        self._connection.body_timer.touch()
        if not self._connection.transport.is_closing():
            self._connection.transport.write(_CONTINUE)
            self._connection.hold()

    # Response out

    def _open(self, status: int, fields: bytes, present: int) -> None:
        """Begin the response; its head waits for the first piece of the body.

        Parameters:
            fields: as they are sent, each line with its end.
            present: bits ``PRESENT_...`` of what is among them.
        """
        connection = self._connection
        if self.expects_continue:
            # Whether the body follows is not known: RFC 9110, section 10.1.1.
            self.expects_continue = False
            self.keep_alive = False
        head = connection.state.beginning(status, present) + fields
        if not self.keep_alive and not present & PRESENT_CONNECTION:
            head += b"connection: close\r\n"
        reader = connection.reader
        self._no_body = reader.method == b"HEAD" or status in (204, 304)
        unknown = not (self._no_body or present & PRESENT_LENGTH)
        # An older client knows no chunks: RFC 9112, section 6.1.
        self._chunked = unknown and reader.version == "1.1"
        self.ends_with_connection = unknown and not self._chunked
        if self._chunked and not present & PRESENT_CODING:
            head += b"transfer-encoding: chunked\r\n"
        self._head = head + b"\r\n"
        self.response_started = True
        if self._record is not None:
            self._record.status = status
            self._record.response_headers = field_list(fields)
            self._record.chunked = self._chunked

    def _flush(self) -> None:
        """Send the head on its own where no body came with it."""
        if self._head:
            head, self._head = self._head, b""
            self._connection.transport.write(head)

    def _write(self, body: bytes | memoryview, more: bool) -> None:
        """Write a piece of the body, and before the first the head."""
        head, self._head = self._head, b""
        if self._chunked:
            before = b"%b%x\r\n" % (head, len(body)) if body else head
            after = _CHUNK_END[bool(body), more]
            sent = len(before) - len(head) + len(body) + len(after)
            self._put(before, body, after)
        elif self._no_body:
            sent = 0
            self._put(head, b"", b"")
        else:
            sent = len(body)
            self._put(head, body, b"")
        if self._record is not None:
            self._record.sent += sent
        if not more:
            self.response_complete = True
            if self._record is not None:
                self.log()
            self._connection.response_completed(self)

    def _put(self, before: bytes, body: bytes | memoryview, after: bytes) -> None:
        transport = self._connection.transport
        if len(body) < _COPIED:
            if data := before + body + after:
                transport.write(data)
        else:
            transport.writelines([piece for piece in (before, body, after) if piece])

    def _answer(self, status: HTTPStatus) -> None:
        """Answer in the place of the application, and close the connection after it."""
        self.keep_alive = False
        body = answer_text(status)
        fields = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n" % len(body)
        self._open(status, fields, PRESENT_LENGTH)
        self._write(body, more=False)

    def _fail(self) -> None:
        """End a response that the application will not complete."""
        if self.response_complete or self.disconnected:
            return
        if self.response_started:
            self._flush()
            self._connection.cut(self.ends_with_connection)
        else:
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _finish(self) -> None:
        """Note that the application is done with request and response."""
        self.finished = True
        if self._record is not None:
            self.log()
        # What is still to come of the request is thrown away as it arrives.
        self.pieces = None
        self._connection.read_on()

    # The access log

    def log(self, status: int | None = None, sent: int | None = None) -> None:
        """Write the line of this request, once: the first caller knows how it ended.

        Parameters:
            status: of a response that is not the application's.
            sent: bytes of its body.
        """
        record, self._record = self._record, None
        if record is None:
            return
        if sent is not None:
            record.sent = sent
        if status is not None:
            record.status = status
        if not self.keep_alive and record.version == "1.1":
            record.connection = b"close"
        self._connection.log_access(record)


def answer_text(status: HTTPStatus) -> bytes:
    """Return the body of an answer that no application gave."""
    phrase = "Content Too Large" if status == 413 else status.phrase
    return f"{status.value} {phrase}\n".encode()
