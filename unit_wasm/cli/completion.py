"""``unit-wasm completion``: what a shell has to know to complete our commands and flags."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from unit_wasm.errors import HostError

if TYPE_CHECKING:
    from unit_wasm.cli.output import Output

SHELLS = ("bash", "zsh", "fish")

_FOLDERS = frozenset(("DIR",))
_FILES = frozenset(
    (
        "FILE",
        "PATH",
        "COMPONENT",
        "CONFIG.json",
        "CONFIG.json|COMPONENT|DIRECTORY",
        "CONFIG",
        "COMPONENT|DIRECTORY",
    )
)


def add_completion(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``completion``."""
    parser.add_argument("shell", choices=SHELLS, help="the shell that reads it")


def complete(parser: argparse.ArgumentParser, shell: str, output: Output) -> None:
    """Write the script for a shell.

    Raises:
        HostError: the library that makes it is not installed.
    """
    try:
        import shtab
    except ImportError:
        raise HostError("the package shtab is not installed", hint="pip install shtab") from None
    for action in _actions(parser):
        wanted = action.metavar
        if wanted in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif wanted in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    for line in shtab.complete(parser, shell=shell).splitlines():
        output.result(line)


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    found: list[argparse.Action] = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                found += _actions(command)
    return found
