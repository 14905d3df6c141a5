"""Values of WIT types, written as JSON; docs/services.md has the form of each type.

``reader`` has the other direction, and reads what is written here as the same value.
"""

from __future__ import annotations

import binascii
import json
import math
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from unit_wasm.wit import model as wit
from unit_wasm.wit.floats import shortest_f32
from unit_wasm.wit.json.primitives import MAX_SAFE
from unit_wasm.wit.json.reader import is_bytes
from unit_wasm.wit.text import type_text
from unit_wasm.wit.values import Err
from unit_wasm.wit.wave import INTEGERS, shape_of

_Writer: TypeAlias = Callable[[Any], str]

_quoted: Final[_Writer] = json.encoder.encode_basestring


def value_writer(type: wit.Type | None) -> Callable[[Any], str]:
    """Return what writes values of a type, without blanks; None: ``null``, whatever the value is.

    Raises:
        TypeError: JSON has no form for the type.
    """
    if type is None:
        return lambda value: "null"
    shape = shape_of(type)
    if isinstance(shape, wit.Primitive):
        writer = _PRIMITIVES.get(shape.name)
        if writer is not None:
            return writer
    else:
        make = _MAKERS.get(shape.__class__)
        if make is not None:
            return make(shape)
    raise TypeError(f"a value of {type_text(shape)} has no form in JSON")


# ---- What has no parts ----


def _bool(value: Any) -> str:
    return "true" if value else "false"


def _wide(value: Any) -> str:
    return str(value) if -MAX_SAFE <= value <= MAX_SAFE else f'"{value}"'


def _f64(value: Any) -> str:
    return repr(float(value)) if math.isfinite(value) else _named(value)


def _f32(value: Any) -> str:
    return repr(shortest_f32(value)) if math.isfinite(value) else _named(value)


def _named(value: float) -> str:
    if math.isnan(value):
        return '"NaN"'
    return '"-Infinity"' if value < 0 else '"Infinity"'


_PRIMITIVES: Final[dict[str, _Writer]] = {
    "bool": _bool,
    "char": _quoted,
    "string": _quoted,
    "f32": _f32,
    "f64": _f64,
    **{name: str if high <= MAX_SAFE else _wide for name, (_, high) in INTEGERS.items()},
}


# ---- What has parts ----


def _list(shape: wit.List) -> _Writer:
    if is_bytes(shape):
        return _bytes
    element = value_writer(shape.element)
    return lambda value: f"[{','.join([element(item) for item in value])}]"


def _bytes(value: Any) -> str:
    return f'"{binascii.b2a_base64(bytes(value), newline=False).decode()}"'


def _tuple(shape: wit.Tuple) -> _Writer:
    writers = [value_writer(item) for item in shape.items]

    def write(value: Any) -> str:
        texts = [writer(item) for writer, item in zip(writers, value, strict=True)]
        return f"[{','.join(texts)}]"

    return write


def _map(shape: wit.Map) -> _Writer:
    key, item = value_writer(shape.key), value_writer(shape.value)
    by_name = shape_of(shape.key) == wit.PRIMITIVES["string"]

    def write(value: Any) -> str:
        if by_name:
            return f"{{{','.join([f'{key(name)}:{item(part)}' for name, part in value.items()])}}}"
        return f"[{','.join([f'[{key(name)},{item(part)}]' for name, part in value.items()])}]"

    return write


def _record(shape: wit.Record) -> _Writer:
    writers = [
        (field.name, f"{_quoted(field.name)}:", value_writer(field.type)) for field in shape.fields
    ]

    def write(value: Any) -> str:
        texts = [before + writer(value[name]) for name, before, writer in writers]
        return f"{{{','.join(texts)}}}"

    return write


def _enum(shape: wit.Enum) -> _Writer:
    return _quoted


def _flags(shape: wit.Flags) -> _Writer:
    quoted = [(name, _quoted(name)) for name in shape.names]
    return lambda value: f"[{','.join([text for name, text in quoted if name in value])}]"


def _option(shape: wit.Option) -> _Writer:
    item = value_writer(shape.item)
    if isinstance(shape_of(shape.item), wit.Option):
        return lambda value: "null" if value is None else f'{{"some":{item(value.value)}}}'
    return lambda value: "null" if value is None else item(value.value)


def _variant(shape: wit.Variant) -> _Writer:
    writers = {
        case.name: (f"{{{_quoted(case.name)}:", value_writer(case.type)) for case in shape.cases
    }

    def write(value: Any) -> str:
        before, writer = writers[value.case]
        return f"{before}{writer(value.value)}}}"

    return write


def _result(shape: wit.Result) -> _Writer:
    ok, err = value_writer(shape.ok), value_writer(shape.err)

    def write(value: Any) -> str:
        if isinstance(value, Err):
            return f'{{"err":{err(value.value)}}}'
        return f'{{"ok":{ok(value.value)}}}'

    return write


_MAKERS: Final[dict[type, Callable[[Any], _Writer]]] = {
    wit.List: _list,
    wit.Tuple: _tuple,
    wit.Map: _map,
    wit.Record: _record,
    wit.Enum: _enum,
    wit.Flags: _flags,
    wit.Option: _option,
    wit.Variant: _variant,
    wit.Result: _result,
}
