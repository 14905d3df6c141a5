"""The index spaces of one component, or of the type of a component or instance."""

from __future__ import annotations

from dataclasses import replace

from unit_wasm.wit.arena import Arena, Component, Extern, Id, Instance, Remap, Value
from unit_wasm.wit.definitions import PRIMITIVE_CODES
from unit_wasm.wit.reader import Malformed, Reader, UnknownConstruct


class Scope:
    """What the indexes of a component mean, and what it imports and exports so far.

    Parameters:
        arena: has the types.
        outer: the scope that this one is in.
    """

    def __init__(self, arena: Arena, outer: Scope | None) -> None:
        self._arena = arena
        self._outer = outer
        self.depth: int = 0 if outer is None else outer.depth + 1
        self.types: list[Id] = []
        self._spaces: dict[str, list[Id]] = {
            "type": self.types,
            "func": [],
            "instance": [],
            "component": [],
        }
        self._imports: dict[str, Extern] = {}
        self._exports: dict[str, Extern] = {}
        self._imported: list[int] = []
        self.resources: list[int] = []

    def component(self) -> Component:
        """Return the component, or the type of one, that has been read."""
        return Component(self._imports, self._exports, tuple(self._imported), tuple(self.resources))

    def instance(self) -> Instance:
        """Return the type of an instance that has been read."""
        return Instance(self._exports, tuple(self.resources))

    # ---- Indexes ----

    def at(self, kind: str, index: int, position: int) -> Id:
        """Return what an index means; ``position`` is where it stands."""
        space = self._spaces[kind]
        if index >= len(space):
            raise Malformed(f"there is no {kind} {index}", position)
        return space[index]

    def any_type(self, index: int, position: int) -> Id:
        """Return a type by its index."""
        return self.at("type", index, position)

    def type(self, index: int, space: str, position: int) -> Id:
        """Return a type of one space by its index."""
        found = self.at("type", index, position)
        if found.space != space:
            raise Malformed(f"type {index} is of another kind", position)
        return found

    def instance_at(self, index: int, position: int) -> Instance:
        """Return the type of an instance by its index."""
        return self._arena.instances[self.at("instance", index, position).number]

    def component_at(self, index: int, position: int) -> Component:
        """Return the type of a component by its index."""
        return self._arena.components[self.at("component", index, position).number]

    def outward(self, count: int, position: int) -> Scope:
        """Return the scope so many levels out."""
        scope: Scope | None = self
        for _ in range(min(count, self.depth + 1)):
            scope = None if scope is None else scope._outer
        if scope is None:
            raise Malformed(f"there is nothing {count} levels out", position)
        return scope

    def resource(self, index: int, position: int) -> Id:
        """Return a resource by its index."""
        return self.type(index, "r", position)

    def value_type(self, reader: Reader) -> Value:
        """Read the type of a value: a primitive one, or the index of another."""
        start = reader.position
        first = reader.peek()
        if first in PRIMITIVE_CODES:
            reader.byte()
            return PRIMITIVE_CODES[first]
        index = reader.s33()
        if index < 0:
            raise UnknownConstruct(f"an unknown type {first:#04x}", start)
        return self.type(index, "d", start)

    # ---- What is added ----

    def add(self, extern: Extern) -> None:
        """Give something the next index of its kind."""
        if extern.kind in self._spaces and extern.id is not None:
            self._spaces[extern.kind].append(extern.id)

    def import_(self, name: str, extern: Extern, position: int) -> None:
        """Add an import; the resources of an instance become new ones, which are imported."""
        if name in self._imports:
            raise Malformed(f"{name!r} is imported twice", position)
        self._imports[name] = self._named(extern, self._imported, position)

    def export(self, name: str, extern: Extern, position: int) -> None:
        """Add an export; the resources of an instance become new ones."""
        if name in self._exports:
            raise Malformed(f"{name!r} is exported twice", position)
        self._exports[name] = self._named(extern, self.resources, position)

    def _named(self, extern: Extern, resources: list[int], position: int) -> Extern:
        """Add what has a name, and to these resources those that are new with it."""
        if extern.kind == "instance" and extern.id is not None:
            extern, made = self._fresh(extern, extern.id, position)
            resources += made
        elif extern.kind == "type" and extern.id is not None and extern.id == extern.referenced:
            resources.append(extern.id.number)
        self.add(extern)
        return extern

    def _fresh(self, extern: Extern, id: Id, position: int) -> tuple[Extern, list[int]]:
        instance = self._arena.instances[id.number]
        if not instance.resources:
            return extern, []
        remap = self._arena.freshened(instance.resources)
        exports = self._arena.externs(instance.exports, remap, position)
        made = self._arena.add(Instance(exports), position)
        return replace(extern, id=made, referenced=made), list(remap.resources.values())

    # ---- Instantiation ----

    def instantiated(self, component: Component, arguments: dict[str, Extern], position: int) -> Id:
        """Return the type of an instance of a component with these arguments."""
        remap = self._arena.freshened(component.resources)
        self.resources += remap.resources.values()
        self._match(component.imports, arguments, set(component.imported), remap, position)
        exports = self._arena.externs(component.exports, remap, position)
        return self._arena.add(Instance(exports), position)

    def _match(
        self,
        wanted: dict[str, Extern],
        given: dict[str, Extern],
        imported: set[int],
        remap: Remap,
        position: int,
    ) -> None:
        """Note which types the arguments are, and which of the imported resources."""
        for name, extern in wanted.items():
            argument = given.get(name)
            if argument is None or extern.id is None or argument.id is None:
                continue
            if extern.id.space != argument.id.space:
                raise Malformed(f"the argument {name!r} is of another kind", position)
            if extern.kind == "type":
                remap.done.setdefault(extern.id, argument.id)
                if extern.id.space == "r" and extern.id.number in imported:
                    remap.resources.setdefault(extern.id.number, argument.id.number)
            elif extern.id.space == "i":
                self._match(
                    self._arena.instances[extern.id.number].exports,
                    self._arena.instances[argument.id.number].exports,
                    imported,
                    remap,
                    position,
                )
