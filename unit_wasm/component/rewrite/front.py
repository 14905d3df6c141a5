"""The front: a component around a component, which imports functions and resources one by one.

libwasmtime's C interface looks up what a component imports for each instance: each interface, and
in it each function and each resource, by names of up to sixty characters, first to compare types
and then to link. For a small component that is a fifth of all that an exchange takes. Behind a
front it is one look-up of a short name for each, about half of that. libwasmtime resolves what is
inside when it compiles, so nothing else is added at run time, and the component inside stays as it
is, byte for byte.

A front consists of:

1. imports ``h0``, ``h1`` and so on: rows of the host's tables (csrc/guest/host.c finds them by
   these names); functions and resources of others by the names that ``wit/crossing.py`` makes; and
   ``t0`` and so on: variants, records, enums and flags, which an import may use only where they
   have a name;
2. for each interface an adapter, a component that imports those and exports them as the interface;
3. the component, instantiated with these instances;
4. what it exports.

libwasmtime's C interface has a value for each item of a list, and one for a string. So in functions
that are exported, and in imported ones that are not the host's own, or of ``wasi:keyvalue``,
``list<u8>`` is a string of packed bytes outside (transit.py): the adapters unpack what the
component gets, and pack what it gives. What is exported in that way has names of its own, beside
all others; rows are imported as ``b0`` and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from unit_wasm.component.rewrite import frontmaker, graph, typetable
from unit_wasm.component.rewrite.crossing import Crossing
from unit_wasm.wit.arena import Arena, Component, Extern, Id
from unit_wasm.wit.binary import read_component
from unit_wasm.wit.crossing import BYTES, crossing
from unit_wasm.wit.reader import Malformed


class Front(NamedTuple):
    """A component with a front.

    Parameters:
        data: the binary.
        imports: functions that it imports, by interface (None: the world) and name, whose bytes
            are strings, and whose arguments have bounds.
        carries: whether bytes of any function are strings.
    """

    data: bytes
    imports: frozenset[tuple[str | None, str]]
    carries: bool


def put_front(
    data: bytes,
    rows: Mapping[tuple[str, str], int],
    *,
    foreign: bool = False,
    carries: bool = False,
    called: bool = True,
    guards: bool = True,
) -> Front:
    """Return a component that does what ``data`` does and imports functions one by one.

    Takes time linear in what is not a core module.

    Parameters:
        rows: numbers of what the host provides, functions and resources, by their interface
            (see :func:`row_key`) and name.
        foreign: others may provide interfaces of which the host has no rows.
        carries: whether bytes are to be carried as strings.
        called: whether that is for functions that the component exports, too.
        guards: whether what calls of such functions pass is to be bounded.

    Raises:
        NoFront: the component imports something that is not provided, or is built in a way that is
            not known here.
    """
    arena = Arena()
    try:
        component = read_component(data, arena)
    except Malformed as error:
        raise frontmaker.NoFront(f"it could not be read: {error}") from None
    front = _Front(component, arena, rows, foreign, carries=carries, called=called, guards=guards)
    return front.around(data)


class _Interface(NamedTuple):
    """An instance that a component imports.

    Parameters:
        name: with its version; None: the world.
        exports: names and numbers of types, in order: functions, and the types themselves.
    """

    name: str | None
    exports: tuple[tuple[str, int], ...]


class _Export(NamedTuple):
    """A function that a component exports.

    Parameters:
        interface: None: it is one of the world.
        type: the number of its type.
        carried: that of its type with strings.
    """

    interface: str | None
    name: str
    type: int
    carried: int


class _Front:
    """The outer component, and what it puts between its imports and the one inside."""

    def __init__(
        self,
        component: Component,
        arena: Arena,
        rows: Mapping[tuple[str, str], int],
        foreign: bool,
        *,
        carries: bool,
        called: bool,
        guards: bool,
    ) -> None:
        self._component = component
        self._called = called
        self._arena = arena
        self._guards = guards
        self._table = typetable.TypeTable(arena)
        self._names = frontmaker.Names(rows, foreign=foreign)
        self._outer = frontmaker.Maker(self._table, self._names)
        self._crossing = Crossing(self._table) if carries else None
        self._carried: set[tuple[str | None, str]] = set()

    def around(self, data: bytes) -> Front:
        """Return the front of a component."""
        outer, component = self._outer, self._component
        for name, extern in component.imports.items():
            self._add_resources(name, extern)
        self._add_own_resources()
        carried = list(self._carried_exports())
        if not component.imports and not carried:
            raise frontmaker.NoFront("it imports nothing")
        self._check_exports()
        arguments = [self._argument(name, extern) for name, extern in component.imports.items()]
        inner = outer.instantiate(outer.component(data), arguments)
        aliases = {
            name: self._export(name, extern, inner) for name, extern in component.exports.items()
        }
        if carried:
            self._put_exports(carried, aliases)
        return Front(outer.data(), frozenset(self._carried), bool(self._carried or carried))

    # ---- What it imports ----

    def _add_resources(self, name: str, extern: Extern) -> None:
        """Note which resources an import of the component brings."""
        if extern.kind == "instance" and extern.id is not None:
            for label, item in self._arena.instances[extern.id.number].exports.items():
                if item.id is not None and item.id.space == "r" and item.id == item.referenced:
                    self._table.add_resource(item.id, self._names.key(name), label)
        elif extern.id is not None and extern.id.space == "r" and extern.id == extern.referenced:
            self._table.add_resource(extern.id, frontmaker.WORLD, name)

    def _argument(self, name: str, extern: Extern) -> tuple[str, int, int]:
        """Return name, sort and index of what the component gets for an import."""
        if extern.id is None or extern.kind not in graph.SORTS:
            raise frontmaker.NoFront(f"it imports {name}, which is no interface")
        if extern.kind == "instance":
            interface = self._interface(name, extern.id)
            return name, graph.INSTANCE_SORT, self._instance(self._adapter(interface), {})
        if not self._names.is_foreign(None):
            raise frontmaker.NoFront(f"it imports {name}, which is no interface")
        number = self._table.number(extern.id)
        if extern.kind == "type":
            return name, graph.TYPE_SORT, self._outer.type(number)
        return name, graph.FUNC_SORT, self._function(name, number)

    def _function(self, name: str, number: int) -> int:
        """Import a function of the world."""
        adapter = frontmaker.Maker(self._table, self._names)
        index = self._functions(adapter, _Interface(None, ((name, number),)))[name]
        if (None, name) not in self._carried:
            return self._outer.function(self._names.function(None, name, carried=False), number)
        adapter.export(graph.extern_name(name), graph.FUNC_SORT, index)
        return self._outer.alias(self._instance(adapter, {}), name, graph.FUNC_SORT)

    def _interface(self, name: str, id: Id) -> _Interface:
        """Return an interface that the component imports."""
        exports = []
        for label, item in self._arena.instances[id.number].exports.items():
            if item.id is None or item.kind not in ("func", "type"):
                raise frontmaker.NoFront(f"it imports {label} of {name}, no function and no type")
            exports.append((label, self._table.number(item.id)))
        return _Interface(name, tuple(exports))

    def _adapter(self, interface: _Interface) -> frontmaker.Maker:
        """Return a component that imports what is in an interface and exports it as that.

        Only a component can: in a mere list of exports no name may be that of a method.
        """
        adapter = frontmaker.Maker(self._table, self._names)
        functions = self._functions(adapter, interface)
        # A method's own resource must be the one that is exported under its name: from here on,
        # types are made of that. What has a name already keeps its index.
        adapter.indexes = {
            number: index
            for number, index in adapter.indexes.items()
            if self._table[number].kind in typetable.NAMED
            or self._table[number].kind == typetable.RESOURCE
        }
        exported: set[int] = set()
        for name, number in interface.exports:
            index = adapter.type(number)
            if name in functions:
                described = b"\x01" + graph.sort_index(graph.FUNC_SORT, index)
                adapter.export(graph.extern_name(name), graph.FUNC_SORT, functions[name], described)
            else:
                index = adapter.export(graph.extern_name(name), graph.TYPE_SORT, index)
                # A resource has the first of its names: `headers` is `fields`.
                if number not in exported:
                    exported.add(number)
                    adapter.indexes[number] = index
        return adapter

    def _functions(self, adapter: frontmaker.Maker, interface: _Interface) -> dict[str, int]:
        """Import the functions of an interface; return their indexes, by name."""
        functions: dict[str, int] = {}
        crossed: dict[str, frontmaker.Crossed] = {}
        for name, number in interface.exports:
            adapter.type(number)
            if self._table[number].kind not in typetable.FUNCTIONS.values():
                continue
            carried, whole = None, self._names.is_foreign(interface.name)
            if self._crossing is not None and self._names.may_carry(interface.name):
                carried = self._crossing.carried(number, whole=whole)
            short = self._names.function(interface.name, name, carried=carried is not None)
            if self._crossing is None or carried is None:
                functions[name] = adapter.function(short, number)
                continue
            self._carried.add((interface.name, name))
            index = adapter.function(short, carried)
            carrier = self._crossing.carrier(number, carried, whole=whole)
            crossed[name] = frontmaker.Crossed(index, carrier, number)
        if self._crossing is not None and crossed:
            made = adapter.passage(
                list(crossed.values()), self._crossing.layout, inward=False, guards=self._guards
            )
            functions.update(zip(crossed, made, strict=True))
        return functions

    # ---- What it exports ----

    def _check_exports(self) -> None:
        for name, extern in self._component.exports.items():
            if extern.kind not in graph.SORTS:
                raise frontmaker.NoFront(f"it exports {name}, no function, type or interface")

    def _export(self, name: str, extern: Extern, inner: int) -> int:
        """Export what the instance inside does; return the index that it has there."""
        outer, sort = self._outer, graph.SORTS[extern.kind]
        index = outer.alias(inner, name, sort)
        number = typetable.UNKNOWN if extern.id is None else self._table.number(extern.id)
        resources = self._resources(number)
        described = graph.NO_TYPE
        if sort == graph.FUNC_SORT and resources and resources <= outer.indexes.keys():
            # What a function is of has to be exported, or imported, and its type has to say so.
            described = b"\x01" + graph.sort_index(graph.FUNC_SORT, outer.type(number))
        exported = outer.export(graph.extern_name(name), sort, index, described)
        if resources == {number} and self._table[number].labels[0].startswith(frontmaker.EXPORTED):
            outer.indexes[number] = exported
        return index

    def _resources(self, number: int) -> set[int]:
        """Return the resources that a type is, or has to do with."""
        if number == typetable.UNKNOWN:
            return set()
        node = self._table[number]
        if node.kind == typetable.RESOURCE:
            return {number}
        inner = (part for part in node.parts if isinstance(part, int))
        return set().union(*map(self._resources, inner))

    def _carried_exports(self) -> Iterator[_Export]:
        """Yield functions that have bytes."""
        if self._crossing is None or not self._called:
            return
        for name, extern in self._component.exports.items():
            if extern.kind == "instance" and extern.id is not None:
                for label, item in self._arena.instances[extern.id.number].exports.items():
                    yield from self._carried_export(name, label, item)
            else:
                yield from self._carried_export(None, name, extern)

    def _add_own_resources(self) -> None:
        """Note the resources of interfaces that the component exports."""
        for name, extern in self._component.exports.items():
            if extern.kind == "instance" and extern.id is not None:
                for label, item in self._arena.instances[extern.id.number].exports.items():
                    if item.kind == "type" and item.id is not None and item.id.space == "r":
                        self._table.add_resource(item.id, f"{frontmaker.EXPORTED}{name}", label)

    def _carried_export(
        self, interface: str | None, name: str, extern: Extern
    ) -> Iterator[_Export]:
        if extern.kind == "func" and extern.id is not None and self._crossing is not None:
            number = self._table.number(extern.id)
            carried = self._crossing.carried(number, whole=True)
            if carried is not None:
                yield _Export(interface, name, number, carried)

    def _put_exports(self, exports: list[_Export], aliases: Mapping[str, int]) -> None:
        """Export these functions again, with strings.

        Parameters:
            aliases: what the component inside exports.
        """
        assert self._crossing is not None
        outer = self._outer
        adapter = frontmaker.Maker(self._table, self._names)
        crossed: list[frontmaker.Crossed] = []
        given: dict[str, int] = {}
        for i, one in enumerate(exports):
            index = adapter.function(f"f{i}", one.type)
            carrier = self._crossing.carrier(one.type, one.carried, whole=True)
            crossed.append(frontmaker.Crossed(index, carrier, one.carried))
            if one.interface is None:
                given[f"f{i}"] = aliases[one.name]
            else:
                given[f"f{i}"] = outer.alias(aliases[one.interface], one.name, graph.FUNC_SORT)
        made = adapter.passage(crossed, self._crossing.layout, inward=True, guards=False)
        for i, index in enumerate(made):
            adapter.export(graph.extern_name(f"e{i}"), graph.FUNC_SORT, index)
        self._export_resources(adapter, aliases)
        instance = self._instance(adapter, given)
        for i, one in enumerate(exports):
            index = outer.alias(instance, f"e{i}", graph.FUNC_SORT)
            name = BYTES + crossing(one.interface, one.name)
            described = b"\x01" + graph.sort_index(graph.FUNC_SORT, outer.type(one.carried))
            outer.export(graph.extern_name(name), graph.FUNC_SORT, index, described)

    def _export_resources(self, adapter: frontmaker.Maker, aliases: Mapping[str, int]) -> None:
        """Give the resources a name that functions have to do with."""
        for name, sort, number in adapter.imported:
            labels = self._table[number].labels if sort == graph.TYPE_SORT else ()
            if sort != graph.TYPE_SORT or self._table[number].kind != typetable.RESOURCE:
                continue
            interface, label = labels
            if interface.startswith(frontmaker.EXPORTED):
                instance = aliases[interface.removeprefix(frontmaker.EXPORTED)]
                index = self._outer.alias(instance, label, graph.TYPE_SORT)
                self._outer.indexes[number] = self._outer.export(
                    graph.extern_name(name), graph.TYPE_SORT, index
                )

    def _instance(self, adapter: frontmaker.Maker, given: Mapping[str, int]) -> int:
        """Put in an adapter and give it what it imports.

        Parameters:
            given: functions that are not imported, by their names in the adapter.
        """
        arguments = []
        for name, sort, number in adapter.imported:
            if sort != graph.FUNC_SORT:
                index = self._outer.type(number)
            elif name in given:
                index = given[name]
            else:
                index = self._outer.function(name, number)
            arguments.append((name, sort, index))
        return self._outer.instantiate(self._outer.component(adapter.data()), arguments)
