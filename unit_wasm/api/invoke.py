"""A call as text, and its result as text."""

from __future__ import annotations

import unicodedata
from typing import Any

from unit_wasm.api.lookup import find_function
from unit_wasm.errors import CallError
from unit_wasm.wit.model import Function, World
from unit_wasm.wit.text import function_text
from unit_wasm.wit.wave import read_call
from unit_wasm.wit.wave_lexer import WaveError
from unit_wasm.wit.wave_writer import value_text

_BEFORE, _AFTER = 200, 200
"""Characters of a line before a mistake, and from there on: a call may have megabytes."""

_LONGEST = 500


def read_invocation(world: World, text: str) -> tuple[str | None, Function, list[Any]]:
    """Return which function a call means, with its interface, and the values of its arguments.

    Raises:
        CallError: there is none, or the call is wrong; where, is in the message.
    """
    found: list[tuple[str | None, Function]] = []

    def params(name: str) -> list[Any]:
        found.append(find_function(world, name))
        return [param.type for param in found[0][1].params]

    try:
        _, values = read_call(text, params)
    except WaveError as error:
        expected = function_text(found[0][1]) if found else None
        raise CallError(shown_error(text, error, expected)) from None
    return *found[0], values


def result_text(function: Function, value: Any) -> str | None:
    """Return the text of a result; None where a function has none.

    Raises:
        CallError: its type has no text.
    """
    if function.result is None:
        return None
    try:
        return value_text(function.result, value)
    except TypeError as error:
        raise CallError(str(error)) from None


def shown_error(text: str, error: WaveError, expected: str | None) -> str:
    """Return an error with the line that it is in, and a mark below the place."""
    data = text.encode(errors="surrogatepass")
    start, end = error.span
    before = data[:start].decode(errors="replace")
    marked = data[start:end].decode(errors="replace").partition("\n")[0]
    first = before.rpartition("\n")[2]
    rest = data[start:].decode(errors="replace").partition("\n")[0]
    first = first if len(first) <= _BEFORE else f"...{first[-_BEFORE:]}"
    rest = rest if len(rest) <= _AFTER else f"{rest[:_AFTER]}..."
    mark = " " * _columns(first) + "^" * max(1, _columns(marked[:_AFTER]))
    lines = [_short(error.message), f"  {_plain(first + rest)}", f"  {mark}"]
    if expected is not None:
        lines.append(f"the function is {expected}")
    return "\n".join(lines)


def _short(message: str) -> str:
    """Return a message, which may have a word of the text in it."""
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]}..."


def _plain(line: str) -> str:
    return "".join(" " if character in "\t\r" else character for character in line)


def _columns(text: str) -> int:
    """Return how wide a text is on a terminal."""
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )
