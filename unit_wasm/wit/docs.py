"""Doc comments: out of files of WIT, and into the text of a world that was read from a binary.

A binary has none. What a comment is of is known by its place: package, interface, type, and field,
case or function in it. Versions do not count; a component may well be of another one than the
files. The name of a world is not in a binary either, so what stands in any world counts for the one
that a component has.

Of WIT no more is read here than it takes to know these places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

Place = tuple[str, ...]
Docs = Mapping[Place, tuple[str, ...]]
"""Lines by what they are of: ``("wasi:io", "streams", "input-stream", "read")``."""

WORLD: Final = "world"
"""In the place of a package, for what is in a world."""

_TOKEN: Final = re.compile(
    r"(?P<blank>\s+)"
    r"|(?P<doc>///[^\n]*|/\*\*(?!/).*?\*/)"
    r"|(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"|(?P<text>\"[^\"\n]*\")"
    r"|(?P<name>%?[A-Za-z0-9_][A-Za-z0-9_.+-]*)"
    r"|(?P<sign>->|[^\s])",
    re.DOTALL,
)
_OPEN: Final = {"{": "}", "(": ")", "<": ">"}
_CONTAINERS: Final = ("record", "variant", "enum", "flags")


class WitSyntaxError(ValueError):
    """A file of WIT that cannot be read.

    Parameters:
        message: what is wrong.
        line: where, from 1 on.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


_END: Final = _Token("end", "the end", 0)


def read_docs(text: str, package: str = "") -> tuple[dict[Place, tuple[str, ...]], str]:
    """Return the doc comments of a file.

    Parameters:
        package: that of the other files of its folder.

    Returns:
        them, and the package that the file says, or ``package``.

    Raises:
        WitSyntaxError: it is no WIT.
    """
    reader = _Reader(list(_tokens(text)), package)
    reader.items((package,))
    return reader.found, reader.package


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup or "", match[0]
        if kind not in ("blank", "comment"):
            if kind == "sign" and (token == '"' or text.startswith("/*", match.start())):
                raise WitSyntaxError("a comment or text has no end", line)
            yield _Token(kind, token.removeprefix("%") if kind == "name" else token, line)
        line += token.count("\n")


