"""A request that an ASGI application answers: the control API, and applications of tests."""

from __future__ import annotations

import asyncio
import urllib.parse
from typing import TYPE_CHECKING, Any

from unit_wasm.errors import UnitWasmError
from unit_wasm.native.types import PRESENT_DATE, PRESENT_LENGTH, PRESENT_SERVER, text_fields
from unit_wasm.patterns import pattern
from unit_wasm.server.http.cycle import PRESENT_CODING, PRESENT_CONNECTION, Cycle
from unit_wasm.serving.request import REQUEST_ID, field_pairs

if TYPE_CHECKING:
    from unit_wasm.server.http.contracts import HttpConnection
    from unit_wasm.serving.types import Message, Scope

_NAME = pattern(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = pattern(rb"[^\0-\x08\x0a-\x1f\x7f]*")

_PRESENT = {
    b"content-length": PRESENT_LENGTH,
    b"date": PRESENT_DATE,
    b"server": PRESENT_SERVER,
    b"connection": PRESENT_CONNECTION,
    b"transfer-encoding": PRESENT_CODING,
}


class AsgiCycle(Cycle):
    """What an ASGI application calls ``receive`` and ``send``."""

    __slots__ = ("_begun", "_event", "_left", "_state")

    def __init__(self, connection: HttpConnection) -> None:
        super().__init__(connection)
        self._begun = False
        self._event = asyncio.Event()
        self._left = 0
        self._state: dict[str, Any] = {}

    def take_over(self, keep_alive: bool) -> None:
        super().take_over(keep_alive)
        if not self.more_body:
            self._event.set()

    def go_on(self) -> None:
        if not self._begun:
            self._begun = True
            tasks = self._connection.state.tasks
            task = self._connection.loop.create_task(self._run())
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def _run(self) -> None:
        """Run the application; whatever it does, the client gets a response or a cut connection."""
        if not self._is_too_large():
            try:
                app = self._connection.listener.app
                await app(self._scope(), self.receive, self.send)
            except UnitWasmError:
                # The application has logged it, and raises only to have the response cut.
                pass
            except Exception as error:
                self._connection.state.log.error(
                    "the application of a request failed", exc_info=error
                )
        self._fail()
        self._finish()

    def _scope(self) -> Scope:
        connection = self._connection
        reader = connection.reader
        path, _, query = reader.target.partition(b"?")
        own = connection.transport.get_extra_info("sockname")
        peer = connection.transport.get_extra_info("peername")
        if connection.listener.address.is_unix:
            # That of an abstract socket is bytes.
            own = connection.listener.address.path
        client, port, scheme = connection.origin
        if self._connection.listener.forwarded:
            peer = (client.decode(), port)
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": reader.version,
            "method": reader.method.decode("ascii"),
            "scheme": scheme.decode(),
            "path": urllib.parse.unquote(path.decode("ascii")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": field_pairs(text_fields(reader.text)),
            "client": peer[:2] if isinstance(peer, tuple) else None,
            "server": own[:2] if isinstance(own, tuple) else (own, None),
            "state": self._state,
        }

    # Request in

    def feed(self, data: bytes | memoryview) -> None:
        super().feed(data)
        self._event.set()

    def end(self) -> None:
        super().end()
        self._event.set()

    def lose(self) -> None:
        super().lose()
        self._event.set()

    async def receive(self) -> Message:
        """Return the next piece of the request body.

        Unlike ASGI has it, that goes on after the response is complete, until the body is.
        """
        if self.expects_continue:
            self._continue()
        if not (self.disconnected or self._is_drained()):
            self._connection.read_on()
            await self._event.wait()
            self._event.clear()
        if self.disconnected or self._is_drained():
            return {"type": "http.disconnect"}
        body = b"".join(self.pieces or ())
        self.pieces = None
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    def _is_drained(self) -> bool:
        return self.response_complete and not (self.more_body or self.pieces)

    # Response out

    async def send(self, message: Message) -> None:
        """Send a part of the response; waits where the client does not read."""
        flow = self._connection.flow
        if flow.write_paused and not self.disconnected:
            await flow.drain()
        if self.disconnected:
            return
        if message["type"] == "http.response.start":
            self._start(message)
        elif message["type"] == "http.response.body" and self.response_started:
            self._write_checked(message.get("body", b""), message.get("more_body", False))
        else:
            raise RuntimeError(f"unexpected ASGI message {message['type']!r}")

    def _start(self, message: Message) -> None:
        if self.response_started:
            raise RuntimeError("a second start of a response")
        fields, present = self._fields(message.get("headers", ()))
        self._open(message["status"], fields, present)
        self._connection.loop.call_soon(self._flush)

    def _fields(self, fields: Any) -> tuple[bytes, int]:
        lines, present = [], 0
        for name, value in fields:
            if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
                raise RuntimeError(f"not a header field: {name!r}: {value!r}")
            name = name.lower()
            present |= _PRESENT.get(name, 0)
            if name == b"content-length":
                self._left = int(value)
            elif name == b"connection" and b"close" in value.lower():
                self.keep_alive = False
            lines.append(b"%b: %b\r\n" % (name, value))
        return b"".join(lines), present

    def log(self, status: int | None = None, sent: int | None = None) -> None:
        if self._record is not None:
            self._record.id = self._state.get(REQUEST_ID)
        super().log(status, sent)

    def _write_checked(self, body: bytes, more: bool) -> None:
        if self.response_complete:
            raise RuntimeError("a piece of body after the end of a response")
        if not (self._chunked or self._no_body):
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("the response body has another length than its content-length")
        self._write(body, more)
