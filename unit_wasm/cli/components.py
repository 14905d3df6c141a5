"""``unit-wasm compile`` and ``unit-wasm inspect``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unit_wasm.errors import HostError
from unit_wasm.options import add_arguments, from_arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output
    from unit_wasm.component.info import ComponentInfo

__all__ = ["add_compile", "add_inspect", "compile_components", "inspect_component"]


def add_compile(parser: ArgumentParser) -> None:
    """Add the arguments of ``compile``."""
    parser.add_argument(
        "components",
        nargs="+",
        metavar="COMPONENT",
        help=".wasm or .wat file; - is standard input",
    )
    add_arguments(parser)


def compile_components(arguments: Namespace, output: Output) -> None:
    """Compile components into the cache.

    Raises:
        UnitWasmError: one cannot be compiled; those before it are.
    """
    import time

    from unit_wasm.cli.given import given_component
    from unit_wasm.prepare.compile import compile_component

    options = from_arguments(arguments)
    for name in arguments.components:
        started = time.monotonic()
        with given_component(name) as path, output.progress(name) as progress:
            prepared = compile_component(path, options, progress)
        if prepared.unkept is not None:
            raise HostError(
                f"{name} compiles, but {prepared.unkept}",
                hint="make room there, or set UNIT_WASM_CACHE_DIR (--cache-dir)",
            )
        seconds = time.monotonic() - started
        found = "in the cache" if prepared.cached else "compiled"
        output.result(f"{name}: {found}, {seconds:.2f} s")


def add_inspect(parser: ArgumentParser) -> None:
    """Add the arguments of ``inspect``."""
    parser.add_argument(
        "component", metavar="COMPONENT", help=".wasm or .wat file; - is standard input"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--wit", action="store_true", help="print its world as WIT, with all types")


def inspect_component(arguments: Namespace, output: Output) -> None:
    """Show what a component imports and exports.

    Raises:
        ComponentError: it is none.
    """
    from unit_wasm.cli.given import given_component
    from unit_wasm.component.inspect import inspect
    from unit_wasm.prepare.source import read

    with given_component(arguments.component) as path:
        data = read(path)
    if arguments.wit:
        from unit_wasm.wit import read_world, world_text

        for line in world_text(read_world(data)).splitlines():
            output.result(line)
        return
    info = inspect(data)
    if arguments.json:
        import dataclasses
        import json

        for line in json.dumps(dataclasses.asdict(info), indent=2).splitlines():
            output.result(line)
        return
    for line in _described(info):
        output.result(line)


def _described(info: ComponentInfo) -> list[str]:
    lines = [
        f"serves HTTP: {info.handler or 'no'}",
        f"one instance: {info.core_instances} core instances, {info.memories} memories, "
        f"{info.tables} tables",
        "imports:",
    ]
    for interface in info.imports:
        functions = ", ".join(interface.functions) or "types only"
        lines.append(f"  {interface.full_name}: {functions}")
    return [*lines, "exports:", *(f"  {name}" for name in info.exports)]
