"""WAVE, the text of component values: writing it, always in the same way.

In strings and chars, what cannot be seen by itself is escaped, and what changes the character
before it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, Final

from unit_wasm.wit import model as wit
from unit_wasm.wit.floats import float_text
from unit_wasm.wit.text import type_text
from unit_wasm.wit.values import Err
from unit_wasm.wit.wave import INTEGERS, shape_of
from unit_wasm.wit.wave_lexer import KEYWORDS

_ESCAPES: Final = {
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "\t": "\\t",
    "\n": "\\n",
    "\r": "\\r",
}
# Unicode's property Other_Grapheme_Extend, which Python's tables leave out.
_EXTENDING: Final = frozenset(
    map(
        chr,
        [
            *(0x09BE, 0x09D7, 0x0B3E, 0x0B57, 0x0BBE, 0x0BD7, 0x0CC2, 0x0CD5, 0x0CD6, 0x0D3E),
            *(0x0D57, 0x0DCF, 0x0DDF, 0x1B35, 0x302E, 0x302F, 0xFF9E, 0xFF9F, 0x1133E, 0x11357),
            *(0x114B0, 0x114BD, 0x115AF, 0x11930, 0x1D165, *range(0x1D16E, 0x1D173)),
        ],
    )
)


def value_text(type: wit.Type, value: Any) -> str:
    """Return the text of a value of a type.

    Raises:
        TypeError: it is none of that type, or one that cannot be written down.
    """
    shape = shape_of(type)
    writer = _WRITERS.get(shape.__class__)
    if writer is None:
        raise TypeError(f"a value of {type_text(shape)} cannot be written down")
    try:
        return writer(shape, value)
    except (AttributeError, KeyError, ValueError):
        raise TypeError(f"{value!r} is no value of that type") from None


def _primitive(type: wit.Primitive, value: Any) -> str:
    name = type.name
    if name == "bool" and isinstance(value, bool):
        return "true" if value else "false"
    if name == "string" and isinstance(value, str):
        return f'"{"".join(map(_escaped, value))}"'
    if name == "char" and isinstance(value, str) and len(value) == 1:
        return f"'{_escaped(value)}'"
    if name in ("f32", "f64") and isinstance(value, int | float):
        return float_text(float(value), name == "f32")
    if name in INTEGERS and isinstance(value, int) and not isinstance(value, bool):
        low, high = INTEGERS[name]
        if low <= value <= high:
            return str(value)
    raise TypeError(f"{value!r} is no {name}")


def _escaped(character: str) -> str:
    known = _ESCAPES.get(character)
    if known is not None:
        return known
    if (
        not character.isprintable()
        or character in _EXTENDING
        or unicodedata.category(character) in ("Mn", "Me")
    ):
        return f"\\u{{{ord(character):x}}}"
    return character


def _list(type: wit.List, value: Any) -> str:
    return f"[{', '.join(value_text(type.element, item) for item in value)}]"


def _tuple(type: wit.Tuple, value: Any) -> str:
    texts = [value_text(item, part) for item, part in zip(type.items, value, strict=True)]
    return f"({', '.join(texts)})"


def _record(type: wit.Record, value: Any) -> str:
    texts = [
        f"{field.name}: {value_text(field.type, value[field.name])}"
        for field in type.fields
        if value[field.name] is not None
    ]
    return f"{{{', '.join(texts)}}}" if texts else "{:}"


def _case(name: str) -> str:
    return f"%{name}" if name in KEYWORDS else name


def _variant(type: wit.Variant, value: Any) -> str:
    (case,) = [case for case in type.cases if case.name == value.case]
    payload = "" if case.type is None else f"({value_text(case.type, value.value)})"
    return _case(case.name) + payload


def _enum(type: wit.Enum, value: Any) -> str:
    if value not in type.cases:
        raise ValueError(value)
    return _case(value)


def _flags(type: wit.Flags, value: Any) -> str:
    if not set(value) <= set(type.names):
        raise ValueError(value)
    return f"{{{', '.join(name for name in type.names if name in value)}}}"


def _option(type: wit.Option, value: Any) -> str:
    return "none" if value is None else f"some({value_text(type.item, value.value)})"


def _result(type: wit.Result, value: Any) -> str:
    name, payload = ("err", type.err) if isinstance(value, Err) else ("ok", type.ok)
    return name if payload is None else f"{name}({value_text(payload, value.value)})"


_WRITERS: Final[dict[type, Callable[[Any, Any], str]]] = {
    wit.Primitive: _primitive,
    wit.List: _list,
    wit.Tuple: _tuple,
    wit.Record: _record,
    wit.Variant: _variant,
    wit.Enum: _enum,
    wit.Flags: _flags,
    wit.Option: _option,
    wit.Result: _result,
}
