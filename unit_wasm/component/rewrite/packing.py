"""Functions of the bridge that pack and unpack bytes; csrc/guest/latin1.h describes the form."""

from __future__ import annotations

from typing import Final

from unit_wasm.component.format.layout import I32
from unit_wasm.component.rewrite.coremaker import (
    ADD,
    ADD64,
    AGAIN,
    AND,
    BITMASK,
    DIV_U,
    END,
    EQZ,
    EXTEND,
    GE_U,
    GT_U,
    GT_U64,
    IF,
    LOAD8,
    LOOP,
    MUL,
    NE,
    RETURN,
    SHL,
    SHL64,
    SHL_LANES,
    SHR_LANES,
    STORE8,
    STORE16,
    SUB,
    UNREACHABLE,
    VECTOR,
    VECTOR_AND,
    VECTOR_LOAD,
    VECTOR_OR,
    VECTOR_STORE,
    CoreMaker,
    call,
    const,
    const64,
    copy,
    fill,
    get,
    lanes,
    load,
    set_,
    size_of,
    step,
    store,
    tee,
)

STRING_AT: Final = 16
"""Where a string lies in the scratch memory, which has one page."""

_LANES: Final = 16
GROUP: Final = 7 * _LANES
"""Bytes that are packed together."""

_PACKED: Final = GROUP + _LANES
PIECE: Final = ((1 << 16) - STRING_AT - 3) // _PACKED * GROUP
"""How many bytes fit there, packed, with the three behind them."""

_MARK_PACKED: Final = 0x80C2
"""U+0080 as it lies in memory."""

_MOST_PACKED: Final = 0xD000_0000
"""Bytes that are packed are no more than these, so that their number has 32 bits then, too."""

_PAGE_BITS: Final = 16


def end_of(memory: int) -> bytes:
    """Where a memory ends, as a number of 64 bits."""
    return size_of(memory) + EXTEND + const64(_PAGE_BITS) + SHL64


