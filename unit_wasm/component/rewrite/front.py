"""The front: a component around a component, which imports functions and resources one by one.

libwasmtime's C interface looks up what a component imports for each instance: each interface, and
in it each function and each resource, by names of up to sixty characters, first to compare types
and then to link. For a small component that is a fifth of all that an exchange takes. Behind a
front it is one look-up of a short name for each, about half of that. libwasmtime resolves what is
inside when it compiles, so nothing else is added at run time, and the component inside stays as it
is, byte for byte.

A front consists of:

1. imports ``h0``, ``h1`` and so on: rows of the host's tables (csrc/guest/host.c finds them by
   these names), and ``t0`` and so on: variants, records, enums and flags, which an import may use
   only where they have a name;
2. for each interface an adapter, a component that imports those and exports them as the interface;
3. the component, instantiated with these instances;
4. what it exports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from unit_wasm.component.rewrite.graph import (
    EQUAL,
    FUNC_SORT,
    INSTANCE_SORT,
    RESOURCE_BOUND,
    SORTS,
    TYPE,
    TYPE_SORT,
    Graph,
    extern_name,
    sort_index,
)
from unit_wasm.component.rewrite.typetable import (
    FUNCTIONS,
    NAMED,
    RESOURCE,
    UNKNOWN,
    TypeTable,
    write_type,
)
from unit_wasm.wit.arena import Arena, Component
from unit_wasm.wit.binary import read_component
from unit_wasm.wit.provided import row_key
from unit_wasm.wit.reader import Malformed, encode_u32

__all__ = ["NoFront", "put_front"]


class NoFront(Exception):
    """A component cannot get a front; the message says why. It works without."""


def put_front(data: bytes, rows: Mapping[tuple[str, str], int]) -> bytes:
    """Return a component that does what ``data`` does and imports functions one by one.

    Takes time linear in what is not a core module.

    Parameters:
        rows: numbers of what the host provides, functions and resources, by their interface
            (see :func:`row_key`) and name.

    Raises:
        NoFront: the component imports something that is not the host's, or is built in a way that
            is not known here.
    """
    arena = Arena()
    try:
        component = read_component(data, arena)
    except Malformed as error:
        raise NoFront(f"it could not be read: {error}") from None
    if not component.imports:
        raise NoFront("it imports nothing")
    table = TypeTable(arena)
    imports = [_Interface.of(name, component, arena, table) for name in component.imports]
    return _Front(imports, _exports(component), table, rows).around(data)


class _Interface(NamedTuple):
    """An instance that a component imports.

    Parameters:
        name: with its version.
        exports: names and numbers of types, in order: functions, and the types themselves.
    """

    name: str
    exports: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, name: str, component: Component, arena: Arena, table: TypeTable) -> _Interface:
        """Take an import of a component, and its types into the table."""
        extern = component.imports[name]
        if extern.kind != "instance" or extern.id is None:
            raise NoFront(f"it imports {name}, which is no interface")
        exports = []
        for label, item in arena.instances[extern.id.number].exports.items():
            if item.id is None or item.kind not in ("func", "type"):
                raise NoFront(f"it imports {label} of {name}, no function and no type")
            if item.id.space == "r" and item.id == item.referenced:
                table.add_resource(item.id, row_key(name), label)
            exports.append((label, table.number(item.id)))
        return cls(name, tuple(exports))


def _exports(component: Component) -> list[tuple[str, int]]:
    """Return the names and sorts of what a component exports, in order."""
    for name, extern in component.exports.items():
        if extern.kind not in SORTS:
            raise NoFront(f"it exports {name}, no function, type or interface")
    return [(name, SORTS[extern.kind]) for name, extern in component.exports.items()]


class _Names:
    """The short names in one front.

    Parameters:
        rows: see :func:`put_front`.
    """

    def __init__(self, rows: Mapping[tuple[str, str], int]) -> None:
        self._rows = rows
        self._types: dict[int, str] = {}

    def row(self, interface: str, name: str) -> str:
        """Return the name of a function or resource.

        Parameters:
            interface: with its version, or as the rows have it.
        """
        number = self._rows.get((row_key(interface), name))
        if number is None:
            raise NoFront(f"it imports {name} of {interface}, which the host lacks")
        return f"h{number}"

    def type(self, number: int) -> str:
        """Return the name of a variant, record, enum or flags."""
        return self._types.setdefault(number, f"t{len(self._types)}")


class _Component(Graph):
    """A component that is being written.

    Parameters:
        table: of the numbers of types.
        names: of what it imports.

    Attributes:
        imported: names, sorts and numbers of types of what it imports.
        indexes: of the types that it has, by their numbers.
    """

    def __init__(self, table: TypeTable, names: _Names) -> None:
        super().__init__()
        self.table = table
        self.names = names
        self.imported: list[tuple[str, int, int]] = []
        self.indexes: dict[int, int] = {}
        self._functions: dict[str, tuple[int, int]] = {}

    def type(self, number: int) -> int:
        """Return the index of a type, which is defined, and imported, where it is not yet."""
        index = self.indexes.get(number)
        if index is not None:
            return index
        if number == UNKNOWN:
            raise NoFront("it imports a type that could not be read")
        node = self.table[number]
        if node.kind == RESOURCE:
            index = self._import(self.names.row(*node.labels), TYPE_SORT, number, RESOURCE_BOUND)
        else:
            index = self.put(TYPE, TYPE_SORT, write_type(node, self.type))
            if node.kind in NAMED:
                bound = EQUAL + encode_u32(index)
                index = self._import(self.names.type(number), TYPE_SORT, number, bound)
        self.indexes[number] = index
        return index

    def function(self, name: str, number: int) -> int:
        """Return the index of a function, which is imported where it is not yet.

        Parameters:
            name: its short name.
            number: of its type.
        """
        if name not in self._functions:
            described = bytes([FUNC_SORT]) + encode_u32(self.type(number))
            self._functions[name] = (self._import(name, FUNC_SORT, number, described), number)
        index, known = self._functions[name]
        if known != number:
            raise NoFront("it imports a function twice, with different types")
        return index

    def _import(self, name: str, sort: int, number: int, described: bytes) -> int:
        self.imported.append((name, sort, number))
        return self.import_(extern_name(name), sort, described)


class _Front:
    """The outer component, and what it puts between its imports and the one inside."""

    def __init__(
        self,
        imports: list[_Interface],
        exports: list[tuple[str, int]],
        table: TypeTable,
        rows: Mapping[tuple[str, str], int],
    ) -> None:
        self._imports = imports
        self._exports = exports
        self._table = table
        self._names = _Names(rows)
        self._outer = _Component(table, self._names)

    def around(self, data: bytes) -> bytes:
        outer = self._outer
        arguments = []
        for interface in self._imports:
            instance = self._instance(_adapter(interface, self._table, self._names))
            arguments.append((interface.name, INSTANCE_SORT, instance))
        inner = outer.instantiate(outer.component(data), arguments)
        for name, sort in self._exports:
            outer.export(extern_name(name), sort, outer.alias(inner, name, sort))
        return outer.data()

    def _instance(self, adapter: _Component) -> int:
        """Put in an adapter and give it what it imports."""
        arguments = []
        for name, sort, number in adapter.imported:
            if sort == FUNC_SORT:
                index = self._outer.function(name, number)
            else:
                index = self._outer.type(number)
            arguments.append((name, sort, index))
        return self._outer.instantiate(self._outer.component(adapter.data()), arguments)


def _adapter(interface: _Interface, table: TypeTable, names: _Names) -> _Component:
    """Return a component that imports what is in an interface and exports it as that.

    Only a component can: in a mere list of exports no name may be that of a method.
    """
    adapter = _Component(table, names)
    functions: dict[str, int] = {}
    for name, number in interface.exports:
        adapter.type(number)
        if table[number].kind in FUNCTIONS.values():
            short = names.row(interface.name, name)
            functions[name] = adapter.function(short, number)

    # A method's own resource must be the one that is exported under its name: from here on,
    # types are made of that. What has a name already keeps its index.
    adapter.indexes = {
        number: index
        for number, index in adapter.indexes.items()
        if table[number].kind in NAMED or table[number].kind == RESOURCE
    }
    exported: set[int] = set()
    for name, number in interface.exports:
        index = adapter.type(number)
        if name in functions:
            described = b"\x01" + sort_index(FUNC_SORT, index)
            adapter.export(extern_name(name), FUNC_SORT, functions[name], described)
        else:
            index = adapter.export(extern_name(name), TYPE_SORT, index)
            # A resource has the first of its names: `headers` is `fields`.
            if number not in exported:
                exported.add(number)
                adapter.indexes[number] = index
    return adapter
