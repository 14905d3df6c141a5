"""What the outcome of a composition exports: what the socket does.

Types that a function speaks of must have a name in the outcome. Those of what stays open have one,
and so have those that an interface exports beside its functions; others, of what a plug fills, are
said once more by the type with which an interface is exported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from unit_wasm.component.compose.imports import Imports
from unit_wasm.component.compose.parts import Part
from unit_wasm.component.compose.typescope import InstanceTypes, Place, name_of
from unit_wasm.component.rewrite.graph import (
    EQUAL,
    INSTANCE_SORT,
    NO_TYPE,
    SORTS,
    TYPE,
    TYPE_SORT,
    Graph,
)
from unit_wasm.component.rewrite.typetable import NAMED
from unit_wasm.wit.arena import Arena, Extern, Id
from unit_wasm.wit.reader import encode_u32


def write_exports(socket: Part, instance: int, graph: Graph, imports: Imports) -> None:
    """Write what the outcome exports.

    Parameters:
        instance: of the socket.

    Raises:
        ComponentError: a type of something has no name in the outcome.
    """
    for name, extern in socket.exports.items():
        sort = SORTS[extern.kind]
        index = graph.alias(instance, name, sort)
        described = NO_TYPE
        if extern.kind == "func" and _speaks_of_names(extern.id, imports.arena):
            described = b"\x01" + imports.outer.described(extern, ("", name))
        elif extern.kind == "instance" and extern.id is not None:
            members = imports.arena.instances[extern.id.number].exports
            if _hides(members, imports):
                declared = _ExportedTypes(imports, graph, index, members).declared()
                declared_index = graph.put(TYPE, TYPE_SORT, declared)
                described = b"\x01" + bytes([INSTANCE_SORT]) + encode_u32(declared_index)
        exported = graph.export(name_of(name, extern), sort, index, described)
        if sort == TYPE_SORT and extern.id is not None:
            imports.outer.know(extern.id, exported)


def _speaks_of_names(type: Id | None, arena: Arena) -> bool:
    """Say whether a function has types that must have a name where they are used."""
    if type is None or type.space == "r":
        return True
    if type.space == "d" and arena.defined[type.number].kind in NAMED:
        return True
    return any(_speaks_of_names(part, arena) for part in _parts(type, arena))


def _parts(type: Id, arena: Arena) -> Iterator[Id]:
    of = arena.funcs[type.number] if type.space == "f" else arena.defined[type.number]
    return (part for part in of.parts if isinstance(part, Id))


def _hides(members: Mapping[str, Extern], imports: Imports) -> bool:
    """Say whether an interface speaks of a type that a plug has, by another name than its own."""
    own = {item.id for item in members.values() if item.kind == "type"}
    waiting = [
        part
        for item in members.values()
        for type in (item.id, item.referenced)
        if type is not None and type.space in ("d", "f")
        for part in _parts(type, imports.arena)
    ]
    seen: set[Id] = set()
    while waiting:
        type = waiting.pop()
        if type in own or type in seen or type.space == "r":
            continue
        seen.add(type)
        if imports.hides(type):
            return True
        waiting += _parts(type, imports.arena)
    return False


class _ExportedTypes(InstanceTypes):
    """The type of an interface that is exported.

    Parameters:
        instance: what is exported; its resources are those.
    """

    def __init__(
        self, imports: Imports, graph: Graph, instance: int, members: Mapping[str, Extern]
    ) -> None:
        super().__init__(imports.arena, self._found, _EXPORT, members)
        self._imports = imports
        self._graph = graph
        self._instance = instance
        self._labels: dict[Id, str] = {}
        for label, item in members.items():
            for type in (item.id, item.referenced) if item.kind == "type" else ():
                if type is not None:
                    self._labels.setdefault(type, label)

    def _found(self, type: Id, *, renamed: bool = False) -> Place | None:
        current: Id | None = type
        while current is not None:
            if current in self._labels:
                return _EXPORT, self._labels[current]
            current = self._imports.arena.aliased(current)
        return self._imports.place(type, renamed=renamed)

    def described(self, item: Extern, place: Place) -> bytes:
        """Return what a function or a type is; a resource is that of the instance."""
        if item.kind == "type" and item.id is not None and item.id.space == "r":
            outer = self._graph.alias(self._instance, place[1], TYPE_SORT)
            return EQUAL + encode_u32(self._alias(outer))
        return super().described(item, place)

    def _outside(self, place: Place) -> int:
        return self._imports.named(place)


_EXPORT = "="
"""In the place of an interface, which no name is."""
