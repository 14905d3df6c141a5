"""Types that are written one after the other: those of an instance, or of a component."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TypeAlias

from unit_wasm.component.rewrite import graph
from unit_wasm.component.rewrite.coremaker import vector
from unit_wasm.component.rewrite.typetable import FUNCTIONS, Node, write_type
from unit_wasm.errors import ComponentError
from unit_wasm.wit.arena import Arena, Defined, Extern, Func, Id
from unit_wasm.wit.reader import encode_u32

Place: TypeAlias = tuple[str, str]
"""A type that has a name: what it is imported with, and its name there."""


class TypeScope(ABC):
    """Where types are written.

    Parameters:
        place: returns which type with a name a type is, None for one that has none. Its
            ``renamed`` says that the type gets a name here.
    """

    def __init__(self, arena: Arena, place: Callable[..., Place | None]) -> None:
        self._arena = arena
        self._place = place
        self._anonymous: dict[Id, int] = {}
        self._known: dict[Id, int] = {}

    def know(self, type: Id, index: int) -> None:
        """Take a type for one that has an index here."""
        self._known[type] = index

    @abstractmethod
    def _declare(self, definition: bytes) -> int:
        """Write a type, and return its index."""

    @abstractmethod
    def _named(self, place: Place) -> int:
        """Return the index of a type that has a name."""

    def described(self, item: Extern, place: Place) -> bytes:
        """Return what a function or a type is that is imported or exported.

        Parameters:
            place: where a type gets its name.
        """
        if item.kind == "func" and item.id is not None:
            return bytes([graph.FUNC_SORT]) + encode_u32(self._function(item.id))
        if item.kind != "type" or item.referenced is None:
            raise ComponentError(f"{place[1]} of {place[0]} is no function and no type")
        source = self._place(item.referenced, renamed=True)
        if source is not None and source != place:
            return graph.EQUAL + encode_u32(self._named(source))
        if item.referenced.space == "r":
            return graph.RESOURCE_BOUND
        if item.referenced.space != "d":
            raise ComponentError(f"{place[1]} of {place[0]} is the type of no value")
        return graph.EQUAL + encode_u32(
            self._definition(self._arena.defined[item.referenced.number])
        )

    def _function(self, type: Id) -> int:
        return self._definition(self._arena.funcs[type.number])

    def _value(self, type: Id) -> int:
        if type in self._known:
            return self._known[type]
        place = self._place(type)
        if place is not None:
            return self._named(place)
        if type.space != "d":
            raise ComponentError("a resource that has no name is used")
        plain = type._replace(alias=0)
        if plain not in self._anonymous:
            self._anonymous[plain] = self._definition(self._arena.defined[type.number])
        return self._anonymous[plain]

    def _definition(self, of: Defined | Func) -> int:
        ids = [part for part in of.parts if isinstance(part, Id)]
        numbers = iter(range(len(ids)))
        parts = tuple(next(numbers) if isinstance(part, Id) else part for part in of.parts)
        if isinstance(of, Func):
            node = Node(FUNCTIONS[of.is_async], of.labels, parts)
        else:
            node = Node(of.kind, of.labels, parts, of.length)
        return self._declare(write_type(node, lambda number: self._value(ids[number])))


class InstanceTypes(TypeScope):
    """The type of an instance.

    Parameters:
        key: what is the first of the places of its own types.
        members: what it exports.
    """

    def __init__(
        self,
        arena: Arena,
        place: Callable[..., Place | None],
        key: str,
        members: Mapping[str, Extern],
    ) -> None:
        super().__init__(arena, place)
        self._key = key
        self._members = members
        self._items: list[bytes] = []
        self._types = 0
        self._own: dict[str, int] = {}
        self._aliases: dict[int, int] = {}

    @abstractmethod
    def _outside(self, place: Place) -> int:
        """Return the index of a type of somewhere else, in the component around."""

    def declared(self) -> bytes:
        """Return the type."""
        for label, item in self._members.items():
            if item.kind != "type":
                self._export(label, item)
            elif label not in self._own:
                self._own_type(label)
        return b"\x42" + vector(self._items)

    def _export(self, label: str, item: Extern) -> None:
        described = self.described(item, (self._key, label))
        self._items.append(b"\x04" + name_of(label, item) + described)

    def _own_type(self, label: str) -> int:
        self._export(label, self._members[label])
        self._own[label] = self._next()
        return self._own[label]

    def _next(self) -> int:
        self._types += 1
        return self._types - 1

    def _declare(self, definition: bytes) -> int:
        self._items.append(b"\x01" + definition)
        return self._next()

    def _named(self, place: Place) -> int:
        key, label = place
        if key == self._key:
            return self._own[label] if label in self._own else self._own_type(label)
        return self._alias(self._outside(place))

    def _alias(self, outer: int) -> int:
        """Return the index of a type of the component around."""
        if outer not in self._aliases:
            alias = bytes([graph.TYPE_SORT, 0x02]) + encode_u32(1) + encode_u32(outer)
            self._items.append(b"\x02" + alias)
            self._aliases[outer] = self._next()
        return self._aliases[outer]


def name_of(name: str, extern: Extern) -> bytes:
    """Return the name of an import or export, with what the original has beside it."""
    beside = enumerate((extern.implements, extern.suffix, extern.external_id))
    return graph.extern_name(name, {kind: value for kind, value in beside if value is not None})
