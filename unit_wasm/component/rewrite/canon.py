"""Read the canonical functions of a component (``canon lift``, ``canon lower``, ...)."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from unit_wasm.component.format.scope import CoreSpace
from unit_wasm.wit.canonical import read_operands
from unit_wasm.wit.reader import Reader

_LIFT, _LOWER = 0x00, 0x01
_RESOURCE_NEW, _RESOURCE_REP = 0x02, 0x04
_LATIN1_UTF16: Final = 0x02


class Option(enum.Enum):
    """Options; the three string encodings are one. Those of WASI 0.2 end with ``POST_RETURN``."""

    ENCODING = 0x02
    MEMORY = 0x03
    REALLOC = 0x04
    POST_RETURN = 0x05
    ASYNC = 0x06
    CALLBACK = 0x07
    CORE_TYPE = 0x08
    GC = 0x09


_SPACES: Final = {
    Option.MEMORY: CoreSpace.MEMORY,
    Option.REALLOC: CoreSpace.FUNC,
    Option.POST_RETURN: CoreSpace.FUNC,
    Option.CALLBACK: CoreSpace.FUNC,
}


@dataclass(slots=True)
class Canonical:
    """One canonical function.

    Parameters:
        lifts: whether it makes a component function (all others make a core function).
        lowers: the index of the component function that it lowers, or None.
        references: core indexes in it: space, index, and offsets (start, end).
        options: by kind; an encoding is its opcode.
        options_at: offsets (start, end) of all options with their count.
        repeated: whether an option is there twice (which no engine accepts).
        newer: a sentence about what it uses that came after WASI 0.2, or None.
        unknown: a sentence about what it uses that is not known; then nothing follows it.
    """

    lifts: bool = False
    lowers: int | None = None
    references: list[tuple[CoreSpace, int, int, int]] = field(default_factory=list)
    options: dict[Option, int] = field(default_factory=dict)
    options_at: tuple[int, int] = (0, 0)
    repeated: bool = False
    newer: str | None = None
    unknown: str | None = None

    def refer(self, space: CoreSpace, reader: Reader) -> int:
        """Read an index and note it as a reference."""
        start = reader.position
        index = reader.u32()
        self.references.append((space, index, start, reader.position))
        return index


def canonicals(reader: Reader) -> Iterator[Canonical]:
    """Read a section of canonical functions, up to the first that is not known."""
    for _ in range(reader.u32()):
        item = _canonical(reader)
        yield item
        if item.unknown is not None:
            return
    reader.expect_end("a section")


def _canonical(reader: Reader) -> Canonical:
    item = Canonical()
    opcode = reader.byte()
    if opcode in (_LIFT, _LOWER):
        if reader.byte() != 0x00:
            item.unknown = "it lifts or lowers something that is not a function"
        elif opcode == _LIFT:
            item.lifts = True
            item.refer(CoreSpace.FUNC, reader)
            _options(reader, item)
            reader.u32()
        else:
            item.lowers = reader.u32()
            _options(reader, item)
    elif _RESOURCE_NEW <= opcode <= _RESOURCE_REP:
        reader.u32()
    elif read_operands(opcode, reader, lambda reader: _options(reader, item)):
        item.newer = f"it uses the asynchronous built-in {opcode:#04x} of WASI 0.3"
    else:
        item.unknown = f"it uses the unknown canonical function {opcode:#04x}"
    return item


def _options(reader: Reader, item: Canonical) -> None:
    start = reader.position
    for _ in range(reader.u32()):
        opcode = reader.byte()
        if opcode > Option.GC.value:
            item.unknown = f"it uses the unknown canonical option {opcode:#04x}"
            return
        option = Option(max(opcode, _LATIN1_UTF16))
        if option.value > Option.POST_RETURN.value:
            item.newer = f"it uses the canonical option {opcode:#04x} of WASI 0.3"
        item.repeated = item.repeated or option in item.options
        if option in _SPACES:
            item.options[option] = item.refer(_SPACES[option], reader)
        elif option is Option.CORE_TYPE:
            item.options[option] = reader.u32()
        else:
            item.options[option] = opcode
    item.options_at = (start, reader.position)
