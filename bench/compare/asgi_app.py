"""What uvicorn serves in the comparison: in Python what the guests do that the cases use.

Each function is an ASGI application with the name of its guest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["big_response", "echo", "headers_many", "hello", "sleep"]

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Fields = list[tuple[bytes, bytes]]

TEXT: Fields = [(b"content-type", b"text/plain")]
PIECE = b"0123456789abcdef" * 4096
ALL_BYTES = bytes(i * 167 + 13 & 0xFF for i in range(256)) * 256


async def _head(send: Send, fields: Fields) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": fields})


async def _body(send: Send, body: bytes, *, more: bool = False) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


def _numbers(scope: dict[str, Any]) -> list[int]:
    """Return the numbers in the path."""
    return [int(part) for part in scope["path"].split("/") if part.isdigit()]


async def hello(_scope: dict[str, Any], _receive: Receive, send: Send) -> None:
    """As tests/guests/c/hello.c."""
    await _head(send, [*TEXT, (b"content-length", b"13")])
    await _body(send, b"Hello, WASI!\n")


async def echo(_scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """As tests/guests/c/echo.c."""
    await _head(send, [])
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        await _body(send, message.get("body", b""), more=message.get("more_body", False))
        if not message.get("more_body", False):
            return


async def big_response(scope: dict[str, Any], _receive: Receive, send: Send) -> None:
    """As tests/guests/c/big-response.c."""
    left, *kind = _numbers(scope)
    piece = ALL_BYTES if kind else PIECE
    await _head(send, TEXT)
    while left > len(piece):
        await _body(send, piece, more=True)
        left -= len(piece)
    await _body(send, piece[:left])


async def headers_many(scope: dict[str, Any], _receive: Receive, send: Send) -> None:
    """As tests/guests/c/headers-many.c."""
    count, size = _numbers(scope)
    await _head(send, [(f"x-{i}".encode(), b"v" * size) for i in range(count)])
    await _body(send, b"many\n")


async def sleep(scope: dict[str, Any], _receive: Receive, send: Send) -> None:
    """As tests/guests/c/sleep.c."""
    (milliseconds,) = _numbers(scope)
    await asyncio.sleep(milliseconds / 1000)
    await _head(send, TEXT)
    await _body(send, b"slept\n")
