"""The shape of a WAVE text, before it is known which type it is of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from unit_wasm.wit.names import LABEL
from unit_wasm.wit.wave_lexer import KEYWORDS, Token, WaveError, failure, tokens

MAX_DEPTH: Final = 99
"""A value may be nested this deep."""

_VERSION: Final = r"@[0-9A-Za-z.+-]+"
_INTERFACE: Final = rf"(?:{LABEL.pattern}:{LABEL.pattern}/)?{LABEL.pattern}(?:{_VERSION})?[.#]"
_NAME: Final = re.compile(
    rf"(?:{_INTERFACE})?{LABEL.pattern}(?:{_VERSION})?|{LABEL.pattern}", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Node:
    """A value.

    Parameters:
        kind: ``number``, ``char``, ``string``, ``lines``, ``list``, ``tuple``, ``record``,
            ``flags``, ``label``, or a keyword.
        text: of a word; of a label without ``%``.
        labels: names of fields, or of flags.
        items: the values in it; at most one in a label or a keyword.
        start: its first character.
        end: the one after its last.
    """

    kind: str
    text: str
    start: int
    end: int
    labels: tuple[str, ...] = ()
    items: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call: where its name ends, and its arguments."""

    name: str
    arguments: tuple[Node, ...]
    close: int


def parse_value(text: str) -> Node:
    """Return the shape of a value.

    Raises:
        WaveError: it has none.
    """
    parser = Parser(text, 0)
    node = parser.value(0)
    parser.expect("end")
    return node


def parse_call(text: str) -> Call:
    """Return the shape of a call: ``name(value, value)``.

    Raises:
        WaveError: it has none.
    """
    name = _NAME.match(text)
    if name is None:
        raise failure(text, "a call begins with the name of a function", 0, min(len(text), 1))
    parser = Parser(text, name.end())
    parser.expect("(")
    arguments = parser.sequence(")", lambda: parser.value(0))
    rest = text[parser.last.end :].lstrip(" \t\r\n")
    if rest:
        start = len(text) - len(rest)
        end = start + max(len(rest.rstrip()), 1)
        raise failure(text, "there is something after the call", start, end)
    return Call(name[0], tuple(arguments), parser.last.start)


class Parser:
    """Reads values from a text.

    Parameters:
        text: all of it.
        position: where to begin.
    """

    def __init__(self, text: str, position: int) -> None:
        self._text = text
        self._tokens = tokens(text, position)
        self._ahead: Token | None = None
        self.last = Token("", "", position, position)

    def _peek(self) -> Token:
        if self._ahead is None:
            self._ahead = next(self._tokens)
        return self._ahead

    def _next(self) -> Token:
        self.last = self._peek()
        self._ahead = None
        return self.last

    def _unexpected(self, token: Token, wanted: str) -> WaveError:
        found = "the end" if token.kind == "end" else repr(token.text)
        message = f"{found} stands where {wanted} is expected"
        return failure(self._text, message, token.start, token.end)

    def expect(self, kind: str) -> Token:
        """Read a word of that kind."""
        token = self._next()
        if token.kind != kind:
            raise self._unexpected(token, "the end" if kind == "end" else repr(kind))
        return token

    def sequence(self, close: str, item: Callable[[], Node]) -> list[Node]:
        """Read items up to the closing bracket, with a comma behind each but the last."""
        items: list[Node] = []
        while self._peek().kind != close:
            items.append(item())
            if self._peek().kind not in (",", close):
                raise self._unexpected(self._peek(), f"',' or {close!r}")
            if self._peek().kind == ",":
                self._next()
        self._next()
        return items

    def value(self, depth: int) -> Node:
        """Read a value that is nested so deep."""
        token = self._next()
        if depth >= MAX_DEPTH:
            message = f"values are nested deeper than {MAX_DEPTH}"
            raise failure(self._text, message, token.start, token.end)
        if token.kind in ("number", "char", "string", "lines"):
            return Node(token.kind, token.text, token.start, token.end)
        if token.kind == "label":
            return self._label(token, depth)
        if token.kind == "[":
            items = self.sequence("]", lambda: self.value(depth + 1))
            return Node("list", "", token.start, self.last.end, (), tuple(items))
        if token.kind == "(":
            if self._peek().kind == ")":
                raise self._unexpected(self._peek(), "a value")
            items = self.sequence(")", lambda: self.value(depth + 1))
            return Node("tuple", "", token.start, self.last.end, (), tuple(items))
        if token.kind == "{":
            return self._braces(token, depth)
        raise self._unexpected(token, "a value")

    def _label(self, token: Token, depth: int) -> Node:
        kind = token.text if token.text in KEYWORDS else "label"
        name = token.text.removeprefix("%")
        if kind in ("inf", "nan"):
            return Node("number", name, token.start, token.end)
        may_have = kind in ("label", "some", "ok", "err")
        if kind == "some" and self._peek().kind != "(":
            raise self._unexpected(self._peek(), "'('")
        if not may_have or self._peek().kind != "(":
            return Node(kind, name, token.start, token.end)
        self._next()
        item = self.value(depth + 1)
        self.expect(")")
        return Node(kind, name, token.start, self.last.end, (), (item,))

    # ---- Records and flags ----

    def _braces(self, open: Token, depth: int) -> Node:
        first = self._next()
        if first.kind == "}":
            return Node("flags", "", open.start, first.end)
        if first.kind == ":":
            self.expect("}")
            return Node("record", "", open.start, self.last.end)
        if first.kind != "label":
            raise self._unexpected(first, "the name of a field or flag")
        is_record = self._peek().kind == ":"
        # A dictionary for its order: what is there twice is found at once.
        labels: dict[str, None] = {}
        items: list[Node] = []
        token = first
        while True:
            self._add(labels, token, is_record)
            if is_record:
                self.expect(":")
                items.append(self.value(depth + 1))
            if self._peek().kind not in (",", "}"):
                raise self._unexpected(self._peek(), "',' or '}'")
            if self._next().kind == "," and self._peek().kind != "}":
                token = self._next()
                if token.kind != "label":
                    raise self._unexpected(token, "a name")
                continue
            if self.last.kind == ",":
                self._next()
            kind = "record" if is_record else "flags"
            return Node(kind, "", open.start, self.last.end, tuple(labels), tuple(items))

    def _add(self, labels: dict[str, None], token: Token, is_record: bool) -> None:
        name = token.text.removeprefix("%")
        if name in labels:
            what = "field" if is_record else "flag"
            raise failure(self._text, f"the {what} {name!r} is there twice", token.start, token.end)
        labels[name] = None
