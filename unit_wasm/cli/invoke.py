"""``unit-wasm invoke`` and ``unit-wasm stubs``."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from unit_wasm.errors import CallError, ConfigError, HostError, Trap
from unit_wasm.options import Options, add_arguments, from_arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output

TRAPPED = 134
"""The exit status after a trap, as that of a process that has aborted."""


def add_invoke(parser: ArgumentParser) -> None:
    """Add the arguments of ``invoke``."""
    parser.add_argument(
        "call",
        metavar="CALL",
        help="a function with its arguments, as WAVE: 'add(1, 2)', 'ns:pkg/iface.add(1, 2)'",
    )
    parser.add_argument(
        "component", metavar="COMPONENT", help=".wasm or .wat file; - is standard input"
    )
    add_given(parser)
    add_arguments(parser, but=("host", "host_path"))


def add_given(parser: ArgumentParser) -> None:
    """Add what a component is given: variables, and what provides its imports."""
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME[=VALUE]",
        help="a variable of its environment, without a value that of this process; may be repeated",
    )
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="MODULE:NAME",
        help="what provides imports: a class or function of Python; may be repeated",
    )
    parser.add_argument(
        "--host-path", default=".", metavar="DIR", help="where modules are looked for first"
    )


def given_environment(entries: Iterable[str]) -> dict[str, str]:
    """Return the variables of ``--env``.

    Raises:
        ConfigError: one has no name, or this process has no variable of that name.
    """
    return dict(map(_variable, entries))


def _variable(entry: str) -> tuple[str, str]:
    name, equals, value = entry.partition("=")
    if name == "":
        raise ConfigError(f'--env "{entry}" has no name', hint="write NAME=VALUE")
    if not equals:
        if name not in os.environ:
            raise ConfigError(f'--env "{entry}": this process has no such variable')
        value = os.environ[name]
    return name, value


def given_host(arguments: Namespace) -> Any:
    """Return what ``--host`` names.

    Raises:
        ConfigError: it cannot be imported.
    """
    from unit_wasm.api.host_reference import imported_hosts

    return imported_hosts(arguments.host, arguments.host_path if arguments.host else None)


def invoke(arguments: Namespace, output: Output) -> int:
    """Call a function of a component, and print its result.

    Returns:
        The exit status.

    Raises:
        UnitWasmError: the component cannot be loaded.
    """
    return call(arguments.call, arguments, output, from_arguments(arguments))


def call(
    text: str, arguments: Namespace, output: Output, options: Options, endless: Collection[str] = ()
) -> int:
    """Call a function, as :func:`invoke` does.

    Parameters:
        text: the call.
        endless: names of the limits of time that there are not.
    """
    from unit_wasm.api.call import call_text
    from unit_wasm.cli.given import given_component

    try:
        with given_component(arguments.component) as path:
            result = call_text(
                path,
                text,
                host=given_host(arguments),
                environment=given_environment(arguments.env),
                options=options,
                log=lambda level, line: output.message(line),
                endless=endless,
            )
    except (CallError, Trap) as error:
        return failed(error, output)
    if result is not None:
        output.result(result)
    return 0


def failed(error: CallError | Trap, output: Output) -> int:
    """Print an error that has lines, the place in a call or what was running; return the status."""
    if isinstance(error, Trap) and error.status is not None:
        return error.status
    first, *more = str(error).splitlines()
    for line in (f"unit-wasm: {error.fault} error: {first}", *more):
        output.message(line, "error")
    return 1 if isinstance(error, CallError) else TRAPPED


def add_stubs(parser: ArgumentParser) -> None:
    """Add the arguments of ``stubs``."""
    parser.add_argument(
        "component", metavar="COMPONENT", help=".wasm or .wat file; - is standard input"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="where to write it; else it is printed"
    )


def stubs(arguments: Namespace, output: Output) -> None:
    """Write the types of a component for type checkers.

    Raises:
        ComponentError: it is none.
        HostError: the file cannot be written.
    """
    from unit_wasm.api.stubs import stub_text
    from unit_wasm.cli.given import given_component
    from unit_wasm.prepare.source import read
    from unit_wasm.wit import read_world

    with given_component(arguments.component) as path:
        text = stub_text(read_world(read(path)), os.path.basename(arguments.component))
    if arguments.output is None:
        for line in text.splitlines():
            output.result(line)
        return
    try:
        with open(arguments.output, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise HostError(f"{arguments.output} cannot be written: {error.strerror}") from None
