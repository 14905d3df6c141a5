"""The two core modules that a rewritten component has beside its own (see rewrite.py).

*Bridge* has one function for each lowered stream function of the guest, with the signature that
the guest expects.

A write works in the guest's memory alone. Where its bytes begin at an odd address, they are moved
down by one byte for the time of the call: nothing else of the component instance can run then.

A read needs *scratch*, which owns a memory and the ``realloc`` that libwasmtime calls to put a
string there. Nothing in it outlives one call, so ``realloc`` always answers the same place: a
result is one string. The bridge unpacks the bytes there (their form is described in
csrc/guest/latin1.h), calls the guest's own ``realloc`` exactly as libwasmtime would have for
``list<u8>``, and copies them. The memory has one page: the host hands out what fits there
(``UW_READ_MAX`` in csrc/wasi/io/streams.c). To grow an empty one, and to shrink it again for the
next instance, would be two system calls in each exchange; and what is always the same is easily
left out where the memories of an instance are added up.

Scratch memory: bytes 0 to 11 hold the result of the call, from byte 16 on lies the string.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from unit_wasm.component.format.binary import MODULE_PREAMBLE, encode_u32

__all__ = ["bridge", "scratch", "section", "text", "vector"]

_STRING_AT: Final = 16
_REALLOC_TYPE: Final = b"\x60\x04\x7f\x7f\x7f\x7f\x01\x7f"
_WRITE_TYPE: Final = b"\x60\x04\x7f\x7f\x7f\x7f\x00"
_READ_TYPE: Final = b"\x60\x03\x7f\x7e\x7f\x00"
_WRITE_INDEX, _READ_INDEX, _REALLOC_INDEX = 0, 1, 2
_GUEST, _SCRATCH = 0, 1  # memories of the bridge

# The instructions used below.
_UNREACHABLE, _IF, _ELSE, _END = b"\x00", b"\x04\x40", b"\x05", b"\x0b"
_EQZ, _LT_S, _GT_S, _ADD, _SUB, _AND, _SHR_U = (
    b"\x45", b"\x48", b"\x4a", b"\x6a", b"\x6b", b"\x71", b"\x76",
)  # fmt: skip
_LOAD, _LOAD8, _STORE, _STORE8 = b"\x28", b"\x2d", b"\x36", b"\x3a"
_LOOP, _BR_IF, _LT_U = b"\x03\x40", b"\x0d\x00", b"\x49"
_LOAD64, _STORE64, _CONST64 = b"\x29", b"\x37", b"\x42"
_AND64, _OR64, _MUL64, _SHL64, _SHR64_U = b"\x83", b"\x84", b"\x7e", b"\x86", b"\x88"

_BYTES_AT: Final = _STRING_AT + 1
_GROUP: Final = 7
_BYTE_APART: Final = 0x0002_0408_1020_4081
"""Times seven bits: a copy of them every seven bits, so that bit i is also bit 8 * i."""
_LOWEST_OF_SEVEN: Final = 0x0001_0101_0101_0101


def scratch() -> bytes:
    """Return the module that exports the memory ``m`` and the function ``r`` (its realloc)."""
    return _module(
        (1, vector([_REALLOC_TYPE])),
        (3, vector([b"\x00"])),
        (5, vector([b"\x01\x01\x01"])),
        (7, vector([text("m") + b"\x02\x00", text("r") + b"\x00\x00"])),
        (10, vector([_function(b"\x00", _const(_STRING_AT))])),
    )


def bridge(reads: Sequence[bool]) -> bytes:
    """Return the module with one function ``f0``, ``f1``, ... for each item of ``reads``.

    Parameters:
        reads: for each function, whether it has the type of ``input-stream.read`` (else that of
            ``output-stream.write``).

    The module imports from ``""``: the memory ``g`` (guest), where there is a read also ``s``
    (scratch), then ``h0``, ``h1``, ... (what it calls), and for each read ``r<i>`` (the guest's
    realloc).
    """
    imports = [_import(name, b"\x02\x00\x00") for name in ("gs" if any(reads) else "g")]
    memories = len(imports)
    calls: list[tuple[int, int]] = []
    for i, read in enumerate(reads):
        host = len(imports) - memories
        imports.append(_import(f"h{i}", bytes([0, _READ_INDEX if read else _WRITE_INDEX])))
        if read:
            imports.append(_import(f"r{i}", bytes([0, _REALLOC_INDEX])))
        calls.append((host, host + 1))
    first = len(imports) - memories
    types = [bytes([_READ_INDEX if read else _WRITE_INDEX]) for read in reads]
    exports = [text(f"f{i}") + b"\x00" + encode_u32(first + i) for i in range(len(reads))]
    bodies = [
        _read(host, realloc) if read else _write(host)
        for read, (host, realloc) in zip(reads, calls, strict=True)
    ]
    return _module(
        (1, vector([_WRITE_TYPE, _READ_TYPE, _REALLOC_TYPE])),
        (2, vector(imports)),
        (3, vector(types)),
        (7, vector(exports)),
        (10, vector(bodies)),
    )


def _write(host: int) -> bytes:
    """``(self, pointer, length, result)``: call, from an even address on."""
    first, words, case, error, handle = 4, (5, 6, 7), 8, 9, 10
    below = _get(1) + _const(1) + _SUB
    # A length with the top bit set would be taken for UTF-16.
    negative = _get(2) + _const(0) + _LT_S
    # The result may lie among the bytes: they come back without it, then it is written again.
    save = b"".join(
        _get(3) + _load(_LOAD, _GUEST, 4 * i) + _set(word) for i, word in enumerate(words)
    )
    restore = b"".join(
        _get(3) + _get(word) + _store(_STORE, _GUEST, 4 * i) for i, word in enumerate(words)
    )
    moved = (
        below + _load(_LOAD8, _GUEST, 0) + _set(first)
        + below + _get(1) + _get(2) + _copy(_GUEST, _GUEST)
        + save
        + _get(0) + below + _get(2) + _get(3) + _call(host)
        + _get(3) + _load(_LOAD8, _GUEST, 0) + _set(case)
        + _get(3) + _load(_LOAD8, _GUEST, 4) + _set(error)
        + _get(3) + _load(_LOAD, _GUEST, 8) + _set(handle)
        + restore
        + _get(1) + below + _get(2) + _copy(_GUEST, _GUEST)
        + below + _get(first) + _store(_STORE8, _GUEST, 0)
        + _get(3) + _get(case) + _store(_STORE8, _GUEST, 0)
        + _get(case) + _IF
        + _get(3) + _get(error) + _store(_STORE8, _GUEST, 4)
        + _get(error) + _EQZ + _IF
        + _get(3) + _get(handle) + _store(_STORE, _GUEST, 8)
        + _END + _END
    )  # fmt: skip
    body = (
        negative + _IF + _UNREACHABLE + _END
        + _get(1) + _const(1) + _AND + _IF + moved + _ELSE
        + _get(0) + _get(1) + _get(2) + _get(3) + _call(host)
        + _END
    )  # fmt: skip
    return _function(b"\x01\x07\x7f", body)


def _read(host: int, realloc: int) -> bytes:
    """``(self, count, result)``: call, unpack, let the guest allocate, copy bytes and result."""
    pointer, length, form = 3, 4, 5
    copy = (
        _const(0) + _load(_LOAD, _SCRATCH, 8) + _const(1) + _SUB + _set(length)
        + _const(0) + _load(_LOAD8, _SCRATCH, _STRING_AT) + _set(form)
        + _get(form) + _IF + _unpack(length, form) + _END
        + _const(0) + _const(0) + _const(1) + _get(length) + _call(realloc) + _set(pointer)
        + _get(pointer) + _const(_BYTES_AT) + _get(length) + _copy(_GUEST, _SCRATCH)
        + _const(0) + _get(pointer) + _store(_STORE, _SCRATCH, 4)
        + _const(0) + _get(length) + _store(_STORE, _SCRATCH, 8)
    )  # fmt: skip
    body = (
        _get(0) + _get(1) + _const(0) + _call(host)
        + _const(0) + _load(_LOAD8, _SCRATCH, 0) + _EQZ + _IF + copy + _END
        + _get(2) + _const(0) + _const(12) + _copy(_GUEST, _SCRATCH)
    )  # fmt: skip
    return _function(b"\x02\x06\x7f\x01\x7e", body)


def _unpack(length: int, form: int) -> bytes:
    """Unpack the characters in their place, which is ahead of the bytes: these are fewer."""
    source, target, end, group = 6, 7, 8, 9
    high = (
        _get(group) + _const64(56) + _SHR64_U
        + _const64(_BYTE_APART) + _MUL64 + _const64(_LOWEST_OF_SEVEN) + _AND64
        + _const64(7) + _SHL64
    )  # fmt: skip
    # The eighth byte, the high bits, is overwritten by the next group, or behind the last byte.
    return (
        _const(_BYTES_AT) + _set(source)
        + _const(_BYTES_AT) + _set(target)
        + _const(_BYTES_AT) + _get(length) + _ADD + _set(end)
        + _LOOP
        + _get(source) + _load(_LOAD64, _SCRATCH, 0) + _set(group)
        + _get(target) + _get(group) + high + _OR64 + _store(_STORE64, _SCRATCH, 0)
        + _get(target) + _const(_GROUP) + _ADD + _set(target)
        + _get(source) + _const(_GROUP + 1) + _ADD + _set(source)
        + _get(source) + _get(end) + _LT_U + _BR_IF
        + _END
        + _get(target) + _get(form) + _SUB + _const(_BYTES_AT - 1) + _SUB + _set(length)
    )  # fmt: skip


def _get(local: int) -> bytes:
    return bytes([0x20, local])


def _set(local: int) -> bytes:
    return bytes([0x21, local])


def _const(value: int) -> bytes:
    return b"\x41" + _positive(value)


def _const64(value: int) -> bytes:
    return _CONST64 + _positive(value)


def _positive(value: int) -> bytes:
    """Return a number in the encoding of numbers with a sign."""
    out = bytearray()
    while value > 0x3F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _call(function: int) -> bytes:
    return b"\x10" + encode_u32(function)


def _copy(target: int, source: int) -> bytes:
    return bytes([0xFC, 0x0A, target, source])


def _load(instruction: bytes, memory: int, offset: int) -> bytes:
    return instruction + bytes([0x40, memory, offset])


def _store(instruction: bytes, memory: int, offset: int) -> bytes:
    return instruction + bytes([0x40, memory, offset])


def _function(local_types: bytes, body: bytes) -> bytes:
    code = local_types + body + _END
    return encode_u32(len(code)) + code


def _import(name: str, kind: bytes) -> bytes:
    return text("") + text(name) + kind


def _module(*sections: tuple[int, bytes]) -> bytes:
    return MODULE_PREAMBLE + b"".join(section(number, body) for number, body in sections)


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
