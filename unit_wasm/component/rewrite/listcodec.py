"""Lists in the memory of an adapter, from packed values (csrc/guest/packed.h) and to them.

A list crosses as one string, with all that is in it, so that libwasmtime has no value to make for
each item. Here it becomes what the canonical ABI has in memory: a string or a list of bytes in it
stays where it is, what is in memory as it is packed is copied in one piece, and for everything else
there is a function for each type. The host has checked what it passes; what a component returns,
libwasmtime has checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from unit_wasm.component.format.layout import I32, Layout
from unit_wasm.component.format.valtypes import Parts, Value, is_bytes
from unit_wasm.component.rewrite.coremaker import (
    ADD,
    AGAIN,
    END,
    EQ,
    EXTEND,
    GT_U64,
    IF,
    LOAD,
    LOAD8,
    LOAD16,
    LOADS,
    LOOP,
    MUL,
    MUL64,
    OR,
    SHL,
    STORE,
    STORES,
    SUB,
    UNREACHABLE,
    CoreMaker,
    call,
    const,
    const64,
    copy,
    get,
    load,
    set_,
    step,
    store,
    tee,
)

_INLINE: Final = 24
"""Records of so many parts are written where they are; larger ones are functions."""
_NUMBERS: Final = frozenset(
    {"bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "enum"}
)


class _Piece(NamedTuple):
    """A part of a value, in the order in which they are packed.

    Parameters:
        offset: in memory.
        size: in memory, of a number.
        packed: packed size of a number; 0: it is none.
        value: of what is no number.
    """

    offset: int
    size: int
    packed: int
    value: Value


class ListCodec:
    """Functions of one module.

    Parameters:
        made: the module, with one memory.
        realloc: allocates in it, one thing directly behind the other.
    """

    def __init__(self, made: CoreMaker, layout: Layout, realloc: int) -> None:
        self._made = made
        self._layout = layout
        self._realloc = realloc
        self._unpackers: dict[Value, int] = {}
        self._packers: dict[Value, int] = {}

    # ---- Where things are ----

    def _pieces(self, value: Value, offset: int = 0) -> Iterable[_Piece]:
        """Yield what a value is made of."""
        size = self._layout.size(value)[0]
        if value.kind in _NUMBERS:
            yield _Piece(offset, size, size, value)
        elif value.kind == "flags":
            yield _Piece(offset, size, (len(value.labels) + 7) // 8, value)
        elif value.kind in ("record", "tuple") and value.count <= _INLINE:
            yield from self._fields(value.parts, offset)
        else:
            yield _Piece(offset, size, 0, value)

    def _fields(self, parts: Parts, offset: int = 0) -> Iterable[_Piece]:
        offsets, _, _ = self._layout.offsets(parts)
        for part, own in zip(parts, offsets, strict=True):
            assert part is not None
            assert part.type is not None
            yield from self._pieces(part.type, offset + own)

    def _is_flat(self, value: Value) -> bool:
        """Return whether a value is in memory as it is packed."""
        end = 0
        for piece in self._pieces(value):
            if piece.packed == 0 or piece.size != piece.packed or piece.offset != end:
                return False
            end += piece.size
        return end == self._layout.size(value)[0]

    def _element(self, value: Value) -> Value:
        (part,) = value.parts
        assert part is not None
        assert part.type is not None
        return part.type

    # ---- From packed values ----

    def unpacker(self, value: Value) -> int:
        """Return the function ``(source) -> (source, address, count)`` that unpacks a list, or
        ``(source, target) -> source`` for another value.
        """
        if value not in self._unpackers:
            if value.kind == "list":
                function = self._made.declare(I32, I32 * 3)
                body, own = self._unpacks_list(value), [I32] * 6
            else:
                function = self._made.declare(I32 * 2, I32)
                body, own = self._unpacks(value), [I32] * 3
            self._unpackers[value] = function
            self._made.define(function, own, body)
        return self._unpackers[value]

    def _unpacks_list(self, value: Value) -> bytes:
        source, address, count, target, left, spare = range(6)
        element = self._element(value)
        size, alignment = self._layout.size(element)
        most = const64((1 << 32) - 1)
        if self._is_flat(element):
            items = (
                get(address) + get(source) + get(left) + copy(0, 0)
                + get(source) + get(left) + ADD + set_(source)
            )  # fmt: skip
        else:
            items = (
                get(address) + set_(target) + get(count) + tee(left) + IF + LOOP
                + self._unpacked(self._pieces(element), source, target, spare)
                + get(target) + const(size) + ADD + set_(target)
                + get(left) + const(1) + SUB + tee(left) + AGAIN
                + END + END
            )  # fmt: skip
        return (
            get(source) + load(LOAD, 0) + set_(count) + step(source, 4)
            + get(count) + EXTEND + const64(size) + MUL64 + most + GT_U64
            + IF + UNREACHABLE + END
            + get(count) + const(size) + MUL + set_(left)
            + const(0) + const(0) + const(alignment) + get(left) + call(self._realloc)
            + set_(address)
            + items
            + get(source) + get(address) + get(count)
        )  # fmt: skip

    def _unpacks(self, value: Value) -> bytes:
        source, target, spare = 0, 1, 2
        if value.kind in ("record", "tuple"):
            body = self._unpacked(self._fields(value.parts), source, target, spare)
            return body + get(source)
        size, payload = self._layout.payload(value)
        case = 4
        body = (
            get(source) + load(LOADS[size], 0) + set_(case)
            + get(target) + get(case) + store(STORES[size], 0) + step(source, size)
        )  # fmt: skip
        for i, part in enumerate(self._layout.cases(value)):
            if part is not None and part.type is not None:
                pieces = self._pieces(part.type, payload)
                inner = self._unpacked(pieces, source, target, spare)
                body += get(case) + const(i) + EQ + IF + inner + END
        return body + get(source)

    def _unpacked(self, pieces: Iterable[_Piece], source: int, target: int, spare: int) -> bytes:
        """Unpack into memory; ``spare`` and the local behind it are used."""
        body = b""
        for offset, size, packed, value in pieces:
            if packed:
                body += get(target) + _number(source, 0, packed)
                body += store(STORES[size], 0, offset) + step(source, packed)
            elif value.kind == "string" or is_bytes(value):
                body += (
                    get(target) + get(source) + const(4) + ADD + store(STORE, 0, offset)
                    + get(target) + get(source) + load(LOAD, 0) + store(STORE, 0, offset + 4)
                    + get(source) + get(source) + load(LOAD, 0) + ADD + const(4) + ADD
                    + set_(source)
                )  # fmt: skip
            elif value.kind == "list":
                body += (
                    get(source) + call(self.unpacker(value))
                    + set_(spare) + set_(spare + 1) + set_(source)
                    + get(target) + get(spare + 1) + store(STORE, 0, offset)
                    + get(target) + get(spare) + store(STORE, 0, offset + 4)
                )  # fmt: skip
            else:
                place = get(target) + const(offset) + ADD
                body += get(source) + place + call(self.unpacker(value)) + set_(source)
        return body

    # ---- To packed values ----

    def packer(self, value: Value) -> int:
        """Return the function ``(address, count)`` that packs a list, or ``(address)`` for another
        value: into what is allocated next.
        """
        if value not in self._packers:
            if value.kind == "list":
                function = self._made.declare(I32 * 2, b"")
                body, own = self._packs_list(value), [I32]
            else:
                function = self._made.declare(I32, b"")
                body, own = self._packs(value), [I32] * 2
            self._packers[value] = function
            self._made.define(function, own, body)
        return self._packers[value]

    def _allocated(self, size: bytes, place: int) -> bytes:
        return const(0) + const(0) + const(1) + size + call(self._realloc) + set_(place)

    def _packs_list(self, value: Value) -> bytes:
        address, count, place = range(3)
        element = self._element(value)
        size = self._layout.size(element)[0]
        head = self._allocated(const(4), place) + get(place) + get(count) + store(STORE, 0)
        if self._is_flat(element):
            whole = get(count) + const(size) + MUL
            return (
                head + self._allocated(whole, place)
                + get(place) + get(address) + whole + copy(0, 0)
            )  # fmt: skip
        return (
            head + get(count) + IF + LOOP
            + self._packed(self._pieces(element), address, place)
            + get(address) + const(size) + ADD + set_(address)
            + get(count) + const(1) + SUB + tee(count) + AGAIN
            + END + END
        )  # fmt: skip

    def _packs(self, value: Value) -> bytes:
        address, place, case = range(3)
        if value.kind in ("record", "tuple"):
            return self._packed(self._fields(value.parts), address, place)
        size, payload = self._layout.payload(value)
        body = get(address) + load(LOADS[size], 0) + set_(case)
        body += self._packed([_Piece(0, size, size, value)], address, place)
        for i, part in enumerate(self._layout.cases(value)):
            if part is not None and part.type is not None:
                inner = self._packed(self._pieces(part.type, payload), address, place)
                body += get(case) + const(i) + EQ + IF + inner + END
        return body

    def _packed(self, pieces: Iterable[_Piece], address: int, place: int) -> bytes:
        """Pack from memory; numbers that follow each other are allocated together."""
        body, run = b"", list[_Piece]()
        for piece in pieces:
            if piece.packed:
                run.append(piece)
                continue
            body += self._run(run, address, place)
            run.clear()
            offset, _, _, value = piece
            size = get(address) + load(LOAD, 0, offset + 4)
            if value.kind == "string" or is_bytes(value):
                body += (
                    self._allocated(size + const(4) + ADD, place)
                    + get(place) + size + store(STORE, 0)
                    + get(place) + const(4) + ADD + get(address) + load(LOAD, 0, offset) + size
                    + copy(0, 0)
                )  # fmt: skip
            elif value.kind == "list":
                body += get(address) + load(LOAD, 0, offset) + size + call(self.packer(value))
            else:
                body += get(address) + const(offset) + ADD + call(self.packer(value))
        return body + self._run(run, address, place)

    def _run(self, run: list[_Piece], address: int, place: int) -> bytes:
        total = sum(piece.packed for piece in run)
        body, end = self._allocated(const(total), place) if total else b"", 0
        for offset, size, packed, _ in run:
            if packed in STORES:
                number = get(address) + load(LOADS[size], 0, offset)
                body += get(place) + number + store(STORES[packed], 0, end)
            else:
                # Three bytes of four.
                for start, width in ((0, 2), (2, 1)):
                    number = get(address) + load(LOADS[width], 0, offset + start)
                    body += get(place) + number + store(STORES[width], 0, end + start)
            end += packed
        return body


def _number(source: int, offset: int, packed: int) -> bytes:
    """Return what reads a number."""
    if packed in LOADS:
        return get(source) + load(LOADS[packed], 0, offset)
    high = get(source) + load(LOAD8, 0, offset + 2) + const(16) + SHL
    return get(source) + load(LOAD16, 0, offset) + high + OR
