"""Constant expressions of core modules: where segments go, and what globals begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from unit_wasm.wit.reader import Reader, UnknownConstruct, encode_signed, encode_u32

Step: TypeAlias = tuple[int, int | bytes]
"""An opcode with its number, or with the bytes that follow it."""

Expression: TypeAlias = tuple[Step, ...]
"""Without its end."""

_END: Final = 0x0B
GLOBAL, FUNCTION = 0x23, 0xD2
_CONST: Final = {0x41: 32, 0x42: 64}
_FOLLOWED: Final = {0x43: 4, 0x44: 8}
_NULL, _VECTOR, _VECTOR_CONST = 0xD0, 0xFD, 0x0C
_REFERENCES: Final = (0x6F, 0x70)
_ARITHMETIC: Final = {
    0x6A: (0x41, int.__add__),
    0x6B: (0x41, int.__sub__),
    0x6C: (0x41, int.__mul__),
    0x7C: (0x42, int.__add__),
    0x7D: (0x42, int.__sub__),
    0x7E: (0x42, int.__mul__),
}
_MOST: Final = 64
"""Steps of an expression; compilers write one, or three."""


def read_expression(reader: Reader) -> Expression:
    """Read an expression and its end.

    Raises:
        Malformed: it is damaged, or of a kind that is not known (UnknownConstruct).
    """
    steps: list[Step] = []
    while (opcode := reader.byte()) != _END:
        if len(steps) == _MOST:
            raise UnknownConstruct("a constant expression is long", reader.position)
        if opcode in _CONST:
            steps.append((opcode, reader.signed(_CONST[opcode])))
        elif opcode in (GLOBAL, FUNCTION):
            steps.append((opcode, reader.u32()))
        elif opcode in _ARITHMETIC:
            steps.append((opcode, b""))
        else:
            steps.append((opcode, _operand(opcode, reader)))
    return tuple(steps)


def _operand(opcode: int, reader: Reader) -> bytes:
    start = reader.position
    if opcode in _FOLLOWED:
        reader.skip(_FOLLOWED[opcode])
    elif opcode == _NULL and reader.peek() in _REFERENCES:
        reader.skip(1)
    elif opcode == _VECTOR and reader.peek() == _VECTOR_CONST:
        reader.skip(1 + 16)
    else:
        raise UnknownConstruct(f"unknown opcode {opcode:#04x}", start - 1)
    return reader.data[start : reader.position]


def folded(steps: Sequence[Step]) -> Expression:
    """Return an expression with the same value: one number, where it has no other parts."""
    stack: list[tuple[int, int]] = []
    for opcode, operand in steps:
        if opcode in _CONST and isinstance(operand, int):
            stack.append((opcode, operand))
            continue
        kind, calculated = _ARITHMETIC.get(opcode, (None, None))
        if calculated is None or [each for each, _ in stack[-2:]] != [kind, kind]:
            return tuple(steps)
        (_, left), (_, right) = stack[-2:]
        half = 1 << (_CONST[stack[-1][0]] - 1)
        stack[-2:] = [(stack[-1][0], (calculated(left, right) + half) % (2 * half) - half)]
    return tuple(stack) if len(stack) == 1 else tuple(steps)


def encode_expression(steps: Sequence[Step]) -> bytes:
    """Return the bytes of an expression, with its end."""
    made = bytearray()
    for opcode, operand in steps:
        made.append(opcode)
        if isinstance(operand, bytes):
            made += operand
        else:
            made += encode_signed(operand) if opcode in _CONST else encode_u32(operand)
    made.append(_END)
    return bytes(made)
