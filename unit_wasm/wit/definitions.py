"""The grammar of definitions of types, of values and of functions, and of names.

What the types in them are is said by whoever reads: ``binary.py`` looks them up, and the rewrite
(component/format/typedefs.py), which edits them, notes where they stand, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from unit_wasm.wit.reader import Malformed, Reader, UnknownConstruct

_T = TypeVar("_T")
_Read = TypeVar("_Read", covariant=True)

PRIMITIVE_CODES: Final = {
    0x7F: "bool",
    0x7E: "s8",
    0x7D: "u8",
    0x7C: "s16",
    0x7B: "u16",
    0x7A: "s32",
    0x79: "u32",
    0x78: "s64",
    0x77: "u64",
    0x76: "f32",
    0x75: "f64",
    0x74: "char",
    0x73: "string",
    0x64: "error-context",
}
"""The names of the primitive types by their opcodes."""


class Types(Protocol[_Read]):
    """What is known where a definition stands."""

    def value_type(self, reader: Reader) -> _Read:
        """Read the type of a value: a primitive one, or the index of another."""

    def resource(self, index: int, position: int) -> _Read:
        """Return a resource by its index."""


class Definition(NamedTuple, Generic[_T]):
    """A definition; see ``arena.Defined``. The last part of a function is its result."""

    kind: str
    labels: tuple[str, ...] = ()
    parts: tuple[_T | None, ...] = ()
    length: int | None = None


def read_defined(reader: Reader, types: Types[_T], opcode: int) -> Definition[_T]:
    """Read what follows the opcode of a type of values that is no primitive one.

    Raises:
        Malformed: it breaks the format; UnknownConstruct: a type that is not known.
    """
    if opcode not in _READERS:
        raise UnknownConstruct(f"an unknown type {opcode:#04x}", reader.position - 1)
    kind, read = _READERS[opcode]
    return read(reader, types, kind)


def read_function(reader: Reader, types: Types[_T], opcode: int) -> Definition[_T]:
    """Read what follows the opcode of the type of a function, 0x40 or 0x43 (async).

    Raises:
        Malformed: it breaks the format; UnknownConstruct: it has more than one result.
    """
    kind = "func" if opcode == 0x40 else "async func"
    _, labels, parts, _ = _record(reader, types, kind)
    start = reader.position
    result = None
    flag = reader.byte()
    if flag == 0x00:
        result = types.value_type(reader)
    elif flag != 0x01 or reader.byte() != 0x00:
        raise UnknownConstruct("a function has named results", start)
    return Definition(kind, labels, (*parts, result))


def _record(reader: Reader, types: Types[_T], kind: str) -> Definition[_T]:
    labels: list[str] = []
    parts: list[_T | None] = []
    for _ in range(reader.u32()):
        labels.append(reader.name())
        parts.append(types.value_type(reader))
    return Definition(kind, tuple(labels), tuple(parts))


def _variant(reader: Reader, types: Types[_T], kind: str) -> Definition[_T]:
    labels: list[str] = []
    parts: list[_T | None] = []
    for _ in range(reader.u32()):
        labels.append(reader.name())
        parts.append(_optional(reader, types))
        if reader.byte() != 0x00:
            raise UnknownConstruct("a case refines another", reader.position - 1)
    return Definition(kind, tuple(labels), tuple(parts))


def _labels(reader: Reader, types: Types[_T], kind: str) -> Definition[_T]:
    return Definition(kind, tuple(reader.name() for _ in range(reader.u32())))


def _tuple(reader: Reader, types: Types[_T], kind: str) -> Definition[_T]:
    return Definition(kind, (), tuple(types.value_type(reader) for _ in range(reader.u32())))


def _one(reader: Reader, types: Types[_T], kind: str) -> Definition[_T]:
    return Definition(kind, (), (types.value_type(reader),))


def _two(reader: Reader, types: Types[_T], kind: str) -> Definition[_T]:
    return Definition(kind, (), (types.value_type(reader), types.value_type(reader)))


def _fixed(reader: Reader, types: Types[_T], kind: str) -> Definition[_T]:
    return Definition(kind, (), (types.value_type(reader),), reader.u32())


def _perhaps(reader: Reader, types: Types[_T], kind: str) -> Definition[_T]:
    return Definition(kind, (), (_optional(reader, types),))


def _result(reader: Reader, types: Types[_T], kind: str) -> Definition[_T]:
    return Definition(kind, (), (_optional(reader, types), _optional(reader, types)))


def _handle(reader: Reader, types: Types[_T], kind: str) -> Definition[_T]:
    start = reader.position
    return Definition(kind, (), (types.resource(reader.u32(), start),))


def _optional(reader: Reader, types: Types[_T]) -> _T | None:
    flag = reader.byte()
    if flag > 1:
        raise Malformed(f"a flag is {flag:#04x}", reader.position - 1)
    return types.value_type(reader) if flag else None


_READERS: Final[dict[int, tuple[str, Callable[[Reader, Types[Any], str], Definition[Any]]]]] = {
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


def read_extern_name(reader: Reader) -> tuple[str, dict[int, str]]:
    """Read the name of an import or export, with what it may have beside it, by kind.

    Raises:
        Malformed: it breaks the format; UnknownConstruct: a kind of name that is not known.
    """
    start = reader.position
    kind = reader.byte()
    if kind > 0x02:
        raise UnknownConstruct(f"an unknown kind of name {kind:#04x}", start)
    name = reader.name()
    options: dict[int, str] = {}
    if kind == 0x02:
        for _ in range(reader.u32()):
            option = reader.byte()
            if option > 0x02 or option in options:
                raise UnknownConstruct(f"an option of a name {option:#04x}", reader.position - 1)
            options[option] = reader.name()
    return name, options
