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

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT

from unit_wasm.native_types import OWN_LENGTH, field_list

if TYPE_CHECKING:
    from unit_wasm.server.protocol import HttpProtocol

__all__ = ["OWN_CODING", "OWN_CONNECTION", "UNKNOWN", "Cycle", "answer_text"]

OWN_CONNECTION, OWN_CODING = OWN_LENGTH << 8, OWN_LENGTH << 9
"""Fields that only an application in Python may set, beside the ``OWN_...`` of components."""

UNKNOWN = -1
"""The length of a request body that is chunked."""

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
        number: of the exchange, where a component answers; 0: it has not begun.
        unsent: pieces of the response that wait until the client reads; the last ends it.
    """

    # This is the fastest that Python has.
    __slots__ = (
        "_chunked",
        "_connection",
        "_head",
        "_limit",
        "_no_body",
        "_record",
        "authority",
        "disconnected",
        "expects_continue",
        "fields",
        "finished",
        "keep_alive",
        "length",
        "method",
        "more_body",
        "number",
        "pieces",
        "response_complete",
        "response_started",
        "target",
        "unsent",
        "waiting",
    )

    # What neither __init__() nor take_over() sets:
    waiting: int  # from feed() on; that of `pieces`
    _limit: int  # from _is_too_large() on
    _head: bytes  # from _open() on, as the two below
    _no_body: bool
    _chunked: bool

    def __init__(self, connection: HttpProtocol) -> None:
        self._connection = connection
        self.disconnected = False
        self.pieces: list[bytes] | None = None
        self.unsent: deque[tuple[bytes, bool]] | None = None

    def take_over(self, keep_alive: bool) -> None:
        """Begin with the head that the connection has read; once, or again when it is its spare.

        Parameters:
            keep_alive: the connection may serve another request after this one.
        """
        connection = self._connection
        self.keep_alive = keep_alive
        self.method = connection.method
        self.target = connection.target
        self.fields = connection.fields
        self.authority = connection.authority
        self.length = connection.length
        self.expects_continue = connection.expect_100_continue
        self.more_body = self.length != 0
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

    def feed(self, data: bytes) -> None:
        """Take bytes of the request body as they arrive."""
        if not self.finished:
            if self.pieces:
                self.pieces.append(data)
                self.waiting += len(data)
            else:
                self.pieces = [data]
                self.waiting = len(data)
            if self.waiting > HIGH_WATER_LIMIT:
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
        self._limit = self._connection.listener.limits.max_body_size
        if self.length <= self._limit:
            return False
        self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return True

    def _take_body(self) -> bytes | None:
        """Return what has arrived of the body.

        None where it is more than the limit now. Then the client has got its 413, if there was no
        response yet, and the application is to see a client that has gone.
        """
        pieces = self.pieces or ()
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self.pieces = None
        if self.length == UNKNOWN:
            self._limit -= len(body)
            if self._limit < 0:
                if not self.response_started:
                    self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                return None
        return body

    def _continue(self) -> None:
        """Let the client send its body, where it waits for ``100 Continue``."""
        self.expects_continue = False
        self._connection.body_timer.touch()
        if not self._connection.transport.is_closing():
            self._connection.transport.write(_CONTINUE)

    # Response out

    def _open(self, status: int, fields: bytes, own: int) -> None:
        """Begin the response; its head waits for the first piece of the body.

        Parameters:
            fields: as they are sent, each line with its end.
            own: bits ``OWN_...`` of what is among them.
        """
        connection = self._connection
        if self.expects_continue:
            # Whether the body follows is not known: RFC 9110, section 10.1.1.
            self.expects_continue = False
            self.keep_alive = False
        head = connection.state.beginning(status, own) + fields
        if not self.keep_alive and not own & OWN_CONNECTION:
            head += b"connection: close\r\n"
        self._no_body = self.method == b"HEAD" or status in (204, 304)
        self._chunked = not (self._no_body or own & OWN_LENGTH)
        if self._chunked and not own & OWN_CODING:
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

    def _write(self, body: bytes, more: bool) -> None:
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

    def _put(self, before: bytes, body: bytes, after: bytes) -> None:
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
        self._open(status, fields, OWN_LENGTH)
        self._write(body, more=False)

    def _fail(self) -> None:
        """End a response that the application will not complete."""
        if self.response_complete or self.disconnected:
            return
        if self.response_started:
            self._flush()
            self._connection.cut()
        else:
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _finish(self) -> None:
        """Note that the application is done with request and response."""
        self.finished = True
        if self._record is not None:
            self.log()
        # What is still to come of the request is thrown away as it arrives.
        self.pieces = None
        self._read_on()

    def _read_on(self) -> None:
        """Read from the client again, if it is there; also where another cycle has stopped it."""
        connection = self._connection
        if connection.flow.read_paused and not connection.transport.is_closing():
            connection.flow.resume_reading()

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
