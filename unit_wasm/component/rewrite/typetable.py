"""Types of functions and values in full, to be read in one component and written in another.

The walk (walk.py) knows of a type only whether it is one that the byte-string rewrite looks for.
Here equal types have equal numbers, wherever they were defined. Only what the interfaces of WASI
0.2 are made of can be read.

Format: https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md#type-definitions
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from unit_wasm.component.format.binary import Reader, UnknownConstruct, encode_u32
from unit_wasm.component.rewrite.bytesmodule import text, vector

__all__ = ["NAMED", "UNKNOWN", "Kind", "Node", "TypeTable", "encode_s33", "read_type", "write_type"]

UNKNOWN: Final = -1
"""The number of a type that could not be read: a component's own resource, for one."""

_PRIMITIVES: Final = range(0x73, 0x80)
_MAX_DEPTH: Final = 64
_NO_RESULT: Final = b"\x01\0"


class Kind(enum.IntEnum):
    """What a type is made as; the values are the format's opcodes."""

    RESOURCE = 0x3F
    FUNC = 0x40
    BORROW = 0x68
    OWN = 0x69
    RESULT = 0x6A
    OPTION = 0x6B
    ENUM = 0x6D
    FLAGS = 0x6E
    TUPLE = 0x6F
    LIST = 0x70
    VARIANT = 0x71
    RECORD = 0x72


NAMED: Final = frozenset({Kind.ENUM, Kind.FLAGS, Kind.VARIANT, Kind.RECORD})
"""Kinds that a function of an import may use only where they are imported or exported, too."""


_LABELLED: Final = NAMED | {Kind.FUNC}


class Node(NamedTuple):
    """One type.

    Parameters:
        opcode: a :class:`Kind`, or a primitive's.
        labels: of fields, cases or parameters; of a resource its interface and its name.
        parts: numbers of types; None where there is none. The last of a function is its result.
    """

    opcode: int
    labels: tuple[str, ...] = ()
    parts: tuple[int | None, ...] = ()


class TypeTable:
    """Gives types their numbers. Parts come before what they are part of."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._depths: list[int] = []
        self._numbers: dict[Node, int] = {}

    def __getitem__(self, number: int) -> Node:
        return self._nodes[number]

    def number(self, node: Node) -> int:
        """Return the number of a type; UNKNOWN where one of its parts is, or is nested too deep."""
        known = self._numbers.get(node)
        if known is not None:
            return known
        depth = 0
        for part in node.parts:
            if part == UNKNOWN:
                return UNKNOWN
            if part is not None:
                depth = max(depth, self._depths[part] + 1)
        if depth > _MAX_DEPTH:
            return UNKNOWN
        self._nodes.append(node)
        self._depths.append(depth)
        self._numbers[node] = len(self._nodes) - 1
        return len(self._nodes) - 1


def read_type(reader: Reader, table: TypeTable, types: Sequence[int]) -> int:
    """Read the definition of a value type, a function or a resource; return its number.

    Parameters:
        types: numbers of the types that it may refer to, by their indexes.

    Raises:
        Malformed: it breaks the format, or is another kind of type (UnknownConstruct).
    """
    start = reader.position
    opcode = reader.byte()
    if opcode in _PRIMITIVES:
        return table.number(Node(opcode))
    try:
        kind = Kind(opcode)
    except ValueError:
        raise UnknownConstruct(f"a type {opcode:#04x}", start) from None
    if kind is Kind.RESOURCE:
        reader.byte()
        if reader.byte():
            reader.u32()
        return UNKNOWN
    labels, parts = _Parts(reader, table, types).read(kind)
    return table.number(Node(kind, tuple(labels), tuple(parts)))


class _Parts:
    """Reads what follows an opcode."""

    def __init__(self, reader: Reader, table: TypeTable, types: Sequence[int]) -> None:
        self._reader = reader
        self._table = table
        self._types = types

    def read(self, kind: Kind) -> tuple[list[str], list[int | None]]:
        reader = self._reader
        labels: list[str] = []
        parts: list[int | None] = []
        if kind in (Kind.OWN, Kind.BORROW):
            return [], [self._at(reader.u32())]
        if kind in (Kind.LIST, Kind.OPTION):
            return [], [self._value()]
        if kind is Kind.RESULT:
            return [], [self._optional(), self._optional()]
        for _ in range(reader.u32()):
            if kind is not Kind.TUPLE:
                labels.append(reader.name())
            if kind is Kind.VARIANT:
                parts.append(self._optional())
                reader.byte()
            elif kind not in (Kind.FLAGS, Kind.ENUM):
                parts.append(self._value())
        if kind is Kind.FUNC:
            parts.append(self._result())
        return labels, parts

    def _at(self, index: int) -> int:
        return self._types[index] if index < len(self._types) else UNKNOWN

    def _value(self) -> int:
        opcode = self._reader.peek()
        if opcode in _PRIMITIVES:
            self._reader.byte()
            return self._table.number(Node(opcode))
        index = self._reader.s33()
        return self._at(index) if index >= 0 else UNKNOWN

    def _optional(self) -> int | None:
        return self._value() if self._reader.byte() else None

    def _result(self) -> int | None:
        if self._reader.byte() == 0:
            return self._value()
        self._reader.byte()
        return None


def write_type(node: Node, index: Callable[[int], int], table: TypeTable) -> bytes:
    """Return the definition of a type that is no resource.

    Parameters:
        index: that of a type's number, where the definition is put.
    """
    head = bytes([node.opcode])
    if node.opcode in _PRIMITIVES:
        return head
    writer = _Writer(index, table)
    return head + (writer.labelled(node) if node.opcode in _LABELLED else writer.plain(node))


class _Writer:
    """Writes what follows an opcode."""

    def __init__(self, index: Callable[[int], int], table: TypeTable) -> None:
        self._index = index
        self._table = table

    def plain(self, node: Node) -> bytes:
        parts = node.parts
        if node.opcode == Kind.RESULT:
            return self._optional(parts[0]) + self._optional(parts[1])
        if node.opcode == Kind.TUPLE:
            return vector(map(self._value, parts))
        if node.opcode in (Kind.OWN, Kind.BORROW):
            assert parts[0] is not None
            return encode_u32(self._index(parts[0]))
        return self._value(parts[0])

    def labelled(self, node: Node) -> bytes:
        opcode, labels, parts = node
        if opcode in (Kind.FLAGS, Kind.ENUM):
            return vector(map(text, labels))
        # A function has its result after them.
        pairs = list(zip(labels, parts, strict=False))
        if opcode == Kind.VARIANT:
            return vector(text(label) + self._optional(part) + b"\0" for label, part in pairs)
        written = vector(text(label) + self._value(part) for label, part in pairs)
        if opcode == Kind.FUNC:
            written += _NO_RESULT if parts[-1] is None else b"\0" + self._value(parts[-1])
        return written

    def _value(self, part: int | None) -> bytes:
        assert part is not None
        opcode = self._table[part].opcode
        return bytes([opcode]) if opcode in _PRIMITIVES else encode_s33(self._index(part))

    def _optional(self, part: int | None) -> bytes:
        return b"\0" if part is None else b"\1" + self._value(part)


def encode_s33(index: int) -> bytes:
    """Return the shortest signed LEB128 encoding of a type index."""
    shortest = encode_u32(index)
    # The highest of the seven bits of the last byte is the sign.
    return shortest[:-1] + bytes([shortest[-1] | 0x80, 0]) if shortest[-1] & 0x40 else shortest
