"""The two core modules that a rewritten component has beside its own (see rewrite.py).

*Scratch* owns a memory and the ``realloc`` that libwasmtime calls to put a string there. Nothing
in it outlives one call, so ``realloc`` always answers the same place: an argument or a result is
one string. The memory has no page until the first call.

*Bridge* has one function for each lowered stream function of the guest, with the signature that
the guest expects. It copies between the guest's memory and the scratch memory, and calls the
guest's own ``realloc`` exactly as libwasmtime would have for ``list<u8>``.

Scratch memory: bytes 0 to 11 hold the result of the call, from byte 16 on lies the string.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from unit_wasm.component.binary import MODULE_PREAMBLE, encode_u32

__all__ = ["bridge", "scratch", "section", "text", "vector"]

_STRING_AT: Final = 16
_REALLOC_TYPE: Final = b"\x60\x04\x7f\x7f\x7f\x7f\x01\x7f"
_WRITE_TYPE: Final = b"\x60\x04\x7f\x7f\x7f\x7f\x00"
_READ_TYPE: Final = b"\x60\x03\x7f\x7e\x7f\x00"
_WRITE_INDEX, _READ_INDEX, _REALLOC_INDEX = 0, 1, 2
_GUEST, _SCRATCH = 0, 1  # memories of the bridge

# The instructions used below.
_UNREACHABLE, _IF, _END = b"\x00", b"\x04\x40", b"\x0b"
_EQZ, _LT_S, _GT_S, _ADD, _SUB, _SHR_U = b"\x45", b"\x48", b"\x4a", b"\x6a", b"\x6b", b"\x76"
_EXTEND_U, _ADD64, _SHL64, _GT_U64 = b"\xad", b"\x7c", b"\x86", b"\x56"


def scratch() -> bytes:
    """Return the module that exports the memory ``m`` and the function ``r`` (its realloc)."""
    body = _grow(0, _get(3), local=4) + _const(_STRING_AT)
    return _module(
        (1, vector([_REALLOC_TYPE])),
        (3, vector([b"\x00"])),
        (5, vector([b"\x00\x00"])),
        (7, vector([text("m") + b"\x02\x00", text("r") + b"\x00\x00"])),
        (10, vector([_function(b"\x01\x01\x7f", body)])),
    )


def bridge(reads: Sequence[bool]) -> bytes:
    """Return the module with one function ``f0``, ``f1``, ... for each item of ``reads``.

    Parameters:
        reads: for each function, whether it has the type of ``input-stream.read`` (else that of
            ``output-stream.write``).

    The module imports from ``""``: the memories ``g`` (guest) and ``s`` (scratch), ``h0``, ``h1``,
    ... (what it calls), and for each read ``r<i>`` (the guest's realloc).
    """
    imports = [_import("g", b"\x02\x00\x00"), _import("s", b"\x02\x00\x00")]
    calls: list[tuple[int, int]] = []
    for i, read in enumerate(reads):
        host = len(imports) - 2
        imports.append(_import(f"h{i}", bytes([0, _READ_INDEX if read else _WRITE_INDEX])))
        if read:
            imports.append(_import(f"r{i}", bytes([0, _REALLOC_INDEX])))
        calls.append((host, host + 1))
    first = len(imports) - 2
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
    """``(self, pointer, length, result)``: copy to the scratch memory, call, copy the result."""
    # Bounds first, so that a wild length traps before it makes the scratch memory grow; the sum is
    # of 64 bits. A length with the top bit set would be taken for UTF-16.
    outside = (
        _get(1) + _EXTEND_U + _get(2) + _EXTEND_U + _ADD64
        + _size(_GUEST) + _EXTEND_U + b"\x42\x10" + _SHL64 + _GT_U64
    )  # fmt: skip
    negative = _get(2) + _const(0) + _LT_S
    body = (
        outside + _IF + _UNREACHABLE + _END
        + negative + _IF + _UNREACHABLE + _END
        + _grow(_SCRATCH, _get(2), local=4)
        + _const(_STRING_AT) + _get(1) + _get(2) + _copy(_SCRATCH, _GUEST)
        + _get(0) + _const(_STRING_AT) + _get(2) + _const(0) + _call(host)
        + _get(3) + _const(0) + _const(12) + _copy(_GUEST, _SCRATCH)
    )  # fmt: skip
    return _function(b"\x01\x01\x7f", body)


def _read(host: int, realloc: int) -> bytes:
    """``(self, count, result)``: call, let the guest allocate, copy the string and the result."""
    pointer, length = 4, 5
    copy = (
        _const(0) + _load(8) + _set(length)
        + _const(0) + _const(0) + _const(1) + _get(length) + _call(realloc) + _set(pointer)
        + _get(pointer) + _const(0) + _load(4) + _get(length) + _copy(_GUEST, _SCRATCH)
        + _const(0) + _get(pointer) + _store(4)
    )  # fmt: skip
    body = (
        _grow(_SCRATCH, _const(0), local=3)
        + _get(0) + _get(1) + _const(0) + _call(host)
        + _const(0) + b"\x2d\x40\x01\x00" + _EQZ + _IF + copy + _END
        + _get(2) + _const(0) + _const(12) + _copy(_GUEST, _SCRATCH)
    )  # fmt: skip
    return _function(b"\x01\x03\x7f", body)


def _grow(memory: int, count: bytes, *, local: int) -> bytes:
    """Make room for ``count`` bytes of string; ``local`` is a spare one."""
    # A failure needs no test: what touches the memory next traps.
    missing = (
        count + _const(_STRING_AT + 0xFFFF) + _ADD + _const(16) + _SHR_U + _size(memory) + _SUB
    )
    return (
        missing + _set(local) + _get(local) + _const(0) + _GT_S + _IF
        + _get(local) + b"\x40" + bytes([memory]) + b"\x1a" + _END
    )  # fmt: skip


def _get(local: int) -> bytes:
    return bytes([0x20, local])


def _set(local: int) -> bytes:
    return bytes([0x21, local])


def _const(value: int) -> bytes:
    out = bytearray(b"\x41")
    while value > 0x3F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _call(function: int) -> bytes:
    return b"\x10" + encode_u32(function)


def _size(memory: int) -> bytes:
    return bytes([0x3F, memory])


def _copy(target: int, source: int) -> bytes:
    return bytes([0xFC, 0x0A, target, source])


def _load(offset: int) -> bytes:
    """``i32.load`` from the scratch memory."""
    return bytes([0x28, 0x42, _SCRATCH, offset])


def _store(offset: int) -> bytes:
    """``i32.store`` to the scratch memory."""
    return bytes([0x36, 0x42, _SCRATCH, offset])


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
