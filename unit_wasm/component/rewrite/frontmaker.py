"""Components that a front consists of, while they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from unit_wasm.component.format.layout import Layout
from unit_wasm.component.rewrite import graph
from unit_wasm.component.rewrite.coremaker import vector
from unit_wasm.component.rewrite.crossing import Carrier
from unit_wasm.component.rewrite.transit import arena, passage
from unit_wasm.component.rewrite.typetable import NAMED, RESOURCE, UNKNOWN, TypeTable, write_type
from unit_wasm.wit.crossing import BYTES, FUNCTION, OF, RESOURCE_TYPE, crossing
from unit_wasm.wit.provided import row_key
from unit_wasm.wit.reader import encode_u32

EXPORTED: Final = "export "
"""Before the interface of a resource that the component itself exports."""

WORLD: Final = "-"
"""The interface of a resource that is imported without one."""

_CORE_INSTANCE, _CANON = 2, 8

# Index spaces that have no sort of one byte.
_CORE_FUNC_SPACE, _CORE_MEMORY_SPACE = 0x100, 0x102
_CORE_MODULE_SPACE, _CORE_INSTANCE_SPACE = 0x111, 0x112
_CORE_FUNC, _CORE_MEMORY = 0x00, 0x02

_CARRYING: Final = ("wasi:keyvalue/",)
"""Of the host's interfaces those that read and make bytes by csrc/guest/codec.h alone."""


class NoFront(Exception):
    """A component cannot get a front; the message says why. It works without."""


class Names:
    """The short names in one front.

    Parameters:
        rows: see :func:`unit_wasm.component.rewrite.front.put_front`, as is the next one.
    """

    def __init__(self, rows: Mapping[tuple[str, str], int], *, foreign: bool) -> None:
        self._rows = rows
        self._foreign = foreign
        self._interfaces = {interface.partition("@")[0] for interface, _ in rows}
        self._types: dict[int, str] = {}

    def is_foreign(self, interface: str | None) -> bool:
        """Return whether an interface, or the world, is none of the host's."""
        if interface is None:
            return self._foreign
        return self._foreign and interface.partition("@")[0] not in self._interfaces

    def may_carry(self, interface: str | None) -> bool:
        """Return whether functions of an interface may take and return strings for bytes."""
        return self.is_foreign(interface) or (interface or "").startswith(_CARRYING)

    def key(self, interface: str) -> str:
        """Return what the resources of an imported interface are known by."""
        return interface if self.is_foreign(interface) else row_key(interface)

    def function(self, interface: str | None, name: str, *, carried: bool) -> str:
        """Return the name of a function.

        Parameters:
            interface: with its version; None: the world.
            carried: its bytes are strings.
        """
        if self.is_foreign(interface):
            return (BYTES if carried else FUNCTION) + crossing(interface, name)
        return ("b" if carried else "h") + self._row(interface or "the world", name)

    def resource(self, interface: str, name: str) -> str:
        """Return the name of a resource.

        Parameters:
            interface: what :meth:`key` says, or ``WORLD``; or, where the component exports it,
                ``EXPORTED`` and the name of the interface.
        """
        if interface == WORLD:
            return RESOURCE_TYPE + crossing(None, name)
        if interface.startswith(EXPORTED):
            return OF + crossing(interface.removeprefix(EXPORTED), name)
        if self.is_foreign(interface):
            return RESOURCE_TYPE + crossing(interface, name)
        return "h" + self._row(interface, name)

    def type(self, number: int) -> str:
        """Return the name of a variant, record, enum or flags."""
        return self._types.setdefault(number, f"t{len(self._types)}")

    def _row(self, interface: str, name: str) -> str:
        number = self._rows.get((row_key(interface), name))
        if number is None:
            raise NoFront(f"it imports {name} of {interface}, which the host lacks")
        return str(number)


class Crossed(NamedTuple):
    """A function of a component that is being written, whose bytes cross.

    Parameters:
        function: its index, as it is imported.
        carrier: how it crosses.
        type: the number of the type that it is to have.
    """

    function: int
    carrier: Carrier
    type: int


