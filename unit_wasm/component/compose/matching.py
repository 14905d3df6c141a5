"""Whether what fills an import is of its type.

Types are equal that are made of the same; names matter in records and functions, not those of
types. Resources are equal that come from the same place: what an import has of them is found in
what fills it, so parts are looked at behind those that they need.
"""

from __future__ import annotations

from typing import Final

from unit_wasm.component.compose.parts import Part, track
from unit_wasm.component.compose.plugging import Fill, Linking
from unit_wasm.component.rewrite.typetable import TypeTable
from unit_wasm.errors import ComponentError
from unit_wasm.wit.arena import Arena, Extern
from unit_wasm.wit.decode import read_world
from unit_wasm.wit.text import function_text

WORLD: Final = ""
"""Where what is in no interface comes from."""


class Types:
    """Compares types of the parts.

    Parameters:
        arena: has the types.
        linking: who fills what; its order is that of the look at resources.

    Raises:
        ComponentError: something does not fit what it fills.
    """

    def __init__(self, arena: Arena, linking: Linking) -> None:
        self._arena = arena
        self._table = TypeTable(arena)
        self._origins: dict[int, tuple[str, str]] = {}
        for number, part in enumerate(linking.order):
            for name, extern in part.imports.items():
                fill = linking.fills.get((part, name))
                self._imported(name, extern, fill)
                if fill is not None:
                    self._compare(part, name, fill)
            for name, extern in part.exports.items():
                for label, item in self.members(extern, name).items():
                    self._resource(item, (f"{number} {name}", label))

    def same(self, one: Extern, other: Extern) -> bool:
        """Say whether two functions or types are equal."""
        if one.kind != other.kind or one.id is None or other.id is None:
            return False
        return self._table.number(one.id) == self._table.number(other.id)

    def members(self, extern: Extern, name: str) -> dict[str, Extern]:
        """Return what an import or export consists of: itself, where it is no interface."""
        if extern.kind != "instance" or extern.id is None:
            return {name: extern}
        return self._arena.instances[extern.id.number].exports

    def _imported(self, name: str, extern: Extern, fill: Fill | None) -> None:
        """Note where the resources of an import come from."""
        given = {} if fill is None else self.members(fill.part.exports[fill.export], fill.export)
        owner = track(name) if extern.kind == "instance" else WORLD
        for label, item in self.members(extern, name).items():
            origin = owner, label
            other = given.get(label)
            if other is not None and other.id is not None:
                origin = self._origins.get(other.id.number, origin)
            self._resource(item, origin)

    def _resource(self, item: Extern, origin: tuple[str, str]) -> None:
        if item.kind != "type" or item.id is None or item.id.space != "r":
            return
        if item.id.number not in self._origins:
            self._origins[item.id.number] = origin
            self._table.add_resource(item.id, *origin)

    def _compare(self, part: Part, name: str, fill: Fill) -> None:
        given = self.members(fill.part.exports[fill.export], fill.export)
        for label, item in self.members(part.imports[name], name).items():
            # A function alone has the name of its import on one side, that of its export here.
            other = given.get(label if label != name else fill.export)
            what = "function" if item.kind == "func" else "type"
            of = "" if label == name else f" of {name}"
            if other is None or other.kind != item.kind:
                raise ComponentError(
                    f"{part.name} imports the {what} {label}{of}, which {fill.part.name} "
                    f"({fill.export}) does not export"
                )
            if not self.same(item, other):
                raise ComponentError(
                    f"{part.name} imports the {what} {label}{of}, and that of {fill.part.name} "
                    f"({fill.export}) has another type",
                    hint=_both(part, name, fill, label),
                )


def _both(part: Part, name: str, fill: Fill, label: str) -> str | None:
    """Return the two types of a function, as WIT."""
    wanted = _text(part, name, label, is_import=True)
    given = _text(fill.part, fill.export, label, is_import=False)
    return None if wanted is None or given is None else f"{wanted} is imported, not {given}"


def _text(part: Part, name: str, label: str, *, is_import: bool) -> str | None:
    try:
        world = read_world(part.data)
    except ComponentError:
        return None
    items = world.imports if is_import else world.exports
    found = (
        function_text(function)
        for item in items
        if item.name == name
        for function in item.functions
        if item.interface is None or function.name == label
    )
    return next(found, None)
