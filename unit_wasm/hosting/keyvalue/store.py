"""What a store can do, and how it fails."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from typing import Protocol

MOST_KEYS = 1000
"""Keys that one call lists; the guest asks again for the next ones."""

NUMBER_MIN, NUMBER_MAX = -(1 << 63), (1 << 63) - 1
"""What a counter may be: as far as Redis counts, in both stores."""


class StoreError(Exception):
    """An error value for the guest.

    Parameters:
        text: of ``other``.
        case: of wasi:keyvalue's error: 0 no-such-store, 1 access-denied, 2 other.
    """

    def __init__(self, text: str, case: int = 2) -> None:
        super().__init__(text)
        self.case = case


class Store(Protocol):
    """Buckets of values. All methods block, may be called from any thread and raise StoreError."""

    def get(self, bucket: str, key: str) -> bytes | None: ...

    def set(self, bucket: str, key: str, value: bytes) -> None: ...

    def delete(self, bucket: str, key: str) -> None: ...

    def exists(self, bucket: str, key: str) -> bool: ...

    def keys(self, bucket: str, cursor: int) -> tuple[list[str], int | None]:
        """Return some keys from a cursor (0: the first) on, and the cursor of the next ones."""

    def increment(self, bucket: str, key: str, delta: int) -> int: ...

    def get_many(self, bucket: str, keys: Sequence[str]) -> list[bytes | None]: ...

    def set_many(self, bucket: str, pairs: Sequence[tuple[str, bytes]]) -> None: ...

    def delete_many(self, bucket: str, keys: Sequence[str]) -> None: ...

    def swap(
        self, bucket: str, key: str, expected: bytes | None, value: bytes
    ) -> tuple[bool, bytes | None]:
        """Set a value if it is still the expected one; else return what it is."""

    def close(self) -> None: ...


def texts_of(keys: Iterable[bytes]) -> list[str]:
    """Return keys as texts; one that is no UTF-8 was written by somebody else, and is left out."""
    texts = []
    for key in keys:
        with contextlib.suppress(UnicodeDecodeError):
            texts.append(key.decode())
    return texts


def number_of(value: bytes | None) -> int:
    """Return the number that a counter is, written in decimal.

    Raises:
        StoreError: it is something else.
    """
    if value is None:
        return 0
    if len(value) <= 20 and (value[1:] if value[:1] == b"-" else value).isdigit():
        number = int(value)
        if NUMBER_MIN <= number <= NUMBER_MAX:
            return number
    raise StoreError("the value is no number of 64 bits")
