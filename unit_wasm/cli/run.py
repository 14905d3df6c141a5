"""``unit-wasm run``: a command component with the standard streams of this process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from unit_wasm.errors import ComponentError, ConfigError
from unit_wasm.options import Options, add_arguments, from_arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output
    from unit_wasm.native.calls import Failure, Instance

__all__ = ["add_run", "run_command"]

_RUN: Final = "wasi:cli/run"
_TRAPPED: Final = 134
"""The status after a trap or a limit: that of a process that has called abort()."""

_TIMES: Final = ("timeout", "cpu_timeout")
"""Limits that a command does not have unless a flag says so."""


def add_run(parser: ArgumentParser) -> None:
    """Add the arguments of ``run``."""
    parser.add_argument(
        "component", metavar="COMPONENT", help=".wasm or .wat file that exports wasi:cli/run"
    )
    parser.add_argument(
        "arguments", nargs="...", metavar="ARGUMENT", help="an argument of the command"
    )
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME[=VALUE]",
        help="a variable of its environment, without a value that of this process; may be repeated",
    )
    parser.add_argument(
        "--invoke",
        metavar="CALL",
        help="call this function instead, as `unit-wasm invoke CALL COMPONENT` does",
    )
    # What `invoke` has, too.
    parser.set_defaults(host=[], host_path=".")
    add_arguments(parser)


def run_command(arguments: Namespace, output: Output) -> int:
    """Run a command.

    With ``--invoke`` a function is called, and its result printed.

    Returns:
        Its exit status; 134 after a trap, or where a limit has ended it.

    Raises:
        UnitWasmError: it cannot be run.
    """
    if arguments.invoke is not None:
        return _invoked(arguments, output)
    import logging

    from unit_wasm.component.inspect import inspect
    from unit_wasm.native.calls import Command, Library
    from unit_wasm.outgoing import serve_outgoing
    from unit_wasm.prepare.compile import compile_component
    from unit_wasm.prepare.source import read
    from unit_wasm.wit import read_world
    from unit_wasm.wit.program import make_program

    options = from_arguments(arguments, base=Options(max_exchanges=1))
    path = arguments.component
    environment = dict(map(_variable, arguments.env))
    data = read(path)
    inspect(data, served=False)
    program = make_program(read_world(data))
    number = next(
        (
            entry.number
            for entry in program.exports
            if (entry.interface or "").partition("@")[0] == _RUN and entry.function.name == "run"
        ),
        None,
    )
    if number is None:
        raise ComponentError(
            f"the component does not export {_RUN}@0.2.x, so it is no command",
            hint="`unit-wasm inspect` shows what it exports",
        )
    with output.progress(path) as progress:
        prepared = compile_component(path, options, progress, served=False)
    library = Library(
        prepared,
        options,
        program=program,
        name="run",
        environment=environment,
        log=lambda level, line: output.message(line),
        outgoing=bool(options.outgoing),
        endless=[name for name in _TIMES if getattr(arguments, f"option_{name}") is None],
    )
    log = logging.getLogger("unit_wasm.outgoing")
    sender = serve_outgoing(library.outgoing, options, name="run", log=log)
    instance = library.instance(command=Command((os.path.basename(path), *arguments.arguments)))
    try:
        return _finished(instance, number, output)
    finally:
        instance.close()
        if sender is not None:
            sender.detach()
        library.close()


def _invoked(arguments: Namespace, output: Output) -> int:
    from unit_wasm.cli.invoke import invoke

    if arguments.arguments:
        raise ConfigError(
            "a function that is called has its arguments in --invoke", hint="write 'add(1, 2)'"
        )
    arguments.call = arguments.invoke
    return invoke(arguments, output)


def _variable(entry: str) -> tuple[str, str]:
    name, equals, value = entry.partition("=")
    if not equals:
        if name not in os.environ:
            raise ConfigError(f'--env "{entry}": this process has no such variable')
        value = os.environ[name]
    return name, value


def _finished(instance: Instance, number: int, output: Output) -> int:
    """Let the command run to its end; return its status."""
    from unit_wasm.native.calls import WAITING, Event

    outcome = instance.call(number, b"")
    while isinstance(outcome, Event):
        if outcome.failure is not None:
            return _failed(outcome.failure, output)
        if outcome.kind == WAITING:
            instance.wait()
        outcome = instance.go_on()
    return outcome[0]


def _failed(failure: Failure, output: Output) -> int:
    if failure.status is not None:
        return failure.status
    output.message(f"unit-wasm: the component failed: {failure.message}", "error")
    for line in failure.backtrace.splitlines():
        output.message(line, "error")
    return _TRAPPED
