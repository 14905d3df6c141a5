"""How large memories and tables begin, and how large they may become: their declared limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from unit_wasm.values import dataclass

COUNT_LIMIT: Final = 2**31 - 1
"""Counts stop growing here: nested instantiations may double them at every level."""

_MOST_PARTS: Final = 64
"""Different limits that are told apart. Real components have a handful; to add up long lists again
and again would take time that grows with the square of the file."""

Part: TypeAlias = tuple[int, int | None, int]
"""Minimum, maximum (None: not declared), and how many have these."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The limits of several memories (in bytes) or tables (in elements).

    Parameters:
        parts: no two have the same minimum and maximum.
    """

    parts: tuple[Part, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return min(sum(count for _, _, count in self.parts), COUNT_LIMIT)

    @property
    def minimum(self) -> int:
        """What all of them begin with, together."""
        return sum(minimum * count for minimum, _, count in self.parts)

    @property
    def largest(self) -> int:
        """What the largest begins with."""
        return max((minimum for minimum, _, _ in self.parts), default=0)

    @property
    def needed(self) -> int:
        """The least limit for which :meth:`each` has an answer."""
        return self._most(self.largest)

    def __add__(self, other: Sizes) -> Sizes:
        if self.parts and other.parts:
            return Sizes.of((*self.parts, *other.parts))
        return self if self.parts else other

    @classmethod
    def of(cls, parts: Iterable[Part]) -> Sizes:
        """Return these limits; those that are equal become one part."""
        counts: dict[tuple[int, int | None], int] = {}
        for minimum, maximum, count in parts:
            limits = minimum, maximum
            counts[limits] = min(counts.get(limits, 0) + count, COUNT_LIMIT)
        sizes = cls(tuple((*limits, count) for limits, count in counts.items()))
        return sizes if len(counts) <= _MOST_PARTS else sizes._joined()

    def _joined(self) -> Sizes:
        """Return two parts that never ask for less: the largest, and the mean of the others."""
        others = self.count - 1
        rest = self.minimum - self.largest
        return Sizes(((self.largest, None, 1), (-(-rest // others), None, others)))

    def each(self, limit: int) -> int | None:
        """Return what every one may have, so that together they never have more than ``limit``.

        None where there is no such number: they begin with more, or the largest begins with more
        than could be left to each of those that may grow.
        """
        low, high = self.largest, limit
        if low > high or self._most(low) > limit:
            return None
        while low < high:
            middle = (low + high + 1) // 2
            if self._most(middle) <= limit:
                low = middle
            else:
                high = middle - 1
        return low

    def _most(self, each: int) -> int:
        """Return what they may have together where none may have more than ``each``."""
        return sum(
            (each if maximum is None else min(maximum, each)) * count
            for _, maximum, count in self.parts
        )


NO_SIZES: Final = Sizes()
