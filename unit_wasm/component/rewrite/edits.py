"""Edits to a component binary: what replaces which bytes, and the section sizes that follow."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

from unit_wasm.wit.reader import encode_u32


class Edits:
    """Replacements and insertions, in any order, applied at once.

    Everything that no edit touches is copied from the original in as few pieces as possible.
    """

    def __init__(self) -> None:
        self._edits: list[tuple[int, int, bytes]] = []
        self._sections: list[tuple[int, int, int]] = []

    def __len__(self) -> int:
        return len(self._edits)

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Put ``new`` in the place of the bytes from ``start`` to ``end`` (equal: insert).

        Edits must not overlap; of two insertions at one place, the earlier call comes first.
        """
        self._edits.append((start, end, new))

    def section(self, size_at: int, body_at: int, end: int) -> None:
        """Tell of a section: call it when the section ends, so inner ones before outer ones."""
        self._sections.append((size_at, body_at, end))

    def apply(self, data: bytes) -> bytes:
        """Return ``data`` with all edits, and with the sizes of the sections around them."""
        edits = sorted(self._edits + self._sizes(), key=lambda edit: edit[0])
        view = memoryview(data)
        pieces: list[bytes | memoryview] = []
        copied = 0
        for start, end, new in edits:
            pieces += (view[copied:start], new)
            copied = end
        pieces.append(view[copied:])
        return b"".join(pieces)

    def _sizes(self) -> list[tuple[int, int, bytes]]:
        """Return the edits of section sizes that the others make necessary."""
        edits = sorted(self._edits, key=lambda edit: edit[0])
        starts = [start for start, _, _ in edits]
        growths = [0, *accumulate(len(new) - (end - start) for start, end, new in edits)]
        sizes: list[tuple[int, int, bytes]] = []
        # How much the size fields of finished sections grew, by where those sections lie; the
        # sections inside of one are the last entries when it ends.
        inner: list[tuple[int, int]] = []
        for size_at, body_at, end in self._sections:
            growth = growths[bisect_left(starts, end)] - growths[bisect_left(starts, body_at)]
            fields = 0
            while inner and inner[-1][0] >= body_at:
                fields += inner.pop()[1]
            growth += fields
            if growth:
                size = encode_u32(end - body_at + growth)
                sizes.append((size_at, body_at, size))
                fields += len(size) - (body_at - size_at)
            if fields:
                inner.append((size_at, fields))
        return sizes
