"""What a core module defines: its memories, its tables, and whether it may need a heap of objects.

Only the sections that say so are read, and no code. Where something in them is not understood the
worst is assumed: libwasmtime, which reads all of it, has the last word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from unit_wasm.component.format.sizes import Part, Sizes
from unit_wasm.wit.reader import Malformed, Reader, UnknownConstruct

_TYPES, _IMPORTS, _TABLES, _MEMORIES, _GLOBALS, _TAGS = 1, 2, 4, 5, 6, 13
_IMPORTED_FUNCTION, _IMPORTED_TABLE, _IMPORTED_MEMORY, _IMPORTED_GLOBAL = 0, 1, 2, 3

# Bits of the first byte of limits, and bytes of a page as a power of two.
_HAS_MAXIMUM, _IS_64, _HAS_PAGE_SIZE, _ALL_FLAGS = 0x01, 0x04, 0x08, 0x0F
_USUAL_PAGE: Final = 16

_FUNCTION_TYPE: Final = 0x60
_NUMBERS: Final = range(0x7B, 0x80)
_REFERENCES: Final = (0x63, 0x64)
_TO_FUNCTIONS: Final = (0x70, 0x73)
_TABLE_WITH_VALUE: Final = 0x40

# What a constant expression is made of: bytes or numbers that follow each opcode.
_END, _CONST_32, _CONST_64, _FLOAT_32, _FLOAT_64 = 0x0B, 0x41, 0x42, 0x43, 0x44
_GLOBAL_GET, _NULL, _FUNCTION = 0x23, 0xD0, 0xD2
_ARITHMETIC: Final = (0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E)
_NUMBER_FOLLOWS: Final = (_CONST_32, _CONST_64, _GLOBAL_GET, _NULL, _FUNCTION)
_SIZES: Final = {_FLOAT_32: 4, _FLOAT_64: 8}


@dataclass(frozen=True, slots=True)
class CoreModule:
    """What one instantiation of a core module creates.

    Parameters:
        memories: that it defines, in bytes.
        tables: that it defines, in elements.
        heap: whether it may hold objects that are collected: structs, arrays, exceptions,
            references to something of the host. These are in one more memory of the instance.
    """

    memories: Sizes
    tables: Sizes
    heap: bool


NOTHING: Final = CoreModule(Sizes(), Sizes(), heap=False)


def read_core_module(reader: Reader) -> CoreModule:
    """Read the sections of a core module, from behind its preamble.

    Raises:
        Malformed: its sections cannot be told apart.
    """
    memories = tables = Sizes()
    heap = False
    while not reader.at_end():
        section_id, body = reader.section()
        if section_id == _MEMORIES:
            memories += _all_limits(body, _memory)
        elif section_id == _TABLES:
            heap = heap or _holds_objects(section_id, Reader(body.data, body.position, body.end))
            tables += _all_limits(body, lambda body: _table(body)[1])
        elif section_id == _TAGS:
            heap = True
        elif section_id in (_TYPES, _IMPORTS, _GLOBALS):
            heap = heap or _holds_objects(section_id, body)
    if not (memories.parts or tables.parts or heap):
        return NOTHING
    return CoreModule(memories, tables, heap)


def _all_limits(reader: Reader, read: Callable[[Reader], Part]) -> Sizes:
    count = reader.u32()
    parts: list[Part] = []
    try:
        # As many as there are bytes at most: the number is not to be trusted.
        parts.extend(read(reader) for _ in range(count))
    except Malformed:
        parts.append((0, None, count - len(parts)))
    return Sizes.of(parts)


def _memory(reader: Reader) -> Part:
    minimum, maximum, page = _limits(reader)
    return minimum << page, None if maximum is None else maximum << page, 1


def _table(reader: Reader) -> tuple[bool, Part]:
    """Return whether a table may hold objects, and its limits."""
    has_value = reader.peek() == _TABLE_WITH_VALUE
    if has_value:
        reader.skip(2)
    objects = _is_object(reader)
    minimum, maximum, _ = _limits(reader)
    if has_value:
        _skip_expression(reader)
    return objects, (minimum, maximum, 1)


def _limits(reader: Reader) -> tuple[int, int | None, int]:
    """Return minimum, maximum and the size of a page, as a power of two."""
    flags = reader.byte()
    if flags & ~_ALL_FLAGS:
        raise UnknownConstruct(f"unknown limits {flags:#04x}", reader.position - 1)
    number = Reader.u64 if flags & _IS_64 else Reader.u32
    minimum = number(reader)
    maximum = number(reader) if flags & _HAS_MAXIMUM else None
    page = reader.u32() if flags & _HAS_PAGE_SIZE else _USUAL_PAGE
    if page > _USUAL_PAGE:
        raise Malformed("a page is too large", reader.position - 1)
    return minimum, maximum, page


def _holds_objects(section_id: int, reader: Reader) -> bool:
    """Whether types, imports, tables or globals show that there may be objects."""
    items: dict[int, Callable[[Reader], bool]] = {
        _TYPES: _type,
        _IMPORTS: _import,
        _TABLES: lambda reader: _table(reader)[0],
        _GLOBALS: _global,
    }
    item = items[section_id]
    try:
        return any(item(reader) for _ in range(reader.u32()))
    except Malformed:
        return True


def _type(reader: Reader) -> bool:
    # Anything but a plain function type is of the proposal for objects.
    if reader.byte() != _FUNCTION_TYPE:
        return True
    found = False
    for _ in range(2):
        for _ in range(reader.u32()):
            found = _is_object(reader) or found
    return found


def _import(reader: Reader) -> bool:
    for _ in range(2):
        reader.skip(reader.u32())
    kind = reader.byte()
    if kind == _IMPORTED_FUNCTION:
        reader.u32()
    elif kind == _IMPORTED_TABLE:
        found = _is_object(reader)
        _limits(reader)
        return found
    elif kind == _IMPORTED_MEMORY:
        _limits(reader)
    elif kind == _IMPORTED_GLOBAL:
        found = _is_object(reader)
        reader.byte()
        return found
    else:
        return True
    return False


def imports_memory(reader: Reader) -> bool:
    """Whether a section of imports has a memory, or something that is not understood."""
    for _ in range(reader.u32()):
        start = reader.position
        for _ in range(2):
            reader.skip(reader.u32())
        kind = reader.peek()
        if kind not in (_IMPORTED_FUNCTION, _IMPORTED_TABLE, _IMPORTED_GLOBAL):
            return True
        reader.position = start
        _import(reader)
    return False


def _global(reader: Reader) -> bool:
    found = _is_object(reader)
    reader.byte()
    _skip_expression(reader)
    return found


def _is_object(reader: Reader) -> bool:
    """Read a type of values; whether these may be references to anything but functions."""
    opcode = reader.byte()
    if opcode in _REFERENCES:
        # A number that is not negative is a type of this module; see _type().
        opcode = reader.peek()
        if reader.s33() >= 0:
            return False
    return opcode not in _NUMBERS and opcode not in _TO_FUNCTIONS


def _skip_expression(reader: Reader) -> None:
    """Step over a constant expression.

    Raises:
        UnknownConstruct: it makes objects, or is of a kind that is not known.
    """
    while (opcode := reader.byte()) != _END:
        if opcode in _NUMBER_FOLLOWS:
            reader.signed(64)
        elif opcode in _SIZES:
            reader.skip(_SIZES[opcode])
        elif opcode not in _ARITHMETIC:
            raise UnknownConstruct(f"unknown opcode {opcode:#04x}", reader.position - 1)
