"""The server: what runs now, and how it changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from unit_wasm.config.document import JsonValue
from unit_wasm.config.model import HttpSettings
from unit_wasm.config.validate import validate
from unit_wasm.errors import HostError, UnitWasmError
from unit_wasm.options import Options
from unit_wasm.server.applications import build
from unit_wasm.server.background import Background
from unit_wasm.server.change import Change, Running, close_all, connect, signature
from unit_wasm.server.http.limits import Limits
from unit_wasm.server.listener import Listener
from unit_wasm.server.metrics import Compilations, exposition
from unit_wasm.server.types import Application, ApplicationFactory
from unit_wasm.serving.types import AsgiApp

if TYPE_CHECKING:
    from unit_wasm.server.access.log import AccessLog
    from unit_wasm.server.state import StateFile

_T = TypeVar("_T")

EMPTY: Mapping[str, JsonValue] = {"listeners": {}, "applications": {}}
"""The configuration of a server that has got none yet; Unit shows the same."""


class ApplyError(UnitWasmError):
    """The configuration is valid and cannot be put into effect; what ran goes on.

    Parameters:
        cause: why.
    """

    def __init__(self, cause: UnitWasmError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Server:
    """Listeners and applications in the running event loop.

    Parameters:
        factory: makes applications.
        base: options of applications that do not name them.
        grace: seconds that what runs may take when it has to end.
        announce: is called with a line of text for each listener that begins to accept.
        state: keeps the configuration, or None.
        log: for warnings about the configuration and errors of background work.
    """

    def __init__(
        self,
        factory: ApplicationFactory,
        *,
        base: Options | None = None,
        grace: float = 5.0,
        announce: Callable[[str], None] = lambda line: None,
        state: StateFile | None = None,
        log: logging.Logger | None = None,
    ) -> None:
        self.document: JsonValue = dict(EMPTY)
        self.running = Running()
        self._compilations = Compilations(factory)
        self._factory = self._compilations.make
        self._base = base or Options()
        self._grace = grace
        self._announce = announce
        self._state = state
        self._log = log or logging.getLogger("unit_wasm.server")
        self._background = Background(self._log)
        self._lock = asyncio.Lock()
        self._control: Listener | None = None
        self._gone = {"accepted": 0, "closed": 0, "requests": 0}
        self._leaving: list[Listener] = []
        self._stopping = False
        self._preparing: asyncio.Task[Any] | None = None

    async def change(self, edit: Callable[[JsonValue], JsonValue], *, reload: bool = False) -> None:
        """Change the configuration: all of it, or, on any error, nothing.

        Parameters:
            edit: gets the present document and returns the wanted one. Changes wait for each
                other, so what it sees is what runs.
            reload: load components again whose files are others now.

        Raises:
            ConfigError: the new configuration is not valid.
            ApplyError: it is valid and cannot be put into effect.
        """
        async with self._lock:
            document = edit(self.document)
            configuration = validate(document, base=self._base)
            change = Change(self.running, configuration, self._factory, self._log, reload=reload)
            await self._unless_stopping(change.check())
            try:
                await self._unless_stopping(change.prepare())
                await self._save(change, document)
            except UnitWasmError as error:
                raise ApplyError(error) from error
            for warning in configuration.warnings:
                self._log.warning("%s", warning)
            self.document = document
            old_log = self.running.access_log
            self.running = change.commit()
            self._close_log(old_log)
            for listener in change.new_listeners.values():
                await listener.start()
                self._announce(f"listening on {listener.address}")
            for leaving in change.leaving_listeners():
                self._retire(leaving)
            self._close_later(change.leaving_applications())

    async def restart(self, name: str) -> bool:
        """Make an application anew from its file and swap it in.

        Returns:
            False where there is no such application.

        Raises:
            ApplyError: it cannot be made; the old one goes on.
        """
        async with self._lock:
            running = self.running
            config = running.configuration.applications.get(name)
            if config is None:
                return False
            read = signature(config)
            try:
                fresh = await self._unless_stopping(build(self._factory, config))
            except UnitWasmError as error:
                raise ApplyError(error) from error
            self.running = replace(
                running,
                applications={**running.applications, name: fresh},
                files={**running.files, name: read},
            )
            connect(self.running)
            self._close_later([running.applications[name]])
            return True

    async def serve_control(self, listener: Listener, app: AsgiApp, max_body_size: int) -> None:
        """Serve the control API on a listener of its own."""
        self._control = listener
        limits = Limits.of(HttpSettings(), Options())
        listener.use(app, replace(limits, max_body_size=max_body_size))
        await listener.open()
        await listener.start()
        self._announce(f"control on {listener.address}")

    async def stop(self) -> None:
        """Stop accepting, let what runs finish within the grace time, then cut it.

        Who only listens is not waited for. A change that is being prepared is dropped.
        """
        self._stopping = True
        if self._preparing is not None:
            self._preparing.cancel()
        async with self._lock:
            loop = asyncio.get_running_loop()
            deadline = loop.time() + self._grace
            listeners = [*self.running.listeners.values(), *self._leaving]
            if self._control is not None:
                listeners.append(self._control)
            for listener in listeners:
                listener.stop()
            for application in self.running.applications.values():
                application.hang_up()
            try:
                async with asyncio.timeout_at(deadline):
                    for listener in listeners:
                        await listener.drain()
            except TimeoutError:
                self._log.warning("the grace time is over, requests that still run are cut")
                for listener in listeners:
                    listener.abort()
            left = max(0.0, deadline - loop.time())
            await close_all(self.running.applications.values(), left)
            await self._background.finish()
            if self.running.access_log is not None:
                self.running.access_log.file.close()

    def reopen(self) -> None:
        """Open the access log again, after its file was renamed."""
        if self.running.access_log is not None:
            self.running.access_log.file.reopen()

    def _close_log(self, old: AccessLog | None) -> None:
        now = self.running.access_log
        if old is not None and (now is None or now.file is not old.file):
            # Requests that run are written to the new one, if there is one.
            old.file.close()

    def status(self) -> dict[str, JsonValue]:
        """Return the numbers of ``GET /status``, in Unit's shape and with more per application."""
        connections = {"accepted": 0, "active": 0, "idle": 0, "closed": 0}
        connections["accepted"] = self._gone["accepted"]
        connections["closed"] = self._gone["closed"]
        requests = self._gone["requests"]
        for listener in (*self.running.listeners.values(), *self._leaving):
            for key, number in listener.counts().items():
                connections[key] += number
            requests += listener.state.total_requests
        return {
            "connections": dict(connections),
            "requests": {"total": requests},
            "compilations": self._compilations.numbers(),
            "applications": {
                name: _application_status(application.status())
                for name, application in self.running.applications.items()
            },
        }

    def metrics(self) -> bytes:
        """Return the numbers of ``GET /metrics``, in the text format of Prometheus."""
        applications = self.running.applications.values()
        workers = [worker for application in applications for worker in application.workers()]
        functions = [counts for application in applications for counts in application.functions()]
        return exposition(self.status(), workers, functions)

    async def _unless_stopping(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do what may take long; :meth:`stop` does not wait for it."""
        task = asyncio.create_task(work)
        self._preparing = task
        try:
            if self._stopping:
                task.cancel()
            return await task
        except asyncio.CancelledError:
            if self._stopping:
                raise HostError("the server is ending") from None
            raise
        finally:
            self._preparing = None

    async def _save(self, change: Change, document: JsonValue) -> None:
        if self._state is None:
            return
        try:
            self._state.prepare(document)
            self._state.commit()
        except BaseException:
            await change.drop()
            raise

    def _retire(self, listener: Listener) -> None:
        self._leaving.append(listener)
        listener.stop()
        self._background.start(self._drain(listener), "draining a listener")

    async def _drain(self, listener: Listener) -> None:
        try:
            async with asyncio.timeout(self._grace):
                await listener.drain()
        except TimeoutError:
            listener.abort()
            await listener.drain()
        self._leaving.remove(listener)
        self._gone["accepted"] += listener.state.accepted
        self._gone["closed"] += listener.state.closed
        self._gone["requests"] += listener.state.total_requests

    def _close_later(self, applications: list[Application]) -> None:
        for application in applications:
            self._background.start(application.aclose(self._grace), "closing an application")


def _application_status(numbers: Mapping[str, Any]) -> JsonValue:
    active = int(numbers.get("in_flight", 0))
    return {
        "processes": {"running": 1, "starting": 0, "idle": 0 if active else 1},
        "requests": {"active": active},
        "worker": dict(numbers),
    }
