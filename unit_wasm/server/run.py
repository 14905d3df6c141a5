"""The event loop of the embedded server, from its start to the signal that ends it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from unit_wasm.config.document import JsonValue
from unit_wasm.config.model import Address
from unit_wasm.options import Options
from unit_wasm.server.applications import component_application
from unit_wasm.server.control import MAX_CONFIG_SIZE, ControlApp
from unit_wasm.server.listener import Listener
from unit_wasm.server.peer import OwnersProtocol
from unit_wasm.server.protocol import HttpProtocol
from unit_wasm.server.server import ApplyError, Server
from unit_wasm.server.sockets import listen
from unit_wasm.server.state import StateFile
from unit_wasm.server.types import ApplicationFactory

__all__ = ["ServeSettings", "serve"]

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True)
class ServeSettings:
    """What ``unit-wasm serve`` was told.

    Parameters:
        document: the first configuration, or None.
        control: where the control API listens, or None.
        state: the file that keeps the configuration, or None.
        grace: seconds for what runs at the end.
        base: options of applications that do not name them.
        application_factory: makes applications.
    """

    document: JsonValue | None = None
    control: Address | None = None
    state: Path | None = None
    grace: float = 5.0
    base: Options = field(default_factory=Options)
    application_factory: ApplicationFactory = component_application


def serve(settings: ServeSettings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; a second signal ends the process at once.

    SIGUSR1 opens the access log again.

    Parameters:
        settings: what to serve.
        announce: is called with one line of text for each listener when it is ready.

    Raises:
        UnitWasmError: the server cannot start.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, announce))


async def _serve(settings: ServeSettings, announce: Callable[[str], None]) -> None:
    stopping = _stop_on_signals()
    state = StateFile(settings.state) if settings.state is not None else None
    document = settings.document
    if document is None and state is not None:
        document = state.load()
    server = Server(
        settings.application_factory,
        base=settings.base,
        grace=settings.grace,
        announce=announce,
        state=state,
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, server.reopen)
    start = asyncio.create_task(_start(server, document, settings.control))
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait((start, stop), return_when=asyncio.FIRST_COMPLETED)
    if not start.done():
        start.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await start
    elif start.exception() is not None:
        stop.cancel()
        await server.stop()
        start.result()
    await stop
    await server.stop()


async def _start(server: Server, document: JsonValue | None, control: Address | None) -> None:
    if control is not None:
        # Refused here already where another server has it, before anything is compiled.
        protocol = HttpProtocol if control.is_file else OwnersProtocol
        listener = Listener(listen(control, mode=0o600), control, protocol)
        await server.serve_control(listener, ControlApp(server), MAX_CONFIG_SIZE)
    if document is not None:
        try:
            await server.change(lambda _: document)
        except ApplyError as error:
            # That what ran goes on is news to a client of the control API only.
            raise error.cause from None


def _stop_on_signals() -> asyncio.Event:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()

    def stop() -> None:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
            # The second one is the kernel's business: it works also where this loop is stuck.
            signal.signal(number, signal.SIG_DFL)
        stopping.set()

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    return stopping
