"""The words of WAVE, the text of component values.

WAVE: https://github.com/bytecodealliance/wasm-tools/tree/main/crates/wasm-wave
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from unit_wasm.errors import UnitWasmError
from unit_wasm.wit.names import LABEL


class WaveError(UnitWasmError):
    """A text is no value of its type.

    Parameters:
        span: where, in bytes of UTF-8: the first one, and the one after the last.
    """

    fault: ClassVar[str] = "caller"

    def __init__(self, message: str, span: tuple[int, int]) -> None:
        super().__init__(message)
        self.span = span


@dataclass(frozen=True, slots=True)
class Token:
    """A word.

    Parameters:
        kind: ``label``, ``number``, ``char``, ``string``, ``lines``, ``end``, or the word itself.
        text: as it stands there.
        start: its first character.
        end: the one after its last.
    """

    kind: str
    text: str
    start: int
    end: int


ESCAPES: Final = {"\\": "\\", "'": "'", '"': '"', "t": "\t", "n": "\n", "r": "\r"}
"""What stands after a backslash, and what it means."""

KEYWORDS: Final = frozenset(["true", "false", "inf", "nan", "some", "none", "ok", "err"])
"""Labels that mean something else; a case of that name has a ``%`` in front."""

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|//[^\n]*)*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|-inf", re.ASCII)
_NAME: Final = re.compile(f"%?{LABEL.pattern}", re.ASCII)
_PUNCTUATION: Final = frozenset("{}()[]:,")

# As far as a character between quotes goes; what is left of it then is no word.
_ESCAPE: Final = r"\\(?:[\\'\"tnr]|u\{[0-9a-fA-F]{1,6}\})"
_PARTIAL: Final = re.compile(r"\\(?:u(?:\{[0-9a-fA-F]{0,6})?)?")
_IN_CHAR: Final = re.compile(rf"(?:[^\\'\n]|{_ESCAPE})*")
_IN_STRING: Final = re.compile(rf"(?:[^\\\"\n]|{_ESCAPE})*")
_IN_LINES: Final = re.compile(rf"(?:[^\\\"]|\"\"?(?!\")|{_ESCAPE})*")
_ONE_CHAR: Final = re.compile(rf"[^\\'\n]|{_ESCAPE}")


def failure(text: str, message: str, start: int, end: int) -> WaveError:
    """Return the error at these characters of a text."""
    first = len(text[:start].encode())
    return WaveError(message, (first, first + len(text[start:end].encode())))


def tokens(text: str, position: int) -> Iterator[Token]:
    """Yield the words of a text from a position on, then one of the kind ``end``.

    Raises:
        WaveError: there is something that is no word.
    """
    while True:
        blank = _BLANK.match(text, position)
        assert blank is not None
        position = blank.end()
        if position == len(text):
            yield Token("end", "", position, position)
            return
        token = _token(text, position)
        position = token.end
        yield token


def _token(text: str, start: int) -> Token:
    first = text[start]
    if first in _PUNCTUATION:
        return Token(first, first, start, start + 1)
    if text.startswith('"""', start):
        return _quoted(text, start, _IN_LINES, '"""', "lines")
    if first == '"':
        return _quoted(text, start, _IN_STRING, '"', "string")
    if first == "'":
        return _char(text, start)
    for kind, pattern in (("number", _NUMBER), ("label", _NAME)):
        found = pattern.match(text, start)
        if found is not None:
            return Token(kind, found[0], start, found.end())
    raise failure(text, f"{first!r} begins nothing", start, start + 1)


def _quoted(text: str, start: int, inside: re.Pattern[str], quote: str, kind: str) -> Token:
    found = inside.match(text, start + len(quote))
    assert found is not None
    end = found.end()
    if text.startswith(quote, end):
        return Token(kind, text[start : end + len(quote)], start, end + len(quote))
    raise failure(text, _why(text, end, quote), start, _stuck(text, end))


def _char(text: str, start: int) -> Token:
    found = _IN_CHAR.match(text, start + 1)
    assert found is not None
    end = found.end()
    if end == start + 1 and text.startswith("'", end):
        raise failure(text, "there is no character between the quotes", start, end)
    if not text.startswith("'", end):
        raise failure(text, _why(text, end, "'"), start, _stuck(text, end))
    if _ONE_CHAR.fullmatch(text, start + 1, end) is None:
        raise failure(text, "there is more than one character between the quotes", start, end + 1)
    return Token("char", text[start : end + 1], start, end + 1)


def _stuck(text: str, end: int) -> int:
    partial = _PARTIAL.match(text, end)
    return end if partial is None else partial.end()


def _why(text: str, end: int, quote: str) -> str:
    if text.startswith("\\", end):
        return "an escape is one of \\\\ \\' \\\" \\t \\n \\r and \\u{1 to 6 hex digits}"
    return f"the closing {quote} is missing"
