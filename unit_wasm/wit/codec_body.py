"""Python code as the codecs write it: lines, constants, and numbers that travel together."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from typing import Any, Final

FORMATS: Final = {
    "s8": "b",
    "u8": "B",
    "s16": "h",
    "u16": "H",
    "s32": "i",
    "u32": "I",
    "s64": "q",
    "u64": "Q",
    "f32": "f",
    "f64": "d",
}
"""What ``struct`` calls the types of numbers."""


def discriminant(cases: int) -> str:
    """Return the format of the number of a case, of so many."""
    if cases <= 1 << 8:
        return "B"
    return "H" if cases <= 1 << 16 else "I"


def flag_bytes(names: int) -> int:
    """Return how many bytes so many flags take."""
    return (names + 7) // 8


class Module:
    """The names that the functions of a codec share.

    Nothing that a component says becomes code but the names of fields, which are identifiers:
    everything else is a constant, called by a name of ours.
    """

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self._known: dict[int, str] = {}
        self._structs: dict[str, struct.Struct] = {}
        self._functions = 0

    def function(self, verb: str) -> str:
        """Return a name for a function that is going to be defined."""
        self._functions += 1
        return f"{verb}{self._functions}"

    def constant(self, value: Any) -> str:
        """Return the name of a value in the code."""
        name = self._known.get(id(value))
        if name is None:
            # The value stays alive in the names, so that its id stays its own.
            name = self._known[id(value)] = f"C{len(self.names)}"
            self.names[name] = value
        return name

    def struct(self, format: str) -> struct.Struct:
        """Return the layout of some numbers; the same one for the same format."""
        found = self._structs.get(format)
        if found is None:
            found = self._structs[format] = struct.Struct(f"<{format}")
        return found

    def packs(self, format: str) -> str:
        """Return the name of what packs numbers of that format."""
        found = self.struct(format)
        key = f"P_{format}"
        return self._named(key, found.pack)

    def reads(self, format: str) -> str:
        """Return the name of what reads numbers of that format."""
        return self._named(f"R_{format}", self.struct(format).unpack_from)

    def reads_whole(self, format: str) -> str:
        """Return the name of what reads numbers of that format, and nothing behind them."""
        return self._named(f"U_{format}", self.struct(format).unpack)

    def _named(self, name: str, value: Any) -> str:
        self.names.setdefault(name, value)
        return name

    def define(self, name: str, lines: list[str]) -> Any:
        """Run the code of a function, and return it."""
        exec(compile("\n".join(lines), f"<codec {name}>", "exec"), self.names)
        return self.names[name]


class Body:
    """The lines of one function; numbers that follow each other travel together.

    Parameters:
        head: its first line.
        module: what it shares with others.
    """

    def __init__(self, head: str, module: Module) -> None:
        self.lines = [head]
        self.depth = 1
        self._module = module
        self._run: list[tuple[str, str]] = []
        self._temporaries = 0

    def flush(self) -> None:
        """Write what carries the numbers that wait."""
        raise NotImplementedError

    def line(self, text: str) -> None:
        """Add a line."""
        self.lines.append("    " * self.depth + text)

    @contextlib.contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add a line with what is written meanwhile below it; numbers do not cross its ends."""
        self.flush()
        self.line(head)
        self.depth += 1
        yield
        self.flush()
        self.depth -= 1

    def temporary(self) -> str:
        """Return a name that is not used yet."""
        self._temporaries += 1
        return f"t{self._temporaries}"

    def named(self, value: str) -> str:
        """Write a value down, and return the name that it has then."""
        name = self.temporary()
        self.line(f"{name} = {value}")
        return name
