"""``unit-wasm`` whose components are reached through ASGI: ``python -m tests.harness.asgi_server``.

The embedded server gives requests to components without ASGI. Here it does not, so that the same
tests say what :class:`unit_wasm.asgi.ComponentApp` does under an ASGI server.
"""

import sys
from collections.abc import Awaitable, Iterable, Sequence
from typing import Any

from unit_wasm.cli import main
from unit_wasm.config.model import ApplicationConfig
from unit_wasm.native.worker import Worker
from unit_wasm.server.applications import component_application
from unit_wasm.server.types import Application
from unit_wasm.serving.counts import FunctionCounts
from unit_wasm.serving.types import Receive, Scope, Send


class Behind:
    """An application that shows nothing but its ASGI side."""

    exchanges = None

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return self._application(scope, receive, send)

    def attach(self) -> None:
        self._application.attach()

    def hang_up(self) -> None:
        pass

    async def aclose(self, grace: float) -> None:
        await self._application.aclose(grace)

    def status(self) -> dict[str, Any]:
        return self._application.status()

    def workers(self) -> Sequence[Worker]:
        return self._application.workers()

    def functions(self) -> Iterable[FunctionCounts]:
        return self._application.functions()


def make(config: ApplicationConfig) -> Application:
    """Make the application of a component, behind ASGI."""
    return Behind(component_application(config))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], application_factory=make))
