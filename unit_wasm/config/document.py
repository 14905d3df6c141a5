"""Unit's JSON to plain values, with the place of every syntax error.

What Unit reads has to be read here, too: its module hands an application over as Unit prints it.
So this is JSON with Unit's additions (``//`` and ``/* */`` comments, a comma behind the last
member, ``-01``) and Unit's refusals (a member name twice, half a surrogate pair, ``1e19``). Two
things differ. Text is UTF-8 here, while Unit keeps any bytes; and a number may be longer than
Unit's 14 characters, because that is how ``1e18`` is written back.
"""

from __future__ import annotations

import json
import re
import sys
from typing import NoReturn, TypeAlias

from unit_wasm.errors import ConfigError
from unit_wasm.escape import escape_json
from unit_wasm.patterns import pattern

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = "dict[str, JsonValue]"

MAX_DEPTH = 100
"""Levels of nesting, as in FreeUnit; a configuration has seven at most, and the reader recurses."""

_MAX_DIGITS = 32
_MAX_NUMBER = 2**63
_MIN_NUMBER = sys.float_info.min
"""Smaller ones have lost digits; the C library calls that out of range, and so does Unit."""

# Possessive, so that a text without an end does not let it try every way to divide the blanks. A
# line comment needs its line feed, also at the end of the text: Unit does not read it otherwise.
_BLANKS = r"(?:[ \t\r\n]++|//[^\n]*+\n|/\*(?s:.*?)\*/)*+"
_TOKEN = pattern(
    _BLANKS + r'(?:([{}\[\],:])|(")|(-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null))'
)
_STRING = pattern(r'[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*')
_BLANK = pattern(_BLANKS)
_AFTER_NUMBER = frozenset(' \t\r\n,{}[]"/')
_SURROGATE = pattern("[\ud800-\udfff]")
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
        # Comments may hold other bytes: what is no text is refused where it is part of a string.
        data = data.removeprefix(b"\xef\xbb\xbf").decode(errors="surrogateescape")
    return _Reader(data).document()


def dump_document(value: JsonValue) -> bytes:
    """Write a value the way that Unit's control API does: tabs, and ``\\r\\n`` line ends."""
    text = escape_json(json.dumps(value, indent="\t", ensure_ascii=False))
    return text.replace("\n", "\r\n").encode() + b"\r\n"


def _error_at(text: str, position: int, message: str) -> DocumentError:
    before = text[:position]
    try:
        offset = len(before.encode(errors="surrogateescape"))
    except UnicodeEncodeError:
        offset = len(before.encode(errors="surrogatepass"))
    return DocumentError(
        message,
        offset=offset,
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
        end = self.blanks_end()
        if end != len(self.text):
            self.fail_if_comment(end)
            self.fail("unexpected text after the end of the JSON value", end)
        return value

    def blanks_end(self) -> int:
        """Return where the white space and comments from here on end."""
        blank = _BLANK.match(self.text, self.position)
        return blank.end() if blank else self.position

    def fail_if_comment(self, position: int) -> None:
        """Fail where a comment begins here: one that ends is not met."""
        if self.text.startswith("/*", position):
            self.fail("this comment has no end", position)
        if self.text.startswith("//", position):
            self.fail("a line feed is expected after this comment", position)

    def token(self) -> str:
        """Return the next punctuation mark, quote, number or word; ``start`` is its place."""
        match = _TOKEN.match(self.text, self.position)
        if match is None:
            self.start = self.blanks_end()
            if self.start >= len(self.text):
                self.fail("the text ends too early")
            self.fail_if_comment(self.start)
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
            if token == ",":
                token = self.token_inside(opened, "object", "}")
            elif token != "}":
                self.fail("a comma or a closing brace is expected here")
            if token == "}":
                return members

    def array(self, depth: int) -> list[JsonValue]:
        opened = self.start
        elements: list[JsonValue] = []
        token = self.token_inside(opened, "array", "]")
        if token == "]":
            return elements
        while True:
            elements.append(self.value(token, depth + 1))
            token = self.token_inside(opened, "array", "]")
            if token == ",":
                token = self.token_inside(opened, "array", "]")
            elif token != "]":
                self.fail("a comma or a closing bracket is expected here")
            if token == "]":
                return elements

    def token_inside(self, opened: int, what: str, closing: str) -> str:
        """Return the next token; where the text ends, the error says what was left open."""
        if self.blanks_end() == len(self.text):
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
        foreign = _SURROGATE.search(self.text, place, end)
        if foreign is not None:
            self.fail("the text is not UTF-8", foreign.start())
        # The text was checked above; the library only resolves the escapes.
        text = json.loads(self.text[place : end + 1])
        if not isinstance(text, str) or _SURROGATE.search(text):
            self.fail("this string has half a surrogate pair", place)
        return text

    def number(self, token: str) -> int | float:
        whole = token.partition(".")[0]
        # Unit does not look behind a sign.
        if len(whole) > 1 and whole[0] == "0" and whole[1].isdigit():
            self.fail("a number must not begin with a zero")
        if len(token) > _MAX_DIGITS:
            self.fail(f"a number must not have more than {_MAX_DIGITS} characters")
        behind = self.text[self.position : self.position + 1]
        if behind and behind not in _AFTER_NUMBER:
            self.fail("this is not a number", self.start)
        exact = token.removeprefix("-").isdigit()
        value = int(token) if exact else float(token)
        if abs(value) > _MAX_NUMBER:
            self.fail("this number is too large")
        if abs(value) < _MIN_NUMBER and re.search("[1-9]", re.split("[eE]", token)[0]):
            self.fail("this number is too small")
        # 1e6 and 2.0 are integers in Unit.
        return int(value) if float(value).is_integer() else value
