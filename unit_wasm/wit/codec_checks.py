"""What the code of the codecs calls: values that need a closer look, in both directions."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any


class Malformed(ValueError):
    """Packed bytes are not what their type says."""


# ---- From Python ----


def as_integer(value: Any) -> int:
    """Return a whole number; ``True`` is none."""
    if isinstance(value, bool):
        raise TypeError("a bool is no number")
    return operator.index(value)


def as_float(value: Any) -> float:
    """Return a number with a fraction; ``True`` and texts are none."""
    if isinstance(value, bool) or not (hasattr(value, "__float__") or hasattr(value, "__index__")):
        raise TypeError("this is no number")
    return float(value)


def as_scalar(value: Any) -> int:
    """Return the number of a character."""
    if not isinstance(value, str):
        raise TypeError("this is no character")
    code = ord(value)
    if 0xD800 <= code < 0xE000:
        raise ValueError("half of a surrogate pair is no character")
    return code


def as_bytes(value: Any) -> bytes:
    """Return the bytes of anything that has bytes, or of a sequence of small numbers."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, list | tuple):
        if any(item.__class__ is not int for item in value):
            value = [as_integer(item) for item in value]
        return bytes(value)
    view = memoryview(value)
    if view.itemsize != 1:
        raise TypeError("its items are no bytes")
    return view.tobytes()


def as_list(value: Any) -> Sequence[Any]:
    """Return a sequence of values; texts and bytes are values themselves."""
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, str | bytes | bytearray | memoryview | Mapping | set | frozenset):
        raise TypeError("this is no list")
    # What has no length may have no end.
    size = len(value)
    if size >= 1 << 32:
        raise ValueError("it has more items than can be counted")
    items = [item for _, item in zip(range(size), value, strict=False)]
    if len(items) != size:
        raise ValueError("it has fewer items than it says")
    return items


def as_tuple(value: Any) -> tuple[Any, ...]:
    """Return several values by position."""
    if isinstance(value, tuple | list):
        return tuple(value)
    raise TypeError("this is no tuple")


def as_map(value: Any) -> list[tuple[Any, Any]]:
    """Return keys with their values."""
    if not isinstance(value, Mapping):
        raise TypeError("this is no dict")
    return list(value.items())


def as_flags(value: Any, numbers: Mapping[str, int]) -> int:
    """Return the number of a set of names."""
    if not isinstance(value, frozenset | set):
        raise TypeError("this is no set")
    return sum(1 << numbers[name] for name in value)


# ---- From bytes ----


def read_bool(number: int) -> bool:
    """Return what a byte says."""
    if number > 1:
        raise Malformed("a bool is 0 or 1")
    return number == 1


def read_char(number: int) -> str:
    """Return the character of a number."""
    if 0xD800 <= number < 0xE000 or number > 0x10FFFF:
        raise Malformed(f"there is no character {number:#x}")
    return chr(number)
