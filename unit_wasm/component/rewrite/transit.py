"""The core modules of an adapter between functions whose lists are strings and such with lists.

An adapter imports functions of one kind, lowered with a memory of its own, and exports them as
the other kind. What is passed through lies in that memory: in front of what calls a component,
strings become lists and the lists of results strings; in front of what it calls it is the other way
round. A string has the bytes of a ``list<u8>``, or a packed value (csrc/guest/packed.h), made ASCII
where they are not (csrc/guest/latin1.h). An adapter consists of two modules:

1. the arena: the memory, and a ``realloc`` that takes the next free bytes. All are free again with
   the first ``realloc`` after a call;
2. the passage: a function for each that crosses. Lists and strings lie in memory alike, an address
   and a length, so all else stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from unit_wasm.component.format.layout import I32, I64, Layout
from unit_wasm.component.format.valtypes import Parts, Value, is_bytes
from unit_wasm.component.rewrite.coremaker import (
    ADD,
    ADD64,
    AGAIN,
    AND64,
    DROP,
    END,
    EQ,
    EQZ,
    EXTEND,
    GT_U,
    GT_U64,
    IF,
    LOAD,
    LOADS,
    LOOP,
    RETURN,
    SHR_U64,
    STORE,
    SUB,
    SUB64,
    UNREACHABLE,
    WRAP,
    CoreMaker,
    call,
    const,
    const64,
    copy,
    get,
    get_global,
    grow,
    load,
    set_,
    set_global,
    store,
    tee,
)
from unit_wasm.component.rewrite.crossing import Carrier
from unit_wasm.component.rewrite.guard import CARRIED_BYTES, Guarded, Guards
from unit_wasm.component.rewrite.listcodec import ListCodec
from unit_wasm.component.rewrite.packing import Packing, end_of

PASSAGE: Final = "unit-wasm"
"""The name of the modules, for backtraces."""

_MOST_PAGES: Final = 1 << 16
_NO_PAGES: Final = 0xFFFF_FFFF
_MEMORY: Final = 0

_Key: TypeAlias = tuple[Value, bool]


def arena() -> bytes:
    """Return the module with the memory ``m``, its ``realloc`` ``r``, and ``e``, which ends a call:
    what was allocated before is free from the next ``realloc`` on.
    """
    made = CoreMaker(PASSAGE)
    made.export("m", 2, made.memory(0, _MOST_PAGES))
    next_, over = made.counter(), made.counter()
    realloc = made.declare(I32 * 4, I32, "realloc")
    made.define(realloc, [I64, I64], _reallocates(next_, over))
    made.export("r", 0, realloc)
    end = made.declare(b"", b"")
    made.define(end, [], const64(1) + set_global(over))
    made.export("e", 0, end)
    return made.data()


def _reallocates(next_: int, over: int) -> bytes:
    old, old_size, alignment, size, start, end = range(6)
    page = 16
    return (
        get_global(over) + WRAP
        + IF + const64(0) + set_global(next_) + const64(0) + set_global(over) + END
        # What has room where it is stays there.
        + get(size) + get(old_size) + GT_U + EQZ + IF
        + get(old_size) + IF + get(old) + RETURN + END
        + END
        + get_global(next_) + get(alignment) + EXTEND + ADD64 + const64(1) + SUB64
        + const64(0) + get(alignment) + EXTEND + SUB64 + AND64 + set_(start)
        + get(start) + get(size) + EXTEND + ADD64 + set_(end)
        + get(end) + end_of(_MEMORY) + GT_U64 + IF
        + get(end) + end_of(_MEMORY) + SUB64 + const64((1 << page) - 1) + ADD64
        + const64(page) + SHR_U64 + WRAP + grow(_MEMORY)
        + const(_NO_PAGES) + EQ + IF + UNREACHABLE + END
        + END
        + get(end) + set_global(next_)
        + get(old_size) + IF
        + get(start) + WRAP + get(old) + get(old_size) + copy(_MEMORY, _MEMORY)
        + END
        + get(start) + WRAP
    )  # fmt: skip


def passage(carriers: Sequence[Carrier], layout: Layout, *, inward: bool, guards: bool) -> bytes:
    """Return the module with one function ``f0``, ``f1``, ... for each of these.

    It imports from ``""``: the arena, ``m``, ``r`` and ``e``; what each calls, ``h0``, ``h1``, ...;
    and for each resource of which one borrows ``d`` and its number, which drops a handle.

    Parameters:
        inward: what it calls takes lists; else it takes strings.
        guards: whether what is passed is to be bounded (guard.py).
    """
    return _Passage(carriers, layout, inward=inward, guards=guards).made.data()


class _Passage:
    """The module that is being made."""

    def __init__(
        self, carriers: Sequence[Carrier], layout: Layout, *, inward: bool, guards: bool
    ) -> None:
        self.layout = layout
        self._inward = inward
        self.made = CoreMaker(PASSAGE)
        self.made.import_memory("m")
        self._realloc = self.made.import_function("r", I32 * 4, I32)
        self._over = self.made.import_function("e", b"", b"")
        called = [
            self.made.import_function(f"h{i}", carrier.core.params, carrier.core.results)
            for i, carrier in enumerate(carriers)
        ]
        resources = sorted({number for one in carriers for number in one.borrows.values()})
        self._drops = {
            number: self.made.import_function(f"d{number}", I32, b"") for number in resources
        }
        self._packing = Packing(self.made, _MEMORY, _MEMORY)
        self._lists = ListCodec(self.made, layout, self._realloc)
        self._pack = self._unpack = -1
        self._conversions: dict[tuple[Value | None, bool], tuple[int, int]] = {}
        self._walkers: dict[_Key, int] = {}
        self._item_walkers: dict[_Key, int] = {}
        self._crossing: dict[Value, bool] = {}
        self._handles: dict[Value, bool] = {}
        self._whole = all(carrier.whole for carrier in carriers)
        guard = Guards(self.made, _MEMORY) if guards else None
        for i, (carrier, host) in enumerate(zip(carriers, called, strict=True)):
            if guard is not None:
                host = self._guarded(guard, carrier, host)
            self.made.export(f"f{i}", 0, self._function(carrier, host))

    def _guarded(self, guard: Guards, carrier: Carrier, host: int) -> int:
        core = carrier.core
        function = self.made.declare(core.params, core.results)
        item = Guarded(core, carrier.carried, self.layout, False, CARRIED_BYTES)
        guard.define(function, item, host)
        return function

    # ---- One function ----

    def _function(self, carrier: Carrier, host: int) -> int:
        core = carrier.core
        count = len(core.params) - core.returned
        function = self.made.declare(core.params[:count], I32 if core.returned else core.results)
        body = self._arguments(carrier) + b"".join(map(get, range(count)))
        if core.returned:
            assert carrier.plain.result is not None
            size, alignment = self.layout.size(carrier.plain.result)
            body = (
                const(0) + const(0) + const(alignment) + const(size) + call(self._realloc)
                + set_(count) + body + get(count) + call(host)
                + self.at(carrier.plain.result.type, get(count), 0, packs=self._inward)
                + self._dropped(carrier) + call(self._over) + get(count)
            )  # fmt: skip
        else:
            body += call(host) + self._dropped(carrier) + call(self._over)
        self.made.define(function, [I32], body)
        return function

    def _arguments(self, carrier: Carrier) -> bytes:
        params, packs = carrier.plain.params, not self._inward
        if carrier.core.spilled:
            return self._fields(params, get(0), packs=packs)
        return _Flat(self, carrier.core.params, packs=packs).parts(params, 0)

    def _dropped(self, carrier: Carrier) -> bytes:
        """Give back the handles that were borrowed."""
        params = carrier.plain.params
        offsets, _, _ = self.layout.offsets(params)
        body, local = b"", 0
        for i, param in enumerate(params):
            if i in carrier.borrows:
                handle = get(0) + load(LOAD, _MEMORY, offsets[i])
                body += handle if carrier.core.spilled else get(local)
                body += call(self._drops[carrier.borrows[i]])
            local += len(self.layout.flat(param))
        return body

    # ---- Conversions ----

    def conversion(self, value: Value, *, packs: bool) -> int:
        """Return the function ``(address, length) -> (address, length)`` that makes a string of a
        list, or a list of a string.
        """
        return self._conversion(value, packs)[0]

    def _conversion(self, value: Value, packs: bool) -> tuple[int, int]:
        """Return that function, and one that does so with what a place in memory says."""
        key = None if is_bytes(value) else value
        if (key, packs) not in self._conversions:
            convert = self.made.declare(I32 * 2, I32 * 2)
            body = self._to_string(key) if packs else self._to_list(key)
            self.made.define(convert, [I32], body)
            within = self.made.declare(I32, b"")
            found = get(0) + load(LOAD, _MEMORY) + get(0) + load(LOAD, _MEMORY, 4)
            stored = get(0) + get(1) + store(STORE, _MEMORY)
            stored += get(0) + get(2) + store(STORE, _MEMORY, 4)
            body = found + call(convert) + set_(2) + set_(1) + stored
            self.made.define(within, [I32, I32], body)
            self._conversions[key, packs] = convert, within
        return self._conversions[key, packs]

    def _to_string(self, value: Value | None) -> bytes:
        """``(address, count)``: all of a list is packed; of bytes they are packed already."""
        if self._pack < 0:
            self._pack = self._packing.pack_elsewhere(self._packing.plain(), self._realloc)
        if value is None:
            return get(0) + get(1) + call(self._pack)
        here = const(0) + const(0) + const(1) + const(0) + call(self._realloc)
        return (
            here + set_(2)
            + get(0) + get(1) + call(self._lists.packer(value))
            + get(2) + here + get(2) + SUB + call(self._pack)
        )  # fmt: skip

    def _to_list(self, value: Value | None) -> bytes:
        """``(address, length)``: as above."""
        if self._unpack < 0:
            self._unpack = self._packing.unpack_in_place()
        if value is None:
            return get(0) + get(0) + get(1) + call(self._unpack)
        return (
            get(0) + get(1) + call(self._unpack) + DROP
            + get(0) + call(self._lists.unpacker(value)) + set_(2) + set_(1) + DROP
            + get(1) + get(2)
        )  # fmt: skip

    def crosses(self, value: Value | None) -> bool:
        """Return whether a value is, or has in it, what becomes a string."""
        if value is None:
            return False
        if value not in self._crossing:
            inner = (part.type for part in value.parts if part is not None)
            self._crossing[value] = self.is_string(value) or any(map(self.crosses, inner))
        return self._crossing[value]

    def is_string(self, value: Value) -> bool:
        """Return whether a value is what becomes a string."""
        if value.kind != "list" or is_bytes(value):
            return value.kind == "list"
        return self._whole and not self._has_handles(value)

    def _has_handles(self, value: Value) -> bool:
        if value not in self._handles:
            inner = (part.type for part in value.parts if part is not None)
            found = any(self._has_handles(one) for one in inner if one is not None)
            self._handles[value] = found or value.kind in ("own", "borrow")
        return self._handles[value]

    def at(self, value: Value | None, address: bytes, offset: int, *, packs: bool) -> bytes:
        """Convert what is in a value in memory, so far behind an address."""
        if value is None or not self.crosses(value):
            return b""
        place = address + (const(offset) + ADD if offset else b"")
        if self.is_string(value):
            return place + call(self._conversion(value, packs)[1])
        # A function for each, because types may share what they are made of many times over.
        return place + call(
            self._walker((value, packs), I32, lambda: self._within(value, packs=packs))
        )

    def items(self, value: Value, *, packs: bool) -> int:
        """Return the function ``(address, count)`` that converts what is in items of a list."""
        element = value.parts[0]
        assert element is not None
        size, _ = self.layout.size(element)

        def body() -> bytes:
            return (
                get(1) + IF + LOOP
                + self.at(element.type, get(0), 0, packs=packs)
                + get(0) + const(size) + ADD + set_(0)
                + get(1) + const(1) + SUB + tee(1) + AGAIN
                + END + END
            )  # fmt: skip

        return self._walker((element.type or value, packs), I32 * 2, body, items=True)

    def _walker(
        self, key: _Key, params: bytes, body: Callable[[], bytes], *, items: bool = False
    ) -> int:
        walkers = self._item_walkers if items else self._walkers
        if key not in walkers:
            walkers[key] = self.made.declare(params, b"")
            self.made.define(walkers[key], [], body())
        return walkers[key]

    def _within(self, value: Value, *, packs: bool) -> bytes:
        """``(address)``: convert what is in the parts of a value."""
        if value.kind in ("record", "tuple"):
            return self._fields(value.parts, get(0), packs=packs)
        if value.kind == "list":
            found = get(0) + load(LOAD, _MEMORY) + get(0) + load(LOAD, _MEMORY, 4)
            return found + call(self.items(value, packs=packs))
        size, payload = self.layout.payload(value)
        case = get(0) + load(LOADS[size], _MEMORY)
        return b"".join(
            case + const(i) + EQ + IF + self.at(part.type, get(0), payload, packs=packs) + END
            for i, part in enumerate(self.layout.cases(value))
            if part is not None and self.crosses(part.type)
        )

    def _fields(self, parts: Parts, address: bytes, *, packs: bool) -> bytes:
        offsets, _, _ = self.layout.offsets(parts)
        return b"".join(
            self.at(part.type, address, offset, packs=packs)
            for part, offset in zip(parts, offsets, strict=True)
            if part is not None
        )


class _Flat:
    """Conversions of what is in parameters.

    Parameters:
        params: types of the parameters.
    """

    def __init__(self, passage: _Passage, params: bytes, *, packs: bool) -> None:
        self._passage = passage
        self._params = params
        self._packs = packs

    def parts(self, parts: Parts, local: int) -> bytes:
        """Convert what is in values, from a parameter on."""
        body = b""
        for part in parts:
            body += self._value(part.type if part is not None else None, local)
            local += len(self._passage.layout.flat(part))
        return body

    def _value(self, value: Value | None, local: int) -> bytes:
        passage = self._passage
        if value is None or not passage.crosses(value):
            return b""
        if passage.is_string(value):
            convert = call(passage.conversion(value, packs=self._packs))
            return self._sequence(local) + convert + self._set(local + 1) + self._set(local)
        if value.kind == "list":
            return self._sequence(local) + call(passage.items(value, packs=self._packs))
        if value.kind in ("record", "tuple"):
            return self.parts(value.parts, local)
        return b"".join(
            self._number(local) + const(i) + EQ + IF + self._value(part.type, local + 1) + END
            for i, part in enumerate(passage.layout.cases(value))
            if part is not None and passage.crosses(part.type)
        )

    def _sequence(self, local: int) -> bytes:
        return self._number(local) + self._number(local + 1)

    def _is_wide(self, local: int) -> bool:
        """Cases of a variant may share a parameter of 64 bits."""
        return self._params[local : local + 1] == I64

    def _number(self, local: int) -> bytes:
        return get(local) + (WRAP if self._is_wide(local) else b"")

    def _set(self, local: int) -> bytes:
        return (EXTEND if self._is_wide(local) else b"") + set_(local)
