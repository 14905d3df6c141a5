"""One change of the configuration: prepared without effect, then put into effect or dropped.

Everything that can fail (compiling, binding, writing the state file) is in :meth:`Change.prepare`.
What follows in :meth:`Change.commit` only moves references, so a running server never shows half
of a configuration.
"""

from __future__ import annotations

import asyncio
import logging
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from unit_wasm.config.model import ApplicationConfig, Configuration, ListenerConfig
from unit_wasm.errors import ConfigError
from unit_wasm.server.applications import build
from unit_wasm.server.http.limits import Limits
from unit_wasm.server.listener import Listener
from unit_wasm.server.sockets import listen
from unit_wasm.server.types import Application, ApplicationFactory
from unit_wasm.serving.thread import in_thread
from unit_wasm.values import dataclass

if TYPE_CHECKING:
    from unit_wasm.server.access.log import AccessLog, LogFile

Signature: TypeAlias = "tuple[int, int, int, int] | None"


@dataclass(frozen=True)
class Running:
    """What serves at one moment.

    Parameters:
        configuration: the configuration that it comes from.
        applications: by name.
        listeners: by the address as written in the document.
        access_log: what all listeners write to, or None.
        files: what the files of the components were when they were read, by application.
    """

    configuration: Configuration = field(default_factory=Configuration)
    applications: Mapping[str, Application] = field(default_factory=dict)
    listeners: Mapping[str, Listener] = field(default_factory=dict)
    access_log: AccessLog | None = None
    files: Mapping[str, Signature] = field(default_factory=dict)


def signature(application: ApplicationConfig) -> Signature:
    """Return what tells a component's file from another one of that name; None: there is none."""
    try:
        status = os.stat(application.component)
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(status.st_mode):
        # What changes in it is seen by who serves it.
        return status.st_dev, status.st_ino, 0, 0
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def connect(running: Running) -> None:
    """Let every listener pass to its application, from the next request on."""
    configuration = running.configuration
    for served in running.applications.values():
        served.attach()
    for name, listener in running.listeners.items():
        application = configuration.listeners[name].application
        listener.configure(configuration.listeners[name])
        served = running.applications[application]
        listener.use(
            served,
            Limits.of(configuration.http, configuration.applications[application].options),
            running.access_log,
            served.exchanges,
        )


class Change:
    """A change from what runs to a new configuration.

    Parameters:
        before: what runs.
        configuration: what is wanted.
        factory: makes applications.
        log: gets what goes wrong with the access log later.
        reload: make anew also what only has another file under the name of its component.
    """

    def __init__(
        self,
        before: Running,
        configuration: Configuration,
        factory: ApplicationFactory,
        log: logging.Logger,
        *,
        reload: bool = False,
    ) -> None:
        self._before = before
        self._configuration = configuration
        self._factory = factory
        self._log = log
        self._reload = reload
        self._new_log: LogFile | None = None
        self._new_applications: dict[str, Application] = {}
        self._files = dict(before.files)
        self.new_listeners: dict[str, Listener] = {}

    async def check(self) -> None:
        """Check against this machine what is new in the configuration.

        Raises:
            ConfigError: a directory of an application cannot be used.
        """
        for config in self._changed_applications():
            if config.filesystem or config.options.dirs:
                from unit_wasm.config.directories import check_directories

                await in_thread(partial(check_directories, config))

    async def prepare(self) -> None:
        """Make what the new configuration needs and the old one has not.

        Raises:
            UnitWasmError: something cannot be made; nothing has changed.
        """
        try:
            self._open_access_log()
            # Ports first: a port in use is found at once, a broken component after seconds.
            for config in self._configuration.listeners.values():
                if not self._kept_listener(config):
                    await self._open_listener(config)
            for application in self._changed_applications():
                # What is read is at least as new.
                self._files[application.name] = signature(application)
                made = await build(self._factory, application)
                self._new_applications[application.name] = made
        except BaseException:
            await self.drop()
            raise

    async def drop(self) -> None:
        """Free what was prepared."""
        for listener in self.new_listeners.values():
            listener.stop()
        await close_all(self._new_applications.values(), 0.0)
        if self._new_log is not None:
            self._new_log.close()

    def commit(self) -> Running:
        """Return what serves from now on, with its listeners connected."""
        running = Running(
            configuration=self._configuration,
            applications={
                name: self._new_applications.get(name) or self._before.applications[name]
                for name in self._configuration.applications
            },
            listeners={
                name: self.new_listeners.get(name) or self._before.listeners[name]
                for name in self._configuration.listeners
            },
            access_log=self._access_log(),
            files=self._files,
        )
        connect(running)
        return running

    def leaving_listeners(self) -> list[Listener]:
        """Return the listeners that the new configuration has not."""
        return [
            listener
            for name, listener in self._before.listeners.items()
            if name not in self._configuration.listeners or name in self.new_listeners
        ]

    def leaving_applications(self) -> list[Application]:
        """Return the applications that are replaced or removed."""
        return [
            application
            for name, application in self._before.applications.items()
            if name not in self._configuration.applications or name in self._new_applications
        ]

    def _changed_applications(self) -> list[ApplicationConfig]:
        before = self._before.configuration.applications
        return [
            application
            for name, application in self._configuration.applications.items()
            if before.get(name) != application or self._is_replaced(application)
        ]

    def _is_replaced(self, application: ApplicationConfig) -> bool:
        return self._reload and self._before.files.get(application.name) != signature(application)

    def _open_access_log(self) -> None:
        config, before = self._configuration.access_log, self._before.access_log
        # A file that goes on is the same file, also where only the format changes.
        if config is not None and (before is None or before.file.path != config.path):
            from unit_wasm.server.access.log import LogFile

            pointer = "/access_log"
            self._new_log = LogFile(config.path, pointer=pointer, log=self._log)

    def _access_log(self) -> AccessLog | None:
        config, before = self._configuration.access_log, self._before.access_log
        if config is None:
            return None
        from unit_wasm.server.access.log import AccessLog

        file = self._new_log or (before.file if before is not None else None)
        assert file is not None
        return AccessLog(config, file, asyncio.get_running_loop())

    def _kept_listener(self, config: ListenerConfig) -> bool:
        return config.name in self._before.listeners

    async def _open_listener(self, config: ListenerConfig) -> None:
        leaving = [listener.sock for listener in self.leaving_listeners()]
        sock = listen(config.address, pointer=config.pointer, leaving=leaving)
        listener = Listener(sock, config.address)
        listener.configure(config)
        self.new_listeners[config.name] = listener
        try:
            await listener.open()
        except OSError as error:
            raise ConfigError(str(error), pointer=config.pointer) from error


async def close_all(applications: Iterable[Application], grace: float) -> None:
    """Close applications side by side; the first error is raised when all are closed."""
    results = await asyncio.gather(
        *(application.aclose(grace) for application in applications), return_exceptions=True
    )
    for result in results:
        if isinstance(result, BaseException):
            raise result
