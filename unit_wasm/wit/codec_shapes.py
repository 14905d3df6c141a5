"""How values look in Python where a type has a name: what the codecs ask when they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from unit_wasm.wit import model as wit
from unit_wasm.wit.codec_body import Module
from unit_wasm.wit.codec_checks import Malformed, as_flags
from unit_wasm.wit.values import Chosen


class Shapes(Protocol):
    """The classes of values, and the code that reads and makes them.

    What is called ``value`` or ``number`` here, and what is returned, is Python code.
    """

    def wraps(self, option: wit.Option) -> bool:
        """Say whether the value of an option is in ``Some``."""

    def fields(self, definition: wit.TypeDef, record: wit.Record, value: str) -> list[str]:
        """Return what reads each field of a record."""

    def make_record(
        self, module: Module, definition: wit.TypeDef, record: wit.Record, fields: Sequence[str]
    ) -> str:
        """Return what makes a record."""

    def case_key(self, value: str) -> str:
        """Return what says which case of a variant a value is."""

    def case_keys(self, definition: wit.TypeDef, variant: wit.Variant) -> Sequence[Any]:
        """Return what :meth:`case_key` is for each case."""

    def numbers(self, keys: Sequence[Any]) -> Mapping[Any, int]:
        """Return the numbers of cases, or of the members of an enum, by what they are."""

    def make_case(
        self,
        module: Module,
        definition: wit.TypeDef,
        variant: wit.Variant,
        case: int,
        value: str | None,
    ) -> str:
        """Return what makes a case of a variant."""

    def members(self, definition: wit.TypeDef, enum: wit.Enum) -> tuple[Any, ...]:
        """Return the values of an enum."""

    def flags_number(
        self, module: Module, definition: wit.TypeDef, flags: wit.Flags, value: str
    ) -> str:
        """Return what makes a number of flags."""

    def make_flags(
        self, module: Module, definition: wit.TypeDef, flags: wit.Flags, number: str
    ) -> str:
        """Return what makes flags of a number."""


def resolved(type: Any) -> tuple[wit.TypeDef | None, Any]:
    """Return what a type is behind other names for it, and its own name."""
    definition = None
    while isinstance(type, wit.TypeDef | wit.Alias):
        definition, type = (type, type.type) if isinstance(type, wit.TypeDef) else (None, type.of)
    return definition, type


def parts_of(shape: Any) -> list[wit.Type]:
    """Return the types that a type is made of, as often as they occur."""
    if isinstance(shape, wit.Record):
        return [field.type for field in shape.fields]
    if isinstance(shape, wit.Variant):
        return [case.type for case in shape.cases if case.type is not None]
    if isinstance(shape, wit.Tuple):
        return list(shape.items)
    if isinstance(shape, wit.Result):
        return [part for part in (shape.ok, shape.err) if part is not None]
    if isinstance(shape, wit.List):
        return [shape.element]
    if isinstance(shape, wit.Option):
        return [shape.item]
    parts = (getattr(shape, name, None) for name in ("key", "value", "item"))
    return [] if isinstance(shape, wit.Primitive) else [part for part in parts if part is not None]


class _Plain:
    """Values that need no class; see :mod:`unit_wasm.wit.values`."""

    def wraps(self, option: wit.Option) -> bool:
        return True

    def fields(self, definition: wit.TypeDef, record: wit.Record, value: str) -> list[str]:
        return [f"{value}[{field.name!r}]" for field in record.fields]

    def make_record(
        self, module: Module, definition: wit.TypeDef, record: wit.Record, fields: Sequence[str]
    ) -> str:
        pairs = zip(record.fields, fields, strict=True)
        return f"{{{', '.join(f'{field.name!r}: {made}' for field, made in pairs)}}}"

    def case_key(self, value: str) -> str:
        return f"{value}.case"

    def case_keys(self, definition: wit.TypeDef, variant: wit.Variant) -> Sequence[Any]:
        return [case.name for case in variant.cases]

    def numbers(self, keys: Sequence[Any]) -> Mapping[Any, int]:
        return {key: number for number, key in enumerate(keys)}

    def make_case(
        self,
        module: Module,
        definition: wit.TypeDef,
        variant: wit.Variant,
        case: int,
        value: str | None,
    ) -> str:
        return f"{module.constant(Chosen)}({variant.cases[case].name!r}, {value})"

    def members(self, definition: wit.TypeDef, enum: wit.Enum) -> tuple[Any, ...]:
        return enum.cases

    def flags_number(
        self, module: Module, definition: wit.TypeDef, flags: wit.Flags, value: str
    ) -> str:
        numbers = {name: number for number, name in enumerate(flags.names)}
        return f"{module.constant(as_flags)}({value}, {module.constant(numbers)})"

    def make_flags(
        self, module: Module, definition: wit.TypeDef, flags: wit.Flags, number: str
    ) -> str:
        return f"{module.constant(_flags)}({number}, {module.constant(flags.names)})"


def _flags(number: int, names: Sequence[str]) -> frozenset[str]:
    if number >> len(names):
        raise Malformed("there is a flag without a name")
    return frozenset(name for bit, name in enumerate(names) if number >> bit & 1)


PLAIN: Final[Shapes] = _Plain()
"""Values that need no class."""
