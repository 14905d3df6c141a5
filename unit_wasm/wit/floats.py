"""Decimal notation of floating-point numbers of either width, rounded once."""

from __future__ import annotations

import math
import struct
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_UP, Context, Decimal
from fractions import Fraction
from typing import Final

_F32: Final = struct.Struct("<f")
_BITS: Final = struct.Struct("<I")
_DIGITS: Final = 9
"""So many digits tell all numbers of 32 bits apart."""


def to_f32(value: float) -> float:
    """Return the nearest number of 32 bits."""
    try:
        return float(_F32.unpack(_F32.pack(value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def read_f32(text: str) -> float:
    """Return the number of 32 bits that is nearest to a decimal one.

    It is not that of the nearest number of 64 bits, where that one lies in the middle of two.
    """
    wide = float(text)
    nearest = to_f32(wide)
    if not math.isfinite(wide) or wide in (0.0, nearest):
        return nearest
    exact = Fraction(text)
    if not math.isfinite(nearest):
        # The largest one and half a step more is the first that is too large.
        limit = Fraction(2) ** 128 - Fraction(2) ** 103
        return nearest if abs(exact) >= limit else math.copysign(_step(math.inf, -1), wide)
    candidates = {nearest, _step(nearest, -1), _step(nearest, 1)}
    finite = [number for number in candidates if math.isfinite(number)]
    return min(finite, key=lambda number: (abs(Fraction(number) - exact), _bits(number) & 1))


def _bits(value: float) -> int:
    return int(_BITS.unpack(_F32.pack(value))[0])


def _step(value: float, by: int) -> float:
    """Return the number of 32 bits beside one, away from zero or towards it."""
    bits = _bits(value)
    magnitude = (bits & 0x7FFFFFFF) + by
    if magnitude < 0:
        return value
    return float(_F32.unpack(_BITS.pack(bits & 0x80000000 | magnitude))[0])


def float_text(value: float, narrow: bool) -> str:
    """Return the fewest digits that read back as the same number, without an exponent.

    Parameters:
        narrow: the number has 32 bits, not 64.
    """
    value = to_f32(value) if narrow else value
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "-inf" if value < 0 else "inf"
    digits = _shortest(value) if narrow else Decimal(repr(value))
    text = format(digits, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def shortest_f32(value: float) -> float:
    """Return the number of 64 bits that has the fewest digits which tell a number of 32 bits."""
    return float(_shortest(to_f32(value)))


def _shortest(value: float) -> Decimal:
    exact = Decimal(value)
    for count in range(1, _DIGITS + 1):
        rounded = [
            Context(prec=count, rounding=rounding).plus(exact)
            for rounding in (ROUND_HALF_EVEN, ROUND_DOWN, ROUND_UP)
        ]
        same = [number for number in rounded if read_f32(str(number)) == value]
        if same:
            nearest = min(same, key=lambda number: abs(number - exact))
            # Zero has a sign, which an equal number of no digits would lose.
            return nearest if nearest else Decimal("-0") if math.copysign(1, value) < 0 else nearest
    return exact
