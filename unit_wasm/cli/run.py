"""``unit-wasm run``: a command component with the standard streams of this process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from unit_wasm.cli.invoke import TRAPPED, add_given, call, failed, given_environment, given_host
from unit_wasm.errors import CallError, ComponentError, ConfigError, HostError, Trap
from unit_wasm.options import Options, add_arguments, from_arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output
    from unit_wasm.native.call_events import Command, Failure
    from unit_wasm.native.calls import Instance
    from unit_wasm.wit.model import World

_RUN: Final = "wasi:cli/run"

_TIMES: Final = ("timeout", "cpu_timeout")
"""Limits that a command does not have unless a flag says so."""


def add_run(parser: ArgumentParser) -> None:
    """Add the arguments of ``run``."""
    parser.add_argument(
        "component",
        metavar="COMPONENT",
        help=".wasm or .wat file that exports wasi:cli/run; - is standard input",
    )
    rest = parser.add_argument(
        "arguments", nargs="...", metavar="ARGUMENT", help="an argument of the command"
    )
    # argparse would name them among what is missing.
    rest.required = False
    parser.add_argument(
        "--invoke",
        metavar="CALL",
        help="call this function instead, as `unit-wasm invoke` does: 'add(1, 2)'",
    )
    add_given(parser)
    add_arguments(parser, but=("host", "host_path"))


def run_command(arguments: Namespace, output: Output) -> int:
    """Run a command.

    With ``--invoke`` a function is called, and its result printed.

    Returns:
        Its exit status; 134 after a trap, or where a limit has ended it.

    Raises:
        UnitWasmError: it cannot be run.
    """
    from unit_wasm.cli.given import given_component

    options = from_arguments(arguments, base=Options(max_exchanges=1))
    endless = [name for name in _TIMES if getattr(arguments, f"option_{name}") is None]
    if arguments.invoke is not None:
        if arguments.arguments:
            raise ConfigError(
                "a function that is called has its arguments in --invoke", hint="write 'add(1, 2)'"
            )
        return call(arguments.invoke, arguments, output, options, endless)
    with given_component(arguments.component) as path:
        return _run(path, arguments, output, options, endless)


def _run(
    path: str, arguments: Namespace, output: Output, options: Options, endless: Sequence[str]
) -> int:
    from unit_wasm.api.loaded import provided_functions
    from unit_wasm.api.providers import foreign_imports
    from unit_wasm.component.inspect import inspect
    from unit_wasm.prepare.source import read
    from unit_wasm.wit import read_world

    data = read(path)
    inspect(data, served=False)
    world = read_world(data)
    if arguments.host or foreign_imports(world, provided_functions()):
        return _hosted(path, arguments, output, options, endless)
    return _alone(path, world, arguments, output, options, endless)


def _alone(
    path: str,
    world: World,
    arguments: Namespace,
    output: Output,
    options: Options,
    endless: Sequence[str],
) -> int:
    """Run a command that needs nothing of Python."""
    from unit_wasm.api.helpers import Helpers
    from unit_wasm.native.call_events import RefusedError
    from unit_wasm.native.calls import Library
    from unit_wasm.prepare.compile import compile_component
    from unit_wasm.wit.program import make_program

    environment = given_environment(arguments.env)
    program = make_program(world)
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
    with output.progress(arguments.component) as progress:
        prepared = compile_component(path, options, progress, served=False)
    library = Library(
        prepared,
        options,
        program=program,
        name="run",
        environment=environment,
        log=lambda level, line: output.message(line),
        outgoing=bool(options.outgoing),
        endless=endless,
    )
    helpers = Helpers(library, options, "run")
    instance = library.instance(command=_command(arguments))
    try:
        return _finished(instance, number, output)
    except RefusedError as error:
        raise HostError(f"the command cannot be run: {error}") from None
    finally:
        instance.close()
        helpers.close()
        library.close()


def _command(arguments: Namespace) -> Command:
    from unit_wasm.native.call_events import Command

    return Command((os.path.basename(arguments.component), *arguments.arguments))


def _hosted(
    path: str, arguments: Namespace, output: Output, options: Options, endless: Sequence[str]
) -> int:
    """Run a command whose imports Python provides."""
    from unit_wasm.api.call import run_status

    try:
        return run_status(
            path,
            _command(arguments).arguments,
            host=given_host(arguments),
            environment=given_environment(arguments.env),
            options=options,
            log=lambda level, line: output.message(line),
            endless=endless,
        )
    except (CallError, Trap) as error:
        return failed(error, output)


def _finished(instance: Instance, number: int, output: Output) -> int:
    """Let the command run to its end; return its status."""
    from unit_wasm.native.call_events import Event
    from unit_wasm.native.calls import WAITING

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
    return TRAPPED
