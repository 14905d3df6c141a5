"""``unit-wasm compile``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unit_wasm.errors import HostError
from unit_wasm.options import add_arguments, from_arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output


def add_compile(parser: ArgumentParser) -> None:
    """Add the arguments of ``compile``."""
    parser.add_argument(
        "components",
        nargs="+",
        metavar="COMPONENT",
        help=".wasm or .wat file; - is standard input",
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
        if arguments.verbose:
            for line in prepared.explained():
                output.result(f"  {line}")
