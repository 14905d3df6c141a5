"""Walk a component binary, at every nesting level, with its type and instance index spaces.

One walk serves two readers: inspection looks at the outermost scope afterwards, and the rewrite
watches imports, canonical functions and core indexes as they pass (a Visitor). Each byte that is
not part of a core module or a custom section is looked at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from unit_wasm.component.format import typedefs
from unit_wasm.component.format.coremodule import read_core_module
from unit_wasm.component.format.scope import (
    CORE_SPACES,
    Basic,
    CoreSpace,
    Cost,
    Extern,
    Scope,
    Shape,
    Sort,
)
from unit_wasm.component.format.visitor import Visitor
from unit_wasm.wit.reader import (
    COMPONENT_PREAMBLE,
    MODULE_PREAMBLE,
    Malformed,
    Reader,
    Truncated,
    UnknownConstruct,
)

MAX_DEPTH: Final = 64
"""Components and types may be nested this deep: real ones stay below 8, Python's stack ends."""


def walk(data: bytes, visitor: Visitor) -> Scope:
    """Walk the component ``data`` and return its outermost scope.

    Parameters:
        data: a component binary, from its preamble on.
        visitor: hears of what passes; may raise to stop the walk.

    Raises:
        Malformed: the bytes break the format (Truncated, UnknownConstruct: its subclasses).
    """
    return _Walker(visitor).component(Reader(data), None, 0)


class _Walker:
    """The section readers of one walk; all state is in the Scope that is passed along."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._types = typedefs.TypeReader(visitor, MAX_DEPTH)
        self._sections: dict[int, Callable[[Reader, Scope], None]] = {
            2: self._core_instance,
            5: self._instance,
            6: self._types.alias,
            7: self._type,
            10: self._types.import_declaration,
            11: self._export,
        }

    def component(self, reader: Reader, outer: Scope | None, depth: int) -> Scope:
        if depth > MAX_DEPTH:
            raise UnknownConstruct(
                f"components are nested deeper than {MAX_DEPTH}", reader.position
            )
        _preamble(reader, COMPONENT_PREAMBLE, "component")
        scope = Scope(outer, depth)
        while not reader.at_end():
            start = reader.position
            section_id, body = reader.section()
            self._visitor.enter_section(section_id, start, body, scope)
            self._section(section_id, body, scope)
            self._visitor.leave_section()
        return scope

    def _section(self, section_id: int, body: Reader, scope: Scope) -> None:
        if section_id in self._sections:
            item = self._sections[section_id]
            for _ in range(body.u32()):
                item(body, scope)
            body.expect_end("a section")
        elif section_id == 1:
            scope.add(Sort.MODULE, Shape(cost=_module_cost(body)))
            self._visitor.core_defined(scope, CoreSpace.MODULE)
        elif section_id == 4:
            scope.add(Sort.COMPONENT, self.component(body, scope, scope.depth + 1).shape())
        elif section_id == 8:
            self._visitor.canonicals(body, scope)
        elif section_id in (9, 12):
            self._visitor.construct("a start section" if section_id == 9 else "a value section")
        elif section_id not in (0, 3):
            raise UnknownConstruct(f"unknown section {section_id}", body.position)

    def _type(self, reader: Reader, scope: Scope) -> None:
        scope.add(Sort.TYPE, self._types.definition(reader, scope))

    def _core_instance(self, reader: Reader, scope: Scope) -> None:
        opcode = reader.byte()
        if opcode == 0x00:
            module = typedefs.core_reference(reader, scope, CoreSpace.MODULE, self._visitor)
            scope.pay(scope.get(Sort.MODULE, module), core_instances=1)
            for _ in range(reader.u32()):
                reader.name()
                if reader.byte() != CoreSpace.INSTANCE:
                    raise UnknownConstruct("unknown core instantiation argument", reader.position)
                typedefs.core_reference(reader, scope, CoreSpace.INSTANCE, self._visitor)
        elif opcode == 0x01:
            for _ in range(reader.u32()):
                reader.name()
                self._core_sort_index(reader, scope)
        else:
            raise UnknownConstruct(f"unknown core instance {opcode:#04x}", reader.position - 1)
        self._visitor.core_defined(scope, CoreSpace.INSTANCE)

    def _core_sort_index(self, reader: Reader, scope: Scope) -> Extern:
        core = reader.byte()
        if core not in CORE_SPACES:
            reader.u32()
            return Extern(Sort.CORE, Basic.OTHER)
        index = typedefs.core_reference(reader, scope, CORE_SPACES[core], self._visitor)
        if core == typedefs.CORE_MODULE_SORT:
            return Extern(Sort.MODULE, scope.get(Sort.MODULE, index))
        return Extern(Sort.CORE, Basic.OTHER)

    def _instance(self, reader: Reader, scope: Scope) -> None:
        opcode = reader.byte()
        if opcode == 0x00:
            component = scope.get(Sort.COMPONENT, reader.u32())
            for _ in range(reader.u32()):
                name = reader.name()
                self._visitor.passed(name, self._sort_index(reader, scope))
            scope.pay(component)
            scope.add(Sort.INSTANCE, component)
        elif opcode == 0x01:
            exports: dict[str, Extern] = {}
            for _ in range(reader.u32()):
                name = typedefs.extern_name(reader)
                exports[name] = self._sort_index(reader, scope)
                self._visitor.passed(name, exports[name])
            scope.add(Sort.INSTANCE, Shape(exports))
        else:
            raise UnknownConstruct(f"unknown instance {opcode:#04x}", reader.position - 1)

    def _export(self, reader: Reader, scope: Scope) -> None:
        name = typedefs.extern_name(reader)
        extern = self._sort_index(reader, scope)
        self._visitor.exported(name, extern, scope)
        flag = reader.byte()
        if flag == 0x01:
            ascribed = self._types.extern_type(reader, scope)
            self._visitor.exported(name, ascribed, scope)
            # What runs when it is instantiated is what was defined, not what the type says.
            if not (isinstance(extern.entry, Shape) and extern.entry.cost is not Cost.ZERO):
                extern = ascribed
        elif flag != 0x00:
            raise UnknownConstruct(f"unknown export flag {flag:#04x}", reader.position - 1)
        scope.add(extern.sort, extern.entry)
        scope.exports[name] = extern
        if extern.sort is Sort.MODULE:
            self._visitor.core_defined(scope, CoreSpace.MODULE)

    def _sort_index(self, reader: Reader, scope: Scope) -> Extern:
        opcode = reader.byte()
        if opcode == 0x00:
            return self._core_sort_index(reader, scope)
        if opcode not in typedefs.SORTS:
            raise UnknownConstruct(f"unknown sort {opcode:#04x}", reader.position - 1)
        sort = typedefs.SORTS[opcode]
        if sort is Sort.VALUE:
            self._visitor.construct("values")
        return Extern(sort, scope.get(sort, reader.u32()))


def _preamble(reader: Reader, expected: bytes, what: str) -> None:
    start = reader.position
    found = reader.data[start : min(start + len(expected), reader.end)]
    if found != expected:
        if expected.startswith(found):
            raise Truncated(f"a {what} ends in its first 8 bytes", start)
        raise Malformed(f"a {what} does not start as one", start)
    reader.skip(len(expected))


def _module_cost(reader: Reader) -> Cost:
    """Count what a core module defines itself."""
    _preamble(reader, MODULE_PREAMBLE, "core module")
    module = read_core_module(reader)
    return Cost(0, module.memories, module.tables, module.heap)
