"""``unit-wasm invoke`` and ``unit-wasm stubs``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from unit_wasm.errors import CallError, HostError, Trap
from unit_wasm.options import add_arguments, from_arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output

__all__ = ["add_invoke", "add_stubs", "invoke", "stubs"]

TRAPPED = 134
"""The exit status after a trap, as that of a process that has aborted."""

_PRINTED: Final = re.compile(r".*?: request call-\d+: (stdout|stderr): (.*)", re.DOTALL)
"""A line that the component has printed, in the log."""


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
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME[=VALUE]",
        help="a variable that the component sees; without a value, that of this process",
    )
    add_arguments(parser)


def invoke(arguments: Namespace, output: Output) -> int:
    """Call a function of a component, and print its result.

    Returns:
        The exit status.

    Raises:
        UnitWasmError: the component cannot be loaded.
    """
    from unit_wasm.api.call import call_text
    from unit_wasm.api.host_reference import imported_hosts
    from unit_wasm.cli.given import given_component

    def log(level: int, line: str) -> None:
        printed = _PRINTED.fullmatch(line)
        if printed is None:
            output.message(line, "info" if level > 4 else "error")
        elif printed[1] == "stdout":
            output.result(printed[2])
        else:
            output.message(printed[2])

    try:
        host = imported_hosts(arguments.host, arguments.host_path if arguments.host else None)
        with given_component(arguments.component) as path:
            text = call_text(
                path,
                arguments.call,
                host=host,
                environment=given_environment(arguments.env),
                options=from_arguments(arguments),
                log=log,
            )
    except (CallError, Trap) as error:
        # They have lines: the place in the call, or what was running.
        first, *more = str(error).splitlines()
        for line in (f"unit-wasm: {error.fault} error: {first}", *more):
            output.message(line, "error")
        if isinstance(error, CallError):
            return 1
        return TRAPPED if error.status is None else error.status
    if text is not None:
        output.result(text)
    return 0


def given_environment(entries: list[str]) -> dict[str, str]:
    """Return variables that were given as ``NAME=VALUE``, or as the name of one of ours."""
    import os

    found: dict[str, str] = {}
    for entry in entries:
        name, given, value = entry.partition("=")
        if given or name in os.environ:
            found[name] = value if given else os.environ[name]
    return found


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
    import os

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
