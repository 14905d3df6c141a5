"""From the types of a binary to a world: which names they have, and where they come from.

A type that is exported under a name is the definition of it where it was never seen, and another
name for it (or a `use`) where it was. The same interface may be imported and exported: what is in
either is in the one that results.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from unit_wasm.errors import ComponentError
from unit_wasm.wit import model as wit
from unit_wasm.wit.arena import Arena, Component, Defined, Extern, Id, Value
from unit_wasm.wit.binary import read_component
from unit_wasm.wit.names import FunctionName, InterfaceName, is_label
from unit_wasm.wit.reader import Malformed
from unit_wasm.wit.refused import check_start, refused

WORLD: Final = ""
"""The owner of what is in the world itself."""


def read_world(data: bytes) -> wit.World:
    """Read what the component ``data`` imports and exports.

    Raises:
        ComponentError: it is none, breaks the format, or has something that WIT cannot say.
    """
    check_start(data)
    arena = Arena()
    try:
        component = read_component(data, arena)
        return _Decoder(arena).world(component)
    except Malformed as error:
        raise refused(error) from None


class _Building:
    """An interface that grows with each import and export of it."""

    def __init__(self, name: str | None, owner: str) -> None:
        self.name = name
        self.owner = owner
        self.types: dict[str, wit.TypeDef] = {}
        self.functions: dict[str, wit.Function] = {}

    def built(self) -> wit.Interface:
        return wit.Interface(
            self.name, self.owner, tuple(self.types.values()), tuple(self.functions.values())
        )


class _Decoder:
    """Gives names to the types of one arena."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._types: dict[Id, wit.Type] = {}
        self._resources: dict[tuple[str, str], wit.TypeDef] = {}
        self._interfaces: dict[str, _Building] = {}
        self._packages: dict[str, dict[str, None]] = {}

    def world(self, component: Component) -> wit.World:
        """Return the world of a component."""
        others: list[wit.Other] = []
        imports = list(self._items(component.imports, True, others))
        exports = list(self._items(component.exports, False, others))
        built = {name: building.built() for name, building in self._interfaces.items()}

        def items(
            found: list[tuple[str, str | wit.Function | wit.TypeDef, Extern]],
        ) -> tuple[wit.Item, ...]:
            return tuple(
                wit.Item(
                    name, built[value] if isinstance(value, str) else value, extern.external_id
                )
                for name, value, extern in found
            )

        return wit.World(items(imports), items(exports), self._ordered(), tuple(others))

    def _items(
        self, externs: dict[str, Extern], is_import: bool, others: list[wit.Other]
    ) -> Iterator[tuple[str, str | wit.Function | wit.TypeDef, Extern]]:
        for name, extern in externs.items():
            if extern.kind == "func":
                yield name, self._function(name, extern, WORLD), extern
            elif extern.kind == "type" and is_import:
                yield name, self._type_export(name, extern, WORLD), extern
            elif extern.kind == "instance" and self._is_interface(name, extern):
                yield name, self._interface(name, extern, is_import), extern
            else:
                others.append(wit.Other(name, extern.kind, is_import))

    # ---- Interfaces ----

    def _is_interface(self, name: str, extern: Extern) -> bool:
        return (
            is_label(name)
            or InterfaceName.parse(extern.implements or name, extern.suffix) is not None
        )

    def _interface(self, name: str, extern: Extern, is_import: bool) -> str:
        """Take in what an instance exports, and return the owner of it."""
        named = InterfaceName.parse(extern.implements or name, extern.suffix)
        if named is not None:
            owner = named.path
            self._packages.setdefault(named.package_name, {})[owner] = None
        else:
            owner = f"{'import' if is_import else 'export'} {name}"
        building = self._interfaces.setdefault(
            owner, _Building(None if named is None else owner, owner)
        )
        assert extern.id is not None
        for label, export in self._arena.instances[extern.id.number].exports.items():
            self._member(building, label, export)
        return owner

    def _member(self, building: _Building, label: str, export: Extern) -> None:
        if export.kind == "type":
            known = building.types.get(label)
            if known is None:
                building.types[label] = self._type_export(label, export, building.owner)
            elif export.id is not None and export.referenced is not None:
                self._types[export.id] = known
                self._types.setdefault(export.referenced, known)
        elif export.kind == "func":
            if label not in building.functions:
                building.functions[label] = self._function(label, export, building.owner)
        else:
            raise ComponentError(f"{label!r} of {building.owner!r} is no type and no function")

    def _ordered(self) -> tuple[str, ...]:
        """Return the packages, each after those that it uses."""
        ordered: dict[str, None] = {}
        for package in self._packages:
            waiting = [(package, self._uses(package))]
            entered = {package}
            while waiting:
                current, uses = waiting[-1]
                following = next(uses, None)
                if following is None:
                    ordered[current] = None
                    waiting.pop()
                elif following not in ordered and following not in entered:
                    entered.add(following)
                    waiting.append((following, self._uses(following)))
        return tuple(ordered)

    def _uses(self, package: str) -> Iterator[str]:
        of = {owner: name for name, owners in self._packages.items() for owner in owners}
        for owner in self._packages[package]:
            for definition in self._interfaces[owner].types.values():
                if isinstance(definition.type, wit.Alias):
                    used = definition.type.of
                    if isinstance(used, wit.TypeDef) and used.owner in of:
                        yield of[used.owner]

    # ---- Types ----

    def _type_export(self, name: str, extern: Extern, owner: str) -> wit.TypeDef:
        made, referenced = extern.id, extern.referenced
        assert made is not None
        assert referenced is not None
        if not is_label(name):
            raise ComponentError(f"{name!r} is no name of a type")
        if made in self._types:
            raise ComponentError(f"the type {name!r} appears more than once, which WIT cannot say")
        known = self._known(referenced)
        if known is not None:
            kind: wit.Alias | wit.Resource | wit.Type | wit.Named = wit.Alias(known)
        elif referenced.space == "r":
            kind = wit.Resource()
        elif referenced.space == "d":
            kind = self._converted(referenced)
            if isinstance(kind, wit.Primitive):
                kind = wit.Alias(kind)
        else:
            raise ComponentError(f"{name!r} is the type of no value, which WIT cannot say")
        assert not isinstance(kind, wit.Primitive | wit.TypeDef)
        definition = wit.TypeDef(name, owner, kind, extern.external_id)
        self._types[made] = definition
        if isinstance(kind, wit.Resource):
            self._resources[owner, name] = definition
        return definition

    def _known(self, type: Id) -> wit.Type | None:
        """Return what a type, or what it is an alias of, is already."""
        current: Id | None = type
        while current is not None:
            if current in self._types:
                return self._types[current]
            current = self._arena.aliased(current)
        return None

    def _value(self, value: Value) -> wit.Type:
        if isinstance(value, str):
            return wit.PRIMITIVES[value]
        known = self._types.get(value)
        if known is None:
            made = self._converted(value)
            if isinstance(made, wit.Named):
                raise ComponentError(f"a {type(made).__name__.lower()} has no name")
            self._types[value] = known = made
        return known

    def _converted(self, type: Id) -> wit.Type | wit.Named:
        defined = self._arena.defined[type.number]
        self._check_labels(defined)
        if defined.kind in ("own", "borrow"):
            (resource,) = defined.parts
            assert isinstance(resource, Id)
            return self._handle(defined.kind, resource)
        if defined.kind in ("enum", "flags"):
            return wit.Enum(defined.labels) if defined.kind == "enum" else wit.Flags(defined.labels)
        parts = [None if part is None else self._value(part) for part in defined.parts]
        if defined.kind == "variant":
            return wit.Variant(tuple(map(wit.Case, defined.labels, parts)))
        if defined.kind == "result":
            return wit.Result(parts[0], parts[1])
        if defined.kind in ("future", "stream"):
            return wit.Future(parts[0]) if defined.kind == "future" else wit.Stream(parts[0])
        return _compound(defined, [part for part in parts if part is not None])

    def _handle(self, kind: str, resource: Id) -> wit.Own | wit.Borrow:
        known = self._known(resource)
        if not isinstance(known, wit.TypeDef):
            raise ComponentError("a handle is of a resource that has no name")
        return wit.Own(known) if kind == "own" else wit.Borrow(known)

    def _check_labels(self, defined: Defined) -> None:
        for label in defined.labels:
            if not is_label(label):
                raise ComponentError(f"{label!r} is no name in a {defined.kind}")

    # ---- Functions ----

    def _function(self, name: str, extern: Extern, owner: str) -> wit.Function:
        parsed = FunctionName.parse(name)
        assert extern.id is not None
        func = self._arena.funcs[extern.id.number]
        resource = None
        if parsed.resource is not None:
            resource = self._resources.get((owner, parsed.resource))
            if resource is None:
                raise ComponentError(f"{name!r} is of a resource that is not there")
        params = []
        for label, part in zip(func.labels, func.parts, strict=False):
            assert part is not None
            if not is_label(label):
                raise ComponentError(f"{label!r} is no name of a parameter")
            params.append(wit.Param(label, self._value(part)))
        if parsed.kind is wit.FunctionKind.METHOD and not params:
            raise ComponentError(f"{name!r} has no parameter")
        result = func.parts[-1]
        return wit.Function(
            name,
            parsed.label,
            parsed.kind,
            resource,
            tuple(params),
            None if result is None else self._value(result),
            func.is_async,
            extern.external_id,
        )


def _compound(defined: Defined, parts: list[wit.Type]) -> wit.Type | wit.Record:
    kind = defined.kind
    if kind == "record":
        return wit.Record(tuple(map(wit.Field, defined.labels, parts)))
    if kind == "tuple":
        return wit.Tuple(tuple(parts))
    if kind == "map":
        return wit.Map(parts[0], parts[1])
    if kind == "list":
        return wit.List(parts[0], defined.length)
    return wit.Option(parts[0]) if kind == "option" else parts[0]
