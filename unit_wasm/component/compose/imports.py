"""What stays open of a composition: the imports of the outcome.

Interfaces that several parts import, at versions that fit together, are one: at the newest of the
versions, with all that any of them needs. Types keep their names, and the interfaces that they are
from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from unit_wasm.component.compose.matching import Types
from unit_wasm.component.compose.parts import Part, newest, track
from unit_wasm.component.compose.plugging import Linking
from unit_wasm.component.compose.typescope import InstanceTypes, Place, TypeScope, name_of
from unit_wasm.component.rewrite.graph import INSTANCE_SORT, SORTS, TYPE, TYPE_SORT, Graph
from unit_wasm.component.rewrite.typetable import NAMED
from unit_wasm.errors import ComponentError
from unit_wasm.wit.arena import Arena, Extern, Id
from unit_wasm.wit.reader import encode_u32


@dataclass
class Open:
    """An import of the outcome.

    Parameters:
        name: the newest of those that fit together.
        extern: what it is there.
        members: of an interface; of a function or type, itself.
        users: who needs which of these first.
        parts: who needs any.
    """

    name: str
    extern: Extern
    members: dict[str, Extern] = field(default_factory=dict)
    users: dict[str, Part] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)


class Imports:
    """Writes the imports of the outcome, each behind those whose types it has.

    Parameters:
        graph: the outcome.

    Raises:
        ComponentError: two parts mean different things by the same name.
    """

    def __init__(self, arena: Arena, linking: Linking, types: Types, graph: Graph) -> None:
        self.arena = arena
        self._graph = graph
        self._types = types
        self.open: dict[str, Open] = {}
        self._places: dict[Id, Place] = {}
        self._filled: dict[Id, str] = {}
        self._indexes: dict[str, int] = {}
        self._entered: set[str] = set()
        self.outer = _OuterTypes(self, graph)
        for part, name in linking.open():
            self._take(part, name)
        for (part, name), fill in linking.fills.items():
            for label, item in types.members(part.imports[name], name).items():
                if item.kind == "type" and item.id is not None:
                    self._filled[item.id] = f"{label} of {name}, which is that of {fill.part.name}"

    def _take(self, part: Part, name: str) -> None:
        extern = part.imports[name]
        key = track(name)
        one = self.open.setdefault(key, Open(name, extern))
        one.parts.append(part)
        if newest((one.name, name)) != one.name:
            one.name, one.extern = name, extern
        if extern.kind != one.extern.kind:
            raise ComponentError(
                f"{one.parts[0].name} and {part.name} import {name}, and mean different things"
            )
        for label, item in self._types.members(extern, name).items():
            known = one.members.setdefault(label, item)
            user = one.users.setdefault(label, part)
            if not self._types.same(known, item):
                what = name if label == name else f"{label} of {name}"
                raise ComponentError(
                    f"{user.name} and {part.name} import {what} with different types"
                )
            if item.kind == "type" and item.id is not None:
                self._places.setdefault(item.id, (key, label))

    def write(self) -> None:
        """Write all of them."""
        for key in self.open:
            self.index(key)

    def written(self) -> list[Open]:
        """Return them in the order of the outcome."""
        return [self.open[key] for key in self._indexes]

    def index(self, key: str) -> int:
        """Return the index of an import; it is written where it is not yet."""
        if key not in self._indexes:
            if key in self._entered:
                raise ComponentError(f"{self.open[key].name} has types of what has types of it")
            self._entered.add(key)
            one = self.open[key]
            described = self._described(key, one)
            name = name_of(one.name, one.extern)
            self._indexes[key] = self._graph.import_(name, SORTS[one.extern.kind], described)
        return self._indexes[key]

    def _described(self, key: str, one: Open) -> bytes:
        if one.extern.kind == "instance":
            declared = _InstanceTypes(self, key, one).declared()
            index = self._graph.put(TYPE, TYPE_SORT, declared)
            return bytes([INSTANCE_SORT]) + encode_u32(index)
        return self.outer.described(one.extern, (key, one.name))

    def place(self, type: Id, *, renamed: bool = False) -> Place | None:
        """Return which type of an import a type is, or None for one without a name.

        Parameters:
            renamed: it gets a name where it is used.

        Raises:
            ComponentError: it is of an import that a plug fills, which has no name outside.
        """
        for current in self._names(type):
            if current in self._places:
                return self._places[current]
            if self._is_hidden(current, renamed):
                raise ComponentError(
                    f"what is imported or exported needs {self._filled[current]}, so that it has "
                    "no name outside",
                    hint="what stays open and uses it needs a plug, too",
                )
        return None

    def hides(self, type: Id) -> bool:
        """Say whether a type is one that a plug has, and that has no name outside."""
        for current in self._names(type):
            if current in self._places:
                return False
            if self._is_hidden(current, False):
                return True
        return False

    def _names(self, type: Id) -> Iterator[Id]:
        current: Id | None = type
        while current is not None:
            yield current
            current = self.arena.aliased(current)

    def _is_hidden(self, type: Id, renamed: bool) -> bool:
        if type not in self._filled:
            return False
        if type.space != "d":
            return True
        return not renamed and self.arena.defined[type.number].kind in NAMED

    def named(self, place: Place) -> int:
        """Return the index of a type of an import."""
        key, label = place
        if self.open[key].extern.kind != "instance":
            return self.index(key)
        return self._graph.alias(self.index(key), label, TYPE_SORT)


class _OuterTypes(TypeScope):
    """Types of the outcome itself."""

    def __init__(self, imports: Imports, graph: Graph) -> None:
        super().__init__(imports.arena, imports.place)
        self._imports = imports
        self._graph = graph

    def _declare(self, definition: bytes) -> int:
        return self._graph.put(TYPE, TYPE_SORT, definition)

    def _named(self, place: Place) -> int:
        return self._imports.named(place)


class _InstanceTypes(InstanceTypes):
    """The type of an instance that is imported.

    Parameters:
        key: of the import.
    """

    def __init__(self, imports: Imports, key: str, one: Open) -> None:
        super().__init__(imports.arena, imports.place, key, one.members)
        self._imports = imports

    def _outside(self, place: Place) -> int:
        return self._imports.named(place)
