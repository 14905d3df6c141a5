"""``unit-wasm compile``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unit_wasm.errors import ComponentError, HostError
from unit_wasm.options import add_arguments, from_arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output
    from unit_wasm.component.prepared import Prepared
    from unit_wasm.options import Options
    from unit_wasm.prepare.compile import Progress


def add_compile(parser: ArgumentParser) -> None:
    """Add the arguments of ``compile``."""
    parser.add_argument(
        "components", nargs="+", metavar="COMPONENT", help=".wasm or .wat file; - is standard input"
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="say what was done so that each is fast, and why what was not done was not",
    )
    add_arguments(parser)


def compile_components(arguments: Namespace, output: Output) -> None:
    """Compile components into the cache.

    Raises:
        UnitWasmError: one cannot be compiled; those before it are.
    """
    import time

    from unit_wasm.cli.given import given_component

    options = from_arguments(arguments)
    for name in arguments.components:
        started = time.monotonic()
        with given_component(name) as path, output.progress(name) as progress:
            prepared = _compiled(path, options, progress)
        if prepared.unkept is not None:
            raise HostError(
                f"{name} compiles, but {prepared.unkept}",
                hint="make room there, or set UNIT_WASM_CACHE_DIR (--cache-dir)",
            )
        seconds = time.monotonic() - started
        found = "in the cache" if prepared.cached else "compiled"
        output.result(f"{name}: {found}, {seconds:.2f} s")
        if arguments.verbose:
            for line in prepared.explained():
                output.result(f"  {line}")


def _compiled(path: str, options: Options, progress: Progress) -> Prepared:
    """Compile a component for what it is used for: to answer requests, or to be called.

    Raises:
        UnitWasmError: it cannot be compiled.
    """
    from unit_wasm.prepare.compile import compile_component

    if options.host == "":
        try:
            return compile_component(path, options, progress)
        except ComponentError:
            # Only who cannot answer requests itself is looked at twice.
            if not _is_called(path):
                raise
    return compile_component(path, options, progress, served=False)


def _is_called(path: str) -> bool:
    """Tell whether a component is one whose functions are called, by HTTP or by Python."""
    from unit_wasm.prepare.source import read
    from unit_wasm.services.binding import answers_http
    from unit_wasm.wit import read_world
    from unit_wasm.wit.program import make_program

    try:
        world = read_world(read(path))
        return not answers_http(world) and bool(make_program(world).exports)
    except ComponentError:
        return False
