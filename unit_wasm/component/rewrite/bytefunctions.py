"""Which functions carry bytes as strings, and where: the table of the byte rewrite.

A row has the whole type of its function, with ``BYTES`` wherever ``list<u8>`` becomes a string. One
place in the parameters and one in the result may be such, because there is one scratch memory; the
place in the parameters is a parameter, that in the result may be inside of results, options,
tuples and variants. Strings and other lists may not be beside it. What is passed comes in several
calls where it is long, which csrc/wasi/io/streams.c has to know; or only its beginning comes. A
function that is passed bytes has to return a ``result``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from unit_wasm.component.format.layout import CoreType, Layout, NoLayout
from unit_wasm.component.format.valtypes import Function, Part, Value, is_bytes

BYTES: Final = "bytes"
"""Stands for ``list<u8>``, which becomes a string."""

Pattern: TypeAlias = "str | tuple[Pattern, ...] | None"
"""A type: ``BYTES``, a kind that has no parts, or a kind with the patterns of its parts; kinds by
their names in WIT.

Those of a variant have the label before each. None is the payload that a case does not have.
"""


@dataclass(frozen=True, slots=True)
class ByteFunction:
    """A row of the table.

    Parameters:
        interface: without its version, which may be any 0.2.x.
        name: of the function, as the binary has it.
        params: the types of the parameters.
        result: the type of the result, or None.
        most: how many bytes the host takes at once, where that is little; more are a trap.
        some: the host may take fewer than all bytes, and says how many: there are no pieces.
        asked: it returns as many bytes as its one parameter says, and nothing else; any are as good
            as others, so that they may come in pieces. What is more than this is a trap.
    """

    interface: str
    name: str
    params: tuple[Pattern, ...]
    result: Pattern
    most: int | None = None
    some: bool = False
    asked: int | None = None

    @property
    def is_of(self) -> re.Pattern[str]:
        """Matches the names of its interface, with version."""
        return re.compile(re.escape(self.interface) + r"@0\.2\.\d+")


_STREAM_ERROR: Final = ("variant", "last-operation-failed", "own", "closed", None)
_READ: Final = (("borrow", "u64"), ("result", BYTES, _STREAM_ERROR))
_WRITE: Final = (("borrow", BYTES), ("result", None, _STREAM_ERROR))
_STREAMS: Final = "wasi:io/streams"
_FILES: Final = "wasi:filesystem/types"
_READ_AT: Final = (("borrow", "u64", "u64"), ("result", ("tuple", BYTES, "bool"), "enum"))
_WRITE_AT: Final = (("borrow", BYTES, "u64"), ("result", "u64", "enum"))
_RANDOM: Final = (("u64",), BYTES)
_MOST_RANDOM: Final = 256 << 10
"""As csrc/wasi/random.c has it."""

BYTE_FUNCTIONS: Final = (
    ByteFunction(_STREAMS, "[method]input-stream.read", *_READ),
    ByteFunction(_STREAMS, "[method]input-stream.blocking-read", *_READ),
    ByteFunction(_STREAMS, "[method]output-stream.write", *_WRITE),
    ByteFunction(_STREAMS, "[method]output-stream.blocking-write-and-flush", *_WRITE, most=4096),
    ByteFunction(_FILES, "[method]descriptor.read", *_READ_AT),
    ByteFunction(_FILES, "[method]descriptor.write", *_WRITE_AT, some=True),
    ByteFunction("wasi:random/random", "get-random-bytes", *_RANDOM, asked=_MOST_RANDOM),
    ByteFunction("wasi:random/insecure", "get-insecure-random-bytes", *_RANDOM, asked=_MOST_RANDOM),
)
"""The table."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A function that carries bytes as strings.

    Parameters:
        row: of the table.
        core: its core type when it is lowered.
        edits: offsets (start, end) of the types that become strings.
        param: which core parameter is the address of the bytes that are passed, or None; the next
            one is their length.
        place: where in the result the address of the bytes that are returned lies, or None; their
            length lies behind it.
        conditions: which discriminants there must be for that: offset, size and case of each.
        result: its type.
        layout: of the types.
    """

    row: ByteFunction
    core: CoreType
    edits: tuple[tuple[int, int], ...]
    param: int | None
    place: int | None
    conditions: tuple[tuple[int, int, int], ...]
    result: Part | None
    layout: Layout


@dataclass(frozen=True, slots=True)
class _At:
    offset: int = 0
    conditions: tuple[tuple[int, int, int], ...] = ()


@dataclass(slots=True)
class _Match:
    """Compares a type with a pattern, and notes where the bytes are."""

    layout: Layout
    found: list[tuple[Part, _At]] = field(default_factory=list)

    def fits(self, part: Part | None, pattern: Pattern, at: _At) -> bool:
        if part is None or part.type is None or pattern is None:
            return part is None and pattern is None
        value = part.type
        if pattern == BYTES:
            self.found.append((part, at))
            return is_bytes(value)
        if isinstance(pattern, str):
            return value.kind == pattern and not value.parts
        if not isinstance(pattern, tuple) or value.kind != pattern[0]:
            return False
        inner = pattern[1:]
        if value.kind == "variant":
            if value.labels != inner[::2]:
                return False
            inner = inner[1::2]
        return len(value.parts) == len(inner) and all(
            self.fits(own, wanted, place)
            for own, wanted, place in zip(value.parts, inner, self._places(value, at), strict=True)
        )

    def _places(self, value: Value, at: _At) -> list[_At]:
        if value.kind in ("tuple", "record"):
            offsets, _, _ = self.layout.offsets(value.parts)
            return [_At(at.offset + offset, at.conditions) for offset in offsets]
        size, payload = self.layout.payload(value)
        first = 1 if value.kind == "option" else 0
        return [
            _At(at.offset + payload, (*at.conditions, (at.offset, size, first + i)))
            for i in range(len(value.parts))
        ]


def carried(row: ByteFunction, function: Function, layout: Layout) -> Carried | None:
    """Return how a function carries its bytes; None where its type is not that of its row."""
    params, result = _Match(layout), _Match(layout)
    try:
        core = layout.core_type(function)
        fits = len(function.params) == len(row.params) and all(
            params.fits(part, pattern, _At())
            for part, pattern in zip(function.params, row.params, strict=True)
        )
        if not fits or core.spilled or not result.fits(function.result, row.result, _At()):
            return None
        layout.size(function.result)
    except NoLayout:
        return None
    places = [part for part, _ in params.found]
    param = None
    if places:
        before = function.params[: function.params.index(places[0])]
        param = sum(len(layout.flat(part)) for part in before)
    returned = result.found[0][1] if result.found else None
    found = params.found + result.found
    return Carried(
        row,
        core,
        tuple((part.start, part.end) for part, _ in found),
        param,
        returned.offset if returned is not None else None,
        returned.conditions if returned is not None else (),
        function.result,
        layout,
    )
