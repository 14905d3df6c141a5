"""Random WIT types, random values of them, and what these are when packed, said plainly."""

from __future__ import annotations

import itertools
import struct
from typing import Any

from tests.fuzz.choices import Choices
from unit_wasm.wit import model as wit
from unit_wasm.wit.codec_shapes import resolved
from unit_wasm.wit.values import Chosen, Err, Ok, Some

_FORMATS = {
    "s8": "b",
    "u8": "B",
    "s16": "h",
    "u16": "H",
    "s32": "i",
    "u32": "I",
    "s64": "q",
    "u64": "Q",
    "f32": "f",
    "f64": "d",
}
_SIMPLE = [type for name, type in wit.PRIMITIVES.items() if name != "error-context"]
_KEYS = [type for type in _SIMPLE if not type.name.startswith("f")]
_LABELS = ("a", "if", "b-2", "none", "HTTP", "read-only", "x", "class", "h2", "a-1", "y", "z")
_TEXTS = ("", "a", "\0", "é", "\U0001f30a", '"\\\n', "\u0301", "\ud7ff\ue000", "x" * 300)
_FLOATS = (0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan"), 2.0**-149, 1e30)


def random_type(choices: Choices, depth: int = 3, *, exotic: bool = True) -> wit.Type:
    """Return a type.

    Parameters:
        exotic: maps, lists of a fixed length and more than 32 flags, too, which not every runtime
            takes.
    """
    kind = choices.below(14) if depth else 0
    if kind < 3:
        return choices.pick(_SIMPLE)

    def inner() -> wit.Type:
        return random_type(choices, depth - 1, exotic=exotic)

    def perhaps() -> wit.Type | None:
        return None if choices.chance(3) else inner()

    if kind < 5:
        return wit.List(inner())
    if kind == 5:
        return wit.Tuple(tuple(inner() for _ in range(1 + choices.below(4))))
    if kind == 6:
        return wit.Option(inner())
    if kind == 7:
        return wit.Result(perhaps(), perhaps())
    if kind == 8 and exotic:
        return wit.List(inner(), 1 + choices.below(4))
    if kind == 9 and exotic:
        return wit.Map(choices.pick(_KEYS), inner())
    return _named(choices, inner, perhaps, exotic)


_NUMBERS = itertools.count()


def _named(choices: Choices, inner: Any, perhaps: Any, exotic: bool) -> wit.TypeDef:
    kind = choices.below(5)
    name = f"t{next(_NUMBERS)}"
    labels = _LABELS[: 1 + choices.below(len(_LABELS))]
    if choices.chance(8):
        labels = tuple(f"n{number}" for number in range(choices.below(300) + 1))
    if kind == 0:
        return wit.TypeDef(
            name, "", wit.Record(tuple(wit.Field(label, inner()) for label in labels[:5]))
        )
    if kind == 1:
        return wit.TypeDef(
            name, "", wit.Variant(tuple(wit.Case(label, perhaps()) for label in labels[:6]))
        )
    if kind == 2:
        return wit.TypeDef(name, "", wit.Enum(labels))
    if kind == 3:
        return wit.TypeDef(name, "", wit.Flags(labels if exotic else labels[:32]))
    return wit.TypeDef(name, "", wit.Alias(inner()))


def random_value(choices: Choices, type: wit.Type) -> Any:
    """Return a plain value of a type."""
    shape: Any = resolved(type)[1]

    def of(part: wit.Type | None) -> Any:
        return None if part is None else random_value(choices, part)

    if isinstance(shape, wit.Primitive | wit.Enum | wit.Flags):
        return _primitive(choices, shape)
    if isinstance(shape, wit.List):
        count = choices.below(5) if shape.length is None else shape.length
        return [of(shape.element) for _ in range(count)]
    if isinstance(shape, wit.Map):
        return {of(shape.key): of(shape.value) for _ in range(choices.below(4))}
    if isinstance(shape, wit.Tuple):
        return tuple(map(of, shape.items))
    if isinstance(shape, wit.Option):
        return Some(of(shape.item)) if choices.chance(2) else None
    if isinstance(shape, wit.Result):
        return Err(of(shape.err)) if choices.chance(2) else Ok(of(shape.ok))
    if isinstance(shape, wit.Record):
        return {field.name: of(field.type) for field in shape.fields}
    case = choices.pick(shape.cases)
    return Chosen(case.name, of(case.type))


def _primitive(choices: Choices, shape: wit.Primitive | wit.Enum | wit.Flags) -> Any:
    if isinstance(shape, wit.Enum):
        return choices.pick(shape.cases)
    if isinstance(shape, wit.Flags):
        return frozenset(name for name in shape.names if choices.chance(2))
    name = shape.name
    if name == "bool":
        return choices.chance(2)
    if name == "string":
        return choices.pick(_TEXTS)
    if name == "char":
        return choices.pick(("a", "\0", "\ud7ff", "\ue000", "\U0010ffff"))
    if name[0] == "f":
        return struct.unpack(_FORMATS[name], struct.pack(_FORMATS[name], choices.pick(_FLOATS)))[0]
    bits = int(name[1:])
    number = choices.pick((0, 1, (1 << bits - 1) - 1, 1 << bits - 1, (1 << bits) - 1))
    return number - (1 << bits) if name[0] == "s" and number >> bits - 1 else number


def packed(type: wit.Type, value: Any) -> bytes:
    """Return a plain value as it is packed: slowly, in the words of the page."""
    shape: Any = resolved(type)[1]
    if isinstance(shape, wit.Primitive):
        return _packed_primitive(shape.name, value)
    if isinstance(shape, wit.List):
        size = b"" if shape.length is not None else _number(len(value), 4)
        return size + b"".join(packed(shape.element, item) for item in value)
    if isinstance(shape, wit.Map):
        pairs = [packed(shape.key, key) + packed(shape.value, item) for key, item in value.items()]
        return _number(len(value), 4) + b"".join(pairs)
    if isinstance(shape, wit.Tuple):
        return b"".join(map(packed, shape.items, value))
    if isinstance(shape, wit.Record):
        return b"".join(packed(field.type, value[field.name]) for field in shape.fields)
    if isinstance(shape, wit.Option):
        return b"\0" if value is None else b"\1" + packed(shape.item, value.value)
    if isinstance(shape, wit.Result):
        part = shape.err if isinstance(value, Err) else shape.ok
        rest = b"" if part is None else packed(part, value.value)
        return _number(isinstance(value, Err), 1) + rest
    return _packed_names(shape, value)


def _packed_names(shape: Any, value: Any) -> bytes:
    if isinstance(shape, wit.Flags):
        number = sum(1 << bit for bit, name in enumerate(shape.names) if name in value)
        return _number(number, -(-len(shape.names) // 8))
    width = 1 if len(shape.cases) <= 256 else 2 if len(shape.cases) <= 65536 else 4
    if isinstance(shape, wit.Enum):
        return _number(shape.cases.index(value), width)
    (number,) = [at for at, case in enumerate(shape.cases) if case.name == value.case]
    part = shape.cases[number].type
    return _number(number, width) + (b"" if part is None else packed(part, value.value))


def _packed_primitive(name: str, value: Any) -> bytes:
    if name == "bool":
        return _number(value, 1)
    if name == "char":
        return _number(ord(value), 4)
    if name == "string":
        data: bytes = value.encode()
        return _number(len(data), 4) + data
    return struct.pack(f"<{_FORMATS[name]}", value)


def _number(number: int, size: int) -> bytes:
    return int(number).to_bytes(size, "little")
