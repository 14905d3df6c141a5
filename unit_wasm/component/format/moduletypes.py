"""The types of what core modules import, export and define, in one form each."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from unit_wasm.wit.reader import Reader, UnknownConstruct, encode_u32

_FUNCTION_TYPE: Final = 0x60
FUNCTIONS: Final = 0x70
"""The type of references to functions."""
REFERENCES: Final = frozenset((0x6F, FUNCTIONS))
"""Types of references."""
VALUES: Final = frozenset((*REFERENCES, *range(0x7B, 0x80)))
"""Types of values: references, vectors, numbers."""
_HAS_MAXIMUM: Final = 0x01


class Kind(enum.IntEnum):
    """The index spaces that modules share; the values are the format's."""

    FUNC = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3


KINDS: Final = frozenset(map(int, Kind))
"""All of them, as bytes of a file."""


@dataclass(frozen=True, slots=True)
class Described:
    """The type of something that is imported or exported.

    Parameters:
        kind: what it is.
        type: of a function or a global, or of the elements of a table.
        least: of a table or memory, how it begins.
        most: what it may grow to.
    """

    kind: Kind
    type: bytes = b""
    least: int = 0
    most: int | None = None

    def fits(self, wanted: Described) -> bool:
        """Return whether it may be imported as this."""
        if (self.kind, self.type) != (wanted.kind, wanted.type) or self.least < wanted.least:
            return False
        return wanted.most is None or (self.most is not None and self.most <= wanted.most)

    def limits(self) -> bytes:
        """Return its limits, as a module has them."""
        if self.most is None:
            return b"\0" + encode_u32(self.least)
        return b"\x01" + encode_u32(self.least) + encode_u32(self.most)


def read_function_type(body: Reader) -> bytes:
    if body.byte() != _FUNCTION_TYPE:
        raise UnknownConstruct("a type of another kind", body.position - 1)
    made = bytes((_FUNCTION_TYPE,))
    for _ in range(2):
        count = body.u32()
        start = body.skip(count)
        values = body.data[start : body.position]
        if not VALUES.issuperset(values):
            raise UnknownConstruct("a function of other values", start)
        made += encode_u32(count) + values
    return made


def _limits(body: Reader) -> tuple[int, int | None]:
    flags = body.byte()
    if flags & ~_HAS_MAXIMUM:
        raise UnknownConstruct(f"unknown limits {flags:#04x}", body.position - 1)
    return body.u32(), body.u32() if flags & _HAS_MAXIMUM else None


def read_table(body: Reader) -> Described:
    kind = body.byte()
    if kind not in REFERENCES:
        raise UnknownConstruct("a table of another kind", body.position - 1)
    return Described(Kind.TABLE, bytes((kind,)), *_limits(body))


def read_memory(body: Reader) -> Described:
    return Described(Kind.MEMORY, b"", *_limits(body))


def read_global(body: Reader) -> Described:
    start = body.skip(2)
    kind, changes = body.data[start : start + 2]
    if kind not in VALUES or changes > 1:
        raise UnknownConstruct("an unknown global", start)
    return Described(Kind.GLOBAL, bytes((kind, changes)))
