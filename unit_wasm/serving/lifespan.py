"""The ASGI lifespan protocol, for applications that are attached to a loop and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from unit_wasm.errors import UnitWasmError

if TYPE_CHECKING:
    from unit_wasm.serving.types import Receive, Send

_GRACE = 5.0
"""Seconds that what runs has when its server shuts down."""


class _Living(Protocol):
    def attach(self) -> None: ...

    async def aclose(self, grace: float) -> None: ...


async def live(app: _Living, receive: Receive, send: Send) -> None:
    """Attach an application when its server starts, and close it when that ends."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            try:
                app.attach()
            except UnitWasmError as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await app.aclose(_GRACE)
            await send({"type": "lifespan.shutdown.complete"})
            return
