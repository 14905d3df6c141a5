"""The body of a request, for who wants it whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unit_wasm.serving.types import Receive


async def whole_body(receive: Receive, most: int | None = None) -> bytes | None:
    """Return the body of an ASGI request; None: its client has gone.

    Parameters:
        most: more bytes than that are not waited for: what is returned is longer then, not whole.
    """
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        piece = message.get("body", b"")
        size += len(piece)
        pieces.append(piece)
        if not message.get("more_body", False) or (most is not None and size > most):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
