"""The parser of the command line: errors in one line, with what would be right."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from unit_wasm.cli.output import LogStream, is_output, write
from unit_wasm.patterns import pattern
from unit_wasm.suggest import guess

_LISTEN = "--listen 127.0.0.1:8080, or --listen :8080 for all addresses"
_ELSEWHERE = dict.fromkeys(
    ("-p", "-b", "-l", "--port", "--bind", "--addr", "--address", "--interface"), _LISTEN
)
"""Flags of other servers, and what does here what they do there."""

_CHOICE = pattern(r"invalid choice: '?(.*?)'? \(choose from (.*)\)", re.DOTALL)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence; argparse would repeat every flag first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A shortened flag would become another one as soon as there is one more that begins so.
        self._width: int | None = 80
        super().__init__(*args, **{**kwargs, "allow_abbrev": False})

    def _get_formatter(self) -> argparse.HelpFormatter:
        # argparse makes one for each argument, to check it. To measure the terminal for that is a
        # system call each time, and imports much.
        return argparse.HelpFormatter(self.prog, width=self._width)

    def format_help(self) -> str:
        """Return the help, as wide as the terminal is."""
        self._width = None
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """End with status 2."""
        hint = f"{self.prog} --help shows what there is"
        choice = _CHOICE.search(message)
        if choice is not None:
            message = f"{choice[1]} is not known here"
            hint = guess(choice[1], re.findall(r"[\w-]+", choice[2])) or hint
        self.exit(2, f"{self.prog}: {message} ({hint})\n")

    def _print_message(self, message: str, file: object = None) -> None:
        # argparse loses what cannot be written, and says nothing.
        if is_output(file):
            write(message)
        else:
            LogStream().write(message)

    def refuse(self, arguments: Sequence[str]) -> NoReturn:
        """End because of arguments that no parser knows."""
        first = next((item for item in arguments if item.startswith("-")), arguments[0])
        name = first.partition("=")[0]
        known = self._option_string_actions
        hint = f"{self.prog} --help shows what there is"
        if "--listen" in known and name in _ELSEWHERE:
            hint = f"write {_ELSEWHERE[name]}"
        elif name.startswith("--"):
            hint = guess(name, known) or hint
        self.exit(2, f"{self.prog}: {name} is not known here ({hint})\n")
