"""One change of the configuration: prepared without effect, then put into effect or dropped.

Everything that can fail (compiling, binding, writing the state file) is in :meth:`Change.prepare`.
What follows in :meth:`Change.commit` only moves references, so a running server never shows half
of a configuration.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from unit_wasm.config.directories import check_directories
from unit_wasm.config.model import ApplicationConfig, Configuration, ListenerConfig
from unit_wasm.errors import ConfigError
from unit_wasm.server.applications import build
from unit_wasm.server.background import in_thread
from unit_wasm.server.body_limit import BodyLimit
from unit_wasm.server.listener import Limits, Listener
from unit_wasm.server.sockets import listen
from unit_wasm.server.types import Application, ApplicationFactory

__all__ = ["Change", "Running", "connect"]


@dataclass(frozen=True)
class Running:
    """What serves at one moment.

    Parameters:
        configuration: the configuration that it comes from.
        applications: by name.
        listeners: by the address as written in the document.
    """

    configuration: Configuration = field(default_factory=Configuration)
    applications: Mapping[str, Application] = field(default_factory=dict)
    listeners: Mapping[str, Listener] = field(default_factory=dict)


def connect(running: Running) -> None:
    """Let every listener pass to its application, from the next request on."""
    configuration = running.configuration
    for served in running.applications.values():
        served.attach()
    for name, listener in running.listeners.items():
        application = configuration.listeners[name].application
        listener.use(
            BodyLimit(running.applications[application], configuration.http.max_body_size),
            Limits.of(configuration.http, configuration.applications[application].options),
        )


class Change:
    """A change from what runs to a new configuration.

    Parameters:
        before: what runs.
        configuration: what is wanted.
        factory: makes applications.
    """

    def __init__(
        self, before: Running, configuration: Configuration, factory: ApplicationFactory
    ) -> None:
        self._before = before
        self._configuration = configuration
        self._factory = factory
        self._new_applications: dict[str, Application] = {}
        self.new_listeners: dict[str, Listener] = {}

    async def check(self) -> None:
        """Check against this machine what is new in the configuration.

        Raises:
            ConfigError: a directory of an application cannot be used.
        """
        for config in self._changed_applications():
            await in_thread(partial(check_directories, config))

    async def prepare(self) -> None:
        """Make what the new configuration needs and the old one has not.

        Raises:
            UnitWasmError: something cannot be made; nothing has changed.
        """
        try:
            # Ports first: a port in use is found at once, a broken component after seconds.
            for config in self._configuration.listeners.values():
                if not self._kept_listener(config):
                    await self._open_listener(config)
            for application in self._changed_applications():
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
            if before.get(name) != application
        ]

    def _kept_listener(self, config: ListenerConfig) -> bool:
        return config.name in self._before.listeners

    async def _open_listener(self, config: ListenerConfig) -> None:
        leaving = [listener.sock for listener in self.leaving_listeners()]
        sock = listen(config.address, pointer=config.pointer, leaving=leaving)
        listener = Listener(sock, config.address)
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
