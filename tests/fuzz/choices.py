"""Inputs out of random bytes: hypothesis draws and shrinks one byte string, and this reads it.

That is many times faster than strategies within strategies, and zeros still mean "the simplest".
"""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_SPECIAL = b"\0\1\x20\x22\x2c\x3a\x5b\x5c\x7b\x7f\x80\xed\xff"


class Choices:
    """Reads choices from the front of a byte string; at its end every choice is 0.

    Parameters:
        data: random bytes.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def byte(self) -> int:
        """Return 0 to 255."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def below(self, limit: int) -> int:
        """Return 0 to ``limit - 1``; a limit of 0 gives 0."""
        number = self.byte()
        if limit > 256:
            number |= self.byte() << 8 | self.byte() << 16
        return number % limit if limit else 0

    def pick(self, items: Sequence[T]) -> T:
        """Return one of these."""
        return items[self.below(len(items))]

    def chance(self, one_in: int) -> bool:
        """Return True once in so many; never where the choices have ended."""
        return self.byte() % one_in == one_in - 1


def edited(data: bytes, choices: Choices) -> bytes:
    """Return the bytes with one to four changes: a byte set, some cut out, put in, or repeated."""
    changed = bytearray(data)
    for _ in range(1 + choices.below(4)):
        at = choices.below(len(changed) + 1)
        kind = choices.below(4)
        count = 1 + choices.below(8)
        if kind == 0 and at < len(changed):
            changed[at] = choices.byte() if choices.chance(2) else choices.pick(_SPECIAL)
        elif kind == 1:
            del changed[at : at + count]
        elif kind == 2:
            changed[at:at] = bytes(choices.byte() for _ in range(count))
        else:
            changed[at:at] = changed[at : at + count]
    return bytes(changed)
