"""Streams that clients hold open to be told something (``GET /mcp``): they end with the server.

They wait for nothing that was asked. So whoever ends the server, or this application of it, need
not wait for them, as it does for calls.
"""

from __future__ import annotations

import asyncio

from unit_wasm.serving.types import AsgiApp, Message, Receive, Scope, Send

_GONE: Message = {"type": "http.disconnect"}


class Listening:
    """All streams of an application."""

    def __init__(self) -> None:
        self._ending = asyncio.Event()

    def end(self) -> None:
        """End those that are open, and each that begins later."""
        self._ending.set()

    async def serve(self, app: AsgiApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an application answer a request with a stream.

        It is told that its client has gone when the stream is to end; then the response is ended
        here, as one that is whole, so that its client may connect again at once.

        Parameters:
            app: of the ASGI kind.
        """
        begun = ended = False

        async def sent(message: Message) -> None:
            nonlocal begun, ended
            await send(message)
            begun = True
            ended = message["type"] == "http.response.body" and not message.get("more_body")

        await app(scope, lambda: self._received(receive), sent)
        if begun and not ended:
            await send({"type": "http.response.body", "body": b""})

    async def _received(self, receive: Receive) -> Message:
        received = asyncio.ensure_future(receive())
        ending = asyncio.ensure_future(self._ending.wait())
        try:
            await asyncio.wait((received, ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
            received.cancel()
        return received.result() if received.done() else _GONE
