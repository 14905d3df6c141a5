"""Read type definitions, imports, aliases and names of a component binary into a Scope.

What definitions look like is said by ``wit/definitions.py``. ``wit/`` resolves what they mean; here
it is kept where they stand, and only as much of their meaning as edits need.
"""

from __future__ import annotations

from typing import Final

from unit_wasm.component.format.scope import (
    CORE_SPACES,
    Basic,
    CoreSpace,
    Entry,
    Extern,
    Scope,
    Shape,
    Sort,
)
from unit_wasm.component.format.valtypes import RECENT, Function, Part, Value
from unit_wasm.component.format.visitor import Visitor
from unit_wasm.wit.coretypes import skip_core_type
from unit_wasm.wit.definitions import (
    PRIMITIVE_CODES,
    Definition,
    read_defined,
    read_extern_name,
    read_function,
)
from unit_wasm.wit.reader import Malformed, Reader, UnknownConstruct

CORE_MODULE_SORT: Final = CoreSpace.MODULE
SORTS: Final = {
    0x01: Sort.FUNC,
    0x02: Sort.VALUE,
    0x03: Sort.TYPE,
    0x04: Sort.COMPONENT,
    0x05: Sort.INSTANCE,
}

_MAX_TYPE_DEPTH: Final = 100
_MAX_TYPE_COUNT: Final = 1_000_000
"""Types of values may be nested this deep, and be so large; libwasmtime takes no more."""

_CONSTRUCTS: Final = {
    "stream": "streams",
    "future": "futures",
    "error-context": "error-context",
}
_RECENT: Final = frozenset({*_CONSTRUCTS, "map"})


