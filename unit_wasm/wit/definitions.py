"""Reading the definition of a type that values have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from unit_wasm.component.format.binary import Malformed, Reader, UnknownConstruct
from unit_wasm.wit.arena import Defined, Value
from unit_wasm.wit.scope import PRIMITIVE_CODES, Scope

__all__ = ["read_defined"]

Parts: TypeAlias = "list[Value | None]"


def read_defined(reader: Reader, scope: Scope, opcode: int) -> Defined:
    """Read what follows the opcode of a type.

    Raises:
        Malformed: it breaks the format; UnknownConstruct: a type that is not known.
    """
    if opcode in PRIMITIVE_CODES:
        return Defined("primitive", (), (PRIMITIVE_CODES[opcode],))
    if opcode not in _READERS:
        raise UnknownConstruct(f"an unknown type {opcode:#04x}", reader.position - 1)
    kind, read = _READERS[opcode]
    return read(reader, scope, kind)


def _record(reader: Reader, scope: Scope, kind: str) -> Defined:
    labels: list[str] = []
    parts: Parts = []
    for _ in range(reader.u32()):
        labels.append(reader.name())
        parts.append(scope.value_type(reader))
    return Defined(kind, tuple(labels), tuple(parts))


def _variant(reader: Reader, scope: Scope, kind: str) -> Defined:
    labels: list[str] = []
    parts: Parts = []
    for _ in range(reader.u32()):
        labels.append(reader.name())
        parts.append(_optional(reader, scope))
        if reader.byte() != 0x00:
            raise UnknownConstruct("a case refines another", reader.position - 1)
    return Defined(kind, tuple(labels), tuple(parts))


def _labels(reader: Reader, scope: Scope, kind: str) -> Defined:
    return Defined(kind, tuple(reader.name() for _ in range(reader.u32())))


def _tuple(reader: Reader, scope: Scope, kind: str) -> Defined:
    return Defined(kind, (), tuple(scope.value_type(reader) for _ in range(reader.u32())))


def _one(reader: Reader, scope: Scope, kind: str) -> Defined:
    return Defined(kind, (), (scope.value_type(reader),))


def _two(reader: Reader, scope: Scope, kind: str) -> Defined:
    return Defined(kind, (), (scope.value_type(reader), scope.value_type(reader)))


def _fixed(reader: Reader, scope: Scope, kind: str) -> Defined:
    return Defined(kind, (), (scope.value_type(reader),), reader.u32())


def _perhaps(reader: Reader, scope: Scope, kind: str) -> Defined:
    return Defined(kind, (), (_optional(reader, scope),))


def _result(reader: Reader, scope: Scope, kind: str) -> Defined:
    return Defined(kind, (), (_optional(reader, scope), _optional(reader, scope)))


def _handle(reader: Reader, scope: Scope, kind: str) -> Defined:
    start = reader.position
    return Defined(kind, (), (scope.type(reader.u32(), "r", start),))


def _optional(reader: Reader, scope: Scope) -> Value | None:
    flag = reader.byte()
    if flag > 1:
        raise Malformed(f"a flag is {flag:#04x}", reader.position - 1)
    return scope.value_type(reader) if flag else None


_READERS: Final[dict[int, tuple[str, Callable[[Reader, Scope, str], Defined]]]] = {
    0x72: ("record", _record),
    0x71: ("variant", _variant),
    0x70: ("list", _one),
    0x6F: ("tuple", _tuple),
    0x6E: ("flags", _labels),
    0x6D: ("enum", _labels),
    0x6B: ("option", _one),
    0x6A: ("result", _result),
    0x69: ("own", _handle),
    0x68: ("borrow", _handle),
    0x67: ("list", _fixed),
    0x66: ("stream", _perhaps),
    0x65: ("future", _perhaps),
    0x63: ("map", _two),
}
