"""Functions that end what a component has made: one for each resource that it exports.

libwasmtime's C interface drops a handle only where nothing can interrupt it, and a destructor is
the guest's code. A function that is passed the handle as its own, and drops it, is called like any
other. So a component that Python calls gets such functions, as exports of its own, behind all that
it has:

1. a small component that imports a resource and exports the function;
2. for each resource an instance of that, whose function is exported: unit_wasm/wit/drop.py
   says under which name.
"""

from __future__ import annotations

from typing import Final

from unit_wasm.component.format.scope import Basic, Extern, Scope, Sort
from unit_wasm.component.format.typedefs import SORTS
from unit_wasm.component.format.visitor import Visitor
from unit_wasm.component.format.walk import walk
from unit_wasm.component.rewrite.coremaker import section, text, vector
from unit_wasm.component.rewrite.graph import (
    FUNC_SORT,
    NO_TYPE,
    RESOURCE_BOUND,
    TYPE,
    TYPE_SORT,
    Graph,
    extern_name,
    sort_index,
)
from unit_wasm.component.rewrite.typetable import encode_s33
from unit_wasm.wit.arena import Arena
from unit_wasm.wit.binary import read_component
from unit_wasm.wit.canonical import lifted_types
from unit_wasm.wit.drop import drop_name
from unit_wasm.wit.reader import COMPONENT_PREAMBLE, Malformed, Reader, encode_u32

_CANON_SECTION, _IMPORT_SECTION, _EXPORT_SECTION = 8, 10, 11

_DROPPER: Final = COMPONENT_PREAMBLE + b"".join(
    section(number, vector([item]))
    for number, item in (
        # (import "r" (type (sub resource)))
        (_IMPORT_SECTION, extern_name("r") + RESOURCE_BOUND),
        # (core func (canon resource.drop 0))
        (_CANON_SECTION, b"\x03\0"),
        # (type (own 0)) (type (func (param "r" 1)))
        (TYPE, b"\x69\0"),
        (TYPE, b"\x40" + vector([text("r") + b"\x01"]) + b"\x01\0"),
        # (func (type 2) (canon lift (core func 0)))
        (_CANON_SECTION, b"\0\0\0\0\x02"),
        (_EXPORT_SECTION, extern_name("d") + sort_index(FUNC_SORT, 0) + NO_TYPE),
    )
)


def put_drops(data: bytes) -> bytes:
    """Return a component with functions that drop what it exports; as it is where there is none.

    Never raises: what cannot be read comes back as it is.
    """
    arena, exports = Arena(), _Exports()
    try:
        component = read_component(data, arena)
        scope = walk(data, exports)
    except Malformed:
        return data
    resources = [
        (name, label)
        for name, extern in component.exports.items()
        if extern.kind == "instance" and extern.id is not None and name in exports.indexes
        for label, item in arena.instances[extern.id.number].exports.items()
        if item.kind == "type" and item.id is not None and item.id.space == "r"
    ]
    return data + _appended(resources, exports.indexes, scope) if resources else data


class _Exports(Visitor):
    """Counts functions, and notes which indexes exported instances of the component get."""

    def __init__(self) -> None:
        self.indexes: dict[str, int] = {}

    def canonicals(self, reader: Reader, scope: Scope) -> None:
        for _ in lifted_types(reader):
            scope.add(Sort.FUNC, Basic.OTHER)

    def exported(self, name: str, extern: Extern, scope: Scope) -> None:
        if scope.outer is None and extern.sort is Sort.INSTANCE:
            self.indexes[name] = len(scope.spaces.get(Sort.INSTANCE, ()))


def _appended(resources: list[tuple[str, str]], indexes: dict[str, int], scope: Scope) -> bytes:
    counts = {number: len(scope.spaces.get(sort, ())) for number, sort in SORTS.items()}
    graph = Graph(counts)
    dropper = graph.component(_DROPPER)
    for interface, resource in resources:
        # A resource and a function get two indexes: as what they are, and as what is exported.
        # What a function is of has to be exported, too, and its type has to say so.
        name = drop_name(interface, resource)
        made = graph.alias(indexes[interface], resource, TYPE_SORT)
        exported = graph.export(extern_name(f"{name}-of"), TYPE_SORT, made)
        instance = graph.instantiate(dropper, [("r", TYPE_SORT, exported)])
        function = graph.alias(instance, "d", FUNC_SORT)
        own = graph.put(TYPE, TYPE_SORT, b"\x69" + encode_u32(exported))
        params = vector([text("r") + encode_s33(own)])
        described = graph.put(TYPE, TYPE_SORT, b"\x40" + params + b"\x01\0")
        graph.export(
            extern_name(name), FUNC_SORT, function, b"\x01" + sort_index(FUNC_SORT, described)
        )
    return graph.sections()
