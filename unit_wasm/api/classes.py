"""The classes of the types of a component, in the shapes that componentize-py gives them.

A record is a dataclass; each case of a variant is one, too (``Shape_Circle``), with ``value`` where
it has one; an enum is an ``Enum``, flags are a ``Flag``. Code that was written for a component made
of Python reads like code that calls it.
"""

from __future__ import annotations

import dataclasses
import enum
import operator
from collections.abc import Sequence
from functools import reduce
from typing import Any

from unit_wasm.api.annotations import annotation
from unit_wasm.wit.codec_body import Module
from unit_wasm.wit.codec_shapes import resolved
from unit_wasm.wit.model import Enum, Flags, Option, Record, TypeDef, Variant
from unit_wasm.wit.python_names import class_name, constant_name, distinct, name_of
from unit_wasm.wit.text import definition_text

# What they are called with is known when they are called.
_ENUM: Any = enum.Enum
_FLAG: Any = enum.Flag


def field_names(record: Record) -> list[str]:
    """Return the names of the fields of a record in Python."""
    return [name_of(field.name) for field in record.fields]


def case_names(definition: TypeDef, variant: Variant) -> list[str]:
    """Return the names of the classes of a variant's cases."""
    names = distinct(class_name(case.name) for case in variant.cases)
    return [f"{class_name(definition.name)}_{name}" for name in names]


def member_names(names: Sequence[str]) -> list[str]:
    """Return the names of the members of an enum, or of flags."""
    return distinct(map(constant_name, names))


class Classes:
    """The classes of one component, each made when it is needed first: shapes for a codec.

    Parameters:
        module: what the classes say that they are of.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._known: dict[TypeDef, Any] = {}

    def of(self, definition: TypeDef) -> Any:
        """Return the class of a record, an enum or flags, or the classes of a variant's cases.

        A type that has no class of its own has None.
        """
        found, shape = resolved(definition)
        if found is None or not isinstance(shape, Record | Variant | Enum | Flags):
            return None
        if found not in self._known:
            self._known[found] = self._made(found, shape)
        return self._known[found]

    def _made(self, definition: TypeDef, shape: Any) -> Any:
        name, text = class_name(definition.name), definition_text(definition)
        if isinstance(shape, Record):
            fields = zip(field_names(shape), shape.fields, strict=True)
            return self._dataclass(name, [(n, annotation(f.type)) for n, f in fields], text)
        if isinstance(shape, Variant):
            return tuple(
                self._dataclass(
                    case_name,
                    [] if case.type is None else [("value", annotation(case.type))],
                    f"The case {case.name} of\n\n{text}",
                )
                for case_name, case in zip(case_names(definition, shape), shape.cases, strict=True)
            )
        if isinstance(shape, Enum):
            numbers = {member: number for number, member in enumerate(member_names(shape.cases))}
            made: Any = _ENUM(name, numbers, module=self._module)
        else:
            bits = {member: 1 << bit for bit, member in enumerate(member_names(shape.names))}
            made = _FLAG(name, bits, module=self._module, boundary=enum.STRICT)
        made.__doc__ = text
        return made

    def _dataclass(self, name: str, fields: list[tuple[str, str]], text: str) -> type:
        made = dataclasses.make_dataclass(name, fields, namespace={"__doc__": text})
        # Not before: the annotations would be looked up in that module, which there need not be.
        made.__module__ = self._module
        return made

    def names(self, definition: TypeDef) -> list[str]:
        """Return the names with which a type is to be found; none of a type without a class."""
        found, shape = resolved(definition)
        name = class_name(definition.name)
        if found is None or not isinstance(shape, Record | Variant | Enum | Flags):
            return []
        return [name, *case_names(found, shape)] if isinstance(shape, Variant) else [name]

    def attributes(self, definition: TypeDef) -> dict[str, Any]:
        """Return the names with which a type is to be found, and what they are."""
        shape, made = resolved(definition)[1], self.of(definition)
        name = class_name(definition.name)
        if isinstance(shape, Variant):
            cases = {case.__name__: case for case in made}
            union = reduce(operator.or_, made) if made else None
            return {name: union, **cases}
        return {} if made is None else {name: made}

    # ---- What the codec asks ----

    def wraps(self, option: Option) -> bool:
        """Say whether the value of an option is in ``Some``: it may be None itself."""
        return isinstance(resolved(option.item)[1], Option)

    def fields(self, definition: TypeDef, record: Record, value: str) -> list[str]:
        """Return what reads each field of a record: any object with these attributes is one."""
        return [f"{value}.{name}" for name in field_names(record)]

    def make_record(
        self, module: Module, definition: TypeDef, record: Record, fields: Sequence[str]
    ) -> str:
        """Return what makes a record."""
        return f"{module.constant(self.of(definition))}({', '.join(fields)})"

    def case_key(self, value: str) -> str:
        """Return what says which case of a variant a value is."""
        return f"{value}.__class__"

    def case_keys(self, definition: TypeDef, variant: Variant) -> Sequence[Any]:
        """Return the classes of the cases."""
        classes: tuple[type, ...] = self.of(definition)
        return classes

    def numbers(self, keys: Sequence[Any]) -> dict[Any, int]:
        """Return the numbers of cases by their keys; see :class:`_ByName`."""
        return _ByName({key: number for number, key in enumerate(keys)})

    def make_case(
        self, module: Module, definition: TypeDef, variant: Variant, case: int, value: str | None
    ) -> str:
        """Return what makes a case of a variant."""
        return f"{module.constant(self.of(definition)[case])}({value or ''})"

    def members(self, definition: TypeDef, enum: Enum) -> tuple[Any, ...]:
        """Return the values of an enum."""
        return tuple(self.of(definition))

    def flags_number(self, module: Module, definition: TypeDef, flags: Flags, value: str) -> str:
        """Return what makes a number of flags."""
        made = module.constant(self.of(definition))
        return f"{module.constant(_flags_number)}({value}, {made})"

    def make_flags(self, module: Module, definition: TypeDef, flags: Flags, number: str) -> str:
        """Return what makes flags of a number."""
        return f"{module.constant(self.of(definition))}({number})"


class _ByName(dict[Any, int]):
    """Numbers of classes or of members of an enum; others of the same name will do.

    Who writes a host before there is a component to load has classes of their own, or those that
    another tool has made.
    """

    def __missing__(self, key: Any) -> int:
        if not isinstance(key, type | enum.Enum):
            raise KeyError(key)
        name = key.__name__ if isinstance(key, type) else key.name
        for known, number in self.items():
            if name == (known.__name__ if isinstance(known, type) else known.name):
                return number
        raise KeyError(name)


def _flags_number(value: Any, flags: type[enum.Flag]) -> int:
    if isinstance(value, flags):
        number: int = value.value
        return number
    if not isinstance(value, enum.Flag):
        raise TypeError("these are no flags")
    return sum(flags[member.name or ""].value for member in value)
