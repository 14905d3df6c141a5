"""What the server expects of an application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from unit_wasm.config.model import ApplicationConfig

if TYPE_CHECKING:
    from unit_wasm.native.worker import Worker
    from unit_wasm.serving.counts import FunctionCounts
    from unit_wasm.serving.exchanges import Exchanges
    from unit_wasm.serving.types import Receive, Scope, Send


class Application(Protocol):
    """A served component; :class:`unit_wasm.asgi.ComponentApp` is one.

    Attributes:
        exchanges: where requests go without ASGI; None: nowhere.
    """

    @property
    def exchanges(self) -> Exchanges | None: ...

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer one request."""

    def attach(self) -> None:
        """Note the running event loop, in which it will serve."""

    def hang_up(self) -> None:
        """End at once what waits for nothing that was asked: the server is ending."""

    async def aclose(self, grace: float) -> None:
        """Let what runs finish for at most ``grace`` seconds, then free everything."""

    def status(self) -> dict[str, Any]:
        """Return numbers for ``GET /status``.

        ``in_flight`` is the exchanges that run now, ``cached`` whether the component was found
        compiled.
        """

    def workers(self) -> Sequence[Worker]:
        """Return what ``GET /metrics`` asks."""

    def functions(self) -> Iterable[FunctionCounts]:
        """Return what was counted of each function, where functions are served."""


ApplicationFactory: TypeAlias = Callable[[ApplicationConfig], Application]
"""Makes an application; is called in a thread, may take seconds and raise a UnitWasmError."""
