"""Writing core modules: sections, functions, and the instructions that the bridge is made of.

Instructions are bytes, and functions here return them, so that a body is a sum. Memory operands
name their memory (there may be several), and say nothing of alignment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from unit_wasm.wit.reader import MODULE_PREAMBLE, encode_signed, encode_u32

UNREACHABLE, RETURN, DROP = b"\x00", b"\x0f", b"\x1a"
LOOP, IF, ELSE, END = b"\x03\x40", b"\x04\x40", b"\x05", b"\x0b"
EQZ, EQ, NE, GT_U, GE_U = b"\x45", b"\x46", b"\x47", b"\x4b", b"\x4f"
ADD, SUB, MUL, AND = b"\x6a", b"\x6b", b"\x6c", b"\x71"
DIV_U, OR, SHL, SHR_U = b"\x6e", b"\x72", b"\x74", b"\x76"
LT_S64, GT_U64 = b"\x53", b"\x56"
ADD64, SUB64, MUL64, AND64 = b"\x7c", b"\x7d", b"\x7e", b"\x83"
SHL64, SHR_U64 = b"\x86", b"\x88"
WRAP, EXTEND = b"\xa7", b"\xad"
LOAD, LOAD64, LOAD8, LOAD16 = b"\x28", b"\x29", b"\x2d", b"\x2f"
STORE, STORE64, STORE8, STORE16 = b"\x36", b"\x37", b"\x3a", b"\x3b"

LOADS: Final = {1: LOAD8, 2: LOAD16, 4: LOAD, 8: LOAD64}
STORES: Final = {1: STORE8, 2: STORE16, 4: STORE, 8: STORE64}
"""By how many bytes they move."""

VECTOR: Final = b"\x7b"
"""The type of 16 bytes."""
VECTOR_LOAD, VECTOR_STORE = b"\xfd\x00", b"\xfd\x0b"
VECTOR_AND, VECTOR_OR, BITMASK = b"\xfd\x4e", b"\xfd\x50", b"\xfd\x64"
SHL_LANES, SHR_LANES = b"\xfd\x8b\x01", b"\xfd\x8d\x01"
"""Of lanes of two bytes."""


def get(local: int) -> bytes:
    """The value of a parameter or local."""
    return b"\x20" + encode_u32(local)


def set_(local: int) -> bytes:
    """Take a value into a parameter or local."""
    return b"\x21" + encode_u32(local)


def tee(local: int) -> bytes:
    """Take a value into a parameter or local, and leave it."""
    return b"\x22" + encode_u32(local)


def get_global(index: int) -> bytes:
    """The value of a global."""
    return b"\x23" + encode_u32(index)


def set_global(index: int) -> bytes:
    """Take a value into a global."""
    return b"\x24" + encode_u32(index)


def const(value: int) -> bytes:
    """A number of 32 bits, which is none below 0."""
    return b"\x41" + encode_signed(value - (1 << 32) if value >> 31 else value)


def const64(value: int) -> bytes:
    """A number of 64 bits, which is none below 0."""
    return b"\x42" + encode_signed(value)


def lanes(byte: int) -> bytes:
    """Sixteen times the same byte."""
    return b"\xfd\x0c" + bytes([byte]) * 16


def call(function: int) -> bytes:
    """Call a function."""
    return b"\x10" + encode_u32(function)


def load(instruction: bytes, memory: int, offset: int = 0) -> bytes:
    """Read from the address that comes first."""
    return instruction + b"\x40" + encode_u32(memory) + encode_u32(offset)


AGAIN = b"\x0d\x00"
"""Go to the loop, if a number is not 0."""

store = load
"""Write, to the address that comes first, the value that comes then: it is written alike."""


def step(local: int, size: int) -> bytes:
    """Add to a parameter or local."""
    return get(local) + const(size) + ADD + set_(local)


def size_of(memory: int) -> bytes:
    """The size of a memory, in pages."""
    return b"\x3f" + encode_u32(memory)


def grow(memory: int) -> bytes:
    """Make a memory so many pages larger; the result is its size before that."""
    return b"\x40" + encode_u32(memory)


def copy(target: int, source: int) -> bytes:
    """Copy from one memory to another: target, source and count come first."""
    return b"\xfc\x0a" + encode_u32(target) + encode_u32(source)


def fill(memory: int) -> bytes:
    """Fill: target, byte and count come first."""
    return b"\xfc\x0b" + encode_u32(memory)


def section(number: int, body: bytes) -> bytes:
    """Return a section with its id and size."""
    return bytes([number]) + encode_u32(len(body)) + body


def vector(items: Iterable[bytes]) -> bytes:
    """Return a vector: how many items, then the items."""
    parts = list(items)
    return encode_u32(len(parts)) + b"".join(parts)


def text(name: str) -> bytes:
    """Return a name: its length, then its UTF-8 bytes."""
    data = name.encode()
    return encode_u32(len(data)) + data


class CoreMaker:
    """A core module that is being written. Imports come first, then functions.

    Parameters:
        name: of the module, for backtraces.
    """

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._types: dict[bytes, int] = {}
        self._imports: list[bytes] = []
        self._imported = {0x00: 0, 0x02: 0}
        self._functions: list[tuple[int, str]] = []
        self._bodies: dict[int, bytes] = {}
        self._memories: list[bytes] = []
        self._globals = 0
        self._exports: list[bytes] = []

    def import_memory(self, name: str) -> int:
        """Import a memory of any size; return its index."""
        return self._import(name, 0x02, b"\x00\x00")

    def import_function(self, name: str, params: bytes, results: bytes) -> int:
        """Import a function; return its index."""
        return self._import(name, 0x00, encode_u32(self._type(params, results)))

    def memory(self, least: int, most: int) -> int:
        """Add a memory of so many pages; return its index."""
        self._memories.append(b"\x01" + encode_u32(least) + encode_u32(most))
        return self._imported[0x02] + len(self._memories) - 1

    def counter(self) -> int:
        """Add a global for a number of 64 bits; return its index."""
        self._globals += 1
        return self._globals - 1

    def declare(self, params: bytes, results: bytes, name: str = "") -> int:
        """Return the index of a function whose body is to come."""
        self._functions.append((self._type(params, results), name))
        return self._imported[0x00] + len(self._functions) - 1

    def define(self, function: int, own: Sequence[bytes], body: bytes) -> None:
        """Give a function its body.

        Parameters:
            own: types of its locals.
        """
        code = vector(b"\x01" + kind for kind in own) + body + END
        self._bodies[function] = encode_u32(len(code)) + code

    def export(self, name: str, kind: int, index: int) -> None:
        """Export a function (0) or a memory (2)."""
        self._exports.append(text(name) + bytes([kind]) + encode_u32(index))

    def data(self) -> bytes:
        """Return the binary."""
        sections = [
            (1, vector(self._types)),
            (2, vector(self._imports)),
            (3, vector(encode_u32(kind) for kind, _ in self._functions)),
            (5, vector(self._memories)),
            (6, vector([b"\x7e\x01" + const64(0) + END] * self._globals)),
            (7, vector(self._exports)),
            (10, vector(body for _, body in sorted(self._bodies.items()))),
        ]
        made = MODULE_PREAMBLE
        made += b"".join(section(number, body) for number, body in sections if body != b"\x00")
        return made + self._names()

    def _names(self) -> bytes:
        if not self._name:
            return b""
        first = self._imported[0x00]
        named = [
            encode_u32(first + i) + text(name)
            for i, (_, name) in enumerate(self._functions)
            if name
        ]
        body = text("name") + section(0, text(self._name)) + section(1, vector(named))
        return section(0, body)

    def _type(self, params: bytes, results: bytes) -> int:
        made = b"\x60" + encode_u32(len(params)) + params + encode_u32(len(results)) + results
        return self._types.setdefault(made, len(self._types))

    def _import(self, name: str, kind: int, described: bytes) -> int:
        self._imports.append(text("") + text(name) + bytes([kind]) + described)
        self._imported[kind] += 1
        return self._imported[kind] - 1
