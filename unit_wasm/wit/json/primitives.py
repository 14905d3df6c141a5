"""Reading values without parts from JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Final

from unit_wasm.wit.floats import read_f32
from unit_wasm.wit.json.document import Written, shown
from unit_wasm.wit.json.faults import Found, JsonReader, Place
from unit_wasm.wit.model import Primitive
from unit_wasm.wit.wave import INTEGERS

MAX_SAFE: Final = (1 << 53) - 1
"""Up to here every reader of JSON has whole numbers exactly."""

MAX_DIGITS: Final = 1000
"""A number with a fraction has at most so many characters: no 64 bits need more than 770."""

_DIGITS: Final = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_NAMED: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def _bool(type: Primitive) -> JsonReader:
    def read(value: Any, place: Place, found: Found) -> Any:
        if value is not True and value is not False:
            found.add(place, f"{shown(value)} is not true or false", type, value)
        return value

    return read


def _whole(type: Primitive) -> JsonReader:
    low, high = INTEGERS[type.name]
    as_digits = high > MAX_SAFE

    def read(value: Any, place: Place, found: Found) -> Any:
        number = value
        if number.__class__ is str and as_digits and len(number) <= 20:
            number = int(number) if _DIGITS.fullmatch(number) else None
        elif number.__class__ is Written:
            number = _exact(number)
        if number.__class__ is int and low <= number <= high:
            return number
        message = f"{shown(value)} is not a whole number from {low} to {high}"
        if value.__class__ is Written and abs(value) > MAX_SAFE and low <= value <= high:
            message = f"{shown(value)} may have been rounded: write all digits"
        found.add(place, message, type, value)
        return None

    return read


def _exact(number: Written) -> int | None:
    """Return the whole number that was written with a fraction or an exponent."""
    if not number.is_integer() or abs(number) > MAX_SAFE or len(number.text) > MAX_DIGITS:
        return None
    from decimal import Decimal

    # 1.00000000000000001 is none, though the nearest number of 64 bits is.
    return int(number) if Decimal(number.text) == int(number) else None


def _float(type: Primitive) -> JsonReader:
    narrow = type.name == "f32"

    def read(value: Any, place: Place, found: Found) -> Any:
        number = None
        if value.__class__ is Written:
            number = _finite(value.text, narrow)
        elif value.__class__ is int:
            number = _finite(str(value), narrow) if abs(value) < 1 << 1024 else None
        elif value.__class__ is str:
            number = _NAMED.get(value)
        if number is None:
            bits = 32 if narrow else 64
            found.add(place, f"{shown(value)} is not a number of {bits} bits", type, value)
        return number

    return read


def _finite(text: str, narrow: bool) -> float | None:
    if len(text) > MAX_DIGITS:
        return None
    number = read_f32(text) if narrow else float(text)
    return number if math.isfinite(number) else None


def _string(type: Primitive) -> JsonReader:
    def read(value: Any, place: Place, found: Found) -> Any:
        if value.__class__ is not str:
            found.add(place, f"{shown(value)} is not a string", type, value)
        elif not value.isascii() and _has_surrogate(value):
            found.add(place, "half of a surrogate pair is no character", type, value)
        return value

    return read


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _char(type: Primitive) -> JsonReader:
    def read(value: Any, place: Place, found: Found) -> Any:
        if value.__class__ is not str or len(value) != 1 or _has_surrogate(value):
            found.add(place, f"{shown(value)} is not a string of one character", type, value)
        return value

    return read


PRIMITIVE_READERS: Final[dict[str, Callable[[Primitive], JsonReader]]] = {
    "bool": _bool,
    "char": _char,
    "string": _string,
    "f32": _float,
    "f64": _float,
    **dict.fromkeys(INTEGERS, _whole),
}
