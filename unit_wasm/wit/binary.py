"""Reading a component's binary as far as its types go: what it imports and what it exports.

Core modules and what a component does inside are stepped over. Nested components are read, because
what a component exports is usually made by one: their types are those of the outer one then.

Format: https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from unit_wasm.wit.arena import Arena, Component, Defined, Extern, Func, Instance
from unit_wasm.wit.canonical import lifted_types
from unit_wasm.wit.coretypes import skip_core_type
from unit_wasm.wit.definitions import PRIMITIVE_CODES, read_defined, read_extern_name, read_function
from unit_wasm.wit.reader import COMPONENT_PREAMBLE, Malformed, Reader, UnknownConstruct
from unit_wasm.wit.scope import Scope

MAX_DEPTH: Final = 64
"""Components and types of instances may be nested this deep."""

_CORE_MODULE = 0x11
_KINDS: Final = {
    0x01: "func",
    0x02: "value",
    0x03: "type",
    0x04: "component",
    0x05: "instance",
}
_SPACES: Final = {"func": "f", "component": "c", "instance": "i"}


def read_component(data: bytes, arena: Arena) -> Component:
    """Read the component ``data``, all of its types into ``arena``.

    Raises:
        Malformed: it breaks the format; UnknownConstruct: it has something that is not known.
    """
    return _Binary(arena).component(Reader(data), None)


class _Binary:
    """The readers of sections; all state is in the scope that is passed along."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._sections: dict[int, Callable[[Reader, Scope], None]] = {
            5: self._instance,
            6: self._alias,
            7: self._type,
            10: self._import,
            11: self._export,
        }

    def component(self, reader: Reader, outer: Scope | None) -> Component:
        scope = self._scope(outer, reader)
        start = reader.skip(len(COMPONENT_PREAMBLE))
        if reader.data[start : reader.position] != COMPONENT_PREAMBLE:
            raise Malformed("a component does not start as one", start)
        while not reader.at_end():
            section, body = reader.section()
            if section == 4:
                scope.add(Extern("component", self._arena.add(self.component(body, scope), start)))
            elif section == 8:
                for index in lifted_types(body):
                    scope.add(Extern("func", scope.type(index, "f", body.position)))
            elif section == 9:
                self._start(body, scope)
            elif section in self._sections:
                for _ in range(body.u32()):
                    self._sections[section](body, scope)
                body.expect_end("a section")
            elif section not in (0, 1, 2, 3):
                raise UnknownConstruct(f"an unknown section {section}", body.position)
        return scope.component()

    def _scope(self, outer: Scope | None, reader: Reader) -> Scope:
        scope = Scope(self._arena, outer)
        if scope.depth > MAX_DEPTH:
            raise UnknownConstruct(f"something is nested deeper than {MAX_DEPTH}", reader.position)
        return scope

    # ---- Types ----

    def _type(self, reader: Reader, scope: Scope) -> None:
        start = reader.position
        opcode = reader.byte()
        if opcode in (0x41, 0x42):
            inner = self._scope(scope, reader)
            for _ in range(reader.u32()):
                self._declaration(reader, inner, opcode == 0x41)
            made: Instance | Component = inner.component() if opcode == 0x41 else inner.instance()
            scope.types.append(self._arena.add(made, start))
        elif opcode in (0x40, 0x43):
            kind, labels, parts, _ = read_function(reader, scope, opcode)
            func = Func(labels, parts, kind == "async func")
            scope.types.append(self._arena.add(func, start))
        elif opcode == 0x3F:
            reader.byte()
            if reader.byte():
                reader.u32()
            resource = self._arena.resource()
            scope.resources.append(resource.number)
            scope.types.append(resource)
        elif opcode in PRIMITIVE_CODES:
            primitive = Defined("primitive", (), (PRIMITIVE_CODES[opcode],))
            scope.types.append(self._arena.add(primitive, start))
        else:
            defined = Defined(*read_defined(reader, scope, opcode))
            scope.types.append(self._arena.add(defined, start))

    def _declaration(self, reader: Reader, scope: Scope, in_component: bool) -> None:
        start = reader.position
        opcode = reader.byte()
        if opcode == 0x00:
            skip_core_type(reader)
        elif opcode == 0x01:
            self._type(reader, scope)
        elif opcode == 0x02:
            self._alias(reader, scope)
        elif opcode == 0x03 and in_component:
            self._import(reader, scope)
        elif opcode == 0x04:
            name, options = read_extern_name(reader)
            extern = self._extern_type(reader, scope, options)
            scope.export(name, extern, start)
        else:
            raise UnknownConstruct(f"an unknown declaration {opcode:#04x}", start)

    def _extern_type(self, reader: Reader, scope: Scope, options: dict[int, str]) -> Extern:
        start = reader.position
        opcode = reader.byte()
        kind = _KINDS.get(opcode)
        if opcode == 0x00:
            reader.byte()
            reader.u32()
            kind, made, referenced = "core module", None, None
        elif kind == "value":
            made = referenced = None
            if reader.byte() == 0x00:
                reader.u32()
            else:
                scope.value_type(reader)
        elif kind == "type":
            if reader.byte():
                made = referenced = self._arena.resource()
            else:
                referenced = scope.any_type(reader.u32(), start)
                made = self._arena.alias(referenced)
        elif kind is not None:
            made = referenced = scope.type(reader.u32(), _SPACES[kind], start)
        else:
            raise UnknownConstruct(f"an unknown kind of import {opcode:#04x}", start)
        return Extern(kind, made, referenced, *map(options.get, range(3)))

    # ---- Imports, exports, aliases ----

    def _import(self, reader: Reader, scope: Scope) -> None:
        start = reader.position
        name, options = read_extern_name(reader)
        scope.import_(name, self._extern_type(reader, scope, options), start)

    def _export(self, reader: Reader, scope: Scope) -> None:
        start = reader.position
        name, options = read_extern_name(reader)
        extern = self._sort_index(reader, scope)
        if reader.byte():
            extern = self._extern_type(reader, scope, options)
        elif extern.kind == "type" and extern.id is not None:
            extern = Extern("type", self._arena.alias(extern.id), extern.id)
        beside = map(options.get, range(3))
        scope.export(name, Extern(extern.kind, extern.id, extern.referenced, *beside), start)

    def _alias(self, reader: Reader, scope: Scope) -> None:
        start = reader.position
        kind = self._sort(reader)
        target = reader.byte()
        if target == 0x00:
            instance = scope.instance_at(reader.u32(), start)
            name = reader.name()
            extern = instance.exports.get(name)
            if extern is None or extern.kind != kind:
                raise Malformed(f"an alias of {name!r}, which is not there", start)
            scope.add(Extern(extern.kind, extern.id, extern.referenced))
        elif target == 0x01:
            reader.u32()
            reader.name()
        elif target == 0x02:
            outer = scope.outward(reader.u32(), start)
            scope.add(self._at(outer, kind, reader.u32(), start))
        else:
            raise UnknownConstruct(f"an unknown alias {target:#04x}", start)

    def _sort(self, reader: Reader) -> str:
        start = reader.position
        sort = reader.byte()
        if sort == 0x00:
            return "core module" if reader.byte() == _CORE_MODULE else "core"
        if sort not in _KINDS:
            raise UnknownConstruct(f"an unknown sort {sort:#04x}", start)
        return _KINDS[sort]

    def _sort_index(self, reader: Reader, scope: Scope) -> Extern:
        start = reader.position
        return self._at(scope, self._sort(reader), reader.u32(), start)

    def _at(self, scope: Scope, kind: str, index: int, at: int) -> Extern:
        if kind in ("core module", "core", "value"):
            return Extern(kind)
        found = scope.at(kind, index, at)
        return Extern(kind, found, found)

    # ---- Instances ----

    def _instance(self, reader: Reader, scope: Scope) -> None:
        start = reader.position
        opcode = reader.byte()
        if opcode == 0x00:
            component = scope.component_at(reader.u32(), start)
            arguments: dict[str, Extern] = {}
            for _ in range(reader.u32()):
                name = reader.name()
                arguments[name] = self._sort_index(reader, scope)
            scope.add(Extern("instance", scope.instantiated(component, arguments, start)))
        elif opcode == 0x01:
            exports: dict[str, Extern] = {}
            for _ in range(reader.u32()):
                name, options = read_extern_name(reader)
                extern = self._sort_index(reader, scope)
                exports[name] = replace(extern, external_id=options.get(2))
            scope.add(Extern("instance", self._arena.add(Instance(exports), start)))
        else:
            raise UnknownConstruct(f"an unknown instance {opcode:#04x}", start)

    def _start(self, reader: Reader, scope: Scope) -> None:
        reader.u32()
        for _ in range(reader.u32()):
            reader.u32()
        for _ in range(reader.u32()):
            scope.add(Extern("value"))
        reader.expect_end("a section")
