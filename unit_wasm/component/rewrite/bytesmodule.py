"""The two core modules that a rewritten component has beside its own (see rewrite.py).

*Bridge* has one function for each lowered function of the guest that carries bytes, or whose
arguments are to be bounded (guard.py), with the signature that the guest expects.

*Scratch* owns a memory of one page, and the ``realloc`` that libwasmtime calls to put a string
there. Nothing in it outlives one call, so ``realloc`` always answers the same place: a result is
one string. From byte 0 on lies the result of a call, from byte 16 on the string. It does not grow
any more: to grow a memory, and to shrink it again for the next instance, are two system calls in
each exchange. But where nothing returns bytes most components never need it: there it has no page
until something is packed.

Bytes that are **returned** always arrive in the scratch memory, and the host hands out no more than
fits there (``UW_READ_MAX`` in csrc/wasi/io/streams.c). The bridge calls the guest's own ``realloc``
exactly as libwasmtime would have for ``list<u8>``, and puts the bytes there.

Bytes that are **passed** and are all below 0x80 are a string as they lie in the guest's memory.
Others are packed into the scratch memory. What is more than fits there is announced by a call of
its own, so that the host can refuse it before any of it has come, and passed in pieces.

An instance more costs each exchange some thousand instructions. Where the only functions that carry
bytes are passed few of them (``blocking-write-and-flush``), there is no scratch module: the bridge
packs into a memory of its own, puts the string where the bytes are in the guest's memory, for the
time of the call, and what was there back then. Nothing else of the component can run meanwhile.

The packed form is described in csrc/guest/latin1.h.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from unit_wasm.component.format.layout import I32, Layout
from unit_wasm.component.format.valtypes import Part
from unit_wasm.component.rewrite.bytefunctions import Carried
from unit_wasm.component.rewrite.coremaker import (
    ADD,
    ADD64,
    AGAIN,
    AND,
    DROP,
    ELSE,
    END,
    EQ,
    EQZ,
    EXTEND,
    GT_U,
    GT_U64,
    IF,
    LOAD,
    LOAD8,
    LOADS,
    LOOP,
    MUL,
    NE,
    RETURN,
    SHR_U,
    STORE,
    STORE8,
    STORE16,
    STORES,
    SUB,
    UNREACHABLE,
    WRAP,
    CoreMaker,
    call,
    const,
    const64,
    copy,
    get,
    grow,
    load,
    set_,
    size_of,
    store,
    tee,
)
from unit_wasm.component.rewrite.guard import Guarded, Guards
from unit_wasm.component.rewrite.packing import GROUP, PIECE, STRING_AT, Packing, end_of

BRIDGE: Final = "unit-wasm"
"""The name of the module, for backtraces."""

_KEPT_AT: Final = 1 << 15
"""Where in a scratch memory of the bridge's own lies what a short string in the guest's covers."""

_MARK_ANNOUNCED: Final = 0x81C2
"""U+0081 as it lies in memory."""


def scratch(*, returns: bool) -> bytes:
    """Return the module that exports the memory ``m``, and perhaps ``r`` (its realloc).

    Parameters:
        returns: whether there are functions that return bytes, which need that.
    """
    made = CoreMaker()
    made.export("m", 2, made.memory(1 if returns else 0, 1))
    if returns:
        realloc = made.declare(I32 * 4, I32)
        made.define(realloc, [], const(STRING_AT))
        made.export("r", 0, realloc)
    return made.data()


def bridge(items: Sequence[Carried | Guarded], *, own: bool = False) -> bytes:
    """Return the module with one function ``f0``, ``f1``, ... for each item.

    Parameters:
        own: whether it has the scratch memory itself.

    The module imports from ``""``: the memory ``g`` (guest), where bytes are carried also ``s``
    (scratch) unless it is its own, then for each item what it calls, ``h0``, ``h1``, ...; for one
    that is passed bytes also ``p<i>``, the same function lowered with the scratch memory; and for
    one that returns bytes ``r<i>``, the guest's realloc.
    """
    return _Bridge(items, own=own).made.data()


@dataclass(frozen=True, slots=True)
class _Called:
    """Indexes of what one function of the bridge calls."""

    host: int
    packed: int | None
    realloc: int | None


class _Bridge:
    """The bridge that is being made."""

    def __init__(self, items: Sequence[Carried | Guarded], *, own: bool) -> None:
        self.made = CoreMaker(BRIDGE)
        self._guest = self.made.import_memory("g")
        carries = [item for item in items if isinstance(item, Carried)]
        self._own = own and bool(carries)
        self._scratch = self.made.import_memory("s") if carries and not own else 0
        called = [self._imports(i, item) for i, item in enumerate(items)]
        if self._own:
            self._scratch = self.made.memory(0, 1)
        packing = Packing(self.made, self._guest, self._scratch)
        self._plain = self._pack = self._unpack = 0
        if any(item.param is not None for item in carries):
            self._plain, self._pack = packing.plain(), packing.pack()
        if any(item.place is not None for item in carries):
            self._unpack = packing.unpack()
        guards = Guards(self.made, self._guest)
        for i, (item, calls) in enumerate(zip(items, called, strict=True)):
            function = self.made.declare(item.core.params, item.core.results)
            self.made.export(f"f{i}", 0, function)
            if isinstance(item, Guarded):
                guards.define(function, item, calls.host)
            elif item.param is not None:
                self.made.define(function, [I32] * 2, self._passes(item, item.param, calls))
            elif item.row.asked is not None:
                self.made.define(function, [I32] * 5, self._asks(item.row.asked, calls))
            else:
                self.made.define(function, [I32] * 2, self._returns(item, calls))

    def _imports(self, i: int, item: Carried | Guarded) -> _Called:
        core = item.core
        host = self.made.import_function(f"h{i}", core.params, core.results)
        packed = realloc = None
        if isinstance(item, Carried):
            if item.param is not None and not self._own:
                packed = self.made.import_function(f"p{i}", core.params, core.results)
            if item.place is not None:
                realloc = self.made.import_function(f"r{i}", I32 * 4, I32)
        return _Called(host, packed, realloc)

    # ---- Bytes that are passed ----

    def _passes(self, item: Carried, pointer: int, calls: _Called) -> bytes:
        """Call the host with what its parameters say, in one piece or in several."""
        length, result = pointer + 1, len(item.core.params) - 1
        piece = result + 1
        as_it_is = _arguments(len(item.core.params)) + call(calls.host) + RETURN
        most = PIECE
        if calls.packed is None:
            assert item.row.most is not None
            most = item.row.most
        one = (
            get(pointer) + get(length) + call(self._plain) + IF + as_it_is + END
            + self._present() + get(pointer) + get(length) + call(self._pack) + set_(piece)
            + self._call(item, pointer, calls, piece)
            + self._hand_over(item, result) + RETURN
        )  # fmt: skip
        # libwasmtime says what is wrong with bytes outside of the memory.
        checked = (
            get(pointer) + EXTEND + get(length) + EXTEND + ADD64 + end_of(self._guest) + GT_U64
            + IF + as_it_is + END
        )  # fmt: skip
        if item.row.some:
            beginning = const(PIECE) + set_(length)
            return checked + get(length) + const(PIECE) + GT_U + IF + beginning + END + one
        return (
            checked
            + get(length) + const(most) + GT_U + EQZ + IF + one + END
            + self._announce(item, pointer, calls)
            + (UNREACHABLE if calls.packed is None else self._in_pieces(item, pointer, calls))
            + self._hand_over(item, result)
        )  # fmt: skip

    def _call(self, item: Carried, pointer: int, calls: _Called, size: int) -> bytes:
        """Call the host with a string from the scratch memory, to where the result comes.

        Parameters:
            size: the local that says how long it is; the next one is used, too.
        """
        count, result, place = len(item.core.params), len(item.core.params) - 1, size + 1
        if calls.packed is not None:
            told = {pointer: const(STRING_AT), pointer + 1: get(size), result: const(0)}
            return _arguments(count, told) + call(calls.packed)
        # Where the bytes are, or as near to the end of the memory as it has to be.
        return (
            get(pointer) + set_(place)
            + get(pointer) + EXTEND + get(size) + EXTEND + ADD64 + end_of(self._guest) + GT_U64
            + IF + end_of(self._guest) + WRAP + get(size) + SUB + set_(place) + END
            + const(_KEPT_AT) + get(place) + get(size) + copy(self._scratch, self._guest)
            + get(place) + const(STRING_AT) + get(size) + copy(self._guest, self._scratch)
            + _arguments(count, {pointer: get(place), pointer + 1: get(size)}) + call(calls.host)
            + const(0) + get(result) + const(item.layout.size(item.result)[0])
            + copy(self._scratch, self._guest)
            + get(place) + const(_KEPT_AT) + get(size) + copy(self._guest, self._scratch)
        )  # fmt: skip

    def _announce(self, item: Carried, pointer: int, calls: _Called) -> bytes:
        """Say how many bytes are to come; on a refusal, return it."""
        length, result = pointer + 1, len(item.core.params) - 1
        size = result + 1
        digits = b"".join(
            const(0) + get(length) + const(7 * i) + SHR_U + const(0x7F) + AND
            + store(STORE8, self._scratch, STRING_AT + i)
            for i in range(5)
        )  # fmt: skip
        return (
            self._present()
            + digits
            + const(0) + const(_MARK_ANNOUNCED) + store(STORE16, self._scratch, STRING_AT + 5)
            + const(7) + set_(size)
            + self._call(item, pointer, calls, size)
            + const(0) + load(LOAD8, self._scratch) + IF
            + self._hand_over(item, result) + RETURN
            + END
        )  # fmt: skip

    def _in_pieces(self, item: Carried, pointer: int, calls: _Called) -> bytes:
        """Pass pieces until one is refused, by the scratch memory: the result may lie among the
        bytes, and must not be there before all have gone.
        """
        length, piece = pointer + 1, len(item.core.params)
        packed = piece + 1
        return (
            LOOP
            + get(length) + set_(piece)
            + get(length) + const(PIECE) + GT_U + IF + const(PIECE) + set_(piece) + END
            + get(pointer) + get(piece) + call(self._plain)
            + IF
            + const(STRING_AT) + get(pointer) + get(piece) + copy(self._scratch, self._guest)
            + get(piece) + set_(packed)
            + ELSE
            + get(pointer) + get(piece) + call(self._pack) + set_(packed)
            + END
            + self._call(item, pointer, calls, packed)
            + get(pointer) + get(piece) + ADD + set_(pointer)
            + get(length) + get(piece) + SUB + tee(length) + const(0) + NE
            + const(0) + load(LOAD8, self._scratch) + EQZ + AND + AGAIN
            + END
        )  # fmt: skip

    def _present(self) -> bytes:
        """See that the scratch memory has its page."""
        return size_of(self._scratch) + EQZ + IF + const(1) + grow(self._scratch) + DROP + END

    def _hand_over(self, item: Carried, result: int) -> bytes:
        """Give the guest the result, and no bytes that are not of it."""
        return self._moved(item.layout, item.result, result, 0)

    def _moved(self, layout: Layout, part: Part | None, result: int, offset: int) -> bytes:
        value = part.type if part is not None else None
        if value is None:
            return b""
        if value.kind in ("record", "tuple"):
            offsets, _, _ = layout.offsets(value.parts)
            return b"".join(
                self._moved(layout, field, result, offset + own)
                for field, own in zip(value.parts, offsets, strict=True)
            )
        if value.kind in ("string", "list"):
            return self._word(4, result, offset) + self._word(4, result, offset + 4)
        if value.kind not in ("variant", "option", "result"):
            return self._word(layout.size(value)[0], result, offset)
        size, payload = layout.payload(value)
        case = const(0) + load(LOADS[size], self._scratch, offset)
        return self._word(size, result, offset) + b"".join(
            case + const(i) + EQ + IF + self._moved(layout, own, result, offset + payload) + END
            for i, own in enumerate(layout.cases(value))
            if own is not None
        )

    def _word(self, size: int, result: int, offset: int) -> bytes:
        found = const(0) + load(LOADS[size], self._scratch, offset)
        return get(result) + found + store(STORES[size], self._guest, offset)

    # ---- Bytes that are returned ----

    def _returns(self, item: Carried, calls: _Called) -> bytes:
        """Call the host, let the guest allocate, unpack or copy the bytes; hand over the result."""
        assert item.place is not None
        assert calls.realloc is not None
        result = len(item.core.params) - 1
        pointer, length = result + 1, result + 2
        unpacked = (
            # The last character says how many bytes the last group lacks, plus 1; or 0.
            get(length) + load(LOAD8, self._scratch, STRING_AT) + tee(pointer) + IF
            + get(length) + const(7) + SHR_U + const(GROUP) + MUL + get(pointer) + SUB
            + const(1) + ADD + set_(length)
            + self._allocate(calls.realloc, length, pointer)
            + get(pointer) + get(length) + call(self._unpack)
            + ELSE
            + self._allocate(calls.realloc, length, pointer)
            + get(pointer) + const(STRING_AT) + get(length) + copy(self._guest, self._scratch)
            + END
        )  # fmt: skip
        bytes_there = (
            const(0) + load(LOAD, self._scratch, item.place + 4) + const(1) + SUB + set_(length)
            + unpacked
            + const(0) + get(pointer) + store(STORE, self._scratch, item.place)
            + const(0) + get(length) + store(STORE, self._scratch, item.place + 4)
        )  # fmt: skip
        return (
            _arguments(len(item.core.params), {result: const(0)}) + call(calls.host)
            + self._when(item.conditions, bytes_there)
            + self._hand_over(item, result)
        )  # fmt: skip

    def _asks(self, most: int, calls: _Called) -> bytes:
        """Ask the host for bytes, a piece after the other, and unpack them where the guest says."""
        assert calls.realloc is not None
        count, result, start, at, left, piece, length = range(7)
        there = (
            const(0) + load(LOAD, self._scratch, 4) + const(1) + SUB + set_(length)
            + get(length) + load(LOAD8, self._scratch, STRING_AT)
            + IF
            + get(at) + get(piece) + call(self._unpack)
            + ELSE
            + get(at) + const(STRING_AT) + get(piece) + copy(self._guest, self._scratch)
            + END
        )  # fmt: skip
        return (
            get(count) + const64(most) + GT_U64
            + IF + get(count) + const(0) + call(calls.host) + UNREACHABLE + END
            + get(count) + WRAP + set_(left)
            + self._allocate(calls.realloc, left, start)
            + get(start) + set_(at)
            + LOOP
            + get(left) + set_(piece)
            + get(left) + const(PIECE) + GT_U + IF + const(PIECE) + set_(piece) + END
            + get(piece) + EXTEND + const(0) + call(calls.host)
            + there
            + get(at) + get(piece) + ADD + set_(at)
            + get(left) + get(piece) + SUB + tee(left) + AGAIN
            + END
            + get(result) + get(start) + store(STORE, self._guest)
            + get(result) + get(count) + WRAP + store(STORE, self._guest, 4)
        )  # fmt: skip

    def _when(self, conditions: tuple[tuple[int, int, int], ...], body: bytes) -> bytes:
        for offset, size, case in reversed(conditions):
            found = const(0) + load(LOADS[size], self._scratch, offset)
            body = found + const(case) + EQ + IF + body + END
        return body

    def _allocate(self, realloc: int, length: int, pointer: int) -> bytes:
        return const(0) + const(0) + const(1) + get(length) + call(realloc) + set_(pointer)


def _arguments(count: int, others: dict[int, bytes] | None = None) -> bytes:
    """Pass on all parameters, some of them changed."""
    return b"".join((others or {}).get(i) or get(i) for i in range(count))
