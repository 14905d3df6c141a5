"""What C has to know of a component's types to carry values: a program, see csrc/guest/types.c.

A program lists the functions that the component exports, those that it imports and the host has no
rows for, and the types of resources that they speak of. All three are known by their numbers.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from unit_wasm.errors import ComponentError
from unit_wasm.wit import model as wit
from unit_wasm.wit.crossing import crossing
from unit_wasm.wit.drop import drop_name
from unit_wasm.wit.text import type_text

_PRIMITIVES: Final = dict(
    zip(
        ("bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64"),
        "bcChHiIqQfd",
        strict=True,
    )
) | {"char": "u", "string": "s"}

_MOST_PARAMS: Final = 255


class NotPackable(Exception):
    """Values of a type cannot be carried; the message names it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A function.

    Parameters:
        number: among the exports, or among the imports.
        interface: its full name, as the binary has it; None where it is one of the world.
        function: as the model has it.
    """

    number: int
    interface: str | None
    function: wit.Function


@dataclass(frozen=True, slots=True)
class Program:
    """What can be called of a component, and what it may call.

    Parameters:
        text: the program.
        exports: by their numbers, as the imports are.
        imports: those that the program was made for.
        resources: by their numbers. The same one may be there twice, as an import and an export.
        own: numbers of the resources that the component defines. Handles of these have numbers that
            C has given them; those of others have the numbers that the host has.
        drops: exports beyond those, by the numbers of resources: each is passed an owned handle,
            and ends what it is of.
        refused: exports that cannot be called, by interface and name, and why.
    """

    text: bytes
    exports: tuple[Entry, ...]
    imports: tuple[Entry, ...]
    resources: tuple[wit.TypeDef, ...]
    own: frozenset[int]
    drops: Mapping[int, int] = field(default_factory=dict)
    refused: Mapping[tuple[str | None, str], str] = field(default_factory=dict)

    def resource(self, definition: wit.TypeDef, *, exported: bool) -> int:
        """Return the number of a resource.

        Parameters:
            exported: as functions that the component exports mean it.

        Raises:
            KeyError: no function speaks of it.
        """
        resolved = _resolved(definition)
        numbers = [n for n, one in enumerate(self.resources) if one is resolved]
        chosen = [n for n in numbers if n in self.own] if exported else []
        for number in chosen or [n for n in numbers if n not in self.own]:
            return number
        raise KeyError(definition.name)


def make_program(world: wit.World, foreign: Container[str] = ()) -> Program:
    """Return the program of a component.

    Parameters:
        world: of the component.
        foreign: names of imports that the host has no rows for and provides all the same.

    Raises:
        ComponentError: a function of these imports has a type whose values cannot be carried.
    """
    writer = _Writer(world, foreign)
    imports: list[Entry] = []
    lines: list[str] = []
    for interface, function in _functions(world.imports):
        name = function.name if interface is None else interface
        if name in foreign:
            imports.append(Entry(len(imports), interface, function))
            try:
                lines.append(writer.line("I", interface, function, exported=False))
            except NotPackable as error:
                raise ComponentError(
                    f"the component imports {_full(interface, function)}, which the host cannot "
                    f"provide: {error}"
                ) from None
    exports: list[Entry] = []
    refused: dict[tuple[str | None, str], str] = {}
    for interface, function in _functions(world.exports):
        try:
            lines.append(writer.line("E", interface, function, exported=True))
        except NotPackable as error:
            refused[interface, function.name] = str(error)
        else:
            exports.append(Entry(len(exports), interface, function))
    drops: dict[int, int] = {}
    for number, name in writer.drops():
        drops[number] = len(exports) + len(drops)
        lines.append(f"E - {name} {crossing(None, name)} 1;o{number}; .")
    text = "".join(f"{line}\n" for line in (*writer.declarations(), *lines)).encode()
    return Program(
        text,
        tuple(exports),
        tuple(imports),
        tuple(definition for definition, _ in writer.resources),
        frozenset(number for number, (_, own) in enumerate(writer.resources) if own),
        drops,
        refused,
    )


def _full(interface: str | None, function: wit.Function) -> str:
    return function.name if interface is None else f"{function.name} of {interface}"


def _functions(items: tuple[wit.Item, ...]) -> Iterator[tuple[str | None, wit.Function]]:
    for item in items:
        for function in item.functions:
            yield item.interface, function


def _resolved(definition: wit.TypeDef) -> wit.TypeDef:
    """Follow other names of a resource."""
    while isinstance(definition.type, wit.Alias) and isinstance(definition.type.of, wit.TypeDef):
        definition = definition.type.of
    return definition


class _Writer:
    """Writes lines of a program, and collects the resources of which they speak."""

    def __init__(self, world: wit.World, foreign: Container[str]) -> None:
        self._foreign = foreign
        self._exported = {
            item.value.owner: item.name
            for item in world.exports
            if isinstance(item.value, wit.Interface)
        }
        self._imported = {
            item.value.owner: item.name
            for item in world.imports
            if isinstance(item.value, wit.Interface)
        }
        self._written: dict[tuple[wit.TypeDef, bool], str] = {}
        self.resources: list[tuple[wit.TypeDef, bool]] = []

    def declarations(self) -> Iterator[str]:
        """Yield the lines of the resources."""
        for definition, own in self.resources:
            owners = self._exported if own else self._imported
            kind = "g" if own else "h"
            owner, name = owners.get(definition.owner), definition.name
            yield f"R {kind} {owner or '-'} {crossing(owner, name)} {name}"

    def drops(self) -> Iterator[tuple[int, str]]:
        """Yield the numbers of the component's resources, and what drops handles of them."""
        for number, (definition, own) in enumerate(self.resources):
            if own:
                yield number, drop_name(self._exported[definition.owner], definition.name)

    def line(
        self, letter: str, interface: str | None, function: wit.Function, exported: bool
    ) -> str:
        """Return the line of a function.

        Raises:
            NotPackable: it is asynchronous, or a type cannot be carried.
        """
        if function.is_async:
            raise NotPackable("it is asynchronous")
        if len(function.params) > _MOST_PARAMS:
            raise NotPackable(f"it has more than {_MOST_PARAMS} parameters")
        known = len(self.resources)
        try:
            params = "".join(self._type(param.type, exported) for param in function.params)
            result = self._optional(function.result, exported)
        except NotPackable:
            # Nobody speaks of what only this function spoke of.
            self._forget(known)
            raise
        count = len(function.params)
        names = f"{interface or '-'} {function.name} {crossing(interface, function.name)}"
        return f"{letter} {names} {count};{params} {result}"

    def _forget(self, known: int) -> None:
        if len(self.resources) != known:
            del self.resources[known:]
            self._written.clear()

    def _optional(self, type: wit.Type | None, exported: bool) -> str:
        return "." if type is None else self._type(type, exported)

    def _type(self, type: wit.Type, exported: bool) -> str:
        if isinstance(type, wit.TypeDef):
            key = (type, exported)
            if key not in self._written:
                self._written[key] = self._definition(type, exported)
            return self._written[key]
        if isinstance(type, wit.Own | wit.Borrow):
            letter = "o" if isinstance(type, wit.Own) else "p"
            return f"{letter}{self._resource(type.resource, exported)};"
        return self._plain(type, exported)

    def _definition(self, definition: wit.TypeDef, exported: bool) -> str:
        inner = definition.type
        if isinstance(inner, wit.Alias):
            return self._type(inner.of, exported)
        if isinstance(inner, wit.Record):
            fields = "".join(f"{one.name}:{self._type(one.type, exported)}" for one in inner.fields)
            return f"{{{len(inner.fields)};{fields}"
        if isinstance(inner, wit.Variant):
            cases = "".join(
                f"{case.name}:{self._optional(case.type, exported)}" for case in inner.cases
            )
            return f"|{len(inner.cases)};{cases}"
        if isinstance(inner, wit.Enum):
            return f"e{len(inner.cases)};" + "".join(f"{name}:" for name in inner.cases)
        if isinstance(inner, wit.Flags):
            return f"&{len(inner.names)};" + "".join(f"{name}:" for name in inner.names)
        if isinstance(inner, wit.Resource):
            # Where a handle is meant, Own or Borrow says so.
            raise NotPackable(f"the resource {definition.name} is not a value")
        return self._type(inner, exported)

    def _plain(self, type: wit.Type, exported: bool) -> str:
        if isinstance(type, wit.Primitive) and type.name in _PRIMITIVES:
            return _PRIMITIVES[type.name]
        if isinstance(type, wit.List) and type.length is None:
            return "[" + self._type(type.element, exported)
        if isinstance(type, wit.Option):
            return "?" + self._type(type.item, exported)
        if isinstance(type, wit.Result):
            return f"={self._optional(type.ok, exported)}{self._optional(type.err, exported)}"
        if isinstance(type, wit.Tuple):
            items = "".join(self._type(item, exported) for item in type.items)
            return f"({len(type.items)};{items}"
        raise NotPackable(f"values of {type_text(type)} are not supported")

    def _resource(self, definition: wit.TypeDef, exported: bool) -> int:
        resolved = _resolved(definition)
        own = exported and resolved.owner in self._exported
        if not own:
            name = self._imported.get(resolved.owner, resolved.name)
            if name not in self._foreign:
                raise NotPackable(f"handles of the host's {resolved.name} are not supported")
        if (resolved, own) not in self.resources:
            self.resources.append((resolved, own))
        return self.resources.index((resolved, own))
