"""``unit-wasm check``: can every application of a configuration be served?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from unit_wasm.component.prepared import Prepared
from unit_wasm.config.document import JsonValue
from unit_wasm.errors import ConfigError, UnitWasmError
from unit_wasm.services.folder import component_files, read_functions
from unit_wasm.unit.check import Check, failed, ok, warning
from unit_wasm.unit.own import compile_own
from unit_wasm.unit.prepare import Examined, examine

_TYPES = ("wasm-wasi-component", "wasm")


def check_applications(document: JsonValue) -> Iterator[Check]:
    """Validate, compile and cache the components of a configuration of Unit's, one after the other.

    What else the configuration has is Unit's: other types of applications, routes, settings.

    Parameters:
        document: the configuration, as one would PUT it.

    Raises:
        ConfigError: it has no applications.
    """
    applications = document.get("applications", {}) if isinstance(document, dict) else None
    if not isinstance(applications, dict):
        raise ConfigError("this is no configuration with applications", pointer="/applications")
    for name, application in applications.items():
        if _is_component(application):
            yield from _check(name, application)


def _is_component(application: JsonValue) -> bool:
    kind = application.get("type") if isinstance(application, dict) else None
    # Unit's type "wasm" with a module is not ours, but for those who use our module for it.
    return kind in _TYPES


def _check(name: str, application: JsonValue) -> Iterator[Check]:
    try:
        examined = examine(name, application)
    except UnitWasmError as error:
        yield _wrong(name, error)
        return
    for line in examined.warnings:
        yield warning(name, line)
    prepared = examined.prepared
    if prepared is None:
        yield from _check_folder(name, examined)
        return
    if prepared.unkept is not None:
        yield failed(name, f"every start would compile: {prepared.unkept}")
        return
    yield _ready(name, examined.component, prepared)


def _check_folder(name: str, examined: Examined) -> Iterator[Check]:
    """Make all components of a directory ready, as a server does."""
    config = examined.config
    try:
        files = component_files(examined.component)
    except OSError as error:
        yield failed(name, f"{examined.component} cannot be read: {error.strerror}")
        return
    for file in files:
        label = f"{name}/{file}"
        path = os.path.join(examined.component, file)
        try:
            source, _ = read_functions(path)
            prepared, _ = compile_own(path, config.options, replace(source, served=False))
        except UnitWasmError as error:
            yield _wrong(label, error)
            continue
        yield _ready(label, path, prepared)


def _ready(name: str, component: str, prepared: Prepared) -> Check:
    return ok(name, f"{component} {'was in the cache' if prepared.cached else 'compiled'}")


def _wrong(name: str, error: UnitWasmError) -> Check:
    pointer = getattr(error, "pointer", "")
    place = f"{pointer}: " if pointer else ""
    return failed(name, f"{error.fault} error: {place}{error.message}", error.hint)
