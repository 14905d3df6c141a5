"""The ASGI types that the server uses, and what it expects of an application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol, TypeAlias

from unit_wasm.config.model import ApplicationConfig

__all__ = ["Application", "ApplicationFactory", "AsgiApp", "Message", "Receive", "Scope", "Send"]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class Application(Protocol):
    """A served component; :class:`unit_wasm.asgi.ComponentApp` is one."""

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer one request."""

    async def aclose(self, grace: float) -> None:
        """Let what runs finish for at most ``grace`` seconds, then free everything."""

    def status(self) -> dict[str, Any]:
        """Return numbers for ``GET /status``; ``in_flight`` is the exchanges that run now."""


ApplicationFactory: TypeAlias = Callable[[ApplicationConfig], Application]
"""Makes an application; is called in a thread, may take seconds and raise a UnitWasmError."""
