"""``settings.http.max_body_size``: requests with a larger body are answered 413."""

from __future__ import annotations

from collections.abc import Awaitable

from unit_wasm.server.types import AsgiApp, Message, Receive, Scope, Send

__all__ = ["BodyLimit"]

_BODY = b"413 Content Too Large\n"
_START: Message = {
    "type": "http.response.start",
    "status": 413,
    "headers": [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_BODY)).encode()),
        (b"connection", b"close"),
    ],
}


class BodyLimit:
    """An ASGI application that passes on requests whose body is not too large.

    A declared length is refused before the application is called. A chunked body is counted; when
    it is too large, the application sees a client that has gone, and the client sees 413, or a
    cut connection where the response had begun.

    Parameters:
        app: the application behind it.
        limit: bytes of a body; 0 allows none, as in Unit.
    """

    def __init__(self, app: AsgiApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer one request."""
        for name, value in scope["headers"]:
            if name == b"content-length":
                if int(value) > self.limit:
                    return _refuse(send)
            elif name == b"transfer-encoding":
                return self._counted(scope, receive, send)
        return self.app(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        left = self.limit
        started = False

        async def counted_receive() -> Message:
            nonlocal left
            if left < 0:
                return {"type": "http.disconnect"}
            message = await receive()
            left -= len(message.get("body", b""))
            if left >= 0:
                return message
            if not started:
                await _refuse(send)
            return {"type": "http.disconnect"}

        async def watched_send(message: Message) -> None:
            nonlocal started
            if left >= 0:
                started = True
                await send(message)

        await self.app(scope, counted_receive, watched_send)


async def _refuse(send: Send) -> None:
    """The connection is closed after this, and not before the client has had time to read it."""
    await send({**_START})
    await send({"type": "http.response.body", "body": _BODY})
