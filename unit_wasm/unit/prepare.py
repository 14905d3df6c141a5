"""What Unit's module asks for before it forks workers: ``python -m unit_wasm prepare``.

The module sends the application as Unit has it, ``{"name": ..., "application": {...}, "version":
..., "digest": ...}``, and gets the settings of the engine, entries ``name=value`` each ended by a
zero byte (csrc/base/settings_text.h). One code validates and compiles for the embedded server and
for Unit.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import unit_wasm
from unit_wasm.component.prepared import Prepared
from unit_wasm.config.directories import check_directories
from unit_wasm.config.document import DocumentError, JsonValue, parse_document
from unit_wasm.config.model import ApplicationConfig
from unit_wasm.config.validate import validate
from unit_wasm.errors import ComponentError, ConfigError, HostError
from unit_wasm.native import worker as native
from unit_wasm.native.settings import settings_text
from unit_wasm.prepare.compile import compile_component
from unit_wasm.unit.kept import keep
from unit_wasm.unit.note import Installation, strangers
from unit_wasm.unit.terms import terms_text

if TYPE_CHECKING:
    from unit_wasm.unit.own import Own


def prepare(request: bytes, warn: Callable[[str], None], code: int | None = None) -> bytes:
    """Validate and compile one application.

    Parameters:
        request: the JSON document of the module.
        warn: is told what has no effect, or not the best.
        code: a descriptor that takes the machine code where no cache does.

    Raises:
        ConfigError: the application is not valid; the pointer is its place in Unit's document.
        ComponentError: its component cannot be served.
        HostError: this machine cannot do it, or the module is of another version of this package.
    """
    name, application = _request(request)
    examined = examine(name, application)
    config, component, prepared = examined.config, examined.component, examined.prepared
    own = examined.own
    if prepared is None:
        from unit_wasm.unit.folders import folder_settings

        return folder_settings(config, component, application)

    def text(prepared: Prepared) -> bytes:
        return settings_text(
            prepared,
            config.options,
            name=name,
            environment=config.environment,
            python_terms=terms_text(config, own),
            program=own.program if own is not None and own.title is not None else None,
            imports=own.program if own is not None and own.names else None,
        )

    for line in examined.warnings:
        warn(line)
    if prepared.unkept is not None:
        warn(f"{config.pointer}: every start compiles: {prepared.unkept}")
        _hand_over(prepared, code)
    elif not config.options.dirs and config.options.wasi_config is None:
        # Whether a directory is there, and what a file of values says, has to be looked at by
        # each start.
        keep(
            request,
            text(replace(prepared, cached=True)),
            prepared,
            component,
            config.options,
            examined.warnings,
        )
    return text(prepared)


@dataclass(frozen=True, slots=True)
class Examined:
    """An application that can be served.

    Parameters:
        config: of the application.
        component: the path of its component.
        prepared: what was compiled; None: it is a directory, which has not been looked into.
        warnings: what has no effect, or not the best.
        own: what Python does for it, but for outgoing requests and stores, or None.
    """

    config: ApplicationConfig
    component: str
    prepared: Prepared | None
    warnings: tuple[str, ...]
    own: Own | None


def examine(name: str, application: JsonValue) -> Examined:
    """Validate and compile one application of a configuration of Unit's.

    Raises:
        UnitWasmError: as :func:`prepare`.
    """
    configuration = validate({"listeners": {}, "applications": {name: application}})
    config = configuration.applications[name]
    warnings: list[str] = []
    check_directories(config, root=_root(application), folder=_folder(application))
    component = _place(config.component, application)
    if os.path.isdir(component):
        _check_folder(config, application)
        _check_outgoing(config)
        return Examined(config, component, None, (), None)
    try:
        prepared, own = _compiled(component, config, application)
    except ComponentError as error:
        place = f"{config.pointer}/{config.key}"
        raise ComponentError(f"{place}: {error.message}", hint=error.hint) from error
    _check_outgoing(config)
    warnings += [f"{config.pointer}: {note}" for note in prepared.notes()]
    return Examined(config, component, prepared, tuple(warnings), own)


def _check_outgoing(config: ApplicationConfig) -> None:
    """Read certificates: said here, where it can be said well; the module reads them once more."""
    if config.options.outgoing:
        # Only who may send requests pays for loading it.
        from unit_wasm.outgoing.dial import tls_context

        tls_context(config.options.ca_file)


def _check_folder(config: ApplicationConfig, application: JsonValue) -> None:
    # Loaded for those who need it.
    from unit_wasm.unit.folders import check_folder

    check_folder(config, root=_root(application))
    if config.options.host != "":
        from unit_wasm.unit.own import check_module

        check_module(config, root="/", folder=_folder(application))


def _compiled(
    component: str, config: ApplicationConfig, application: JsonValue
) -> tuple[Prepared, Own | None]:
    if config.options.host != "":
        # Loaded for those who need it.
        from unit_wasm.unit.own import check_module, compile_own

        check_module(config, root=_root(application), folder=_folder(application))
        return compile_own(component, config.options)
    try:
        return compile_component(component, config.options), None
    except ComponentError:
        # Only who cannot answer requests itself is looked at twice.
        from unit_wasm.unit.own import compile_own, has_functions

        if not has_functions(component):
            raise
    return compile_own(component, config.options)


def _hand_over(prepared: Prepared, code: int | None) -> None:
    """Copy the machine code to where the module finds it when this process has ended."""
    if code is None or prepared.code is None:
        raise HostError(f"{prepared.unkept}", hint="set UNIT_WASM_CACHE_DIR")
    os.lseek(prepared.code.fileno(), 0, os.SEEK_SET)
    while os.sendfile(code, prepared.code.fileno(), None, 1 << 30):
        pass


def _place(component: str, application: JsonValue) -> str:
    """Return the path of a component; Unit enters the working directory only later."""
    # In a new root that folder is another one.
    if _root(application) != "/":
        return component
    return os.path.join(_folder(application), component)


def _folder(application: JsonValue) -> str:
    """Return the working directory of an application; empty where none is set."""
    folder = application.get("working_directory") if isinstance(application, dict) else None
    return folder if isinstance(folder, str) else ""


def _root(application: JsonValue) -> str:
    """Return the folder that will be the application's root; Unit changes it only later."""
    isolation = application.get("isolation") if isinstance(application, dict) else None
    rootfs = isolation.get("rootfs") if isinstance(isolation, dict) else None
    return rootfs if isinstance(rootfs, str) else "/"


def _request(request: bytes) -> tuple[str, JsonValue]:
    """Return name and application.

    Raises:
        ConfigError: the request is none.
        HostError: what is compiled here would not fit the module.
    """
    try:
        document = parse_document(request)
    except DocumentError as error:
        raise ConfigError(f"the module's request is not JSON: {error}") from error
    if isinstance(document, dict):
        name = document.get("name")
        if isinstance(name, str) and "application" in document:
            here = Installation(sys.executable, unit_wasm.__version__, native.sources_digest())
            wrong = strangers(document.get("version"), document.get("digest"), here)
            if wrong is not None:
                raise wrong
            return name, document["application"]
    raise ConfigError('the module\'s request has no "name" and "application"')
