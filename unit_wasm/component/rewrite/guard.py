"""The guard: arguments of host functions that are too much are refused before they are converted.

libwasmtime makes values of all arguments before it calls us, one for each item of a list, and
nothing else runs meanwhile. So the bridge (bytesmodule.py) adds up, in the guest's own code, what
there would be to convert, and ends a component that passes more than any honest one needs. It reads
the lengths of lists and strings where the guest has put them; nothing else can change them in
between. Its own work is bounded by the same sum, because it looks into a list only after it has
counted its items.

It ends by ``unreachable`` in a function whose name the host knows (csrc/guest/instance.c). No error
of WIT would be right: ``header-error`` has none for sizes, and most functions have none at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from unit_wasm.component.format.layout import I32, I64, CoreType, Layout
from unit_wasm.component.format.valtypes import Function, Part, Parts, Value
from unit_wasm.component.rewrite.coremaker import (
    ADD,
    AGAIN,
    AND,
    END,
    EQ,
    EXTEND,
    IF,
    LOAD,
    LOADS,
    LOOP,
    LT_S64,
    MUL64,
    SHR_U64,
    SUB,
    SUB64,
    UNREACHABLE,
    WRAP,
    CoreMaker,
    call,
    const,
    const64,
    get,
    get_global,
    load,
    set_,
    set_global,
    tee,
)

MOST_VALUES: Final = 1 << 17
"""How many values the arguments of one call may be: items of lists, with all that is in them."""

STRING_BYTES: Final = 5
"""As many bytes of strings, as a power of two, count as one value."""

CARRIED_BYTES: Final = 7
"""The same for strings that carry lists, which take the host less time."""

HANDLE_VALUES: Final = 4
"""A handle counts as so many: it is looked up, and noted until the call has ended."""

REFUSES: Final = "too-many-values"
"""The name of the function that ends the component."""


_Key: TypeAlias = tuple[Value, bool]


@dataclass(frozen=True, slots=True)
class Guarded:
    """A function whose arguments are to be bounded.

    Parameters:
        core: its core type when it is lowered.
        function: its type.
        layout: of the types.
        tagged: whether the highest bit in the length of a string says how it is encoded.
        text: how many bytes of strings, as a power of two, count as one value.
    """

    core: CoreType
    function: Function
    layout: Layout
    tagged: bool
    text: int = STRING_BYTES


def guarded(function: Function, layout: Layout, *, tagged: bool) -> Guarded | None:
    """Return what there is to bound of a function; None where its arguments have a bound anyway.

    Parameters:
        tagged: see :class:`Guarded`.

    Raises:
        NoLayout: the types are not known.
    """
    if not any(map(layout.dynamic, function.params)):
        return None
    return Guarded(layout.core_type(function), function, layout, tagged)


class Guards:
    """Guards in a bridge.

    Parameters:
        made: the bridge.
        memory: the guest's, by its index there.
    """

    def __init__(self, made: CoreMaker, memory: int) -> None:
        self._made = made
        self._memory = memory
        self._left = -1
        self._spend = -1
        self._walkers: dict[_Key, int] = {}

    def define(self, function: int, item: Guarded, host: int) -> None:
        """Define the function of one that is guarded.

        Parameters:
            function: its index.
            item: what it is.
            host: the index of the function that it calls then.
        """
        if self._spend < 0:
            self._define_spend()
        walk = _Walk(self, item)
        self._made.define(
            function,
            [],
            const64(MOST_VALUES) + set_global(self._left)
            + walk.params()
            + b"".join(map(get, range(len(item.core.params)))) + call(host),
        )  # fmt: skip

    def _define_spend(self) -> None:
        self._left = self._made.counter()
        self._spend = self._made.declare(I64, b"", REFUSES)
        self._made.define(
            self._spend,
            [],
            get_global(self._left) + get(0) + SUB64 + set_global(self._left)
            + get_global(self._left) + const64(0) + LT_S64 + IF + UNREACHABLE + END,
        )  # fmt: skip

    def spend(self, length: bytes, count: bytes) -> bytes:
        """Spend what ``count`` makes of a length."""
        return length + EXTEND + count + call(self._spend)

    def load(self, instruction: bytes, address: bytes, offset: int) -> bytes:
        """Read from the guest's memory."""
        return address + load(instruction, self._memory, offset)

    def walker(self, key: _Key, params: bytes, body: Callable[[], bytes]) -> int:
        """Return a function, which is made where it is not there yet."""
        if key not in self._walkers:
            self._walkers[key] = self._made.declare(params, b"")
            self._made.define(self._walkers[key], [], body())
        return self._walkers[key]