class Maker(graph.Graph):
    """A component that is being written.

    Parameters:
        table: of the numbers of types.
        names: of what it imports.

    Attributes:
        imported: names, sorts and numbers of types of what it imports.
        indexes: of the types that it has, by their numbers.
    """

    def __init__(self, table: TypeTable, names: Names) -> None:
        super().__init__()
        self.table = table
        self.names = names
        self.imported: list[tuple[str, int, int]] = []
        self.indexes: dict[int, int] = {}
        self._functions: dict[str, tuple[int, int]] = {}

    # ---- Types and functions ----

    def type(self, number: int) -> int:
        """Return the index of a type, which is defined, and imported, where it is not yet."""
        index = self.indexes.get(number)
        if index is not None:
            return index
        if number == UNKNOWN:
            raise NoFront("it imports a type that could not be read")
        node = self.table[number]
        if node.kind == RESOURCE:
            index = self._import(
                self.names.resource(*node.labels), graph.TYPE_SORT, number, graph.RESOURCE_BOUND
            )
        else:
            index = self.put(graph.TYPE, graph.TYPE_SORT, write_type(node, self.type))
            if node.kind in NAMED:
                bound = graph.EQUAL + encode_u32(index)
                index = self._import(self.names.type(number), graph.TYPE_SORT, number, bound)
        self.indexes[number] = index
        return index

    def function(self, name: str, number: int) -> int:
        """Return the index of a function, which is imported where it is not yet.

        Parameters:
            name: its short name.
            number: of its type.
        """
        if name not in self._functions:
            described = graph.sort_index(graph.FUNC_SORT, self.type(number))
            self._functions[name] = (self._import(name, graph.FUNC_SORT, number, described), number)
        index, known = self._functions[name]
        if known != number:
            raise NoFront("it imports a function twice, with different types")
        return index

    def _import(self, name: str, sort: int, number: int, described: bytes) -> int:
        self.imported.append((name, sort, number))
        return self.import_(graph.extern_name(name), sort, described)

    # ---- Bytes ----

    def passage(
        self, functions: Sequence[Crossed], layout: Layout, *, inward: bool, guards: bool
    ) -> list[int]:
        """Put in what carries bytes (transit.py); return the functions with their new types."""
        instance = self._core_instance(arena(), [])
        memory = self._core_alias(_CORE_MEMORY, instance, "m")
        realloc = self._core_alias(_CORE_FUNC, instance, "r")
        end = self._core_alias(_CORE_FUNC, instance, "e")
        options = vector([b"\0", b"\x03" + encode_u32(memory), b"\x04" + encode_u32(realloc)])
        parts = [("m", _CORE_MEMORY, memory), ("r", _CORE_FUNC, realloc), ("e", _CORE_FUNC, end)]
        for i, one in enumerate(functions):
            lowered = self._canonical(b"\x01\0" + encode_u32(one.function) + options)
            parts.append((f"h{i}", _CORE_FUNC, lowered))
        carriers = [one.carrier for one in functions]
        for number in sorted({each for one in carriers for each in one.borrows.values()}):
            drop = self._canonical(b"\x03" + encode_u32(self.type(number)))
            parts.append((f"d{number}", _CORE_FUNC, drop))
        made = passage(carriers, layout, inward=inward, guards=guards)
        instance = self._core_instance(made, parts)
        return [
            self._lifted(self._core_alias(_CORE_FUNC, instance, f"f{i}"), options, one.type)
            for i, one in enumerate(functions)
        ]

    def _core_instance(self, module: bytes, parts: Sequence[tuple[str, int, int]]) -> int:
        """Put a module in and instantiate it; it imports from one instance with these."""
        number = self.put(graph.CORE_MODULE, _CORE_MODULE_SPACE, module)
        given = []
        if parts:
            bundle = self.put(_CORE_INSTANCE, _CORE_INSTANCE_SPACE, graph.core_bundle(parts))
            given = [("", bundle)]
        return self.put(_CORE_INSTANCE, _CORE_INSTANCE_SPACE, graph.core_instance(number, given))

    def _core_alias(self, sort: int, instance: int, name: str) -> int:
        space = _CORE_MEMORY_SPACE if sort == _CORE_MEMORY else _CORE_FUNC_SPACE
        return self.put(graph.ALIAS, space, graph.core_alias(sort, instance, name))

    def _canonical(self, item: bytes) -> int:
        return self.put(_CANON, _CORE_FUNC_SPACE, item)

    def _lifted(self, function: int, options: bytes, type: int) -> int:
        index = encode_u32(self.type(type))
        return self.put(_CANON, graph.FUNC_SORT, b"\0\0" + encode_u32(function) + options + index)
