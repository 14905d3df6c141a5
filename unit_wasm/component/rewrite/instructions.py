"""Code with other indexes: what instructions name is numbered anew, and all else is copied.

The code of a large guest is megabytes, so no instruction is looked at by Python alone: one regular
expression steps over all that name nothing. What it stops at is looked up by its bytes, and made
anew once for each index. It knows the instructions of WebAssembly 2.0 and tail calls, with one
memory; at anything else it stops for good, in a time that is linear in the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from unit_wasm.component.format.moduletypes import VALUES
from unit_wasm.component.rewrite.typetable import encode_s33
from unit_wasm.wit.reader import Malformed, Reader, UnknownConstruct, encode_u32

_NUMBER: Final = rb"[\x80-\xff]*+[\x00-\x7f]"
_ACCESS: Final = rb"[\x00-\x3f]" + _NUMBER
"""Alignment and offset of an access to the first memory: others have another bit."""

_VECTORS: Final = (
    rb"[\x00-\x0b\x5c\x5d]" + _ACCESS,
    rb"[\x0c\x0d].{16}",
    rb"[\x15-\x22].",
    rb"[\x54-\x5b]" + _ACCESS + rb".",
    rb"[\x0e-\x14\x23-\x53\x5e-\x7f]",
    rb"[\x80-\xff][\x01\x02]",
)
_NAMES_NOTHING: Final = (
    # Branches, locals, numbers.
    rb"[\x0c\x0d\x20-\x22\x41\x42]" + _NUMBER,
    rb"[\x28-\x3e]" + _ACCESS,
    rb"[\x00\x01\x05\x0b\x0f\x1a\x1b\x45-\xc4\xd1]",
    # Blocks without a type, or with a type of values.
    rb"[\x02-\x04][\x40\x6f\x70\x7b-\x7f]",
    rb"[\x3f\x40]\x00",
    rb"\x44.{8}",
    rb"\x43.{4}",
    rb"\xfc(?:[\x00-\x07]|\x0a\x00\x00|\x0b\x00)",
    rb"\xfd(?:" + b"|".join(_VECTORS) + rb")",
    rb"\xd0[\x6f\x70]",
    rb"\x1c\x01[\x6f\x70\x7b-\x7f]",
)
_NAMES_DATA: Final = rb"\xfc(?:\x08" + _NUMBER + rb"\x00|\x09" + _NUMBER + rb")"
_NAMES_OTHERS: Final = (
    # Calls, globals, tables, functions.
    rb"[\x10\x12\x23-\x26\xd2]" + _NUMBER,
    rb"[\x11\x13]" + _NUMBER + _NUMBER,
    # Blocks with a type of functions.
    rb"[\x02-\x04]" + _NUMBER,
    rb"\xfc[\x0d\x0f-\x11]" + _NUMBER,
    rb"\xfc[\x0c\x0e]" + _NUMBER + _NUMBER,
)


def _until(names: Sequence[bytes], others: Sequence[bytes]) -> re.Pattern[bytes]:
    """Return what finds the next instruction that names something.

    It matches what names nothing, then what does (1), a table of branches (2), the end, or the
    unknown (3).
    """
    steps, stops = b"|".join(others), b"|".join(names)
    return re.compile(b"(?:" + steps + b")*+(?:(" + stops + rb")|(\x0e)|\Z|())", re.DOTALL)


_NEXT: Final = _until((*_NAMES_OTHERS, _NAMES_DATA), _NAMES_NOTHING)
_NEXT_DATA: Final = _until((_NAMES_DATA,), (*_NAMES_NOTHING, *_NAMES_OTHERS))
_NAMED, _BRANCHES = 1, 2

_CALL, _RETURN_CALL, _CALL_INDIRECT, _RETURN_CALL_INDIRECT = 0x10, 0x12, 0x11, 0x13
_GLOBALS, _TABLES, _REFERENCE = (0x23, 0x24), (0x25, 0x26), 0xD2
_MEMORY_INIT, _DATA_DROP, _TABLE_INIT, _ELEM_DROP, _TABLE_COPY = 0x08, 0x09, 0x0C, 0x0D, 0x0E


@dataclass(frozen=True, slots=True)
class Indexes:
    """The new indexes of what the code of a module names, by the old ones.

    Parameters:
        types: of functions.
        functions: imported ones first.
        tables: the same.
        globals: the same.
        elements: of segments.
        data: of segments; empty where their number is not announced.
        declared: functions that code may take references to, by their old indexes.
    """

    types: Sequence[int]
    functions: Sequence[int]
    tables: Sequence[int]
    globals: Sequence[int]
    elements: Sequence[int]
    data: Sequence[int]
    declared: frozenset[int]


class Instructions(dict[bytes, bytes]):
    """Instructions of one module that name something, as they are to be.

    Parameters:
        indexes: how things are numbered anew.
    """

    def __init__(self, indexes: Indexes) -> None:
        super().__init__()
        self._new = indexes
        self.referenced: set[int] = set()

    def body(self, data: bytes, start: int, end: int) -> bytes:
        """Return the body of a function, with its locals.

        Raises:
            Malformed: it has what is not known (UnknownConstruct), or names what is not there.
        """
        pieces: list[bytes] = []
        copied = start
        for old, at in _naming(_NEXT, data, start, end):
            new = self[old]
            if new != old:
                pieces += (data[copied : at - len(old)], new)
                copied = at
        if not pieces:
            return data[start:end]
        pieces.append(data[copied:end])
        return b"".join(pieces)

    def __missing__(self, old: bytes) -> bytes:
        try:
            new = self._made(old[0], Reader(old, 1))
        except IndexError:
            raise Malformed("code names what is not there", 0) from None
        self[old] = new
        return new

    def _made(self, opcode: int, reader: Reader) -> bytes:
        new = self._new
        made = bytes((opcode,))
        if opcode in (_CALL, _RETURN_CALL):
            return made + encode_u32(new.functions[reader.u32()])
        if opcode in _GLOBALS:
            return made + encode_u32(new.globals[reader.u32()])
        if opcode in (_CALL_INDIRECT, _RETURN_CALL_INDIRECT):
            kind = encode_u32(new.types[reader.u32()])
            return made + kind + encode_u32(new.tables[reader.u32()])
        if opcode in _TABLES:
            return made + encode_u32(new.tables[reader.u32()])
        if opcode == _REFERENCE:
            function = reader.u32()
            if function not in new.declared:
                raise Malformed("a reference to a function that is not declared", 0)
            self.referenced.add(new.functions[function])
            return made + encode_u32(new.functions[function])
        if opcode in (0x02, 0x03, 0x04):
            block = reader.s33()
            if block < 0:
                raise UnknownConstruct("a block of an unknown type", 0)
            return made + encode_s33(new.types[block])
        return made + self._of_segments(reader)

    def _of_segments(self, reader: Reader) -> bytes:
        new = self._new
        opcode = reader.byte()
        first = reader.u32()
        made = bytes((opcode,))
        if opcode == _MEMORY_INIT:
            return made + encode_u32(new.data[first]) + b"\0"
        if opcode == _DATA_DROP:
            return made + encode_u32(new.data[first])
        if opcode == _ELEM_DROP:
            return made + encode_u32(new.elements[first])
        if opcode == _TABLE_INIT:
            table = new.tables[reader.u32()]
            return made + encode_u32(new.elements[first]) + encode_u32(table)
        made += encode_u32(new.tables[first])
        if opcode == _TABLE_COPY:
            made += encode_u32(new.tables[reader.u32()])
        return made


def named_data(data: bytes, start: int, end: int) -> Iterator[int]:
    """Yield the segments of data that the body of a function names.

    Raises:
        Malformed: it has what is not known (UnknownConstruct).
    """
    for instruction, _ in _naming(_NEXT_DATA, data, start, end):
        yield Reader(instruction, 2).u32()


def _naming(
    pattern: re.Pattern[bytes], data: bytes, start: int, end: int
) -> Iterator[tuple[bytes, int]]:
    """Yield what a pattern of _until() finds in the body of a function, and where each ends."""
    at = _locals(Reader(data, start, end))
    while at < end:
        for found in pattern.finditer(data, at, end):
            at = found.end()
            if found.lastindex == _NAMED:
                yield found[1], at
            elif found.lastindex == _BRANCHES:
                at = _skip_branches(Reader(data, at, end))
                break
            elif found.lastindex is not None:
                raise UnknownConstruct("an unknown instruction", at)


def _locals(reader: Reader) -> int:
    """Return where the instructions of a function begin."""
    for _ in range(reader.u32()):
        reader.u32()
        if reader.byte() not in VALUES:
            raise UnknownConstruct("a local of an unknown type", reader.position - 1)
    return reader.position


def _skip_branches(reader: Reader) -> int:
    """Return where a table of branches ends."""
    for _ in range(reader.u32() + 1):
        reader.u32()
    return reader.position
