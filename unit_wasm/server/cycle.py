"""One request and its response on a connection: what an application calls receive and send.

It takes the place of uvicorn's ``RequestResponseCycle``, from which it differs in what clients and
guests can see:

- the head of a response leaves together with the first piece of its body, in one packet;
- an application may go on reading the request body after it has completed its response;
- a response that broke off is cut also where the client does not read;
- ``server`` and ``date`` are not repeated where the application sends its own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE

from unit_wasm.errors import UnitWasmError

if TYPE_CHECKING:
    from unit_wasm.server.protocol import HttpProtocol
    from unit_wasm.server.types import AsgiApp, Message, Scope

__all__ = ["Cycle"]

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_UNAVAILABLE: list[Message] = [
    {
        "type": "http.response.start",
        "status": 500,
        "headers": [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"26"),
            (b"connection", b"close"),
        ],
    },
    {"type": "http.response.body", "body": b"500 Internal Server Error\n"},
]


class Cycle:
    """One request and its response.

    Parameters:
        connection: where it came from.
        scope: the request, as ASGI describes it.
        expect_continue: the client waits for ``100 Continue``.
        keep_alive: the connection may serve another request after this one.
    """

    __slots__ = (
        "_chunked",
        "_connection",
        "_head",
        "_left",
        "_no_body",
        "_record",
        "_sent",
        "body",
        "disconnected",
        "expects_continue",
        "finished",
        "keep_alive",
        "message_event",
        "more_body",
        "response_complete",
        "response_started",
        "scope",
    )

    def __init__(
        self, connection: HttpProtocol, scope: Scope, *, expect_continue: bool, keep_alive: bool
    ) -> None:
        self._connection = connection
        self.scope = scope
        self.keep_alive = keep_alive
        self.expects_continue = expect_continue
        # Request
        self.body = bytearray()
        self.more_body = True
        self.message_event = asyncio.Event()
        self.disconnected = False
        # Response
        self.response_started = False
        self.response_complete = False
        self.finished = False
        self._head = b""
        self._no_body = False
        self._chunked = False
        self._left = 0
        self._sent = 0
        self._record = connection.new_record(scope)

    async def run(self, app: AsgiApp) -> None:
        """Run the application; whatever it does, the client gets a response or a cut connection."""
        try:
            await app(self.scope, self.receive, self.send)
        except UnitWasmError:
            # The application has logged it, and raises only to have the response cut.
            pass
        except Exception as error:
            self._connection.logger.error("the application of a request failed", exc_info=error)
        if not (self.response_complete or self.disconnected):
            await self._fail()
        self.finished = True
        self.log()
        # What is still to come of the request is thrown away as it arrives.
        self.body = bytearray()
        if not self.disconnected:
            self._connection.flow.resume_reading()

    async def _fail(self) -> None:
        if self.response_started:
            self._flush()
            self._connection.cut()
            return
        for message in _UNAVAILABLE:
            await self.send(message)

    # Request in

    def feed(self, data: bytes) -> None:
        """Take bytes of the request body as they arrive."""
        if self.finished:
            return
        self.body += data
        if len(self.body) > HIGH_WATER_LIMIT:
            self._connection.flow.pause_reading()
        self.message_event.set()

    def end(self) -> None:
        """Note that the request is complete."""
        self.more_body = False
        self.message_event.set()

    def lose(self) -> None:
        """Note that the client has gone."""
        self.disconnected = True
        self._head = b""
        self.message_event.set()

    async def receive(self) -> Message:
        """Return the next piece of the request body.

        Unlike ASGI has it, that goes on after the response is complete, until the body is.
        """
        if self.expects_continue:
            self.expects_continue = False
            self._connection.body_timer.touch()
            if not self._connection.transport.is_closing():
                self._connection.transport.write(_CONTINUE)
        if not (self.disconnected or self._is_drained()):
            self._connection.flow.resume_reading()
            await self.message_event.wait()
            self.message_event.clear()
        if self.disconnected or self._is_drained():
            return {"type": "http.disconnect"}
        body = bytes(self.body)
        self.body = bytearray()
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    def _is_drained(self) -> bool:
        return self.response_complete and not (self.more_body or self.body)

    # Response out

    async def send(self, message: Message) -> None:
        """Send a part of the response; waits where the client does not read."""
        connection = self._connection
        if connection.flow.write_paused and not self.disconnected:
            await connection.flow.drain()
        if self.disconnected:
            return
        if message["type"] == "http.response.start":
            self._start(message)
        elif message["type"] == "http.response.body" and self.response_started:
            self._write(message.get("body", b""), message.get("more_body", False))
        else:
            raise RuntimeError(f"unexpected ASGI message {message['type']!r}")

    def _start(self, message: Message) -> None:
        if self.response_started:
            raise RuntimeError("a second start of a response")
        status = message["status"]
        content = [STATUS_LINE[status]]
        fields = message.get("headers", ())
        own = self._fields(fields, content)
        content[1:1] = self._connection.state.fields_without(own)
        if self.expects_continue:
            # Whether the body follows is not known: RFC 9110, section 10.1.1.
            self.expects_continue = False
            self.keep_alive = False
        if not self.keep_alive and b"connection" not in own:
            content.append(b"connection: close\r\n")
        self._no_body = self.scope["method"] == "HEAD" or status in (204, 304)
        self._chunked = not self._no_body and b"content-length" not in own
        if self._chunked and b"transfer-encoding" not in own:
            content.append(b"transfer-encoding: chunked\r\n")
        content.append(b"\r\n")
        if self._record is not None:
            self._record.status = status
            self._record.response_headers = fields
            self._record.chunked = self._chunked
        self.response_started = True
        self._head = b"".join(content)
        self._connection.loop.call_soon(self._flush)

    def _fields(self, fields: Any, content: list[bytes]) -> set[bytes]:
        names = set()
        for name, value in fields:
            if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
                raise RuntimeError(f"not a header field: {name!r}: {value!r}")
            name = name.lower()
            names.add(name)
            if name == b"content-length":
                self._left = int(value)
            elif name == b"connection" and b"close" in value.lower():
                self.keep_alive = False
            content += (name, b": ", value, b"\r\n")
        return names

    def _flush(self) -> None:
        """Send the head on its own where no body came with it."""
        if self._head:
            head, self._head = self._head, b""
            self._connection.transport.write(head)

    def _write(self, body: bytes, more: bool) -> None:
        if self.response_complete:
            raise RuntimeError("a piece of body after the end of a response")
        data, self._head = self._head, b""
        head = len(data)
        if self._no_body:
            pass
        elif self._chunked:
            if body:
                data = b"%b%x\r\n%b\r\n" % (data, len(body), body)
            if not more:
                data += b"0\r\n\r\n"
        else:
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                self._head = data
                raise RuntimeError("the response body has another length than its content-length")
            data = data + body if data else body
        if data:
            self._sent += len(data) - head
            self._connection.transport.write(data)
        if not more:
            self.response_complete = True
            self.log()
            self._connection.response_completed(self)

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
        record.sent = self._sent if sent is None else sent
        if status is not None:
            record.status = status
        if not self.keep_alive and record.version == "1.1":
            record.connection = b"close"
        self._connection.log_access(record)