class Packing:
    """The functions, each defined when it is asked for.

    Parameters:
        made: the bridge.
        guest, scratch: indexes of the memories there.
    """

    def __init__(self, made: CoreMaker, guest: int, scratch: int) -> None:
        self._made = made
        self._guest = guest
        self._scratch = scratch

    def plain(self) -> int:
        """Define ``(pointer, length) -> whether``: all bytes of the guest's are below 0x80."""
        return self._define(I32, [VECTOR, I32], self._is_plain())

    def pack(self) -> int:
        """Define ``(pointer, length) -> size``: pack bytes of the guest's into a string."""
        return self._define(I32, [I32, VECTOR, VECTOR], self._packing())

    def unpack(self) -> int:
        """Define ``(pointer, length)``: unpack a string to where the guest wants it."""
        return self._define(b"", [I32, VECTOR], self._unpacking())

    def pack_elsewhere(self, plain: int, realloc: int) -> int:
        """Define ``(pointer, length) -> (pointer, length)``: return bytes of the guest's as a
        string, where they are or in what is allocated; the guest's memory is the scratch memory.

        Parameters:
            plain: see :meth:`plain`.
            realloc: of that memory.
        """
        function = self._made.declare(I32 * 2, I32 * 2)
        self._made.define(
            function, [I32, I32, I32, VECTOR, VECTOR], self._packing_elsewhere(plain, realloc)
        )
        return function

    def unpack_in_place(self) -> int:
        """Define ``(pointer, length) -> length``: unpack a string in the scratch memory to where
        it begins.
        """
        return self._define(I32, [I32, I32, I32, VECTOR], self._unpacking_in_place())

    def _define(self, results: bytes, own: list[bytes], body: bytes) -> int:
        function = self._made.declare(I32 * 2, results)
        self._made.define(function, own, body)
        return function

    def _is_plain(self) -> bytes:
        """The last bytes are looked at together with those behind them; where there are none, at
        the end of the memory, the answer is no, which is always good.
        """
        pointer, length, found, end = range(4)
        four = _load_vector(pointer, self._guest, 0)
        for i in range(1, 4):
            four += _load_vector(pointer, self._guest, i) + VECTOR_OR

        def scan(step: int, seen: bytes) -> bytes:
            return (
                get(pointer) + get(length) + const(-step & 0xFFFF_FFFF) + AND + ADD + set_(end)
                + LOOP
                + seen + BITMASK + IF + const(0) + RETURN + END
                + get(pointer) + const(step) + ADD + tee(pointer) + get(end) + NE + AGAIN
                + END
                + get(length) + const(step - 1) + AND + set_(length)
            )  # fmt: skip

        return (
            get(length) + const(4 * _LANES) + GE_U + IF + scan(4 * _LANES, four) + END
            + get(length) + const(_LANES) + GE_U + IF
            + scan(_LANES, _load_vector(pointer, self._guest, 0)) + END
            + get(length) + EQZ + IF + const(1) + RETURN + END
            + get(pointer) + EXTEND + const64(_LANES) + ADD64 + end_of(self._guest) + GT_U64
            + IF + const(0) + RETURN + END
            + _load_vector(pointer, self._guest, 0) + tee(found) + BITMASK
            + const(1) + get(length) + SHL + const(1) + SUB + AND + EQZ
        )  # fmt: skip

    def _packed(self, pointer: int, length: int, target: int, highs: int, lane: int) -> bytes:
        """Groups go to `target`, the last one filled up with zeroes, and what ends a string."""
        whole = self._pack_group(self._guest, pointer, target, highs, lane)
        last = self._pack_group(self._scratch, target, target, highs, lane)
        behind = step(target, _PACKED)
        return (
            get(length) + const(GROUP) + GE_U + IF + LOOP
            + whole + step(pointer, GROUP) + behind
            + get(length) + const(GROUP) + SUB + tee(length) + const(GROUP) + GE_U + AGAIN
            + END + END
            + get(length) + IF
            + get(target) + const(0) + const(GROUP) + fill(self._scratch)
            + get(target) + get(pointer) + get(length) + copy(self._scratch, self._guest)
            + last + behind
            + const(GROUP) + get(length) + SUB + set_(length)
            + END
            + get(target) + get(length) + store(STORE8, self._scratch)
            + get(target) + const(_MARK_PACKED) + store(STORE16, self._scratch, 1)
        )  # fmt: skip

    def _packing(self) -> bytes:
        """There is at least one byte."""
        pointer, length, target, highs, lane = range(5)
        return (
            const(STRING_AT) + set_(target)
            + self._packed(pointer, length, target, highs, lane)
            + get(target) + const(3 - STRING_AT & 0xFFFF_FFFF) + ADD
        )  # fmt: skip

    def _packing_elsewhere(self, plain: int, realloc: int) -> bytes:
        """Groups are packed from one place to another; the last one within the string."""
        pointer, length, target, string, groups, highs, lane = range(7)
        return (
            get(pointer) + get(length) + call(plain) + IF
            + get(pointer) + get(length) + RETURN
            + END
            + get(length) + const(_MOST_PACKED) + GT_U + IF + UNREACHABLE + END
            + get(length) + const(GROUP - 1) + ADD + const(GROUP) + DIV_U + set_(groups)
            + const(0) + const(0) + const(1)
            + get(groups) + const(_PACKED) + MUL + const(3) + ADD
            + call(realloc) + tee(string) + set_(target)
            + self._packed(pointer, length, target, highs, lane)
            + get(string) + get(target) + get(string) + SUB + const(3) + ADD
        )  # fmt: skip

    def _unpacking_in_place(self) -> bytes:
        """What is unpacked is shorter, so nothing is overwritten that is still to be read."""
        pointer, length, source, target, missing, highs = range(6)
        return (
            get(length) + EQZ + IF + const(0) + RETURN + END
            + get(length) + const(1) + SUB + set_(length)
            # The last character says how many bytes the last group lacks, plus 1; or 0.
            + get(pointer) + get(length) + ADD + load(LOAD8, self._scratch) + tee(missing)
            + EQZ + IF + get(length) + RETURN + END
            + get(pointer) + tee(source) + tee(target) + get(length) + ADD + set_(length)
            + LOOP
            + self._unpack_group(self._scratch, source, target, highs)
            + step(target, GROUP) + step(source, _PACKED)
            + get(length) + get(source) + GT_U + AGAIN
            + END
            + get(target) + get(pointer) + SUB + get(missing) + SUB + const(1) + ADD
        )  # fmt: skip

    def _pack_group(self, memory: int, source: int, target: int, highs: int, lane: int) -> bytes:
        """Pack seven times 16 bytes; the target may be the source."""
        out = b""
        for i in range(7):
            high = get(lane) + lanes(0x80) + VECTOR_AND + const(i + 1) + SHR_LANES
            out += (
                _load_vector(source, memory, i) + set_(lane)
                + get(target) + get(lane) + lanes(0x7F) + VECTOR_AND
                + store(VECTOR_STORE, self._scratch, _LANES * i)
                + high + (get(highs) + VECTOR_OR if i else b"") + set_(highs)
            )  # fmt: skip
        return out + get(target) + get(highs) + store(VECTOR_STORE, self._scratch, GROUP)

    def _unpacking(self) -> bytes:
        """There is at least one byte."""
        pointer, length, source, highs = range(4)
        return (
            const(STRING_AT) + set_(source)
            + get(length) + const(GROUP) + GE_U + IF + LOOP
            + self._unpack_group(self._guest, source, pointer, highs)
            + step(pointer, GROUP) + step(source, _PACKED)
            + get(length) + const(GROUP) + SUB + tee(length) + const(GROUP) + GE_U + AGAIN
            + END + END
            # The last ones where they are: behind them may be something of the guest.
            + get(length) + IF
            + self._unpack_group(self._scratch, source, source, highs)
            + get(pointer) + get(source) + get(length) + copy(self._guest, self._scratch)
            + END
        )  # fmt: skip

    def _unpack_group(self, memory: int, source: int, target: int, highs: int) -> bytes:
        out = _load_vector(source, self._scratch, 7) + set_(highs)
        for i in range(7):
            high = get(highs) + const(i + 1) + SHL_LANES + lanes(0x80) + VECTOR_AND
            out += (
                get(target) + _load_vector(source, self._scratch, i) + high + VECTOR_OR
                + store(VECTOR_STORE, memory, _LANES * i)
            )  # fmt: skip
        return out


def _load_vector(address: int, memory: int, i: int) -> bytes:
    return get(address) + load(VECTOR_LOAD, memory, _LANES * i)
