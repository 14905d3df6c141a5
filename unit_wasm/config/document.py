"""JSON text to plain values, with the place of every syntax error.

Differences from the standard library's reader: duplicate member names are an error (Unit says the
same), nesting is bounded, ``NaN`` and ``Infinity`` are refused, and so are strings that are not
Unicode text (a lone surrogate could be stored, but never be sent back as UTF-8).
"""

from __future__ import annotations

import json
import re
from typing import NoReturn, TypeAlias

from unit_wasm.errors import ConfigError
from unit_wasm.escape import escape_json

__all__ = [
    "MAX_DEPTH",
    "DocumentError",
    "JsonObject",
    "JsonValue",
    "dump_document",
    "parse_document",
]

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = "dict[str, JsonValue]"

MAX_DEPTH = 32
"""Levels of nesting; a configuration has seven at most, and Python's own reader recurses."""

_MAX_DIGITS = 32

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:([{}\[\],:])|(")|(-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null))'
)
_STRING = re.compile(r'[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*')
_BLANK = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LITERALS: dict[str, JsonValue] = {"true": True, "false": False, "null": None}


class DocumentError(ConfigError):
    """The text is not JSON.

    Parameters:
        message: what is wrong.
        offset: bytes before the place in the UTF-8 text.
        line: the line, from 1.
        column: the column in characters, from 1.
    """

    def __init__(self, message: str, *, offset: int, line: int, column: int) -> None:
        super().__init__(message)
        self.offset = offset
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


def parse_document(data: bytes | str) -> JsonValue:
    """Read a JSON text.

    Parameters:
        data: the text; bytes are UTF-8 and may begin with a byte order mark, as in Unit.

    Raises:
        DocumentError: the text is not JSON, or uses what is refused here.
    """
    if isinstance(data, bytes):
        data = data.removeprefix(b"\xef\xbb\xbf")
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            before = data[: error.start].decode()
            raise _error_at(before, len(before), "the text is not UTF-8") from None
    else:
        text = data
    return _Reader(text).document()


def dump_document(value: JsonValue) -> bytes:
    """Write a value the way that Unit's control API does: tabs, and ``\\r\\n`` line ends."""
    text = escape_json(json.dumps(value, indent="\t", ensure_ascii=False))
    return text.replace("\n", "\r\n").encode() + b"\r\n"


def _error_at(text: str, position: int, message: str) -> DocumentError:
    before = text[:position]
    return DocumentError(
        message,
        offset=len(before.encode("utf-8", "surrogatepass")),
        line=before.count("\n") + 1,
        column=position - (before.rfind("\n") + 1) + 1,
    )


class _Reader:
    """A recursive descent over one text; ``position`` is the next character to read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.start = 0

    def fail(self, message: str, position: int | None = None) -> NoReturn:
        raise _error_at(self.text, self.start if position is None else position, message)

    def document(self) -> JsonValue:
        if _BLANK.fullmatch(self.text):
            self.fail("the text is empty", 0)
        value = self.value(self.token(), 1)
        rest = _BLANK.match(self.text, self.position)
        end = rest.end() if rest else self.position
        if end != len(self.text):
            self.fail("unexpected text after the end of the JSON value", end)
        return value

    def token(self) -> str:
        """Return the next punctuation mark, quote, number or word; ``start`` is its place."""
        match = _TOKEN.match(self.text, self.position)
        if match is None:
            blank = _BLANK.match(self.text, self.position)
            self.start = blank.end() if blank else self.position
            if self.start >= len(self.text):
                self.fail("the text ends too early")
            self.fail("a JSON value, quote, comma, colon or bracket is expected here")
        self.position = match.end()
        self.start = match.start(match.lastindex or 0)
        return match[match.lastindex or 0]

    def value(self, token: str, depth: int) -> JsonValue:
        if depth > MAX_DEPTH:
            self.fail(f"values are nested more than {MAX_DEPTH} levels deep")
        if token == "{":
            return self.object(depth)
        if token == "[":
            return self.array(depth)
        if token == '"':
            return self.string()
        if token in _LITERALS:
            return _LITERALS[token]
        if token in ",:}]":
            self.fail("a JSON value is expected here")
        return self.number(token)

    def object(self, depth: int) -> JsonObject:
        opened = self.start
        members: JsonObject = {}
        token = self.token_inside(opened, "object", "}")
        if token == "}":
            return members
        while True:
            if token != '"':
                self.fail("a member name in double quotes is expected here")
            place = self.start
            name = self.string()
            if name in members:
                self.fail(f'duplicate member name "{name}"', place)
            if self.token_inside(opened, "object", "}") != ":":
                self.fail("a colon is expected after a member name")
            members[name] = self.value(self.token_inside(opened, "object", "}"), depth + 1)
            token = self.token_inside(opened, "object", "}")
            if token == "}":
                return members
            if token != ",":
                self.fail("a comma or a closing brace is expected here")
            token = self.token_inside(opened, "object", "}")

    def array(self, depth: int) -> list[JsonValue]:
        opened = self.start
        elements: list[JsonValue] = []
        token = self.token_inside(opened, "array", "]")
        if token == "]":
            return elements
        while True:
            elements.append(self.value(token, depth + 1))
            token = self.token_inside(opened, "array", "]")
            if token == "]":
                return elements
            if token != ",":
                self.fail("a comma or a closing bracket is expected here")
            token = self.token_inside(opened, "array", "]")

    def token_inside(self, opened: int, what: str, closing: str) -> str:
        """Return the next token; where the text ends, the error says what was left open."""
        blank = _BLANK.match(self.text, self.position)
        if blank is not None and blank.end() == len(self.text):
            line = self.text.count("\n", 0, opened) + 1
            self.start = len(self.text)
            self.fail(f'the text ends inside the {what} of line {line}: "{closing}" is missing')
        return self.token()

    def string(self) -> str:
        place = self.start
        match = _STRING.match(self.text, self.position)
        end = match.end() if match else self.position
        found = self.text[end : end + 1]
        if found == "":
            self.fail("this string has no closing quote", place)
        if found == "\\":
            self.fail("this is not an escape that JSON knows", end)
        if found != '"':
            self.fail("a control character in a string must be escaped", end)
        self.position = end + 1
        # The text was checked above; the library only resolves the escapes.
        text = json.loads(self.text[place : end + 1])
        if not isinstance(text, str) or _SURROGATE.search(text):
            self.fail("this string has half a surrogate pair", place)
        return text

    def number(self, token: str) -> int | float:
        digits = token.removeprefix("-")
        if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
            self.fail("a number must not begin with a zero")
        if len(token) > _MAX_DIGITS:
            self.fail(f"a number must not have more than {_MAX_DIGITS} characters")
        if self.text[self.position : self.position + 1].isalnum():
            self.fail("this is not a number", self.start)
        if token.lstrip("-").isdigit():
            return int(token)
        value = float(token)
        if value in (float("inf"), float("-inf")):
            self.fail("this number is too large")
        return value
