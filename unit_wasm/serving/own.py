"""A component that imports functions of the user's: compiled for them, and checked."""

from __future__ import annotations

import os
from dataclasses import replace

from unit_wasm.component.inspect import check_servable
from unit_wasm.component.prepared import Prepared
from unit_wasm.hosting.functions import Hosted, hosted
from unit_wasm.options import Options
from unit_wasm.prepare.compile import Progress, compile_component
from unit_wasm.prepare.compiler import provided_functions
from unit_wasm.prepare.source import read
from unit_wasm.wit import read_world

__all__ = ["check_hosted", "compile_hosted"]


def compile_hosted(
    path: str | os.PathLike[str], options: Options, progress: Progress
) -> tuple[Prepared, Hosted]:
    """Compile a component whose imports Python provides.

    Raises:
        ComponentError: the component cannot be served.
        ConfigError: what it imports is not provided.
        HostError: this machine cannot do it.
    """
    own = hosted(read_world(read(path)), options.host, options.host_path)
    prepared = compile_component(path, options, progress, served=False)
    check_hosted(prepared, own.names)
    return prepared, own


def check_hosted(prepared: Prepared, names: frozenset[str]) -> None:
    """Check that a component can be served where Python provides some imports.

    Raises:
        ComponentError: it cannot.
    """
    info = prepared.info
    left = tuple(item for item in info.imports if item.full_name not in names)
    check_servable(replace(info, imports=left), provided_functions())
