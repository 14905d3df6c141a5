"""Which part of a value is wrong, for a message to who has passed it.

The code of the codecs stops at the first thing that does not fit, and does not say where: that
would make what fits slower. So the parts are tried here one by one.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from unit_wasm.errors import CallError
from unit_wasm.wit import codec_checks as checks
from unit_wasm.wit import model as wit
from unit_wasm.wit.codec_shapes import Shapes, resolved
from unit_wasm.wit.text import type_text
from unit_wasm.wit.values import Err, Ok, Some

Packs = Callable[[wit.Type, Any], Any]
"""Raises something where a value is none of a type."""

_RANGES: Final = {
    **{f"s{bits}": f"{-(1 << bits - 1)} to {(1 << bits - 1) - 1}" for bits in (8, 16, 32, 64)},
    **{f"u{bits}": f"0 to {(1 << bits) - 1}" for bits in (8, 16, 32, 64)},
}
_MAX_NAMES: Final = 8

_Part = tuple[str, wit.Type, Any]


class _Shown(reprlib.Repr):
    """Short, whatever the value is."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxstring = self.maxother = 60

    def repr_int(self, x: int, level: int) -> str:
        bits = x.bit_length()
        return repr(x) if bits < 200 else f"a number of {bits} bits"

    def repr_bytes(self, x: bytes, level: int) -> str:
        return repr(x) if len(x) <= 20 else f"{x[:16]!r}... ({len(x)} bytes)"

    def repr_instance(self, x: Any, level: int) -> str:
        text = super().repr_instance(x, level)
        # Not every repr() is a text of characters that can be written down.
        return str(text).encode(errors="backslashreplace").decode()

    def repr_str(self, x: str, level: int) -> str:
        return super().repr_str(x, level).encode(errors="backslashreplace").decode()


_SHOWN: Final = _Shown()


def shown(value: Any) -> str:
    """Return a short text of any value."""
    try:
        return _SHOWN.repr(value)
    except Exception:
        return f"a {type(value).__name__}"


def explain(
    names: Sequence[str],
    types: Sequence[wit.Type],
    values: Sequence[Any],
    shapes: Shapes,
    packs: Packs,
    cause: BaseException,
) -> CallError:
    """Return the error for values that could not be packed.

    Parameters:
        names: what each is called.
        packs: as the values themselves were packed.
        cause: what went wrong then.
    """
    for name, type, value in zip(names, types, values, strict=True):
        if _fails(packs, type, value):
            path, type, value = _deepest(name, type, value, shapes, packs)
            message = f"{path}: {_wanted(type, shapes)} is expected, not {shown(value)}"
            return CallError(message, parameter=path, expected=type_text(type), found=shown(value))
    if isinstance(cause, CallError):
        return CallError(cause.message, hint=cause.hint)
    return CallError(f"the values cannot be passed on: {shown(cause)}")


def _deepest(
    path: str, type: wit.Type, value: Any, shapes: Shapes, packs: Packs
) -> tuple[str, wit.Type, Any]:
    """Return the smallest part that is wrong by itself."""
    while True:
        try:
            wrong = next(
                (part for part in _parts(type, value, shapes) if _fails(packs, *part[1:])), None
            )
        except Exception:
            wrong = None
        if wrong is None:
            return path, type, value
        suffix, type, value = wrong
        path += suffix


def _fails(packs: Packs, type: wit.Type, value: Any) -> bool:
    try:
        packs(type, value)
    except Exception:
        return True
    return False


def _parts(type: wit.Type, value: Any, shapes: Shapes) -> Iterator[_Part]:
    """Yield the parts of a value with what leads to them; raise where it has other parts."""
    definition, shape = resolved(type)
    if isinstance(shape, wit.Record):
        reads = shapes.fields(_named(definition), shape, "value")
        for field, read in zip(shape.fields, reads, strict=True):
            name = field.name.replace("-", "_")
            yield f".{name}", field.type, _evaluated(read, value)
    elif isinstance(shape, wit.Variant):
        numbers = shapes.numbers(shapes.case_keys(_named(definition), shape))
        case = shape.cases[numbers[_evaluated(shapes.case_key("value"), value)]]
        if case.type is not None:
            yield ".value", case.type, value.value
    elif isinstance(shape, wit.Option):
        if value is not None:
            wraps = shapes.wraps(shape)
            if wraps and not isinstance(value, Some):
                return
            yield (".value", shape.item, value.value) if wraps else ("", shape.item, value)
    elif isinstance(shape, wit.Result):
        part = shape.ok if isinstance(value, Ok) else shape.err
        if isinstance(value, Ok | Err) and part is not None:
            yield ".value", part, value.value
    else:
        yield from _items(shape, value)


def _items(shape: Any, value: Any) -> Iterator[_Part]:
    if isinstance(shape, wit.List):
        for number, item in enumerate(checks.as_list(value)):
            yield f"[{number}]", shape.element, item
    elif isinstance(shape, wit.Tuple):
        for number, (type, item) in enumerate(
            zip(shape.items, checks.as_tuple(value), strict=True)
        ):
            yield f"[{number}]", type, item
    elif isinstance(shape, wit.Map):
        for key, item in checks.as_map(value):
            yield f"[{shown(key)}]", shape.key, key
            yield f"[{shown(key)}]", shape.value, item


def _named(definition: Any) -> Any:
    assert definition is not None
    return definition


def _evaluated(code: str, value: Any) -> Any:
    return eval(code, {"value": value})


def _wanted(type: wit.Type, shapes: Shapes) -> str:
    """Return a type, with what its values are."""
    definition, shape = resolved(type)
    text = type_text(type)
    if isinstance(shape, wit.Primitive):
        return f"{text} ({_RANGES[text]})" if text in _RANGES else text
    if isinstance(shape, wit.Variant):
        keys = shapes.case_keys(_named(definition), shape)
        return f"{text} ({_names([getattr(key, '__name__', key) for key in keys])})"
    if isinstance(shape, wit.Enum):
        return f"{text} ({_names(list(map(str, shapes.members(_named(definition), shape))))})"
    if isinstance(shape, wit.Record):
        return f"{text} (a record of {_names([field.name for field in shape.fields])})"
    if isinstance(shape, wit.Flags):
        return f"{text} (flags of {_names(list(shape.names))})"
    return text


def _names(names: list[str]) -> str:
    more = [*names[:_MAX_NAMES], "..."] if len(names) > _MAX_NAMES else names
    return ", ".join(more)
