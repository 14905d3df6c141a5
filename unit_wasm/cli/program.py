"""Which command is run, and how the process ends."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from unit_wasm import __version__
from unit_wasm.cli.arguments import Parser
from unit_wasm.cli.output import Output, ReaderGone, write
from unit_wasm.errors import UnitWasmError
from unit_wasm.values import dataclass

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.server.types import ApplicationFactory

_HELD = (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGQUIT)
"""Signals for a server that runs; one that still starts must not end by them."""

_PREPARE = "prepare"
"""Called by the module: no user has a reason to, and so no help names it."""


def main(
    argv: Sequence[str] | None = None, *, application_factory: ApplicationFactory | None = None
) -> int:
    """Run a command.

    Parameters:
        argv: the arguments; those of the process where it is None.
        application_factory: makes the applications of ``serve``; the tests give their own.

    Returns:
        The exit status: 0, or 1 after an error that was printed; that of a command that was run.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == ["serve"]:
        # Before anything that takes time; the server lets them in when it can act on them.
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    output = Output()
    try:
        try:
            return _run(given, output, application_factory)
        finally:
            output.finish()
    except ReaderGone:
        return _end_by(signal.SIGPIPE)
    except KeyboardInterrupt:
        return _end_by(signal.SIGINT)


_Parts: TypeAlias = "tuple[Callable[[ArgumentParser], None], _Action]"
"""What adds the arguments of a command, and what runs it."""

_Action: TypeAlias = "Callable[[Namespace, Output], int | None]"
"""Returns the exit status, where that is not 0."""


@dataclass(frozen=True)
class _Command:
    help: str
    load: Callable[[], _Parts]
    """Imports the command: whoever runs one does not wait for the others."""


def _run(given: list[str], output: Output, factory: ApplicationFactory | None) -> int:
    try:
        if given[:1] == [_PREPARE]:
            return _prepare(given[1:], output)
        parser, commands = _parser(factory, given[0] if given else None)
        arguments, unknown = parser.parse_known_args(given)
        if unknown:
            _parsers(parser)[arguments.command].refuse(unknown)
        if arguments.command != "serve":
            gc.enable()
        return commands[arguments.command](arguments, output) or 0
    except UnitWasmError as error:
        output.message(f"unit-wasm: {error.fault} error: {error}", "error")
        return 1


def _parser(
    factory: ApplicationFactory | None = None, only: str | None = None
) -> tuple[Parser, dict[str, _Action]]:
    """Make the parser of the program, and what runs the commands that it knows.

    Parameters:
        only: the command that is run; where it is one of ours, no other gets a parser.
    """
    parser = Parser(prog="unit-wasm", description="Serve WebAssembly components over HTTP.")
    parser.add_argument("-V", "--version", action="version", version=f"unit-wasm {__version__}")
    commands = _commands(parser, factory)
    # With a name it need not make a usage of this parser to get one.
    parsers = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", prog=parser.prog
    )
    # That of completions knows all of them.
    wanted = {only: commands[only]} if only in commands and only != "completion" else commands
    actions: dict[str, _Action] = {}
    for name, command in wanted.items():
        add, actions[name] = command.load()
        add(parsers.add_parser(name, help=command.help))
    return parser, actions


def _commands(parser: Parser, factory: ApplicationFactory | None) -> dict[str, _Command]:
    return {
        "serve": _Command("run the embedded server", lambda: _serve(factory)),
        "mcp": _Command(
            "serve functions as tools for language models (Model Context Protocol)",
            _of("mcp", "add_mcp", "mcp"),
        ),
        "run": _Command("run a command component", _of("run", "add_run", "run_command")),
        "compile": _Command(
            "compile components into the cache",
            _of("components", "add_compile", "compile_components"),
        ),
        "inspect": _Command(
            "show what a file is, what it exports, and what it may ask for",
            _of("inspect", "add_inspect", "inspect_component"),
        ),
        "compose": _Command(
            "fill imports of a component from what others export",
            _of("compose", "add_compose", "compose_components"),
        ),
        "invoke": _Command(
            "call a function of a component, and print its result",
            _of("invoke", "add_invoke", "invoke"),
        ),
        "stubs": _Command(
            "write the types of a component for type checkers of Python",
            _of("invoke", "add_stubs", "stubs"),
        ),
        "check": _Command(
            "check that every component of a configuration of Unit can be served",
            _of("checks", "add_check", "check"),
        ),
        "cache": _Command(
            "list what is in the cache, or remove some of it", _of("checks", "add_cache", "cache")
        ),
        "build-module": _Command(
            "build the module for NGINX Unit", lambda: _about_unit("build-module")
        ),
        "install-module": _Command(
            "put a module where unitd finds it", lambda: _about_unit("install-module")
        ),
        "doctor": _Command(
            "check that everything is there to serve", lambda: _about_unit("doctor")
        ),
        "completion": _Command(
            "print what a shell needs to complete commands and flags", lambda: _completion(parser)
        ),
    }


def _serve(factory: ApplicationFactory | None) -> _Parts:
    from unit_wasm.cli.serve import add_serve, serve

    return add_serve, lambda arguments, output: serve(arguments, output, factory)


def _of(module: str, add: str, run: str) -> Callable[[], _Parts]:
    """Return what imports a command: its module, and what adds its arguments and runs it there."""

    def load() -> _Parts:
        found = import_module(f"unit_wasm.cli.{module}")
        return getattr(found, add), getattr(found, run)

    return load


def _about_unit(name: str) -> _Parts:
    from unit_wasm.cli.unit import COMMANDS

    add, lines = COMMANDS[name]

    def run(arguments: Namespace, output: Output) -> None:
        for line in lines(arguments):
            output.result(line)

    return add, run


def _completion(parser: Parser) -> _Parts:
    from unit_wasm.cli.completion import add_completion, complete

    return add_completion, lambda arguments, output: complete(parser, arguments.shell, output)


def _parsers(parser: Parser) -> dict[str, Parser]:
    (action,) = parser._subparsers._group_actions  # type: ignore[union-attr]
    return dict(action.choices)  # type: ignore[arg-type]


def _prepare(given: list[str], output: Output) -> int:
    """Answer the module: it reads syslog's levels in front of lines, and takes none for an error.

    Parameters:
        given: a descriptor for the machine code that no cache takes.
    """
    from unit_wasm.unit.prepare import prepare

    code = int(given[0]) if given and given[0].isdecimal() else None
    try:
        write(prepare(sys.stdin.buffer.read(), lambda line: output.message(f"<4>{line}"), code))
    except UnitWasmError as error:
        output.message(f"{error.fault} error: {error}")
        return 1
    return 0


def _end_by(number: signal.Signals) -> int:
    """End as a program does that leaves a signal to the system: shells and pipelines see why."""
    signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (number,))
    os.kill(os.getpid(), number)
    return 128 + number
