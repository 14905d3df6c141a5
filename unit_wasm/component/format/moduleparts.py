"""A core module, taken apart: what each of its indexes is, and where its code and data are.

Code is not looked at. What is read here is what compilers of WASI 0.2 write: functions of numbers,
memories of 32 bits, tables of functions. Everything else is an UnknownConstruct.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from unit_wasm.component.format.constants import Expression, read_expression
from unit_wasm.component.format.moduletypes import (
    FUNCTIONS,
    KINDS,
    REFERENCES,
    Described,
    Kind,
    read_function_type,
    read_global,
    read_memory,
    read_table,
)
from unit_wasm.wit.reader import MODULE_PREAMBLE, Malformed, Reader, UnknownConstruct

_CUSTOM, _TYPES, _IMPORTS, _FUNCTIONS, _TABLES, _MEMORIES, _GLOBALS = range(7)
_EXPORTS, _START, _ELEMENTS, _CODE, _DATA, _DATA_COUNT = range(7, 13)
_ORDER: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11)

_ELEMENT_KIND: Final = 0x00

_MOST: Final = 1 << 20
"""Of anything in a module: real ones have some ten thousands."""

_Item = TypeVar("_Item")


class Mode(enum.Enum):
    """When a segment is used: at the start, by code, or never."""

    ACTIVE = 0
    PASSIVE = 1
    DECLARED = 2


@dataclass(frozen=True, slots=True)
class CoreImport:
    """An import: of which module, under which name, and what is expected."""

    module: str
    name: str
    described: Described


@dataclass(frozen=True, slots=True)
class Elements:
    """A segment of a table.

    Parameters:
        mode: when it is used.
        table: where it goes, if it is active.
        offset: at which place.
        type: of the elements.
        functions: what they are, or None.
        values: what they are, where they are not listed as functions.
    """

    mode: Mode
    table: int
    offset: Expression
    type: int
    functions: list[int] | None
    values: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Data:
    """A segment of a memory; its bytes are from ``start`` to ``end`` of the file."""

    mode: Mode
    memory: int
    offset: Expression
    start: int
    end: int


@dataclass(slots=True)
class ModuleParts:
    """What a module consists of.

    Parameters:
        described: what each index stands for, by kind; imports come first.
        imported: how many of each kind are imported.
        types: function types, in one form each.
        values: what globals begin with that it defines.
        bodies: where those of its functions are, sizes not included.
        counted: how many segments of data it announces, or None.
        starts: it has a function that runs when it is instantiated.
        names: where its section of names is, or None.
    """

    types: list[bytes] = field(default_factory=list)
    imports: list[CoreImport] = field(default_factory=list)
    described: dict[Kind, list[Described]] = field(
        default_factory=lambda: {kind: [] for kind in Kind}
    )
    imported: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))
    values: list[Expression] = field(default_factory=list)
    exports: dict[str, tuple[Kind, int]] = field(default_factory=dict)
    elements: list[Elements] = field(default_factory=list)
    bodies: list[tuple[int, int]] = field(default_factory=list)
    data: list[Data] = field(default_factory=list)
    counted: int | None = None
    starts: bool = False
    names: tuple[int, int] | None = None

    def own(self, kind: Kind) -> list[Described]:
        """Return what it defines itself."""
        return self.described[kind][self.imported[kind] :]


def read_parts(reader: Reader) -> ModuleParts:
    """Read a core module.

    Raises:
        Malformed: it is damaged, or has what is not known (UnknownConstruct).
    """
    return _Parts(reader).parts


class _Parts:
    """Reads a module, section by section."""

    def __init__(self, reader: Reader) -> None:
        self.parts = ModuleParts()
        self._elements = 0
        readers: dict[int, Callable[[Reader], None]] = {
            _TYPES: self._types,
            _IMPORTS: self._imports,
            _FUNCTIONS: self._functions,
            _TABLES: self._tables,
            _MEMORIES: self._memories,
            _GLOBALS: self._globals,
            _EXPORTS: self._exports,
            _ELEMENTS: self._element_segments,
            _CODE: self._code,
            _DATA: self._data,
        }
        start = reader.skip(len(MODULE_PREAMBLE))
        if reader.data[start : reader.position] != MODULE_PREAMBLE:
            raise Malformed("a core module does not start as one", start)
        last = -1
        while not reader.at_end():
            number, body = reader.section()
            if number == _CUSTOM:
                self._custom(body)
                continue
            if number not in _ORDER or _ORDER.index(number) <= last:
                raise UnknownConstruct(f"section {number} is not expected", body.position)
            last = _ORDER.index(number)
            if number in readers:
                readers[number](body)
            elif number == _START:
                self.parts.starts = _index(body, self.parts.described[Kind.FUNC]) >= 0
            else:
                self.parts.counted = body.u32()
            body.expect_end("a section")
        self._check(reader)

    def _check(self, reader: Reader) -> None:
        parts = self.parts
        if len(parts.bodies) != len(parts.own(Kind.FUNC)):
            raise Malformed("not every function has a body", reader.position)
        if parts.counted not in (None, len(parts.data)):
            raise Malformed("the number of segments is another", reader.position)

    def _custom(self, body: Reader) -> None:
        if body.name() == "name":
            self.parts.names = body.position, body.end

    def _types(self, body: Reader) -> None:
        self.parts.types = _items(body, read_function_type)

    def _imports(self, body: Reader) -> None:
        for each in _items(body, self._import):
            kind = each.described.kind
            self.parts.imports.append(each)
            self.parts.described[kind].append(each.described)
            self.parts.imported[kind] += 1

    def _import(self, body: Reader) -> CoreImport:
        module, name = body.name(), body.name()
        read = {0: self._function, 1: read_table, 2: read_memory, 3: read_global}.get(body.byte())
        if read is None:
            raise UnknownConstruct("an unknown import", body.position)
        return CoreImport(module, name, read(body))

    def _function(self, body: Reader) -> Described:
        return Described(Kind.FUNC, self.parts.types[_index(body, self.parts.types)])

    def _functions(self, body: Reader) -> None:
        self.parts.described[Kind.FUNC] += _items(body, self._function)

    def _tables(self, body: Reader) -> None:
        self.parts.described[Kind.TABLE] += _items(body, read_table)

    def _memories(self, body: Reader) -> None:
        self.parts.described[Kind.MEMORY] += _items(body, read_memory)

    def _globals(self, body: Reader) -> None:
        def read(body: Reader) -> None:
            described = read_global(body)
            self.parts.values.append(read_expression(body))
            self.parts.described[Kind.GLOBAL].append(described)

        _items(body, read)

    def _exports(self, body: Reader) -> None:
        def read(body: Reader) -> None:
            start = body.position
            name = body.name()
            number = body.byte()
            if name in self.parts.exports or number not in KINDS:
                raise UnknownConstruct("an unknown export, or two of a name", start)
            kind = Kind(number)
            self.parts.exports[name] = kind, _index(body, self.parts.described[kind])

        _items(body, read)

    def _element_segments(self, body: Reader) -> None:
        self.parts.elements = _items(body, self._element_segment)

    def _element_segment(self, body: Reader) -> Elements:
        flags = body.byte()
        if flags > 7:
            raise UnknownConstruct(f"unknown elements {flags:#04x}", body.position - 1)
        active, listed = not flags & 1, not flags & 4
        mode = Mode.ACTIVE if active else Mode.DECLARED if flags & 2 else Mode.PASSIVE
        table = 0
        offset: Expression = ()
        if active:
            # Where no table is named it must be there all the same.
            tables = self.parts.described[Kind.TABLE]
            table = _index(body, tables) if flags & 2 else _in(0, tables, body)
            offset = read_expression(body)
        kind = FUNCTIONS
        if flags & 3:
            kind = body.byte()
            if kind not in ((_ELEMENT_KIND,) if listed else REFERENCES):
                raise UnknownConstruct(f"unknown elements {kind:#04x}", body.position - 1)
            kind = FUNCTIONS if listed else kind
        if listed:
            return Elements(mode, table, offset, kind, self._listed(body))
        values = tuple(_items(body, self._value))
        return Elements(mode, table, offset, kind, None, values)

    def _listed(self, body: Reader) -> list[int]:
        self._count(body, Reader(body.data, body.position, body.end).u32())
        functions = _items(body, Reader.u32)
        if functions:
            _in(max(functions), self.parts.described[Kind.FUNC], body)
        return functions

    def _value(self, body: Reader) -> Expression:
        self._count(body, 1)
        return read_expression(body)

    def _count(self, body: Reader, count: int) -> None:
        self._elements += count
        if self._elements > _MOST:
            raise UnknownConstruct("its tables have very many elements", body.position)

    def _code(self, body: Reader) -> None:
        def read(body: Reader) -> tuple[int, int]:
            start = body.skip(body.u32())
            return start, body.position

        self.parts.bodies = _items(body, read)

    def _data(self, body: Reader) -> None:
        self.parts.data = _items(body, self._segment)

    def _segment(self, body: Reader) -> Data:
        number = body.u32()
        mode, memory = Mode.ACTIVE, 0
        offset: Expression = ()
        if number == 1:
            mode = Mode.PASSIVE
        elif number in (0, 2):
            memories = self.parts.described[Kind.MEMORY]
            memory = _index(body, memories) if number == 2 else _in(0, memories, body)
            offset = read_expression(body)
        else:
            raise UnknownConstruct("unknown data", body.position)
        start = body.skip(body.u32())
        return Data(mode, memory, offset, start, body.position)


def _items(body: Reader, read: Callable[[Reader], _Item]) -> list[_Item]:
    start, count = body.position, body.u32()
    if count > _MOST:
        raise UnknownConstruct("it has very many parts", start)
    return [read(body) for _ in range(count)]


def _index(body: Reader, space: list[_Item]) -> int:
    return _in(body.u32(), space, body)


def _in(index: int, space: list[_Item], body: Reader) -> int:
    if index >= len(space):
        raise Malformed(f"index {index} is not there", body.position)
    return index
