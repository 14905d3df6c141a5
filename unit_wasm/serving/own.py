"""A component that imports functions of the user's: compiled for them, and checked."""

from __future__ import annotations

from dataclasses import replace

from unit_wasm.component.info import ComponentInfo
from unit_wasm.component.inspect import check_imports, check_servable
from unit_wasm.component.prepared import Prepared
from unit_wasm.hosting.functions import Hosted, hosted
from unit_wasm.options import Options
from unit_wasm.prepare.compile import Progress, compile_component
from unit_wasm.prepare.compiler import provided_functions
from unit_wasm.prepare.source import Source
from unit_wasm.wit import read_world


def compile_hosted(source: Source, options: Options, progress: Progress) -> tuple[Prepared, Hosted]:
    """Compile a component whose imports Python provides.

    Raises:
        ComponentError: the component cannot be served.
        ConfigError: what it imports is not provided.
        HostError: this machine cannot do it.
    """
    own = hosted(read_world(source.binary()), options.host, options.host_path)
    source = replace(source, served=False)
    prepared = compile_component(source.name, options, progress, source=source)
    check_hosted(prepared, own.names)
    return prepared, own


def check_hosted(prepared: Prepared, names: frozenset[str]) -> None:
    """Check that a component can be served where Python provides some imports.

    Raises:
        ComponentError: it cannot.
    """
    check_servable(_without(prepared.info, names), provided_functions())


def check_hosted_imports(prepared: Prepared, names: frozenset[str]) -> None:
    """Check that the host, or Python, provides what a component imports.

    Parameters:
        names: of the imports that Python provides.

    Raises:
        ComponentError: they do not.
    """
    check_imports(_without(prepared.info, names), provided_functions())


def _without(info: ComponentInfo, names: frozenset[str]) -> ComponentInfo:
    return replace(info, imports=tuple(i for i in info.imports if i.full_name not in names))
