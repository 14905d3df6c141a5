"""A bounds-checked reader for the two WebAssembly binary formats: core modules and components.

The reader walks one ``bytes`` object by offsets and never slices what it only skips, so skipping a
core module of many megabytes costs nothing, and nesting does not multiply the work.

Format: https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md
"""

from __future__ import annotations

from typing import Final

MAGIC: Final = b"\0asm"
MODULE_PREAMBLE: Final = MAGIC + b"\x01\0\0\0"
COMPONENT_PREAMBLE: Final = MAGIC + b"\x0d\0\x01\0"


class Malformed(ValueError):
    """The bytes break the binary format.

    Parameters:
        message: what is wrong, without the place.
        offset: where, in bytes from the start of the file.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(f"{message} at offset {offset:#x}")
        self.offset = offset


class Truncated(Malformed):
    """The bytes end, or a section ends, before what they announce."""


class UnknownConstruct(Malformed):
    """The bytes use an opcode or a section that this package does not know."""


class Reader:
    """A cursor over ``data[position:end]``.

    Parameters:
        data: the whole file.
        position: offset of the first byte to read.
        end: offset after the last byte; the length of ``data`` by default.

    Every method that reads raises Truncated at the end and Malformed for a bad encoding.
    """

    __slots__ = ("data", "end", "position")

    def __init__(self, data: bytes, position: int = 0, end: int | None = None) -> None:
        self.data = data
        self.position = position
        self.end = len(data) if end is None else end

    def at_end(self) -> bool:
        """Say whether everything has been read."""
        return self.position >= self.end

    def peek(self) -> int:
        """Return the next byte without consuming it."""
        if self.position >= self.end:
            raise Truncated("unexpected end", self.position)
        return self.data[self.position]

    def byte(self) -> int:
        """Read one byte."""
        position = self.position
        if position >= self.end:
            raise Truncated("unexpected end", position)
        self.position = position + 1
        return self.data[position]

    def u32(self) -> int:
        """Read an unsigned LEB128 number of at most 32 bits (padded encodings are legal)."""
        start = self.position
        byte = self.byte()
        if byte < 0x80:
            return byte
        self.position = start
        return self._unsigned(32)

    def u64(self) -> int:
        """Read an unsigned number of at most 64 bits."""
        return self._unsigned(64)

    def _unsigned(self, bits: int) -> int:
        start, value = self.position, 0
        for shift in range(0, bits, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value >> bits:
                    break
                return value
        raise Malformed(f"a number does not fit {bits} bits", start)

    def signed(self, bits: int) -> int:
        """Read a signed LEB128 number of at most so many bits."""
        start, value = self.position, 0
        for shift in range(0, bits, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                value -= (byte >> 6) << (shift + 7)
                if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
                    break
                return value
        raise Malformed(f"a number does not fit {bits} bits", start)

    def s33(self) -> int:
        """Read a signed number of at most 33 bits: how a value type names a type index."""
        return self.signed(33)

    def skip(self, count: int) -> int:
        """Step over ``count`` bytes and return the offset of the first one."""
        start = self.position
        if count > self.end - start:
            raise Truncated(f"{count} bytes are announced and {self.end - start} are left", start)
        self.position = start + count
        return start

    def name(self) -> str:
        """Read a length-prefixed UTF-8 string."""
        length = self.u32()
        start = self.skip(length)
        try:
            return self.data[start : self.position].decode()
        except UnicodeDecodeError:
            raise Malformed("a name is not UTF-8", start) from None

    def section(self) -> tuple[int, Reader]:
        """Read a section's id and size; step over it and return id and a reader of its body."""
        section_id = self.byte()
        size = self.u32()
        start = self.skip(size)
        return section_id, Reader(self.data, start, self.position)

    def expect_end(self, what: str) -> None:
        """Raise Malformed unless everything has been read; ``what`` names the part."""
        if self.position != self.end:
            raise Malformed(f"{what} has bytes left over", self.position)


def encode_u32(value: int) -> bytes:
    """Return the shortest unsigned LEB128 encoding of ``value`` (0 to 2**32 - 1)."""
    if not 0 <= value < 1 << 32:
        raise ValueError(f"{value} is not a u32")
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode_signed(value: int) -> bytes:
    """Return the shortest signed LEB128 encoding of a number."""
    out = bytearray()
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)
