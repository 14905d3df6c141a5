"""Packed values that are read and made by hand: what wasi:keyvalue needs of them."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

_U32 = Struct("<I")
_U64 = Struct("<Q")
_S64 = Struct("<q")


class Reader:
    """Reads packed arguments, which C has made: they are what they should be.

    Parameters:
        data: all of them.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def u8(self) -> int:
        """Read a byte."""
        self._at += 1
        return self._data[self._at - 1]

    def u32(self) -> int:
        """Read a number of 32 bits, or a count."""
        (number,) = _U32.unpack_from(self._data, self._at)
        self._at += 4
        return int(number)

    def u64(self) -> int:
        """Read a number of 64 bits."""
        (number,) = _U64.unpack_from(self._data, self._at)
        self._at += 8
        return int(number)

    def s64(self) -> int:
        """Read one with a sign."""
        (number,) = _S64.unpack_from(self._data, self._at)
        self._at += 8
        return int(number)

    def bytes(self) -> bytes:
        """Read a list<u8>."""
        start = self._at + 4
        self._at = start + self.u32()
        return self._data[start : self._at]

    def string(self) -> str:
        """Read a string."""
        return self.bytes().decode()


def pack_bytes(data: bytes) -> bytes:
    """Return a packed list<u8>, or string."""
    return _U32.pack(len(data)) + data


def pack_option(packed: bytes | None) -> bytes:
    """Return a packed option of what is packed already."""
    return b"\0" if packed is None else b"\1" + packed


def pack_strings(texts: Sequence[str]) -> bytes:
    """Return a packed list<string>."""
    return _U32.pack(len(texts)) + b"".join(pack_bytes(text.encode()) for text in texts)
