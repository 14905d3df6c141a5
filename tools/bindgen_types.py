"""How types of WIT look in C: names, members, and what has to be written to read and make them.

| WIT | C |
|---|---|
| bool, numbers, char | the type of that size |
| string, list<u8> | uw_slice_t |
| any other list | uw_val_t: read item by item, made by uw_val_list() |
| own, borrow | uw_resource_t * |
| enum, variant without values | an enum |
| flags | bits |
| variant | a tag and a union `of` |
| record, tuple | a struct; the members of a tuple are f0, f1, ... |
| option | is_some and value; of a handle: NULL for none |
| result | is_ok and a union `of` of ok and err |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from unit_wasm.wit import model

NUMBERS = {
    "bool": "bool",
    **{f"u{size}": f"uint{size}_t" for size in (8, 16, 32, 64)},
    **{f"s{size}": f"int{size}_t" for size in (8, 16, 32, 64)},
    "f32": "float",
    "f64": "double",
    "char": "uint32_t",
}
"""Primitive types that are passed as they are."""

_KEYWORDS = frozenset({"default", "register", "switch", "static", "union", "int", "long", "bool"})

_BYTES = model.List(model.PRIMITIVES["u8"])


def c_name(name: str) -> str:
    """Return what a name of WIT is in C."""
    name = name.replace("-", "_").lower()
    return f"{name}_" if name in _KEYWORDS else name


def resolved(type: model.Type) -> model.Type:
    """Return a type without the other names that it has."""
    while isinstance(type, model.TypeDef) and isinstance(type.type, model.Alias):
        type = type.type.of
    return type


def members(type: model.Type) -> list[tuple[str, model.Type | None]]:
    """Return the parts of a type, by what they are called in C."""
    type = resolved(type)
    if isinstance(type, model.TypeDef):
        kind = type.type
        if isinstance(kind, model.Record):
            return [(c_name(each.name), each.type) for each in kind.fields]
        if isinstance(kind, model.Variant):
            return [(c_name(each.name), each.type) for each in kind.cases]
        return []
    if isinstance(type, model.Tuple):
        return [(f"f{number}", item) for number, item in enumerate(type.items)]
    if isinstance(type, model.Option):
        return [("value", type.item)]
    if isinstance(type, model.Result):
        return [("ok", type.ok), ("err", type.err)]
    if isinstance(type, model.List):
        return [("item", type.element)]
    return []


def is_bytes(type: model.Type) -> bool:
    """Return whether this is `list<u8>`."""
    return isinstance(type, model.List) and resolved(type.element) == _BYTES.element


def is_plain(kind: object) -> bool:
    """Return whether a type is an enum in C: an enum, or a variant without values."""
    return isinstance(kind, model.Enum) or (
        isinstance(kind, model.Variant) and all(case.type is None for case in kind.cases)
    )


@dataclass(frozen=True)
class Names:
    """Names in C of the types that one package uses.

    Parameters:
        owners: packages and names of all interfaces: ``wasi:http/types@..`` -> ``http``, ``types``.
        package: whose code is written.
    """

    owners: dict[str, tuple[str, str]]
    package: str

    def within(self, owner: str, name: str) -> str:
        """Return the name of a type or function of an interface.

        The interface is left out where it is ``types``, or the name says it already.
        """
        package, interface = self.owners[owner]
        if interface == "types" or interface.removesuffix("s") in name:
            return f"{package}_{name}"
        return f"{package}_{interface}_{name}"

    def of(self, type: model.Type) -> str:
        """Return the part of a name that stands for the type."""
        type = resolved(type)
        if isinstance(type, model.Primitive):
            return type.name
        if is_bytes(type):
            return "bytes"
        if isinstance(type, model.TypeDef):
            return self.within(type.owner, c_name(type.name))
        if isinstance(type, model.Own | model.Borrow):
            resource = resolved(type.resource)
            assert isinstance(resource, model.TypeDef)
            return c_name(resource.name)
        parts = [self._short(part) for _, part in members(type)]
        return f"{self.package}_{'_'.join([type.__class__.__name__.lower(), *parts])}"

    def _short(self, type: model.Type | None) -> str:
        """Return the same inside of another name, which begins with the package already."""
        return "none" if type is None else self.of(type).removeprefix(f"{self.package}_")

    def c(self, type: model.Type) -> str:
        """Return the type in C."""
        type = resolved(type)
        if isinstance(type, model.Primitive):
            return NUMBERS.get(type.name, "uw_slice_t")
        if is_bytes(type):
            return "uw_slice_t"
        if isinstance(type, model.List):
            return "uw_val_t"
        if isinstance(type, model.Own | model.Borrow) or is_handle(type):
            return "uw_resource_t *"
        return f"uw_{self.of(type)}_t"

    def param(self, type: model.Type) -> str:
        """Return the type in C where it is a parameter: structs by their address."""
        type = resolved(type)
        if isinstance(type, model.Option) and not is_handle(type):
            return f"const {self.c(type.item)} *"
        return f"const {self.c(type)} *" if by_address(type) else self.c(type)


def is_handle(type: model.Type) -> bool:
    """Return whether this is an option of a handle."""
    return isinstance(type, model.Option) and isinstance(
        resolved(type.item), model.Own | model.Borrow
    )


def by_address(type: model.Type) -> bool:
    """Return whether this is passed by its address."""
    type = resolved(type)
    if isinstance(type, model.TypeDef):
        return not isinstance(type.type, model.Flags) and not is_plain(type.type)
    if isinstance(type, model.List):
        return not is_bytes(type)
    return isinstance(type, model.Tuple | model.Result) or (
        isinstance(type, model.Option) and not is_handle(type)
    )


def has_handle(type: model.Type) -> bool:
    """Return whether to make such a value may fail: the guest's table may be full.

    The items of a list are made one by one, before it is."""
    type = resolved(type)
    if isinstance(type, model.List):
        return False
    return isinstance(type, model.Own | model.Borrow) or any(
        part is not None and has_handle(part) for _, part in members(type)
    )


@dataclass
class Needs:
    """Which types are read, and which are made, each after what it is made of."""

    read: dict[model.Type, None] = field(default_factory=dict)
    made: dict[model.Type, None] = field(default_factory=dict)

    def add(self, function: model.Function) -> None:
        """Add what a function takes and gives."""
        for param in function.params:
            _add(self.read, param.type)
        if function.result is not None:
            self._give(function.result)

    def _give(self, type: model.Type) -> None:
        """Add what a result is made of: options, results and lists have makers in val.h."""
        type = resolved(type)
        if isinstance(type, model.Option | model.Result | model.List):
            for _, part in members(type):
                if part is not None:
                    self._give(part)
        else:
            _add(self.made, type)

    def all(self) -> Iterator[model.Type]:
        """Yield all of them."""
        yield from self.read
        yield from (type for type in self.made if type not in self.read)


def _add(types: dict[model.Type, None], type: model.Type) -> None:
    type = resolved(type)
    for _, part in members(type):
        if part is not None:
            _add(types, part)
    types.setdefault(_without_names(type))


def _without_names(type: model.Type) -> model.Type:
    """Return a type whose parts have no other names: the same code serves all."""
    if isinstance(type, model.TypeDef | model.Primitive):
        return resolved(type)
    if isinstance(type, model.Own | model.Borrow):
        resource = resolved(type.resource)
        assert isinstance(resource, model.TypeDef)
        return type.__class__(resource)
    parts = [None if part is None else _without_names(resolved(part)) for _, part in members(type)]
    if isinstance(type, model.Tuple):
        return model.Tuple(tuple(part for part in parts if part is not None))
    if isinstance(type, model.Result):
        return model.Result(*parts)
    (part,) = parts
    assert part is not None
    return model.List(part) if isinstance(type, model.List) else model.Option(part)
