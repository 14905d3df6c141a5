"""Types of functions and values as they are written into another component.

``unit_wasm/wit`` reads types by what they are called and where they come from. Here equal types
have equal numbers, wherever they were declared: two versions of an interface share them.

Format: https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md#type-definitions
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from unit_wasm.component.rewrite.coremaker import text, vector
from unit_wasm.wit.arena import Arena, Func, Id, Value
from unit_wasm.wit.definitions import PRIMITIVE_CODES
from unit_wasm.wit.reader import encode_u32

UNKNOWN: Final = -1
"""The number of a type that is not to be written: a component's own resource, for one."""

RESOURCE: Final = "resource"
PRIMITIVE: Final = "primitive"

NAMED: Final = frozenset({"record", "variant", "enum", "flags"})
"""Kinds that a function of an import may use only where they are imported or exported, too."""

FUNCTIONS: Final = {False: "func", True: "async func"}

_CODES: Final = {name: bytes([code]) for code, name in PRIMITIVE_CODES.items()}
_NO_RESULT: Final = b"\x01\0"

Part: TypeAlias = "str | int | None"
"""The name of a primitive type, the number of another, or none."""


class Node(NamedTuple):
    """One type.

    Parameters:
        kind: as in ``wit/arena.py``; ``resource`` and the two of functions beside these.
        labels: of fields, cases or parameters; of a resource its interface and its name.
        parts: what it is made of. The last of a function is its result.
        length: of a list.
    """

    kind: str
    labels: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    length: int | None = None


class TypeTable:
    """Gives types their numbers. Parts come before what they are part of.

    Parameters:
        arena: has the types.
    """

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._nodes: list[Node] = []
        self._numbers: dict[Node, int] = {}
        self._known: dict[Id, int] = {}

    def __getitem__(self, number: int) -> Node:
        return self._nodes[number]

    def add_resource(self, resource: Id, interface: str, name: str) -> None:
        """Note where a resource comes from; those of others have no number."""
        number = self.add(Node(RESOURCE, (interface, name)))
        self._known.setdefault(_itself(resource), number)

    def number(self, type: Id) -> int:
        """Return the number of a type; UNKNOWN where one of its parts is."""
        type = _itself(type)
        known = self._known.get(type)
        if known is None:
            known = self._known[type] = self._made(type)
        return known

    def _made(self, type: Id) -> int:
        if type.space not in ("d", "f"):
            return UNKNOWN
        made = self._arena.funcs[type.number] if type.space == "f" else None
        of = made or self._arena.defined[type.number]
        parts = tuple(None if part is None else self._part(part) for part in of.parts)
        if UNKNOWN in parts:
            return UNKNOWN
        if isinstance(of, Func):
            return self.add(Node(FUNCTIONS[of.is_async], of.labels, parts))
        return self.add(Node(of.kind, of.labels, parts, of.length))

    def _part(self, part: Value) -> Part:
        if isinstance(part, str):
            return part
        number = self.number(part)
        if number != UNKNOWN and self._nodes[number].kind == PRIMITIVE:
            return self._nodes[number].parts[0]
        return number

    def add(self, node: Node) -> int:
        """Return the number of a type, by what it is."""
        number = self._numbers.setdefault(node, len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append(node)
        return number


def _itself(type: Id) -> Id:
    """Return a type by no name."""
    return type._replace(alias=0)


def write_type(node: Node, index: Callable[[int], int]) -> bytes:
    """Return the definition of a type that is no resource.

    Parameters:
        index: that of a type's number, where the definition is put.
    """
    return _Writer(index).definition(node)


class _Writer:
    """Writes definitions."""

    def __init__(self, index: Callable[[int], int]) -> None:
        self._index = index

    def definition(self, node: Node) -> bytes:
        kind, labels, parts, length = node
        if kind in ("enum", "flags"):
            return (b"\x6d" if kind == "enum" else b"\x6e") + vector(map(text, labels))
        if kind == "variant":
            cases = zip(labels, parts, strict=True)
            return b"\x71" + vector(
                text(label) + self._optional(part) + b"\0" for label, part in cases
            )
        if kind == "record":
            return b"\x72" + self._labelled(labels, parts)
        if kind in FUNCTIONS.values():
            result = _NO_RESULT if parts[-1] is None else b"\0" + self._value(parts[-1])
            opcode = b"\x40" if kind == FUNCTIONS[False] else b"\x43"
            return opcode + self._labelled(labels, parts[:-1]) + result
        if length is not None:
            return b"\x67" + self._value(parts[0]) + encode_u32(length)
        return self._plain(kind, parts)

    def _plain(self, kind: str, parts: tuple[Part, ...]) -> bytes:
        if kind == PRIMITIVE:
            return self._value(parts[0])
        if kind in ("own", "borrow"):
            assert isinstance(parts[0], int)
            return (b"\x69" if kind == "own" else b"\x68") + encode_u32(self._index(parts[0]))
        if kind in _OPTIONAL:
            return _OPTIONAL[kind] + b"".join(map(self._optional, parts))
        if kind == "tuple":
            return b"\x6f" + vector(map(self._value, parts))
        return _PLAIN[kind] + b"".join(map(self._value, parts))

    def _labelled(self, labels: tuple[str, ...], parts: tuple[Part, ...]) -> bytes:
        pairs = zip(labels, parts, strict=True)
        return vector(text(label) + self._value(part) for label, part in pairs)

    def _value(self, part: Part) -> bytes:
        assert part is not None
        return _CODES[part] if isinstance(part, str) else encode_s33(self._index(part))

    def _optional(self, part: Part) -> bytes:
        return b"\0" if part is None else b"\1" + self._value(part)


_OPTIONAL: Final = {"result": b"\x6a", "stream": b"\x66", "future": b"\x65"}
_PLAIN: Final = {"list": b"\x70", "option": b"\x6b", "map": b"\x63"}


def encode_s33(index: int) -> bytes:
    """Return the shortest signed LEB128 encoding of a type index."""
    shortest = encode_u32(index)
    # The highest of the seven bits of the last byte is the sign.
    return shortest[:-1] + bytes([shortest[-1] | 0x80, 0]) if shortest[-1] & 0x40 else shortest