class TypeReader:
    """Reads definitions of types and what refers to them.

    Parameters:
        visitor: hears of imports, exports and constructs.
        max_depth: how deep scopes may be nested.
    """

    def __init__(self, visitor: Visitor, max_depth: int) -> None:
        self._visitor = visitor
        self._max_depth = max_depth

    def definition(self, reader: Reader, scope: Scope) -> Entry:
        """Read one ``deftype``; raise UnknownConstruct for an opcode that is not known."""
        opcode = reader.byte()
        if opcode in PRIMITIVE_CODES:
            return self._value(Definition(PRIMITIVE_CODES[opcode]))
        if opcode in (0x41, 0x42):
            return self._declarations(reader, scope, is_component=opcode == 0x41)
        if opcode in (0x40, 0x43):
            if opcode == 0x43:
                self._visitor.construct("async functions")
            *params, result = read_function(reader, _Places(self, scope), opcode).parts
            return Function(tuple(part for part in params if part is not None), result)
        if opcode == 0x3F:
            reader.byte()
            if self._flag(reader):
                core_reference(reader, scope, CoreSpace.FUNC, self._visitor)
            return Basic.RESOURCE
        start = reader.position
        value = self._value(read_defined(reader, _Places(self, scope), opcode))
        if value.depth > _MAX_TYPE_DEPTH:
            raise UnknownConstruct(f"a type is nested deeper than {_MAX_TYPE_DEPTH}", start)
        if value.count > _MAX_TYPE_COUNT:
            raise UnknownConstruct(f"a type has more than {_MAX_TYPE_COUNT} parts", start)
        return value

    def _value(self, found: Definition[Part]) -> Value:
        kind, labels, parts, length = found
        if kind in _CONSTRUCTS:
            self._visitor.construct(_CONSTRUCTS[kind])
        if kind in _RECENT or length is not None:
            kind = RECENT
        return Value(kind, () if kind in ("own", "borrow") else parts, labels)

    def value_type(self, reader: Reader, scope: Scope) -> Part:
        """Read a ``valtype``: a primitive or a type index."""
        start = reader.position
        first = reader.peek()
        if first in PRIMITIVE_CODES:
            reader.byte()
            return Part(self._value(Definition(PRIMITIVE_CODES[first])), start, reader.position)
        index = reader.s33()
        if index < 0:
            raise UnknownConstruct(f"unknown value type {first:#04x}", start)
        entry = scope.get(Sort.TYPE, index)
        return Part(entry if isinstance(entry, Value) else None, start, reader.position)

    def _flag(self, reader: Reader) -> bool:
        flag = reader.byte()
        if flag > 1:
            raise Malformed(f"a flag is {flag:#04x}", reader.position - 1)
        return flag == 1

    def _declarations(self, reader: Reader, outer: Scope, *, is_component: bool) -> Shape:
        scope = Scope(outer, outer.depth + 1)
        start = reader.position
        if scope.depth > self._max_depth:
            raise UnknownConstruct(
                f"types are nested deeper than {self._max_depth}", reader.position
            )
        for _ in range(reader.u32()):
            opcode = reader.byte()
            if opcode == 0x00:
                skip_core_type(reader)
            elif opcode == 0x01:
                scope.add(Sort.TYPE, self.definition(reader, scope))
            elif opcode == 0x02:
                self.alias(reader, scope)
            elif opcode == 0x03 and is_component:
                self.import_declaration(reader, scope)
            elif opcode == 0x04:
                name = extern_name(reader)
                extern = self.extern_type(reader, scope)
                self._visitor.exported(name, extern, scope)
                scope.add(extern.sort, extern.entry)
                scope.exports[name] = extern
            else:
                raise UnknownConstruct(f"unknown declaration {opcode:#04x}", reader.position - 1)
        return scope.shape((start, reader.position))

    def import_declaration(self, reader: Reader, scope: Scope) -> None:
        """Read one ``import`` and give it an index and a place in ``scope.imports``."""
        name = extern_name(reader)
        extern = self._visitor.imported(name, self.extern_type(reader, scope), scope)
        scope.add(extern.sort, extern.entry)
        scope.imports[name] = extern
        if extern.sort is Sort.MODULE:
            self._visitor.core_defined(scope, CoreSpace.MODULE)

    def extern_type(self, reader: Reader, scope: Scope) -> Extern:
        """Read an ``externtype`` and resolve the type that it names."""
        opcode = reader.byte()
        if opcode == 0x00:
            if reader.byte() != CORE_MODULE_SORT:
                raise UnknownConstruct("unknown core sort", reader.position - 1)
            reader.u32()
            return Extern(Sort.MODULE, Basic.UNKNOWN)
        if opcode == 0x03:
            if self._flag(reader):
                return Extern(Sort.TYPE, Basic.RESOURCE, fresh=True)
            return Extern(Sort.TYPE, scope.get(Sort.TYPE, reader.u32()))
        if opcode in (0x01, 0x04, 0x05):
            return Extern(SORTS[opcode], scope.get(Sort.TYPE, reader.u32()))
        raise UnknownConstruct(f"unknown extern type {opcode:#04x}", reader.position - 1)

    def alias(self, reader: Reader, scope: Scope) -> None:
        """Read one ``alias`` and give what it names an index."""
        sort, core = self._alias_sort(reader)
        target = reader.byte()
        entry: Entry = Basic.OTHER
        if target == 0x00:
            instance = scope.get(Sort.INSTANCE, reader.u32())
            name = reader.name()
            found = instance.exports.get(name) if isinstance(instance, Shape) else None
            entry = found.entry if found is not None else Basic.UNKNOWN
        elif target == 0x01:
            core_reference(reader, scope, CoreSpace.INSTANCE, self._visitor)
            reader.name()
        elif target == 0x02:
            entry = self._outer(reader, scope, sort)
        else:
            raise UnknownConstruct(f"unknown alias {target:#04x}", reader.position - 1)
        scope.add(sort, entry)
        if core is not None:
            self._visitor.core_defined(scope, core)

    def _outer(self, reader: Reader, scope: Scope, sort: Sort) -> Entry:
        outer = scope.outward(reader.u32())
        if outer is None:
            reader.u32()
            return Basic.UNKNOWN
        if sort is Sort.MODULE:
            index = core_reference(reader, outer, CoreSpace.MODULE, self._visitor)
        else:
            index = reader.u32()
        return outer.get(sort, index)

    def _alias_sort(self, reader: Reader) -> tuple[Sort, CoreSpace | None]:
        opcode = reader.byte()
        if opcode == 0x00:
            core = reader.byte()
            return (Sort.MODULE if core == CORE_MODULE_SORT else Sort.CORE), CORE_SPACES.get(core)
        if opcode not in SORTS:
            raise UnknownConstruct(f"unknown sort {opcode:#04x}", reader.position - 1)
        if opcode == 0x02:
            self._visitor.construct("values")
        return SORTS[opcode], None


class _Places:
    """Types in a definition, with where they stand: the rewrite edits some of them.

    Parameters:
        types: reads them.
        scope: where the definition stands.
    """

    def __init__(self, types: TypeReader, scope: Scope) -> None:
        self._types = types
        self._scope = scope

    def value_type(self, reader: Reader) -> Part:
        """Read the type of a value."""
        return self._types.value_type(reader, self._scope)

    def resource(self, index: int, position: int) -> Part:
        """Return a resource: which one it is, is of no interest here."""
        return Part(None, position, position)


def extern_name(reader: Reader) -> str:
    """Read the name of an import or export; what may stand beside it is not needed here."""
    name, _ = read_extern_name(reader)
    return name


def core_reference(reader: Reader, scope: Scope, space: CoreSpace, visitor: Visitor) -> int:
    """Read an index into a core space, tell the visitor where it stands, and return it."""
    start = reader.position
    index = reader.u32()
    visitor.core_reference(scope, space, index, start, reader.position)
    return index