class _Walk:
    """What there is to convert of the arguments of one function."""

    def __init__(self, guards: Guards, item: Guarded) -> None:
        self._guards = guards
        self._item = item
        self._layout = item.layout

    def params(self) -> bytes:
        """Spend what all parameters cost."""
        params, core = self._item.function.params, self._item.core
        if core.spilled:
            return self._fields(params, 0)
        return self._flat_parts(params, 0)

    def _sequence(self, value: Value, address: bytes, length: bytes) -> bytes:
        """Spend what a string or list costs, of which ``length`` gives the size."""
        if value.kind == "string":
            if self._item.tagged:
                length += const(0x7FFF_FFFF) + AND
            return self._guards.spend(length, const64(self._item.text) + SHR_U64)
        (element,) = value.parts
        cost = _values(element.type if element is not None else None)
        spent = self._guards.spend(length, const64(cost) + MUL64)
        if not self._layout.dynamic(element):
            return spent
        size, _ = self._layout.size(element)
        walker = self._guards.walker(
            (value, self._item.tagged), I32 * 2, lambda: self._items(element, size)
        )
        return spent + address + length + call(walker)

    def _items(self, element: Part | None, size: int) -> bytes:
        """``(address, length)``: spend what is in the items of a list."""
        return (
            get(1) + IF + LOOP
            + self._in_memory(element, 0)
            + get(0) + const(size) + ADD + set_(0)
            + get(1) + const(1) + SUB + tee(1) + AGAIN
            + END + END
        )  # fmt: skip

    def _in_memory(self, part: Part | None, offset: int) -> bytes:
        """Spend what is in a value so far behind the address in the first parameter."""
        value = part.type if part is not None else None
        if value is None or not self._layout.dynamic(value):
            return b""
        if value.kind in ("string", "list"):
            pointer = self._guards.load(LOAD, get(0), offset)
            return self._sequence(value, pointer, self._guards.load(LOAD, get(0), offset + 4))
        # A function for each, because types may share what they are made of many times over.
        walker = self._guards.walker((value, self._item.tagged), I32, lambda: self._parts(value))
        return get(0) + const(offset) + ADD + call(walker)

    def _parts(self, value: Value) -> bytes:
        """``(address)``: spend what is in the fields of a record, or in the case of a variant."""
        if value.kind in ("record", "tuple"):
            return self._fields(value.parts, 0)
        size, payload = self._layout.payload(value)
        case = self._guards.load(LOADS[size], get(0), 0)
        return b"".join(
            case + const(i) + EQ + IF + self._in_memory(part, payload) + END
            for i, part in enumerate(self._layout.cases(value))
            if self._layout.dynamic(part)
        )

    def _fields(self, parts: Parts, offset: int) -> bytes:
        offsets, _, _ = self._layout.offsets(parts)
        return b"".join(
            self._in_memory(part, offset + own) for part, own in zip(parts, offsets, strict=True)
        )

    def _flat(self, value: Value | None, local: int) -> bytes:
        """Spend what is in a value that is in parameters, from number ``local`` on."""
        if value is None or not self._layout.dynamic(value):
            return b""
        if value.kind in ("string", "list"):
            return self._sequence(value, self._number(local), self._number(local + 1))
        if value.kind in ("record", "tuple"):
            return self._flat_parts(value.parts, local)
        return b"".join(
            self._number(local) + const(i) + EQ + IF + self._flat(part.type, local + 1) + END
            for i, part in enumerate(self._layout.cases(value))
            if part is not None and self._layout.dynamic(part)
        )

    def _flat_parts(self, parts: Parts, local: int) -> bytes:
        out = b""
        for part in parts:
            out += self._flat(part.type if part is not None else None, local)
            local += len(self._layout.flat(part))
        return out

    def _number(self, local: int) -> bytes:
        """Return a parameter as a number of 32 bits: cases of a variant may share one of 64."""
        wide = self._item.core.params[local : local + 1] == I64
        return get(local) + (WRAP if wide else b"")


def _values(value: Value | None) -> int:
    """How many values an item is, without those in lists inside of it.

    Fields, cases and flags come with their names, which are text.
    """
    if value is None or value.kind in ("string", "list"):
        return 1
    if value.kind in ("own", "borrow"):
        return HANDLE_VALUES
    inner = [_values(part.type) if part is not None else 0 for part in value.parts]
    names = [len(label.encode()) >> STRING_BYTES for label in value.labels]
    if value.kind in ("variant", "result", "enum"):
        return 1 + max(inner, default=0) + max(names, default=0)
    if value.kind == "flags":
        return 1 + len(names) + sum(names)
    return 1 + sum(inner) + sum(names)
