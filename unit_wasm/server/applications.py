"""Making applications from their configuration."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import cache
from typing import Any

from unit_wasm.config.model import ApplicationConfig
from unit_wasm.errors import ComponentError, ConfigError, HostError, UnitWasmError
from unit_wasm.server.types import Application, ApplicationFactory
from unit_wasm.serving.thread import in_thread


def component_application(
    config: ApplicationConfig, progress: Callable[[str], None] = lambda step: None
) -> Application:
    """Make the application that serves a component; the default ``application_factory``.

    Parameters:
        config: of the application.
        progress: is told what happens while the component is being compiled.

    Raises:
        UnitWasmError: the component cannot be served, or this machine cannot do it.
    """
    # The engine takes longer to load than everything else here, and a server that waits for its
    # first configuration does not need it.
    from unit_wasm.prepare.source import open_source
    from unit_wasm.serving.asgi import ComponentApp

    if os.path.isdir(config.component):
        return _directory(config, progress)
    given: dict[str, Any] = {
        "name": config.name,
        "options": config.options,
        "environment": config.environment,
        "log": logging.getLogger("unit_wasm.application"),
        "progress": progress,
        "source": (source := cache(lambda: open_source(config.component))),
    }
    try:
        return ComponentApp(config.component, **given)
    except ComponentError:
        from unit_wasm.services.app import FunctionsApp, functions_world

        world = functions_world(source())
        if world is None:
            raise
        return FunctionsApp(config.component, world=world, **given)


def _directory(config: ApplicationConfig, progress: Callable[[str], None]) -> Application:
    from unit_wasm.services.directory import DirectoryApp

    return DirectoryApp(
        config.component,
        name=config.name,
        options=config.options,
        environment=config.environment,
        log=logging.getLogger("unit_wasm.application"),
        progress=progress,
    )


async def build(factory: ApplicationFactory, config: ApplicationConfig) -> Application:
    """Make an application in a thread, because compiling may take seconds.

    Raises:
        UnitWasmError: it cannot be made; the message begins with its place in the document.
    """
    place = f"{config.pointer}/{config.key}"
    try:
        return await in_thread(lambda: factory(config))
    except ConfigError as error:
        pointer = f"{config.pointer}{error.pointer}" if error.pointer else place
        raise ConfigError(error.message, pointer=pointer, hint=error.hint) from error
    except ComponentError as error:
        raise ComponentError(f"{place}: {error.message}", hint=error.hint) from error
    except UnitWasmError as error:
        raise HostError(f"{place}: {error.message}", hint=error.hint) from error
