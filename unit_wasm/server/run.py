"""The event loop of the embedded server, from its start to the signal that ends it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable
from dataclasses import field
from pathlib import Path

import uvloop

from unit_wasm.config.address import Address
from unit_wasm.config.document import JsonValue
from unit_wasm.options import Options
from unit_wasm.server.applications import component_application
from unit_wasm.server.control.reload import Reload, has_terminal
from unit_wasm.server.http.protocol import HttpProtocol
from unit_wasm.server.listener import Listener
from unit_wasm.server.server import ApplyError, Server
from unit_wasm.server.sockets import listen
from unit_wasm.server.types import ApplicationFactory
from unit_wasm.values import dataclass

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
_OTHERS = (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


@dataclass(frozen=True)
class ServeSettings:
    """What ``unit-wasm serve`` was told.

    Parameters:
        document: the first configuration, or None.
        again: reads it again, on SIGHUP; None where it is from no file.
        control: where the control API listens, or None.
        state: the file that keeps the configuration, or None.
        grace: seconds for what runs at the end.
        base: options of applications that do not name them.
        application_factory: makes applications.
    """

    document: JsonValue | None = None
    again: Callable[[], JsonValue] | None = None
    control: Address | None = None
    state: Path | None = None
    grace: float = 5.0
    base: Options = field(default_factory=Options)
    application_factory: ApplicationFactory = component_application


def serve(settings: ServeSettings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM, SIGINT or SIGQUIT; a second one of the first two ends it at once.

    SIGHUP reads the configuration again, SIGUSR1 opens the access log again, and SIGUSR2 does
    nothing. Who blocks these signals before loses none of them: they are let in here.

    Parameters:
        settings: what to serve.
        announce: is called with one line of text for each listener when it is ready.

    Raises:
        UnitWasmError: the server cannot start.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, announce))


async def _serve(settings: ServeSettings, announce: Callable[[str], None]) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    watched = has_terminal()
    _stop_on_signals(loop, stopping)
    state = None
    if settings.state is not None:
        from unit_wasm.server.state import StateFile

        state = StateFile(settings.state)
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
    start = asyncio.create_task(_start(server, document, settings.control))
    reload = Reload(server, settings.again, start)
    loop.add_signal_handler(signal.SIGUSR1, server.reopen)
    loop.add_signal_handler(signal.SIGUSR2, reload.ignore, "SIGUSR2")

    def hang_up() -> None:
        if watched and not has_terminal():
            # Nobody can press Ctrl-C any more.
            stopping.set()
        else:
            reload.ask()

    loop.add_signal_handler(signal.SIGHUP, hang_up)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (*_ENDING, *_OTHERS))
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait((start, stop), return_when=asyncio.FIRST_COMPLETED)
    # What is there now stays to the end: it need not be looked through again and again.
    gc.freeze()
    gc.enable()
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
        from unit_wasm.server.control.api import MAX_CONFIG_SIZE, ControlApp
        from unit_wasm.server.control.peer import OwnersProtocol

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


def _stop_on_signals(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    def stop() -> None:
        for number in _ENDING:
            loop.remove_signal_handler(number)
            # The second one is the kernel's business: it works also where this loop is stuck. That
            # of SIGQUIT would be to write all of the pool's address space into a file.
            is_dump = number == signal.SIGQUIT
            signal.signal(number, signal.SIG_IGN if is_dump else signal.SIG_DFL)
        stopping.set()

    for number in _ENDING:
        loop.add_signal_handler(number, stop)
