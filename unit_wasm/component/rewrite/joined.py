"""One core module made of several that are linked among themselves.

What is imported comes first, in each index space, then what each module defines, in the order in
which they were instantiated. Segments keep that order, too. Constants that one module takes from
another (where its data and its elements begin) are put in their places, so that libwasmtime knows
all of them before it runs, and need not fill tables for each instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from unit_wasm.component.format.constants import (
    FUNCTION,
    GLOBAL,
    Expression,
    Step,
    encode_expression,
    folded,
)
from unit_wasm.component.format.moduleparts import Elements, Mode, ModuleParts
from unit_wasm.component.format.moduletypes import FUNCTIONS, Described, Kind
from unit_wasm.component.rewrite.coremaker import section, text, vector
from unit_wasm.component.rewrite.instructions import Indexes, Instructions
from unit_wasm.wit.reader import MODULE_PREAMBLE, Malformed, Reader, encode_u32

Identity: TypeAlias = tuple[int, Kind, int]
"""Something by who has made it, what it is, and which of these that is."""

_LONGEST: Final = 64
"""Steps of a constant expression; see format/constants.py."""
_NAMES: Final = 4 << 20
"""Bytes of names of functions, which are for backtraces."""
_MODULE_NAME, _FUNCTION_NAMES = 0, 1


@dataclass(frozen=True, slots=True)
class Member:
    """A module that becomes part of another.

    Parameters:
        number: as identities have it.
        parts: what it consists of.
        identities: what each of its indexes is, by kind.
    """

    number: int
    parts: ModuleParts
    identities: dict[Kind, list[Identity]]


class Joined:
    """What becomes of modules.

    Parameters:
        data: the file that they are in.
        members: in the order of their instantiation; all but their code was read.
        externals: what they import of others, and as what.
    """

    def __init__(
        self,
        data: bytes,
        members: Sequence[Member],
        externals: Iterable[tuple[Identity, Described]],
    ) -> None:
        self._data = data
        self._members = members
        self._externals = list(externals)
        self._types: dict[bytes, int] = {}
        self._new: dict[Identity, int] = {}
        self._values: dict[Identity, Expression] = {}
        self._referenced: set[int] = set()
        counts = dict.fromkeys(Kind, 0)
        for identity, described in self._externals:
            self._new[identity] = counts[described.kind]
            counts[described.kind] += 1
        for member in members:
            for kind in Kind:
                for index in range(len(member.parts.own(kind))):
                    self._new[member.number, kind, index] = counts[kind]
                    counts[kind] += 1

    def binary(self, exports: Iterable[tuple[str, Identity]]) -> bytes:
        """Return the module; it imports what is external by numbers, of a module without a name.

        Parameters:
            exports: names, and what is exported by them.

        Raises:
            Malformed: a module in it is damaged, or has what is not known.
        """
        imports = vector(
            text("") + text(str(number)) + self._described(described)
            for number, (_, described) in enumerate(self._externals)
        )
        functions = vector(encode_u32(self._type(each.type)) for each in self._own(Kind.FUNC))
        tables = vector(each.type + each.limits() for each in self._own(Kind.TABLE))
        memories = vector(each.limits() for each in self._own(Kind.MEMORY))
        globals_ = vector(self._globals())
        exported = vector(
            text(name) + bytes((identity[1],)) + encode_u32(self._new[identity])
            for name, identity in exports
        )
        code = vector(self._code())
        elements = vector(self._elements())
        segments = list(self._segments())
        sections = [
            (1, vector(self._types)),
            *((2, imports), (3, functions), (4, tables), (5, memories), (6, globals_)),
            *((7, exported), (9, elements)),
        ]
        if any(member.parts.counted is not None for member in self._members):
            sections.append((12, encode_u32(sum(len(m.parts.data) for m in self._members))))
        sections += [(10, code), (11, b"".join(segments))]
        made = [MODULE_PREAMBLE]
        made += (section(number, body) for number, body in sections if body != b"\0")
        return b"".join(made) + self._names()

    def _own(self, kind: Kind) -> Iterator[Described]:
        for member in self._members:
            yield from member.parts.own(kind)

    def _type(self, made: bytes) -> int:
        return self._types.setdefault(made, len(self._types))

    def _described(self, described: Described) -> bytes:
        kind = bytes((described.kind,))
        if described.kind is Kind.FUNC:
            return kind + encode_u32(self._type(described.type))
        if described.kind is Kind.GLOBAL:
            return kind + described.type
        return kind + described.type + described.limits()

    def _indexes(self, member: Member, kind: Kind) -> list[int]:
        return [self._new[identity] for identity in member.identities[kind]]

    # ---- Constants ----

    def _globals(self) -> Iterator[bytes]:
        for member in self._members:
            for index, value in enumerate(member.parts.values):
                made = self._constant(member, value)
                self._values[member.number, Kind.GLOBAL, index] = made
                described = member.parts.own(Kind.GLOBAL)[index]
                yield described.type + encode_expression(made)

    def _constant(self, member: Member, steps: Expression) -> Expression:
        """Return what an expression of a module is in the joined one."""
        made: list[Step] = []
        for opcode, operand in steps:
            if opcode == GLOBAL:
                assert isinstance(operand, int)
                made += self._global(member, operand)
            elif opcode == FUNCTION:
                assert isinstance(operand, int)
                made.append((opcode, self._function(member, operand)))
            else:
                made.append((opcode, operand))
        if len(made) > _LONGEST:
            raise Malformed("a constant expression is long", 0)
        return folded(made)

    def _global(self, member: Member, index: int) -> Expression:
        parts = member.parts
        if index >= parts.imported[Kind.GLOBAL]:
            raise Malformed("a constant that is no import", 0)
        if parts.described[Kind.GLOBAL][index].type[1] != 0:
            raise Malformed("a constant that may change", 0)
        identity = member.identities[Kind.GLOBAL][index]
        return self._values.get(identity, ((GLOBAL, self._new[identity]),))

    def _function(self, member: Member, index: int) -> int:
        functions = member.identities[Kind.FUNC]
        if index >= len(functions):
            raise Malformed("a function that is not there", 0)
        return self._new[functions[index]]

    # ---- Segments ----

    def _elements(self) -> Iterator[bytes]:
        for member in self._members:
            for each in member.parts.elements:
                yield self._element_segment(member, each)
        if self._referenced:
            # What was exported may have been what declared them.
            yield b"\x03\0" + vector(map(encode_u32, sorted(self._referenced)))

    def _element_segment(self, member: Member, each: Elements) -> bytes:
        table = 0
        flags = 0 if each.functions is not None else 4
        where = b""
        if each.mode is Mode.ACTIVE:
            table = self._new[member.identities[Kind.TABLE][each.table]]
            where = encode_expression(self._constant(member, each.offset))
            # Only segments of functions for the first table may leave that out.
            if table or each.type != FUNCTIONS:
                flags |= 2
                where = encode_u32(table) + where
        else:
            flags |= 1 if each.mode is Mode.PASSIVE else 3
        if flags & 3:
            where += bytes((each.type if flags & 4 else 0,))
        if each.functions is not None:
            values = (encode_u32(self._function(member, index)) for index in each.functions)
        else:
            values = (encode_expression(self._constant(member, value)) for value in each.values)
        return encode_u32(flags) + where + vector(values)

    def _segments(self) -> Iterator[bytes]:
        count = sum(len(member.parts.data) for member in self._members)
        yield encode_u32(count)
        for member in self._members:
            for each in member.parts.data:
                if each.mode is Mode.ACTIVE:
                    # There is one memory.
                    offset = encode_expression(self._constant(member, each.offset))
                    yield b"\0" + offset
                else:
                    yield b"\x01"
                yield encode_u32(each.end - each.start)
                yield self._data[each.start : each.end]

    # ---- Code ----

    def _code(self) -> Iterator[bytes]:
        elements = data = 0
        for member in self._members:
            parts = member.parts
            indexes = Indexes(
                types=[self._type(each) for each in parts.types],
                functions=self._indexes(member, Kind.FUNC),
                tables=self._indexes(member, Kind.TABLE),
                globals=self._indexes(member, Kind.GLOBAL),
                elements=range(elements, elements + len(parts.elements)),
                data=range(data, data + (parts.counted or 0)),
                declared=frozenset(_declared(parts)),
            )
            elements += len(parts.elements)
            data += len(parts.data)
            instructions = Instructions(indexes)
            for start, end in parts.bodies:
                body = instructions.body(self._data, start, end)
                yield encode_u32(len(body)) + body
            self._referenced |= instructions.referenced

    # ---- Names ----

    def _names(self) -> bytes:
        """Return names of functions, and that of the module with the most code."""
        largest = max(self._members, key=lambda member: len(member.parts.bodies))
        module = b""
        named: list[bytes] = []
        left = _NAMES
        for member in self._members:
            own, functions = _read_names(self._data, member.parts)
            if member is largest:
                module = own
            first = member.parts.imported[Kind.FUNC]
            for index, name in functions:
                left -= len(name)
                if index >= first and left >= 0:
                    new = self._new[member.identities[Kind.FUNC][index]]
                    named.append(encode_u32(new) + encode_u32(len(name)) + name)
        body = text("name")
        if module:
            body += section(_MODULE_NAME, encode_u32(len(module)) + module)
        if named:
            body += section(_FUNCTION_NAMES, vector(named))
        return section(0, body) if module or named else b""


def _declared(parts: ModuleParts) -> Iterator[int]:
    """Yield the functions that code may take references to."""
    for kind, index in parts.exports.values():
        if kind is Kind.FUNC:
            yield index
    expressions = list(parts.values)
    for each in parts.elements:
        yield from each.functions or ()
        expressions += (*each.values, each.offset)
    for expression in expressions:
        for opcode, operand in expression:
            if opcode == FUNCTION and isinstance(operand, int):
                yield operand


def _read_names(data: bytes, parts: ModuleParts) -> tuple[bytes, list[tuple[int, bytes]]]:
    """Return the name of a module, and of its functions in their order, as far as they are told."""
    module = b""
    named: list[tuple[int, bytes]] = []
    if parts.names is None:
        return module, named
    reader = Reader(data, *parts.names)
    last, count = -1, len(parts.described[Kind.FUNC])
    try:
        while not reader.at_end():
            number, body = reader.section()
            if number == _MODULE_NAME:
                module = body.name().encode()
            elif number == _FUNCTION_NAMES:
                for _ in range(body.u32()):
                    index, name = body.u32(), body.name()
                    if not last < index < count:
                        return module, named
                    last = index
                    named.append((index, name.encode()))
    except Malformed:
        # Names do nothing.
        pass
    return module, named
