"""What a component imports and exports, in the words of WIT: types, functions, interfaces, a world.

Everything is immutable. A named type is one object wherever it is used, and compares as such; types
without a name compare by what they are made of. Types never refer to themselves.

WIT: https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final, TypeAlias

# ---- Types ----


@dataclass(frozen=True, slots=True)
class Primitive:
    """A type that has no parts; ``name`` is what WIT calls it."""

    name: str


PRIMITIVES: Final = {
    name: Primitive(name)
    for name in (
        *("bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64"),
        *("char", "string", "error-context"),
    )
}
"""All of them, by name."""


@dataclass(frozen=True, slots=True)
class List:
    """A list; ``length`` is None where it may have any."""

    element: Type
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """Values by keys."""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class Tuple:
    """Several values, by position."""

    items: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A value, or none."""

    item: Type


@dataclass(frozen=True, slots=True)
class Result:
    """A result or an error; each may come without a value."""

    ok: Type | None = None
    err: Type | None = None


@dataclass(frozen=True, slots=True)
class Future:
    """A value that comes later."""

    item: Type | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """Values that come one after the other."""

    item: Type | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Record:
    """Several values, by name."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A case of a variant; ``type`` is None where it has no value."""

    name: str
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several cases, which may have a value."""

    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Enum:
    """One of several names."""

    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flags:
    """Any of several names."""

    names: tuple[str, ...]


Named: TypeAlias = Record | Variant | Enum | Flags
"""What can be used only by a name."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What handles are of; its functions are among those of its interface."""


@dataclass(frozen=True, slots=True)
class Own:
    """A handle that is given away."""

    resource: TypeDef


@dataclass(frozen=True, slots=True)
class Borrow:
    """A handle for the time of a call."""

    resource: TypeDef


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name for a type; where that is one of another interface, a ``use`` of it."""

    of: Type


@dataclass(frozen=True, slots=True, eq=False)
class TypeDef:
    """A type that has a name.

    Parameters:
        name: within its owner.
        owner: the interface it is in, or empty for the world itself; that of an interface without
            a name of its own is ``import NAME`` or ``export NAME``.
        type: what it is.
        external_id: what `@external-id` says.
    """

    name: str
    owner: str
    type: (
        Named
        | Resource
        | Alias
        | List
        | Map
        | Tuple
        | Option
        | Result
        | Future
        | Stream
        | Own
        | Borrow
    )
    external_id: str | None = None

    def __repr__(self) -> str:
        # Without what it is made of, which may be long.
        return f"<TypeDef {self.owner}#{self.name}>"


Type: TypeAlias = (
    "Primitive | List | Map | Tuple | Option | Result | Future | Stream | Own | Borrow | TypeDef"
)
"""What a value may be of."""


# ---- Functions, interfaces, the world ----


class FunctionKind(enum.Enum):
    """How a function is called."""

    FREE = "function"
    CONSTRUCTOR = "constructor"
    METHOD = "method"
    STATIC = "static"


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a function."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Function:
    """A function.

    Parameters:
        name: as the binary has it: ``[method]fields.get``.
        label: as WIT has it: ``get``; that of a constructor is the resource's.
        resource: the one that it belongs to.
        params: the first one of a method is the resource.
        is_async: it may wait, and its caller does not.
        external_id: what `@external-id` says.
    """

    name: str
    label: str
    kind: FunctionKind
    resource: TypeDef | None
    params: tuple[Param, ...]
    result: Type | None
    is_async: bool = False
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Interface:
    """Types and functions that belong together.

    Parameters:
        name: with package and version; None where it has only that of its import or export.
        owner: what its types have as their owner.
        types: in the order of the binary, as the functions are.
    """

    name: str | None
    owner: str
    types: tuple[TypeDef, ...]
    functions: tuple[Function, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An import or export.

    Parameters:
        name: as the binary has it.
        value: the same interface may be imported and exported; it is one object then.
        external_id: what `@external-id` says.
    """

    name: str
    value: Interface | Function | TypeDef
    external_id: str | None = None

    @property
    def interface(self) -> str | None:
        """The name of an interface; None for a function or type, which are the world's."""
        return self.name if isinstance(self.value, Interface) else None

    @property
    def functions(self) -> tuple[Function, ...]:
        """Those of an interface; a function is its own."""
        if isinstance(self.value, Interface):
            return self.value.functions
        return (self.value,) if isinstance(self.value, Function) else ()


@dataclass(frozen=True, slots=True)
class Other:
    """An import or export for which WIT has no words.

    Parameters:
        kind: ``core module``, ``component``, ``type``, ``value`` or ``instance``.
    """

    name: str
    kind: str
    is_import: bool


@dataclass(frozen=True, slots=True)
class World:
    """All that a component imports and exports.

    Parameters:
        imports: in the order of the binary, as the exports are.
        packages: names and versions, those that others use first.
        others: what is not among the imports and exports.
    """

    imports: tuple[Item, ...]
    exports: tuple[Item, ...]
    packages: tuple[str, ...]
    others: tuple[Other, ...] = ()

    def interfaces(self) -> tuple[Interface, ...]:
        """Return the interfaces that have a name, each once, in the order of their appearance."""
        named: dict[str, Interface] = {}
        for item in (*self.imports, *self.exports):
            if isinstance(item.value, Interface) and item.value.name is not None:
                named.setdefault(item.value.name, item.value)
        return tuple(named.values())
