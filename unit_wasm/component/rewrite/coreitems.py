"""The core definitions of a component, one by one: what makes which index, and of what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from unit_wasm.component.format.moduletypes import KINDS, Kind
from unit_wasm.component.format.scope import CoreSpace, Scope
from unit_wasm.component.format.visitor import Visitor
from unit_wasm.component.format.walk import walk
from unit_wasm.component.rewrite.canon import canonicals
from unit_wasm.wit.reader import Reader, UnknownConstruct

MODULES, CORE_INSTANCES, INSTANCES, ALIASES, CANONICALS = 1, 2, 5, 6, 8
"""Ids of sections."""
_CUSTOM: Final = 0
_CORE_INSTANCE, _CORE = 0x12, 0x00
_ALIAS_CORE, _ALIAS_OUTER = 0x01, 0x02
_INSTANTIATES: Final = 0x00


@dataclass(slots=True)
class Item:
    """Something that a component defines, or a whole section where it makes no core index.

    Parameters:
        section: its id.
        start: of its bytes.
        end: of these.
    """

    section: int
    start: int
    end: int


@dataclass(slots=True)
class Instantiate(Item):
    """An instance of a core module, which gets instances by name."""

    module: int
    arguments: dict[str, int]


@dataclass(slots=True)
class Bundle(Item):
    """An instance that is made of definitions, by name."""

    exports: dict[str, tuple[Kind, int]]


@dataclass(slots=True)
class Alias(Item):
    """What a core instance exports."""

    kind: Kind
    instance: int
    name: str


@dataclass(slots=True)
class Canon(Item):
    """A canonical function.

    Parameters:
        references: core definitions that it names, and where.
        lifts: it makes no core function.
    """

    references: list[tuple[Kind, int, int, int]]
    lifts: bool


@dataclass(slots=True)
class Other(Item):
    """A section, or an item of one, without core indexes of its own.

    Parameters:
        references: core functions that it names, and where.
        module: the index of the core module that it is, or None.
        runs: code may run when it is instantiated.
        whole: it is a section.
    """

    references: list[tuple[Kind, int, int, int]]
    module: int | None = None
    runs: bool = False
    whole: bool = True


@dataclass(slots=True)
class Items:
    """A component.

    Parameters:
        items: in their order.
        definers: of each index, by kind, which item makes it.
        instances: of each core instance which item makes it.
        modules: of core modules that stand in this component which item has them.
        uses: how often each core module is instantiated; more than once where it is used in any
            other way.
    """

    items: list[Item] = field(default_factory=list)
    definers: dict[Kind, list[int]] = field(default_factory=lambda: {kind: [] for kind in Kind})
    instances: list[int] = field(default_factory=list)
    modules: dict[int, int] = field(default_factory=dict)
    uses: dict[int, int] = field(default_factory=dict)


def read_items(data: bytes) -> Items:
    """Read a component; components that are in it are copied as they are.

    Raises:
        Malformed: it is damaged, or uses what is not known here.
    """
    sections = _Sections()
    walk(data, sections)
    reader = _Items(data, sections.items)
    for section in sections.found:
        reader.section(*section)
    return sections.items


class _Sections(Visitor):
    """The sections of the outermost component, and what they say of core modules."""

    def __init__(self) -> None:
        self.items = Items()
        self.found: list[tuple[int, int, Reader, list[tuple[Kind, int, int, int]], int]] = []
        self._depth = 0
        self._modules = 0

    def enter_section(self, section_id: int, start: int, body: Reader, scope: Scope) -> None:
        self._depth += 1
        if self._depth == 1:
            copy = Reader(body.data, body.position, body.end)
            self.found.append((section_id, start, copy, [], self._modules))

    def leave_section(self) -> None:
        self._depth -= 1

    def construct(self, what: str) -> None:
        raise UnknownConstruct(f"it uses {what}", 0)

    def core_defined(self, scope: Scope, space: CoreSpace) -> None:
        if scope.depth == 0 and space is CoreSpace.MODULE:
            self._modules += 1

    def core_reference(
        self, scope: Scope, space: CoreSpace, index: int, start: int, end: int
    ) -> None:
        if scope.depth != 0:
            return
        section_id, _, _, references, _ = self.found[-1]
        if space is CoreSpace.MODULE:
            instantiated = section_id == CORE_INSTANCES and self._depth == 1
            uses = self.items.uses
            uses[index] = uses.get(index, 0) + (1 if instantiated else 2)
        elif section_id not in (CORE_INSTANCES, ALIASES, CANONICALS):
            if space is not CoreSpace.FUNC:
                raise UnknownConstruct("it uses a core definition in an unknown way", start)
            references.append((Kind.FUNC, index, start, end))


class _Items:
    """Makes items of sections."""

    def __init__(self, data: bytes, items: Items) -> None:
        self._data = data
        self._items = items

    def section(
        self,
        number: int,
        start: int,
        body: Reader,
        references: list[tuple[Kind, int, int, int]],
        modules: int,
    ) -> None:
        """Add the items of a section."""
        if number == CORE_INSTANCES:
            for _ in range(body.u32()):
                self._core_instance(body)
        elif number == ALIASES:
            for _ in range(body.u32()):
                self._alias(body)
        elif number == CANONICALS:
            self._canonicals(body)
        else:
            item = Other(number, body.position, body.end, references)
            if number == MODULES:
                item.module = modules
                self._items.modules[modules] = len(self._items.items)
            item.runs = number == INSTANCES and self._instantiates(body)
            self._items.items.append(item)

    def _instantiates(self, body: Reader) -> bool:
        """Return whether a section of instances has one of a component."""
        # An inline instance has a 1 there; whatever else is in the section is not looked at.
        return body.u32() != 1 or body.peek() == _INSTANTIATES

    def _define(self, item: Item, kind: Kind | None) -> None:
        """Add an item that makes an index; without a kind it is that of an instance."""
        space = self._items.instances if kind is None else self._items.definers[kind]
        space.append(len(self._items.items))
        self._items.items.append(item)

    def _core_instance(self, body: Reader) -> None:
        start = body.position
        item: Item
        if body.byte() == _INSTANTIATES:
            module = body.u32()
            arguments: dict[str, int] = {}
            for _ in range(body.u32()):
                name = body.name()
                if body.byte() != _CORE_INSTANCE or name in arguments:
                    raise UnknownConstruct("an unknown argument, or two of a name", start)
                arguments[name] = _in(body, self._items.instances)
            item = Instantiate(CORE_INSTANCES, start, body.position, module, arguments)
        else:
            exports: dict[str, tuple[Kind, int]] = {}
            for _ in range(body.u32()):
                name = body.name()
                kind = _kind(body)
                if name in exports:
                    raise UnknownConstruct("an instance has two exports of a name", start)
                exports[name] = kind, _in(body, self._items.definers[kind])
            item = Bundle(CORE_INSTANCES, start, body.position, exports)
        self._define(item, None)

    def _alias(self, body: Reader) -> None:
        start = body.position
        core = body.byte() == _CORE
        sort = body.byte() if core else 0
        target = body.byte()
        if target == _ALIAS_CORE:
            if not core or sort not in KINDS:
                raise UnknownConstruct("an alias of an unknown sort", start)
            instance = _in(body, self._items.instances)
            kind, name = Kind(sort), body.name()
            self._define(Alias(ALIASES, start, body.position, kind, instance, name), kind)
            return
        if core and target != _ALIAS_OUTER and sort in KINDS:
            raise UnknownConstruct("an alias of an unknown sort", start)
        body.u32()
        if target == _ALIAS_OUTER:
            body.u32()
        else:
            body.name()
        self._items.items.append(Other(ALIASES, start, body.position, [], whole=False))

    def _canonicals(self, body: Reader) -> None:
        after_count = Reader(body.data, body.position, body.end)
        after_count.u32()
        start = after_count.position
        for each in canonicals(body):
            if each.unknown or each.newer:
                raise UnknownConstruct(str(each.unknown or each.newer), start)
            references = []
            for space, index, at, end in each.references:
                kind = Kind(space)
                if index >= len(self._items.definers[kind]):
                    raise UnknownConstruct("a canonical function names what is not there", at)
                references.append((kind, index, at, end))
            item = Canon(CANONICALS, start, body.position, references, each.lifts)
            start = body.position
            if each.lifts:
                self._items.items.append(item)
            else:
                self._define(item, Kind.FUNC)


def _kind(body: Reader) -> Kind:
    sort = body.byte()
    if sort not in KINDS:
        raise UnknownConstruct(f"unknown core sort {sort:#04x}", body.position - 1)
    return Kind(sort)


def _in(body: Reader, space: list[int]) -> int:
    index = body.u32()
    if index >= len(space):
        raise UnknownConstruct(f"index {index} is not there", body.position)
    return index
