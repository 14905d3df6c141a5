"""The command line: ``unit-wasm serve``, ``compile`` and ``inspect``.

The only module that prints. Each command imports what it needs when it runs, so that a command
starts as fast as what it does allows.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unit_wasm import __version__
from unit_wasm.errors import ConfigError, UnitWasmError
from unit_wasm.escape import escape
from unit_wasm.options import add_arguments, from_arguments
from unit_wasm.unit import commands as unit
from unit_wasm.values import DURATION

if TYPE_CHECKING:
    from unit_wasm.config.document import JsonValue
    from unit_wasm.config.model import ApplicationConfig
    from unit_wasm.server.types import Application, ApplicationFactory

__all__ = ["main"]

Command = Callable[[argparse.Namespace], None]

DEFAULT_LISTEN = "127.0.0.1:8080"
DEFAULT_GRACE = 5.0
_MAX_GRACE = 3600.0


def main(
    argv: Sequence[str] | None = None, *, application_factory: ApplicationFactory | None = None
) -> int:
    """Run a command.

    Parameters:
        argv: the arguments; those of the process where it is None.
        application_factory: makes the applications of ``serve``; the tests give their own.

    Returns:
        The exit status: 0, or 1 after an error that was printed.
    """
    arguments = _parser().parse_args(argv)
    commands: dict[str, Command] = {
        "serve": lambda given: _serve(given, application_factory),
        "compile": _compile,
        "inspect": _inspect,
        "prepare": _prepare,
        **{name: _lines(command) for name, command in unit.COMMANDS.items()},
    }
    try:
        commands[arguments.command](arguments)
    except UnitWasmError as error:
        print(f"unit-wasm: {error.fault} error: {escape(str(error))}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="unit-wasm", description="Serve WebAssembly components over HTTP."
    )
    parser.add_argument("--version", action="version", version=f"unit-wasm {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_serve(commands.add_parser("serve", help="run the embedded server"))
    compiler = commands.add_parser("compile", help="compile components into the cache")
    compiler.add_argument("components", nargs="+", metavar="COMPONENT", help=".wasm or .wat file")
    add_arguments(compiler)
    inspector = commands.add_parser("inspect", help="show what a component imports and exports")
    inspector.add_argument("component", metavar="COMPONENT", help=".wasm or .wat file")
    inspector.add_argument("--json", action="store_true", help="print JSON")
    unit.add_commands(commands)
    # Called by the module: no user has a reason to.
    commands.add_parser("prepare")
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "target",
        nargs="?",
        metavar="CONFIG.json|COMPONENT",
        help="a configuration as for NGINX Unit, or one component",
    )
    parser.add_argument(
        "--listen",
        action="append",
        default=[],
        metavar="ADDRESS",
        help=f"where a component is served, e.g. *:8080, [::1]:8080 or unix:PATH; may be "
        f"repeated. Default: {DEFAULT_LISTEN}.",
    )
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a variable of a component's environment; may be repeated",
    )
    parser.add_argument(
        "--control", metavar="unix:PATH", help="where the control API listens (mode 0600)"
    )
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="keeps the configuration; it is read at start where no other is given",
    )
    parser.add_argument(
        "--grace",
        metavar="DURATION",
        help="time that running requests get when the server or an application ends. "
        f"Default: {DURATION.show(DEFAULT_GRACE)}.",
    )
    add_arguments(parser)


def _serve(arguments: argparse.Namespace, factory: ApplicationFactory | None) -> None:
    document = _document(arguments)
    if document is None and arguments.control is None and arguments.state is None:
        raise ConfigError(
            "there is nothing to serve", hint="name a configuration or a component, or --control"
        )
    # Everything above is quick; what follows loads the server.
    import dataclasses
    import logging

    from unit_wasm.config.address import parse_address
    from unit_wasm.server.log import LineFormatter
    from unit_wasm.server.run import ServeSettings, serve

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("unit_wasm").setLevel(logging.INFO)
    control = None
    if arguments.control is not None:
        control = parse_address(arguments.control)
        if not control.is_unix:
            raise ConfigError("--control must be a Unix socket", hint='write "unix:PATH"')
    settings = ServeSettings(
        document=document,
        control=control,
        state=Path(arguments.state) if arguments.state is not None else None,
        grace=_grace(arguments.grace),
        base=from_arguments(arguments),
    )
    if factory is None and sys.stderr.isatty():
        factory = _application_with_progress
    if factory is not None:
        settings = dataclasses.replace(settings, application_factory=factory)
    serve(settings, lambda line: print(line, file=sys.stderr, flush=True))


def _application_with_progress(config: ApplicationConfig) -> Application:
    from unit_wasm.server.applications import component_application

    with _progress_line(config.component) as progress:
        return component_application(config, progress)


@contextlib.contextmanager
def _progress_line(component: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal, in one line that is gone at the end, what happens to a component."""
    terminal = sys.stderr.isatty()

    def show(step: str) -> None:
        if terminal:
            print(f"\r\x1b[K{escape(component)}: {step}", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        if terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _grace(text: str | None) -> float:
    if text is None:
        return DEFAULT_GRACE
    value: float | None = DURATION.parse(text)
    if value is None or value > _MAX_GRACE:
        raise ConfigError(
            f'--grace is "{text}", which is not a duration of at most {DURATION.show(_MAX_GRACE)}',
            hint=f"write {DURATION.example}",
        )
    return value


def _document(arguments: argparse.Namespace) -> JsonValue | None:
    """Return the configuration that the arguments describe, or None where they name nothing."""
    target: str | None = arguments.target
    if target is not None and _is_component(target):
        return _component_document(target, arguments.listen, arguments.env)
    for flag, given in (("--listen", arguments.listen), ("--env", arguments.env)):
        if given:
            raise ConfigError(
                f"{flag} goes with a component", hint="a configuration has its own place for it"
            )
    return None if target is None else _read_document(target)


def _is_component(target: str) -> bool:
    if target.endswith((".wasm", ".wat")):
        return True
    if target.endswith(".json"):
        return False
    try:
        with open(target, "rb") as file:
            start = file.read(256).lstrip()
    except OSError:
        return False
    return start.startswith((b"\0asm", b"(", b";;"))


def _component_document(component: str, listen: list[str], env: list[str]) -> JsonValue:
    environment: dict[str, JsonValue] = {}
    for entry in env:
        name, equals, value = entry.partition("=")
        if not equals:
            raise ConfigError(f'--env "{entry}" has no value', hint="write NAME=VALUE")
        environment[name] = value
    name = os.path.basename(component).rpartition(".")[0] or "component"
    application: JsonValue = {
        "type": "wasm-wasi-component",
        "component": component,
        "environment": environment,
    }
    target: JsonValue = {"pass": f"applications/{_percent_encoded(name)}"}
    return {
        "listeners": dict.fromkeys(listen or [DEFAULT_LISTEN], target),
        "applications": {name: application},
    }


def _percent_encoded(name: str) -> str:
    return name.replace("%", "%25").replace("/", "%2F")


def _read_document(path: str) -> JsonValue:
    from unit_wasm.config.document import DocumentError, parse_document

    try:
        return parse_document(Path(path).read_bytes())
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except DocumentError as error:
        raise ConfigError(f"{path}: {error}") from error


def _compile(arguments: argparse.Namespace) -> None:
    import time

    from unit_wasm.component.compile import compile_component

    options = from_arguments(arguments)
    for component in arguments.components:
        started = time.monotonic()
        with _progress_line(component) as progress:
            prepared = compile_component(component, options, progress)
        seconds = time.monotonic() - started
        done = "in the cache" if prepared.cached else "compiled"
        print(f"{escape(component)}: {done}, {seconds:.2f} s")


def _inspect(arguments: argparse.Namespace) -> None:
    from unit_wasm.component.inspect import inspect
    from unit_wasm.component.source import read

    info = inspect(read(arguments.component))
    if arguments.json:
        import dataclasses
        import json

        print(json.dumps(dataclasses.asdict(info), indent=2))
        return
    print(escape(f"serves HTTP: {info.handler or 'no'}"))
    print(
        f"one instance: {info.core_instances} core instances, {info.memories} memories, "
        f"{info.tables} tables"
    )
    print("imports:")
    for interface in info.imports:
        functions = ", ".join(interface.functions) or "types only"
        print(escape(f"  {interface.full_name}: {functions}"))
    print("exports:")
    for name in info.exports:
        print(escape(f"  {name}"))


def _lines(command: Callable[[argparse.Namespace], Iterator[str]]) -> Command:
    def run(arguments: argparse.Namespace) -> None:
        for line in command(arguments):
            print(escape(line), flush=True)

    return run


def _prepare(arguments: argparse.Namespace) -> None:
    from unit_wasm.unit.prepare import prepare

    text = prepare(
        sys.stdin.buffer.read(), lambda line: print(f"unit-wasm: {escape(line)}", file=sys.stderr)
    )
    sys.stdout.buffer.write(text)
