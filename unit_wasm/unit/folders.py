"""An application in Unit that is a directory of components: what prepare makes of it.

Nothing in it is read here: that is done by each process that serves, as the application's user.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from unit_wasm.component.info import ComponentInfo
from unit_wasm.component.prepared import Prepared
from unit_wasm.config.document import JsonValue
from unit_wasm.config.model import ApplicationConfig
from unit_wasm.config.validate import validate
from unit_wasm.errors import ConfigError
from unit_wasm.native.settings import settings_text
from unit_wasm.options import Options
from unit_wasm.unit.terms import terms_text

_NOTHING: Final = Prepared(
    info=ComponentInfo((), (), None, 0, 0, 0),
    rewritten=False,
    compiled=Path(),
    cached=True,
    unrewritten=None,
)
"""The worker has no component of its own."""


def check_folder(config: ApplicationConfig, *, root: str) -> None:
    """Check what can be known of a directory before it is read.

    Parameters:
        config: of the application.
        root: the folder that the application will see as ``/``.

    Raises:
        ConfigError: it cannot be served there.
    """
    if root != "/":
        raise ConfigError(
            "a directory of components cannot be served in another root: what compiles them is "
            "not there",
            pointer=f"{config.pointer}/isolation/rootfs",
            hint="name a component, or leave rootfs out",
        )


def folder_settings(config: ApplicationConfig, path: str, application: JsonValue) -> bytes:
    """Return the settings of a worker for a directory.

    Parameters:
        path: of it.
        application: as Unit has it.
    """
    directory = {"path": os.path.abspath(path), "application": application}
    config = replace(config, options=_alone(config.options))
    return settings_text(
        _NOTHING,
        config.options,
        name=config.name,
        environment={},
        python_terms=terms_text(config, directory=directory),
        folder=True,
    )


def _alone(options: Options) -> Options:
    """Return options without what its components are given, and the worker itself needs not."""
    return replace(
        options, dirs=(), network=(), outgoing=(), keyvalue="", host="", wasi_config=None
    )


def config_of(name: str, directory: dict[str, Any]) -> ApplicationConfig:
    """Return the configuration of an application; its component is the path of the directory.

    Parameters:
        name: of it.
        directory: as it was written into the terms.
    """
    document: JsonValue = {"listeners": {}, "applications": {name: directory["application"]}}
    config = validate(document).applications[name]
    return replace(config, component=directory["path"])
