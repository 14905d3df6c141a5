"""``unit-wasm compose``."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from unit_wasm.errors import HostError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from unit_wasm.cli.output import Output
    from unit_wasm.component.compose import Composed, Given


def add_compose(parser: ArgumentParser) -> None:
    """Add the arguments of ``compose``."""
    parser.add_argument(
        "socket",
        metavar="SOCKET",
        help=".wasm or .wat file whose imports are to be filled; - is standard input",
    )
    parser.add_argument(
        "--plug",
        action="append",
        required=True,
        metavar="FILE",
        help="component whose exports fill imports of the socket, or of another plug; may be "
        "repeated",
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="FILE",
        help="where to write the outcome; - is standard output",
    )


def compose_components(arguments: Namespace, output: Output) -> None:
    """Fill imports of a component from what others export, and write the outcome.

    Raises:
        ComponentError: one is none, or they do not fit together.
        HostError: the outcome cannot be written.
    """
    from unit_wasm.cli.given import STDIN
    from unit_wasm.cli.output import write
    from unit_wasm.component.compose import compose

    composed = compose(_given(arguments.socket), [_given(name) for name in arguments.plug])
    if arguments.output == STDIN:
        write(composed.data)
    else:
        _write(arguments.output, composed.data)
    # Not among its bytes, where these go through a pipe.
    say = output.result if os.path.isfile(arguments.output) else output.message
    for line in _described(arguments, composed):
        say(line)


def _given(name: str) -> Given:
    from unit_wasm.cli.given import given_component
    from unit_wasm.component.compose import Given
    from unit_wasm.errors import ComponentError
    from unit_wasm.prepare.source import read
    from unit_wasm.wit.refused import check_start

    with given_component(name) as path:
        data = read(path)
    try:
        check_start(data)
    except ComponentError as error:
        error.message = f"{name}: {error.message}"
        raise
    return Given(name, data)


def _described(arguments: Namespace, composed: Composed) -> list[str]:
    count = 1 + len(arguments.plug)
    lines = [f"{arguments.output}: {count} components, {len(composed.data):,} bytes", "exports:"]
    lines += (f"  {name}" for name in composed.exports)
    lines.append("stays open:" if composed.open else "nothing stays open")
    return [*lines, *(f"  {one.name} ({', '.join(one.parts)})" for one in composed.open)]


def _write(name: str, data: bytes) -> None:
    """Write a file that is never there in part: it may be one of those that were read."""
    from unit_wasm.prepare.files import replace_file

    try:
        if os.path.exists(name) and not stat.S_ISREG(os.stat(name).st_mode):
            with open(name, "wb") as file:
                file.write(data)
        else:
            target = os.path.realpath(name)
            replace_file(Path(target), data, mode=_mode(target))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise HostError(f"{name} cannot be written: {reason}") from None


def _mode(target: str) -> int:
    """Return the permissions that a file has, or would have."""
    with contextlib.suppress(FileNotFoundError):
        return stat.S_IMODE(os.stat(target).st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