class _Reader:
    """Reads the items of a file, and notes what comments stand before."""

    def __init__(self, tokens: list[_Token], package: str) -> None:
        self._tokens = tokens
        self._next = 0
        self.package = package
        self.found: dict[Place, tuple[str, ...]] = {}

    def _peek(self) -> _Token:
        return self._tokens[self._next] if self._next < len(self._tokens) else _END

    def _take(self, *wanted: str) -> _Token:
        token = self._peek()
        if wanted and token.text not in wanted and token.kind not in wanted:
            line = token.line or (self._tokens[-1].line if self._tokens else 1)
            raise WitSyntaxError(f"{' or '.join(wanted)} is expected, not {token.text}", line)
        self._next += 1
        return token

    def _until(self, *ends: str) -> _Token:
        """Step over everything up to one of these, outside of all brackets; return which."""
        waiting: list[str] = []
        while True:
            token = self._take()
            if token is _END:
                self._next -= 1
                self._take(*ends)
            if not waiting and token.text in ends and token.kind == "sign":
                return token
            if token.text in _OPEN and token.kind == "sign":
                waiting.append(_OPEN[token.text])
            elif waiting and token.text == waiting[-1]:
                waiting.pop()

    def _docs(self) -> list[str]:
        """Return the comments that stand here, and step over attributes."""
        lines: list[str] = []
        while True:
            token = self._peek()
            if token.kind == "doc":
                lines += _lines(token.text)
                self._take()
            elif token.text == "@" and token.kind == "sign":
                self._take()
                self._take("name")
                if self._peek().text == "(":
                    self._take()
                    self._until(")")
            else:
                return lines

    def _note(self, place: Place, lines: list[str]) -> None:
        if lines:
            self.found.setdefault(place, tuple(lines))

    # ---- Items ----

    def items(self, place: Place, end: str | None = None) -> None:
        """Read items up to the end of their block, or that of the file."""
        while True:
            lines = self._docs()
            token = self._peek()
            if token is _END if end is None else token.text == end:
                self._next += 1
                return
            self._item(place, lines)

    def _item(self, place: Place, lines: list[str]) -> None:
        word = self._take("name").text
        following = self._peek().text
        if following == ":":
            self._note((*place, word), lines)
            self._until(";")
        elif word == "package":
            self._package(lines)
        elif word in ("interface", "world"):
            self._interface(word, lines)
        elif word in ("import", "export"):
            self._port(place, lines)
        elif word == "include":
            self._include()
        elif word == "resource":
            self._resource(place, lines)
        elif word in _CONTAINERS:
            self._container(place, lines)
        elif word in ("constructor", "type"):
            name = word if word == "constructor" else self._take("name").text
            self._note((*place, name), lines)
            self._until(";")
        elif word == "use":
            self._until(";")
        else:
            raise WitSyntaxError(f"{word} begins nothing", self._tokens[self._next - 1].line)

    def _package(self, lines: list[str]) -> None:
        name = ""
        while self._peek().text not in (";", "{", "@"):
            name += self._take("name", ":", "/").text
        if self._peek().text == "@":
            self._take()
            self._take("name")
        self._note((name,), lines)
        if self._take(";", "{").text == ";":
            self.package = name
            return
        outer, self.package = self.package, name
        self.items((name,), "}")
        self.package = outer

    def _interface(self, word: str, lines: list[str]) -> None:
        name = self._take("name").text
        place = (WORLD,) if word == "world" else (self.package, name)
        self._note(place, lines)
        self._take("{")
        self.items(place, "}")

    def _port(self, place: Place, lines: list[str]) -> None:
        """Read an import or export: of a function, an interface, or the name of one."""
        name = self._take("name").text
        if self._peek().text == ";":
            name = f"{self.package}/{name}"
        elif self._take(":", ";").text == ":":
            following = self._take("name").text
            if following == "interface":
                self._note((*place, name), lines)
                self._take("{")
                self.items((*place, name), "}")
                return
            if self._peek().text == "/":
                self._take()
                name = f"{name}:{following}/{self._take('name').text}"
        self._note((*place, name), lines)
        self._until(";")

    def _include(self) -> None:
        while self._peek().text not in (";", "with"):
            self._take("name", ":", "/", "@")
        if self._take().text == "with":
            self._take("{")
            self._until("}")
            if self._peek().text == ";":
                self._take()

    def _resource(self, place: Place, lines: list[str]) -> None:
        name = self._take("name").text
        self._note((*place, name), lines)
        if self._take(";", "{").text == "{":
            self.items((*place, name), "}")

    def _container(self, place: Place, lines: list[str]) -> None:
        name = self._take("name").text
        self._note((*place, name), lines)
        self._take("{")
        while True:
            inner = self._docs()
            if self._peek().text == "}":
                self._take()
                return
            self._note((*place, name, self._take("name").text), inner)
            if self._until(",", "}").text == "}":
                return


def _lines(comment: str) -> list[str]:
    """Return the lines of a comment, without what makes it one."""
    if comment.startswith("///"):
        return [comment[3:].strip()]
    lines = [line.strip().removeprefix("*").strip() for line in comment[3:-2].splitlines()]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    return lines


# ---- Back into a text ----

_NOTHING: Final = ("",)
_BLOCK: Final = re.compile(r"(?:(?:import|export) )?(?:(\w+) )?%?([^\s{]+?):?(?: interface)? \{")
_NAMED: Final = re.compile(r"(?:import|export) ([^\s:;]+:[^\s/;]+/[^\s@;]+)[@;].*")
_LINE: Final = re.compile(r"(?:import |export |type |resource )?%?([A-Za-z0-9_-]+)\b")


def with_docs(text: str, docs: Docs) -> str:
    """Return the text of a world with comments, each in front of what it is of.

    Parameters:
        text: as ``text.py`` writes it: one thing on a line.
    """
    lines: list[str] = []
    place: list[Place] = [()]
    for line in text.splitlines():
        content = line.strip()
        here = _place(content, place[-1])
        indent = line[: len(line) - len(content)]
        lines += (f"{indent}/// {one}".rstrip() for one in docs.get(here, ()))
        lines.append(line)
        if content.endswith("{"):
            place.append(here)
        elif content == "}":
            place.pop()
    return "".join(f"{line}\n" for line in lines)


def _place(content: str, outer: Place) -> Place:
    """Return what a line is of."""
    if content.startswith(("use ", "@")) or content in ("", "}"):
        return _NOTHING
    if content.startswith("world "):
        return (WORLD,)
    if content.startswith("package "):
        return (content.split()[1].partition("@")[0].replace("%", ""),)
    named = _NAMED.fullmatch(content)
    if named is not None:
        return (*outer, named[1].replace("%", ""))
    block = _BLOCK.fullmatch(content)
    if block is not None:
        return (*outer, block[2])
    found = _LINE.match(content)
    return (*outer, found[1]) if found is not None else _NOTHING
