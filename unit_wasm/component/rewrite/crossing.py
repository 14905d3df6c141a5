"""Which functions have lists that may cross as strings, and what their types are then.

A list becomes ``string`` wherever it is in parameters and result: in records, options, variants and
so on, with all that is in it; or ``list<u8>`` alone does. One with handles in it stays a list. Both
lie in memory alike, so a function has the same core type either way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from unit_wasm.component.format.layout import CoreType, Layout, NoLayout
from unit_wasm.component.format.valtypes import RECENT, Function, Value
from unit_wasm.component.format.valtypes import Part as Place
from unit_wasm.component.rewrite.typetable import FUNCTIONS, RESOURCE, UNKNOWN, Part, TypeTable

_MOST_PARTS: Final = 10_000
"""Types of more parts are left as they are: each part is code."""

_RECENT: Final = frozenset({"stream", "future", "map", "error-context"})
_HANDLES: Final = ("own", "borrow")


class Carrier(NamedTuple):
    """A function whose lists cross.

    Parameters:
        core: its core type, either way.
        plain: its type.
        carried: the same with strings.
        borrows: which of its parameters are borrowed handles, and the numbers of their resources.
        whole: lists of all kinds do; else ``list<u8>``.
    """

    core: CoreType
    plain: Function
    carried: Function
    borrows: dict[int, int]
    whole: bool


class Crossing:
    """Looks at the functions of one component.

    Parameters:
        table: has their types, and gets those with strings.

    Attributes:
        layout: of all that was looked at.
    """

    def __init__(self, table: TypeTable) -> None:
        self.layout = Layout()
        self._table = table
        self._swapped: dict[tuple[int, bool], Part] = {}
        self._handles: dict[int, bool] = {}
        self._values: dict[int | str, Value] = {}

    def carried(self, number: int, *, whole: bool) -> int | None:
        """Return the number of a function's type with strings; None where it has to stay.

        Parameters:
            whole: lists of all kinds become strings; else ``list<u8>``.
        """
        if number == UNKNOWN or self._table[number].kind != FUNCTIONS[False]:
            return None
        swapped = self._swap(number, whole)
        assert isinstance(swapped, int)
        if swapped == number:
            return None
        return swapped if self._may_cross(self._function(number)) else None

    def carrier(self, number: int, carried: int, *, whole: bool) -> Carrier:
        """Return how a function crosses; the numbers are those of its type."""
        plain = self._function(number)
        borrows: dict[int, int] = {}
        for i, part in enumerate(self._table[number].parts[:-1]):
            node = self._table[part] if isinstance(part, int) else None
            if node is not None and node.kind == "borrow":
                (resource,) = node.parts
                assert isinstance(resource, int)
                borrows[i] = resource
        core = self.layout.core_type(plain)
        return Carrier(core, plain, self._function(carried), borrows, whole)

    # ---- Types with strings ----

    def _swap(self, part: Part, whole: bool) -> Part:
        if not isinstance(part, int):
            return part
        if (part, whole) not in self._swapped:
            self._swapped[part, whole] = self._with_strings(part, whole)
        return self._swapped[part, whole]

    def _with_strings(self, number: int, whole: bool) -> Part:
        node = self._table[number]
        is_list = node.kind == "list" and node.length is None
        if is_list and (node.parts == ("u8",) or (whole and not self._has_handles(number))):
            return "string"
        if node.kind in (RESOURCE, *_HANDLES):
            return number
        parts = tuple(self._swap(part, whole) for part in node.parts)
        return number if parts == node.parts else self._table.add(node._replace(parts=parts))

    def _has_handles(self, number: int) -> bool:
        if number not in self._handles:
            node = self._table[number]
            inner = (part for part in node.parts if isinstance(part, int))
            self._handles[number] = node.kind in _HANDLES or any(map(self._has_handles, inner))
        return self._handles[number]

    # ---- How they lie in memory ----

    def _may_cross(self, function: Function) -> bool:
        parts = [part for part in (*function.params, function.result) if part is not None]
        try:
            self.layout.core_type(function)
            for part in parts:
                assert part.type is not None
                if part.type.count > _MOST_PARTS or not self._is_known(part.type):
                    return False
        except NoLayout:
            return False
        return True

    def _is_known(self, value: Value) -> bool:
        """Return whether all that is in a value may cross; a borrowed handle only alone."""
        for inner in _within(value):
            self.layout.size(inner)
            if inner is not value and inner.kind == "borrow":
                return False
        return True

    def _function(self, number: int) -> Function:
        *params, result = self._table[number].parts
        places = [place for place in map(self._place, params) if place is not None]
        return Function(tuple(places), self._place(result))

    def _place(self, part: Part) -> Place | None:
        return None if part is None else Place(self._value(part), 0, 0)

    def _value(self, part: int | str) -> Value:
        if part not in self._values:
            self._values[part] = self._made(part)
        return self._values[part]

    def _made(self, part: int | str) -> Value:
        if isinstance(part, str):
            return Value(RECENT if part in _RECENT else part)
        kind, labels, parts, length = self._table[part]
        if kind in _RECENT or length is not None:
            return Value(RECENT)
        if kind in _HANDLES:
            return Value(kind)
        return Value(kind, tuple(map(self._place, parts)), labels)


def _within(value: Value) -> Iterator[Value]:
    """Yield a value and all that it is made of, each once."""
    seen: set[Value] = set()
    left = [value]
    while left:
        one = left.pop()
        if one not in seen:
            seen.add(one)
            yield one
            left += [part.type for part in one.parts if part is not None and part.type is not None]
