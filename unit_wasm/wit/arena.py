"""The types of a binary, by number, before they have names.

A type that is exported or imported under a name gets an identity of its own, an alias of what it
was: so it is known later that two interfaces use the same type, and where it comes from. Resources
are new wherever an instance is imported or made; what refers to them is written anew then.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeAlias

from unit_wasm.wit.reader import UnknownConstruct

MAX_DEPTH: Final = 100
MAX_SIZE: Final = 100_000
"""Of one type, counting all that it is made of: real ones have hundreds of parts."""


class Id(NamedTuple):
    """A type.

    Parameters:
        space: ``d`` for a defined type, ``r`` a resource, ``f`` a function, ``i`` an instance and
            ``c`` a component.
        number: in its space.
        alias: of the alias that this is; 0: none.
    """

    space: str
    number: int
    alias: int = 0


Value: TypeAlias = "str | Id"
"""The name of a primitive type, or another type."""


@dataclass(frozen=True, slots=True)
class Defined:
    """A defined type.

    Parameters:
        kind: ``record``, ``list`` and so on; ``primitive`` has one part.
        labels: names of fields or cases.
        parts: the types in it, None where one is missing.
        length: of a list.
    """

    kind: str
    labels: tuple[str, ...] = ()
    parts: tuple[Value | None, ...] = ()
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Func:
    """The type of a function; the last of ``parts`` is its result."""

    labels: tuple[str, ...]
    parts: tuple[Value | None, ...]
    is_async: bool


@dataclass(frozen=True, slots=True)
class Extern:
    """What an import or export is.

    Parameters:
        kind: ``type``, ``func``, ``instance``, ``component``, ``core module`` or ``value``.
        id: of its type; of a type, its own from here on.
        referenced: the type that an exported or imported type was before.
        implements: the interface that an instance is of, where its name does not say it.
        suffix: of the version in its name.
        external_id: what it is called elsewhere.
    """

    kind: str
    id: Id | None = None
    referenced: Id | None = None
    implements: str | None = None
    suffix: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """The type of an instance; ``resources`` are new in each one."""

    exports: dict[str, Extern]
    resources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """The type of a component.

    Parameters:
        imported: resources that an instance of it is given.
        resources: those that are new in each instance.
    """

    imports: dict[str, Extern]
    exports: dict[str, Extern]
    imported: tuple[int, ...] = ()
    resources: tuple[int, ...] = ()


@dataclass(slots=True)
class Remap:
    """Which resources become which, and which types other types."""

    resources: dict[int, int]
    done: dict[Id, Id] = field(default_factory=dict)


class Arena:
    """All types of one binary."""

    def __init__(self) -> None:
        self.defined: list[Defined] = []
        self.funcs: list[Func] = []
        self.instances: list[Instance] = []
        self.components: list[Component] = []
        self._sizes: list[tuple[int, int]] = []
        self._resources = 0
        self._aliases: list[int] = [0]

    def resource(self) -> Id:
        """Return a new resource."""
        self._resources += 1
        return Id("r", self._resources)

    def alias(self, of: Id) -> Id:
        """Return a new identity of a type."""
        self._aliases.append(of.alias)
        return of._replace(alias=len(self._aliases) - 1)

    def aliased(self, of: Id) -> Id | None:
        """Return what a type is an alias of, or None."""
        return of._replace(alias=self._aliases[of.alias]) if of.alias else None

    def add(self, made: Defined | Func | Instance | Component, at: int) -> Id:
        """Add a type and return it; ``at`` is where it stands in the binary.

        Raises:
            UnknownConstruct: it is nested too deep, or too large.
        """
        if isinstance(made, Instance):
            self.instances.append(made)
            return Id("i", len(self.instances) - 1)
        if isinstance(made, Component):
            self.components.append(made)
            return Id("c", len(self.components) - 1)
        measure = self._measure(made, at)
        if isinstance(made, Func):
            self.funcs.append(made)
            return Id("f", len(self.funcs) - 1)
        self.defined.append(made)
        self._sizes.append(measure)
        return Id("d", len(self.defined) - 1)

    def _measure(self, made: Defined | Func, at: int) -> tuple[int, int]:
        depth, size = 1, 1 + len(made.labels)
        for part in made.parts:
            if isinstance(part, Id) and part.space == "d":
                inner = self._sizes[part.number]
                depth, size = max(depth, inner[0] + 1), size + inner[1]
        if depth > MAX_DEPTH:
            raise UnknownConstruct(f"a type is nested deeper than {MAX_DEPTH}", at)
        if size > MAX_SIZE:
            raise UnknownConstruct(f"a type has more than {MAX_SIZE} parts", at)
        return depth, size

    # ---- New resources ----

    def freshened(self, resources: tuple[int, ...]) -> Remap:
        """Return what makes each of these resources a new one."""
        return Remap({old: self.resource().number for old in resources})

    def extern(self, extern: Extern, remap: Remap, at: int) -> Extern:
        """Return an import or export with other resources."""
        if extern.id is None:
            return extern
        made = self.remapped(extern.id, remap, at)
        referenced = extern.referenced and self.remapped(extern.referenced, remap, at)
        if made == extern.id and referenced == extern.referenced:
            return extern
        return replace(extern, id=made, referenced=referenced)

    def externs(self, externs: dict[str, Extern], remap: Remap, at: int) -> dict[str, Extern]:
        """Return imports or exports with other resources."""
        return {name: self.extern(extern, remap, at) for name, extern in externs.items()}

    def remapped(self, old: Id, remap: Remap, at: int) -> Id:
        """Return a type with other resources; itself where it has none of them."""
        if old in remap.done:
            return remap.done[old]
        if old.space == "r":
            return old._replace(number=remap.resources.get(old.number, old.number))
        remap.done[old] = self._rewritten(old, remap, at)
        return remap.done[old]

    def _rewritten(self, old: Id, remap: Remap, at: int) -> Id:
        if old.space == "i":
            instance = self.instances[old.number]
            exports = self.externs(instance.exports, remap, at)
            same = all(exports[name] is extern for name, extern in instance.exports.items())
            return old if same else self.add(replace(instance, exports=exports), at)
        if old.space == "c":
            component = self.components[old.number]
            imports = self.externs(component.imports, remap, at)
            exports = self.externs(component.exports, remap, at)
            return self.add(replace(component, imports=imports, exports=exports), at)
        before: Defined | Func = (
            self.defined[old.number] if old.space == "d" else self.funcs[old.number]
        )
        parts = tuple(
            self.remapped(part, remap, at) if isinstance(part, Id) else part
            for part in before.parts
        )
        return old if parts == before.parts else self.add(replace(before, parts=parts), at)
