"""The world of a component: the interfaces that it imports, with all types, and what it exports.

Only the outermost component is read, and of it only what gives types and instances their indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from unit_wasm.component.format.binary import COMPONENT_PREAMBLE, Reader, UnknownConstruct
from unit_wasm.component.format.typedefs import extern_name
from unit_wasm.component.rewrite.typetable import UNKNOWN, Kind, Node, TypeTable, read_type

__all__ = ["FUNC_SORT", "INSTANCE_SORT", "TYPE_SORT", "Interface", "World", "read_world"]

FUNC_SORT: Final = 0x01
TYPE_SORT: Final = 0x03
INSTANCE_SORT: Final = 0x05
_CORE_SORT: Final = 0x00
_INSTANCE_TYPE: Final = 0x42

# What an alias is of.
_INSTANCE_EXPORT, _CORE_EXPORT, _OUTER = 0x00, 0x01, 0x02

# What an instance type declares.
_TYPE, _ALIAS, _EXPORT = 0x01, 0x02, 0x04


@dataclass(frozen=True, slots=True)
class Interface:
    """An instance that a component imports.

    Parameters:
        name: with its version.
        exports: names and numbers of types, in order: functions, and the types themselves.
    """

    name: str
    exports: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class World:
    """What a component imports and exports.

    Parameters:
        table: has the types.
        imports: all of them; a component that imports anything but instances has no World.
        exports: names and sorts, in order.
    """

    table: TypeTable
    imports: tuple[Interface, ...]
    exports: tuple[tuple[str, int], ...]


def read_world(data: bytes) -> World:
    """Read the world of the component ``data``.

    Raises:
        Malformed: it breaks the format; UnknownConstruct: it has something that is not known.
    """
    return _WorldReader(data).read()


@dataclass(frozen=True, slots=True)
class _InstanceType:
    """An instance type, to be read when its name is known.

    Parameters:
        at: offset of its declarations.
        seen: how many types its outer scope had by then.
    """

    at: int
    seen: int


class _WorldReader:
    """The index spaces of types and instances of the outermost component."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._table = TypeTable()
        self._types: list[int] = []
        self._instance_types: dict[int, _InstanceType] = {}
        self._instances: list[dict[str, int]] = []
        self._imports: list[Interface] = []
        self._exports: list[tuple[str, int]] = []
        self._sections: dict[int, Callable[[Reader], None]] = {
            5: self._instance,
            6: self._alias,
            7: self._type,
            10: self._import,
            11: self._export,
        }

    def read(self) -> World:
        reader = Reader(self._data)
        reader.skip(len(COMPONENT_PREAMBLE))
        while not reader.at_end():
            section_id, body = reader.section()
            if section_id in self._sections:
                for _ in range(body.u32()):
                    self._sections[section_id](body)
        return World(self._table, tuple(self._imports), tuple(self._exports))

    def _type(self, reader: Reader) -> None:
        if reader.peek() == _INSTANCE_TYPE:
            reader.byte()
            declared = _InstanceType(reader.position, len(self._types))
            self._declarations(reader, declared, "")
            self._instance_types[len(self._types)] = declared
            self._types.append(UNKNOWN)
        else:
            self._types.append(read_type(reader, self._table, self._types))

    def _declarations(
        self, reader: Reader, declared: _InstanceType, interface: str
    ) -> tuple[tuple[str, int], ...]:
        """Read what an instance type declares; return its exports."""
        types: list[int] = []
        exports: list[tuple[str, int]] = []
        for _ in range(reader.u32()):
            start = reader.position
            opcode = reader.byte()
            if opcode == _TYPE:
                types.append(read_type(reader, self._table, types))
            elif opcode == _ALIAS:
                types.append(self._outer_type(reader, types, declared.seen))
            elif opcode == _EXPORT:
                name = extern_name(reader)
                exports.append((name, self._exported(reader, types, (interface, name))))
            else:
                raise UnknownConstruct("a declaration in an instance type", start)
        return tuple(exports)

    def _outer_type(self, reader: Reader, types: Sequence[int], seen: int) -> int:
        start = reader.position
        kind = (reader.byte(), reader.byte(), reader.u32())
        index = reader.u32()
        if kind == (TYPE_SORT, _OUTER, 0):
            return types[index] if index < len(types) else UNKNOWN
        if kind == (TYPE_SORT, _OUTER, 1):
            return self._types[index] if index < seen else UNKNOWN
        raise UnknownConstruct("an alias in an instance type", start)

    def _exported(self, reader: Reader, types: list[int], resource: tuple[str, str]) -> int:
        """Read what an instance type exports; a type gets the next index."""
        start = reader.position
        sort = reader.byte()
        if sort == TYPE_SORT and reader.byte():
            types.append(self._table.number(Node(Kind.RESOURCE, resource)))
            return types[-1]
        if sort not in (FUNC_SORT, TYPE_SORT):
            raise UnknownConstruct("an export of an instance type", start)
        index = reader.u32()
        number = types[index] if index < len(types) else UNKNOWN
        if sort == TYPE_SORT:
            types.append(number)
        return number

    def _import(self, reader: Reader) -> None:
        start = reader.position
        name = extern_name(reader)
        # Read again at each use, so each may be used once.
        if reader.byte() != INSTANCE_SORT or (
            (declared := self._instance_types.pop(reader.u32(), None)) is None
        ):
            raise UnknownConstruct(f"the import {name}", start)
        interface = name.partition("@")[0]
        exports = self._declarations(Reader(self._data, declared.at), declared, interface)
        self._imports.append(Interface(name, exports))
        self._instances.append(dict(exports))

    def _alias(self, reader: Reader) -> None:
        sort = reader.byte()
        if sort == _CORE_SORT:
            reader.byte()
        number = UNKNOWN
        target = reader.byte()
        index = reader.u32()
        if target == _OUTER:
            index = reader.u32()
            if sort == TYPE_SORT and index < len(self._types):
                number = self._types[index]
        else:
            name = reader.name()
            if target == _INSTANCE_EXPORT and index < len(self._instances):
                number = self._instances[index].get(name, UNKNOWN)
        self._add(sort, number, {})

    def _instance(self, reader: Reader) -> None:
        if reader.byte() == 0x00:
            reader.u32()
            for _ in range(reader.u32()):
                reader.name()
                _sort_index(reader)
        else:
            for _ in range(reader.u32()):
                extern_name(reader)
                _sort_index(reader)
        self._instances.append({})

    def _export(self, reader: Reader) -> None:
        start = reader.position
        name = extern_name(reader)
        sort, index = _sort_index(reader)
        if reader.byte() or sort not in (FUNC_SORT, TYPE_SORT, INSTANCE_SORT):
            raise UnknownConstruct(f"the export {name}", start)
        number, instance = UNKNOWN, {}
        if sort == TYPE_SORT and index < len(self._types):
            number = self._types[index]
        elif sort == INSTANCE_SORT and index < len(self._instances):
            instance = self._instances[index]
        self._add(sort, number, instance)
        self._exports.append((name, sort))

    def _add(self, sort: int, number: int, instance: dict[str, int]) -> None:
        if sort == TYPE_SORT:
            self._types.append(number)
        elif sort == INSTANCE_SORT:
            self._instances.append(instance)


def _sort_index(reader: Reader) -> tuple[int, int]:
    sort = reader.byte()
    if sort == _CORE_SORT:
        reader.byte()
    return sort, reader.u32()
