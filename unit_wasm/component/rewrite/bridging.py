"""The walk that collects the edits of the byte-string rewrite (rewrite.py says what and why)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from unit_wasm.component.format.binary import Reader, encode_u32
from unit_wasm.component.format.scope import Basic, CoreSpace, Entry, Extern, Scope, Shape, Sort
from unit_wasm.component.format.visitor import Visitor
from unit_wasm.component.rewrite import bytesmodule
from unit_wasm.component.rewrite.bytesmodule import section, text, vector
from unit_wasm.component.rewrite.canon import Canonical, Option, canonicals
from unit_wasm.component.rewrite.edits import Edits
from unit_wasm.component.rewrite.renumber import Renumbering

__all__ = ["Bridging", "Refused"]

_STREAMS: Final = re.compile(r"wasi:io/streams@0\.2\.\d+")
_STRING: Final = b"\x73"
_READS: Final = ("[method]input-stream.read", "[method]input-stream.blocking-read")
_WRITES: Final = (
    "[method]output-stream.write",
    "[method]output-stream.blocking-write-and-flush",
)
_OTHERS: Final = frozenset(
    f"[method]{name}"
    for name in (
        "input-stream.skip",
        "input-stream.blocking-skip",
        "input-stream.subscribe",
        "output-stream.check-write",
        "output-stream.flush",
        "output-stream.blocking-flush",
        "output-stream.subscribe",
        "output-stream.write-zeroes",
        "output-stream.blocking-write-zeroes-and-flush",
        "output-stream.splice",
        "output-stream.blocking-splice",
    )
)
_TYPES: Final = (Basic.RESOURCE, Basic.STREAM_ERROR)
_BYTE_FUNCTIONS: Final = (Basic.STREAM_READ, Basic.STREAM_WRITE)
_CORE_INSTANCES, _ALIASES, _CANONICALS, _CORE_MODULE = 2, 6, 8, 1


class Refused(Exception):
    """Stops the walk: the component stays as it is; the message says why."""


@dataclass(frozen=True, slots=True)
class _Lowered:
    """A stream function that was lowered for strings and needs a bridge.

    Parameters:
        old: its core function index in the original.
        new: its core function index now.
        read: whether it is one of the two that read.
        memory: the guest's memory, by its index now.
        realloc: the guest's realloc, by its index now; only used for reads.
    """

    old: int
    new: int
    read: bool
    memory: int
    realloc: int


class _Plan:
    """What has been put into one component."""

    def __init__(self) -> None:
        self.numbers = Renumbering()
        self.reads = False
        self.seen = 0  # functions that have been looked at for `reads`
        self.memory: int | None = None
        self.realloc = 0
        self.pending: list[_Lowered] = []


class Bridging(Visitor):
    """Collects edits; raises Refused where the outcome could differ from the original."""

    def __init__(self) -> None:
        self.edits = Edits()
        self._plans: dict[Scope, _Plan] = {}
        self._open: list[tuple[int, int, int]] = []
        # By identity, and kept alive here: instance types used for streams, and for other things.
        self._streams: dict[int, tuple[Shape, Extern]] = {}
        self._others: dict[int, Shape] = {}
        self._instances: dict[int, Shape] = {}

    # ---- Sections ----

    def enter_section(self, section_id: int, start: int, body: Reader, scope: Scope) -> None:
        self._open.append((start + 1, body.position, body.end))
        plan = self._plan(scope)
        if section_id == _CANONICALS and plan.memory is None and self._reads_bytes(scope):
            self._put_scratch(plan, start)
        elif section_id == _CORE_INSTANCES and plan.pending:
            self._put_bridges(plan, start)

    def leave_section(self) -> None:
        self.edits.section(*self._open.pop())

    def _plan(self, scope: Scope) -> _Plan:
        return self._plans.setdefault(scope, _Plan())

    def _reads_bytes(self, scope: Scope) -> bool:
        plan = self._plan(scope)
        functions = scope.spaces.get(Sort.FUNC, [])
        while not plan.reads and plan.seen < len(functions):
            plan.reads = functions[plan.seen] is Basic.STREAM_READ
            plan.seen += 1
        return plan.reads

    # ---- Imports, and where they may go ----

    def imported(self, name: str, extern: Extern) -> Extern:
        if extern.sort is not Sort.INSTANCE or not isinstance(extern.entry, Shape):
            return extern
        shape = extern.entry
        if not _STREAMS.fullmatch(name):
            self._is_other(shape)
            return extern
        if not shape.lists:
            return extern
        if id(shape) in self._others:
            raise Refused(f"the type of {name} is used for another instance too")
        if id(shape) not in self._streams:
            self._streams[id(shape)] = (shape, Extern(Sort.INSTANCE, self._adopt(name, shape)))
        return self._streams[id(shape)][1]

    def _adopt(self, name: str, shape: Shape) -> Shape:
        exports: dict[str, Extern] = {}
        for function, extern in shape.exports.items():
            entry: Entry = extern.entry
            if function in _READS and entry is Basic.READ:
                entry = Basic.STREAM_READ
            elif function in _WRITES and entry is Basic.WRITE:
                entry = Basic.STREAM_WRITE
            elif not (entry in _TYPES or function in _OTHERS):
                raise Refused(f"its {name} has another {function} than WASI 0.2")
            exports[function] = Extern(extern.sort, entry, extern.fresh)
        for start, end in shape.lists:
            self.edits.replace(start, end, _STRING)
        instance = Shape(exports)
        self._instances[id(instance)] = instance
        return instance

    def _is_other(self, entry: Entry) -> None:
        if isinstance(entry, Shape) and entry.lists:
            if id(entry) in self._streams:
                raise Refused("the type of wasi:io/streams is used for another instance too")
            self._others[id(entry)] = entry

    def exported(self, name: str, extern: Extern) -> None:
        if _STREAMS.fullmatch(name):
            raise Refused(f"a component in it exports {name}")
        if id(extern.entry) in self._instances or extern.entry in _BYTE_FUNCTIONS:
            raise Refused(f"it exports what it imports from wasi:io/streams as {name}")
        self._is_other(extern.entry)

    def passed(self, name: str, extern: Extern) -> None:
        ours = id(extern.entry) in self._instances
        if extern.entry in _BYTE_FUNCTIONS or ours != bool(_STREAMS.fullmatch(name)):
            raise Refused(f"it passes functions of wasi:io/streams on as {name}")

    def construct(self, what: str) -> None:
        raise Refused(f"it uses {what}, which the byte-string rewrite does not carry")

    # ---- Core indexes ----

    def core_defined(self, scope: Scope, space: CoreSpace) -> None:
        self._plan(scope).numbers.define(space)

    def core_reference(
        self, scope: Scope, space: CoreSpace, index: int, start: int, end: int
    ) -> None:
        new = self._now(scope, space, index)
        if new != index:
            self.edits.replace(start, end, encode_u32(new))

    def _now(self, scope: Scope, space: CoreSpace, index: int) -> int:
        new = self._plan(scope).numbers.now(space, index)
        if new is None:
            raise Refused(f"its core {space.name.lower()} {index} is used before it is there")
        return new

    # ---- Canonical functions ----

    def canonicals(self, reader: Reader, scope: Scope) -> None:
        plan = self._plan(scope)
        for item in canonicals(reader):
            if item.unknown is not None:
                raise Refused(item.unknown)
            if item.lowers is not None and scope.get(Sort.FUNC, item.lowers) in _BYTE_FUNCTIONS:
                self._lower(item, scope, plan)
                continue
            for space, index, start, end in item.references:
                self.core_reference(scope, space, index, start, end)
            if item.lifts:
                scope.add(Sort.FUNC, Basic.OTHER)
            else:
                plan.numbers.define(CoreSpace.FUNC)

    def _lower(self, item: Canonical, scope: Scope, plan: _Plan) -> None:
        assert item.lowers is not None
        options = item.options
        read = scope.get(Sort.FUNC, item.lowers) is Basic.STREAM_READ
        known = {Option.ENCODING, Option.MEMORY, Option.REALLOC}
        if not known.issuperset(options) or item.repeated or Option.MEMORY not in options:
            raise Refused("it lowers a function of wasi:io/streams with unusual options")
        if read and Option.REALLOC not in options:
            raise Refused("it lowers a function of wasi:io/streams without realloc")
        memory = self._now(scope, CoreSpace.MEMORY, options[Option.MEMORY])
        realloc = 0
        if Option.REALLOC in options:
            realloc = self._now(scope, CoreSpace.FUNC, options[Option.REALLOC])
        new_options = [b"\x02", b"\x03" + encode_u32(memory)]
        if read:
            assert plan.memory is not None  # since this section was entered
            new_options = [
                b"\x00",
                b"\x03" + encode_u32(plan.memory),
                b"\x04" + encode_u32(plan.realloc),
            ]
        self.edits.replace(*item.options_at, vector(new_options))
        old, new = plan.numbers.define_later(CoreSpace.FUNC)
        plan.pending.append(_Lowered(old, new, read, memory, realloc))

    # ---- What is put in ----

    def _put_scratch(self, plan: _Plan, place: int) -> None:
        module = plan.numbers.insert(CoreSpace.MODULE)
        instance = plan.numbers.insert(CoreSpace.INSTANCE)
        plan.memory = plan.numbers.insert(CoreSpace.MEMORY)
        plan.realloc = plan.numbers.insert(CoreSpace.FUNC)
        aliases = [
            _alias(CoreSpace.MEMORY, instance, "m"),
            _alias(CoreSpace.FUNC, instance, "r"),
        ]
        new = (
            section(_CORE_MODULE, bytesmodule.scratch())
            + section(_CORE_INSTANCES, vector([_instantiate(module, [])]))
            + section(_ALIASES, vector(aliases))
        )
        self.edits.replace(place, place, new)

    def _put_bridges(self, plan: _Plan, place: int) -> None:
        groups: dict[int, list[_Lowered]] = {}
        for lowered in plan.pending:
            groups.setdefault(lowered.memory, []).append(lowered)
        plan.pending = []
        for memory, group in groups.items():
            self.edits.replace(place, place, _bridge(plan, memory, group))


def _bridge(plan: _Plan, memory: int, group: list[_Lowered]) -> bytes:
    """Put in one bridge for the lowered functions of one guest memory."""
    parts = [_part("g", CoreSpace.MEMORY, memory)]
    if any(lowered.read for lowered in group):
        assert plan.memory is not None
        parts.append(_part("s", CoreSpace.MEMORY, plan.memory))
    for i, lowered in enumerate(group):
        parts.append(_part(f"h{i}", CoreSpace.FUNC, lowered.new))
        if lowered.read:
            parts.append(_part(f"r{i}", CoreSpace.FUNC, lowered.realloc))
    module = plan.numbers.insert(CoreSpace.MODULE)
    arguments = plan.numbers.insert(CoreSpace.INSTANCE)
    instance = plan.numbers.insert(CoreSpace.INSTANCE)
    instances = [b"\x01" + vector(parts), _instantiate(module, [("", arguments)])]
    aliases: list[bytes] = []
    for i, lowered in enumerate(group):
        aliases.append(_alias(CoreSpace.FUNC, instance, f"f{i}"))
        plan.numbers.settle(CoreSpace.FUNC, lowered.old, plan.numbers.insert(CoreSpace.FUNC))
    return (
        section(_CORE_MODULE, bytesmodule.bridge([lowered.read for lowered in group]))
        + section(_CORE_INSTANCES, vector(instances))
        + section(_ALIASES, vector(aliases))
    )


def _part(name: str, space: CoreSpace, index: int) -> bytes:
    return text(name) + bytes([space.value]) + encode_u32(index)


def _instantiate(module: int, arguments: list[tuple[str, int]]) -> bytes:
    parts = [_part(name, CoreSpace.INSTANCE, index) for name, index in arguments]
    return b"\x00" + encode_u32(module) + vector(parts)


def _alias(space: CoreSpace, instance: int, name: str) -> bytes:
    return bytes([0x00, space.value, 0x01]) + encode_u32(instance) + text(name)
