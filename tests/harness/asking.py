"""Asks an ASGI application, in this process and without a server."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from unit_wasm.serving.types import Message, Receive, Scope, Send


class Asked(Protocol):
    """What is asked."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...

    async def aclose(self, grace: float) -> None: ...


@dataclass(frozen=True)
class Answered:
    """An answer; names of fields in lower case."""

    status: int
    fields: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


class Asker:
    """An event loop with an application, a context manager.

    Parameters:
        app: is closed at the end.
    """

    def __init__(self, app: Asked) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self._app.aclose(5.0))
        self._loop.close()

    def ask(
        self, method: str, path: str, body: bytes = b"", fields: Mapping[str, str] | None = None
    ) -> Answered:
        """Send a request and wait for its answer."""
        return self._loop.run_until_complete(self._asked(method, path, body, fields or {}))

    def post(self, path: str, body: str | bytes) -> Answered:
        """Call a function with JSON."""
        data = body.encode() if isinstance(body, str) else body
        return self.ask("POST", path, data, {"content-type": "application/json"})

    async def _asked(
        self, method: str, path: str, body: bytes, fields: Mapping[str, str]
    ) -> Answered:
        sent: list[Message] = []
        given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            if not given:
                await asyncio.Event().wait()
            return given.pop()

        async def send(message: Message) -> None:
            sent.append(message)

        named = {"host": "localhost", **fields}
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "query_string": b"",
            "scheme": "http",
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        }
        await self._app(scope, receive, send)
        start, *rest = sent
        return Answered(
            start["status"],
            {name.decode(): value.decode() for name, value in start["headers"]},
            b"".join(message.get("body", b"") for message in rest),
        )
