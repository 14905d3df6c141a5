"""The canonical functions of a binary: which of them make functions of the component."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from unit_wasm.wit.reader import Reader, UnknownConstruct

# What follows the opcode of each: n a number, b a byte, o options, r results, v a core value type.
_OPERANDS: Final = {
    **dict.fromkeys((2, 3, 4, 14, 19, 20, 21, 26, 27, 64), "n"),
    **dict.fromkeys((36, 37, 5, 13, 30, 31, 34, 35, 38, 40, 66), ""),
    **dict.fromkeys((6, 41, 12, 42, 43, 44, 45), "b"),
    **dict.fromkeys((15, 16, 22, 23), "no"),
    **dict.fromkeys((17, 18, 24, 25), "nb"),
    **dict.fromkeys((39, 65), "nn"),
    **dict.fromkeys((32, 33), "bn"),
    **dict.fromkeys((28, 29), "o"),
    **dict.fromkeys((10, 11), "vn"),
    0x09: "ro",
}
_LIFT, _LOWER = 0x00, 0x01
_WITH_INDEX: Final = frozenset({0x03, 0x04, 0x05, 0x07, 0x08})
_LAST_OPTION: Final = 0x09


def lifted_types(reader: Reader) -> Iterator[int]:
    """Read a section of canonical functions; yield the type index of each that is lifted.

    Raises:
        Malformed: it breaks the format; UnknownConstruct: a function that is not known.
    """
    for _ in range(reader.u32()):
        start = reader.position
        opcode = reader.byte()
        if opcode in (_LIFT, _LOWER):
            if reader.byte() != 0x00:
                raise UnknownConstruct("an unknown canonical function", start)
            reader.u32()
            _options(reader)
            if opcode == _LIFT:
                yield reader.u32()
        elif not read_operands(opcode, reader, _options):
            raise UnknownConstruct(f"an unknown canonical function {opcode:#04x}", start)


def read_operands(opcode: int, reader: Reader, options: Callable[[Reader], None]) -> bool:
    """Read what follows the opcode of a function that is neither lifted nor lowered.

    Parameters:
        options: reads options.

    Returns:
        False for an opcode that is not known.
    """
    if opcode not in _OPERANDS:
        return False
    for operand in _OPERANDS[opcode]:
        _operand(reader, operand, options)
    return True


def _operand(reader: Reader, operand: str, options: Callable[[Reader], None]) -> None:
    if operand == "n":
        reader.u32()
    elif operand == "o":
        options(reader)
    elif operand == "r":
        if reader.byte() == 0x00:
            reader.s33()
        else:
            reader.byte()
    elif reader.byte() in (0x63, 0x64) and operand == "v":
        reader.s33()


def _options(reader: Reader) -> None:
    for _ in range(reader.u32()):
        start = reader.position
        option = reader.byte()
        if option in _WITH_INDEX:
            reader.u32()
        elif option > _LAST_OPTION:
            raise UnknownConstruct(f"an unknown canonical option {option:#04x}", start)
