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
from unit_wasm.component.format.visitor import Visitor
from unit_wasm.component.format.walk import walk
from unit_wasm.component.rewrite.coremaker import section, text, vector
from unit_wasm.component.rewrite.typetable import encode_s33
from unit_wasm.wit.arena import Arena
from unit_wasm.wit.binary import read_component
from unit_wasm.wit.canonical import lifted_types
from unit_wasm.wit.drop import drop_name
from unit_wasm.wit.reader import COMPONENT_PREAMBLE, Malformed, Reader, encode_u32

_FUNC, _TYPE, _INSTANCE = 0x01, 0x03, 0x05
_COMPONENT_SECTION, _INSTANCE_SECTION, _ALIAS_SECTION = 4, 5, 6
_TYPE_SECTION, _CANON_SECTION, _IMPORT_SECTION, _EXPORT_SECTION = 7, 8, 10, 11

_DROPPER: Final = COMPONENT_PREAMBLE + b"".join(
    section(number, vector([item]))
    for number, item in (
        # (import "r" (type (sub resource)))
        (_IMPORT_SECTION, b"\0" + text("r") + b"\x03\x01"),
        # (core func (canon resource.drop 0))
        (_CANON_SECTION, b"\x03\0"),
        # (type (own 0)) (type (func (param "r" 1)))
        (_TYPE_SECTION, b"\x69\0"),
        (_TYPE_SECTION, b"\x40" + vector([text("r") + b"\x01"]) + b"\x01\0"),
        # (func (type 2) (canon lift (core func 0)))
        (_CANON_SECTION, b"\0\0\0\0\x02"),
        (_EXPORT_SECTION, b"\0" + text("d") + bytes([_FUNC, 0, 0])),
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
    def counted(sort: Sort) -> int:
        return len(scope.spaces.get(sort, ()))

    types, functions = counted(Sort.TYPE), counted(Sort.FUNC)
    dropper, instances = counted(Sort.COMPONENT), counted(Sort.INSTANCE)
    made = [section(_COMPONENT_SECTION, _DROPPER)]
    for place, (interface, resource) in enumerate(resources):
        # A resource and a function get two indexes: as what they are, and as what is exported.
        # What a function is of has to be exported, too, and its type has to say so.
        type_, function = types + 4 * place, functions + 2 * place
        name = drop_name(interface, resource)
        instance = encode_u32(instances + place)
        exported = encode_u32(type_ + 1)
        argument = text("r") + bytes([_TYPE]) + exported
        items = (
            (_ALIAS_SECTION, _alias(_TYPE, encode_u32(indexes[interface]), resource)),
            (_EXPORT_SECTION, _export(f"{name}-of", _TYPE, type_) + b"\0"),
            (_INSTANCE_SECTION, b"\0" + encode_u32(dropper) + vector([argument])),
            (_ALIAS_SECTION, _alias(_FUNC, instance, "d")),
            (_TYPE_SECTION, b"\x69" + exported),
            (_TYPE_SECTION, b"\x40" + vector([text("r") + encode_s33(type_ + 2)]) + b"\x01\0"),
            (
                _EXPORT_SECTION,
                _export(name, _FUNC, function) + b"\x01\x01" + encode_u32(type_ + 3),
            ),
        )
        made += (section(number, vector([item])) for number, item in items)
    return b"".join(made)


def _alias(sort: int, instance: bytes, name: str) -> bytes:
    return bytes([sort, 0]) + instance + text(name)


def _export(name: str, sort: int, index: int) -> bytes:
    return b"\0" + text(name) + bytes([sort]) + encode_u32(index)
