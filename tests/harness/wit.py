"""Reads functions, resources and variants of WIT files, as far as the packages of WASI 0.2 need it.

Of a function's types only the number of parameters and results is taken: what they are made of is
checked by guests that call it.
"""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from tests.harness.server import ROOT

__all__ = ["Function", "Interface", "WitError", "read_wit", "read_wit_folder", "wasi"]

TOKEN = re.compile(
    r"""(?: \s+ | //[^\n]* | /\*.*?\*/ )
      | (?P<token> -> | %?[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)* | [0-9][0-9A-Za-z.-]*
                 | [{}()<>,:;=@/._*] )""",
    re.VERBOSE | re.DOTALL,
)
"""An escaped name keeps its ``%``, so that it is never taken for a keyword."""

TYPES_IN_BRACES = frozenset({"record", "enum", "flags"})
STATEMENTS = frozenset({"use", "type"})


class WitError(ValueError):
    """The text is not WIT, or uses something that WASI 0.2 does not."""


@dataclass(frozen=True)
class Function:
    """A function as the component model sees it.

    Parameters:
        name: the canonical name, e.g. ``[method]input-stream.read``.
        params: how many, ``self`` included.
        results: 0 or 1.
    """

    name: str
    params: int
    results: int


@dataclass
class Interface:
    """What an interface has, in the order of the file.

    Parameters:
        variants: of each its cases by name, with the type of the payload or nothing.
    """

    functions: list[Function] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    variants: dict[str, dict[str, str]] = field(default_factory=dict)


@functools.cache
def wasi() -> dict[str, Interface]:
    """Return the interfaces of all packages of WASI, of the version that guests are built for."""
    # By name: mypy knows the scripts in tools/ as modules of their own, pytest as tools.*
    tools = import_module("tools.guest_toolchains")
    toolchains = tools.Toolchains(ROOT / "build" / "toolchains", logging.getLogger(__name__).info)
    return read_wit_folder(toolchains.wit(tools.WIT_VERSION, "full"))


def read_wit_folder(folder: Path) -> dict[str, Interface]:
    """Reads every ``package.wit`` below a folder.

    Raises:
        WitError: there is none, or one cannot be read.
    """
    interfaces: dict[str, Interface] = {}
    for path in sorted(folder.rglob("package.wit")):
        interfaces.update(read_wit(path.read_text(encoding="utf-8")))
    if not interfaces:
        raise WitError(f"there are no interfaces below {folder}")
    return interfaces


def read_wit(text: str) -> dict[str, Interface]:
    """Returns the interfaces of one package by name without version, e.g. ``wasi:io/poll``.

    Raises:
        WitError: the text cannot be read.
    """
    return _Reader(text).package()


def _tokens(text: str) -> Iterator[str]:
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise WitError(f"unexpected {text[position : position + 20]!r}")
        if match["token"]:
            yield match["token"]
        position = match.end()


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0

    def package(self) -> dict[str, Interface]:
        self._expect("package")
        name = "".join(self._until(";")).partition("@")[0]
        interfaces: dict[str, Interface] = {}
        while self._next < len(self._tokens):
            self._annotations()
            keyword = self._take()
            if keyword == "interface":
                interface = interfaces[f"{name}/{self._name()}"] = Interface()
                self._expect("{")
                self._interface(interface)
            elif keyword == "world":
                self._name()
                self._skip_braces()
            elif keyword == "use":
                self._until(";")
            else:
                raise WitError(f"unexpected {keyword!r} in package {name}")
        return interfaces

    def _interface(self, interface: Interface) -> None:
        while not self._took("}"):
            self._annotations()
            keyword = self._peek()
            if keyword in STATEMENTS:
                self._until(";")
            elif keyword in TYPES_IN_BRACES:
                self._next += 1
                self._name()
                self._skip_braces()
            elif self._took("resource"):
                self._resource(interface)
            elif self._took("variant"):
                name = self._name()
                interface.variants[name] = self._cases()
            else:
                name = self._name()
                self._expect(":")
                self._expect("func")
                interface.functions.append(self._signature(name))

    def _cases(self) -> dict[str, str]:
        cases = {}
        self._expect("{")
        while not self._took("}"):
            self._annotations()
            name = self._name()
            cases[name] = "".join(self._until(")")) if self._took("(") else ""
            self._took(",")
        return cases

    def _resource(self, interface: Interface) -> None:
        resource = self._name()
        interface.resources.append(resource)
        if self._took(";"):
            return
        self._expect("{")
        while not self._took("}"):
            self._annotations()
            interface.functions.append(self._member(resource))

    def _member(self, resource: str) -> Function:
        if self._took("constructor"):
            made = self._signature(f"[constructor]{resource}")
            return Function(made.name, made.params, 1)
        name = self._name()
        self._expect(":")
        if self._took("static"):
            self._expect("func")
            return self._signature(f"[static]{resource}.{name}")
        self._expect("func")
        method = self._signature(f"[method]{resource}.{name}")
        return Function(method.name, method.params + 1, method.results)

    def _signature(self, name: str) -> Function:
        self._expect("(")
        # Types have no colons in them, so there is one for each parameter.
        params = self._until(")").count(":")
        result = self._until(";")
        if result[:1] not in ([], ["->"]) or result[1:2] == ["("]:
            raise WitError(f"the result of {name} is none that WASI 0.2 has")
        return Function(name, params, 1 if result else 0)

    def _annotations(self) -> None:
        while self._took("@"):
            self._name()
            self._expect("(")
            self._until(")")

    def _skip_braces(self) -> None:
        self._expect("{")
        depth = 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self._take(), 0)

    def _until(self, end: str) -> list[str]:
        taken = []
        while (token := self._take()) != end:
            taken.append(token)
        return taken

    def _name(self) -> str:
        token = self._take()
        name = token.removeprefix("%")
        if not name[0].isalpha():
            raise WitError(f"expected a name, not {token!r}")
        return name

    def _expect(self, wanted: str) -> None:
        token = self._take()
        if token != wanted:
            raise WitError(f"expected {wanted!r}, not {token!r}")

    def _took(self, wanted: str) -> bool:
        if self._peek() != wanted:
            return False
        self._next += 1
        return True

    def _take(self) -> str:
        token = self._peek()
        self._next += 1
        return token

    def _peek(self) -> str:
        try:
            return self._tokens[self._next]
        except IndexError:
            raise WitError("the text ends too early") from None
