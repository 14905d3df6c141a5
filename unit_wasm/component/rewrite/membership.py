"""Which core modules of a component become one: those that nothing has to come between.

Modules are instantiated in an order, and each may import what those before it export. A module is
a member unless

- it is instantiated more than once, or used in another way;
- code runs when it is instantiated, or code may have run before it;
- it imports something that cannot be there before a member is: a function that is lowered with the
  memory of a member, an export of an instance that was given one;
- it has another memory than the members before it.

What instances write into memories and tables when they begin comes in another order then, so
nothing may be written to by a member and by an instance that is none.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from unit_wasm.component.format.moduleparts import Mode, ModuleParts, read_parts
from unit_wasm.component.format.moduletypes import Described, Kind
from unit_wasm.component.rewrite import coreitems
from unit_wasm.component.rewrite.joined import Identity, Member
from unit_wasm.wit.reader import Malformed, Reader

NOTHING_TO_MERGE: Final = "no two of its core modules can be one"
"""What is the case for most components of one module."""

_LOWERED: Final = 0
"""The number of what a canonical function makes: one."""

_Origin: TypeAlias = tuple[int, str | None]
"""Which item a core definition comes from: an instance, with the name of its export, or else a
canonical function."""


class NoMerge(Exception):
    """Modules of a component do not become one; the message says why. It works without."""


@dataclass(slots=True)
class Group:
    """What becomes one module.

    Parameters:
        members: by their items.
        externals: what they import of others, and as what.
        readable: instances of modules that could be read, by their items.
    """

    members: dict[int, Member] = field(default_factory=dict)
    externals: dict[tuple[Identity, Described], None] = field(default_factory=dict)
    readable: dict[int, Member] = field(default_factory=dict)

    def exported(self, item: int, kind: Kind, name: str) -> Identity:
        """Return what an instance that could be read exports.

        Raises:
            NoMerge: nothing of that kind.
        """
        node = self.readable[item]
        found = node.parts.exports.get(name)
        if found is None or found[0] is not kind:
            raise NoMerge(f"an instance exports no {kind.name.lower()} {name}")
        return node.identities[kind][found[1]]


def choose(data: bytes, items: coreitems.Items) -> Group:
    """Choose the members.

    Raises:
        NoMerge: there are none, or nothing is sure.
    """
    chooser = _Chooser(data, items)
    for number, item in enumerate(items.items):
        chooser.see(number, item)
    group = chooser.group
    if len(group.members) < 2:
        raise NoMerge(NOTHING_TO_MERGE)
    _check_order(group)
    return group


class _Chooser:
    """Looks at items in their order."""

    def __init__(self, data: bytes, items: coreitems.Items) -> None:
        self.group = Group()
        self._data = data
        self._items = items
        self._parts: dict[int, ModuleParts | None] = {}
        self._origins: dict[int, _Origin] = {}
        # Items that cannot be there before a member is.
        self._after: set[int] = set()
        self._over = False
        self._memory: tuple[Identity, Described | None] | None = None

    def see(self, number: int, item: object) -> None:
        """Look at an item."""
        if isinstance(item, coreitems.Alias):
            self._origins[number] = self._export(item.instance, item.kind, item.name)
        elif isinstance(item, coreitems.Canon):
            self._origins[number] = number, None
            named = (self._origin(kind, index) for kind, index, _, _ in item.references)
            if any(self._is_after(origin) for origin, _ in named):
                self._after.add(number)
        elif isinstance(item, coreitems.Bundle):
            named = (self._origin(*each) for each in item.exports.values())
            if any(self._is_after(origin) for origin, _ in named):
                self._after.add(number)
        elif isinstance(item, coreitems.Instantiate):
            self._instantiate(number, item)
        elif isinstance(item, coreitems.Other):
            self._over = self._over or item.runs

    def _origin(self, kind: Kind, index: int) -> _Origin:
        return self._origins[self._items.definers[kind][index]]

    def _export(self, instance: int, kind: Kind, name: str) -> _Origin:
        """Return where an export of an instance comes from."""
        number = self._items.instances[instance]
        item = self._items.items[number]
        if not isinstance(item, coreitems.Bundle):
            if number in self.group.readable:
                self.group.exported(number, kind, name)
            return number, name
        found = item.exports.get(name)
        if found is None or found[0] is not kind:
            raise NoMerge(f"an instance exports no {kind.name.lower()} {name}")
        return self._origin(*found)

    def _is_after(self, number: int) -> bool:
        return number in self.group.members or number in self._after

    def _instantiate(self, number: int, item: coreitems.Instantiate) -> None:
        parts = self._read(item.module)
        if parts is None or self._over:
            self._over = True
        else:
            node = self._node(number, item, parts)
            self.group.readable[number] = node
            self._over = parts.starts
            if self._may_join(item, node):
                self.group.members[number] = node
                return
        given = (self._items.instances[instance] for instance in item.arguments.values())
        if any(self._is_after(each) for each in given):
            self._after.add(number)

    def _read(self, module: int) -> ModuleParts | None:
        """Return what a module consists of; None where that is not known."""
        if module not in self._parts:
            self._parts[module] = None
            if module in self._items.modules:
                item = self._items.items[self._items.modules[module]]
                with contextlib.suppress(Malformed):
                    self._parts[module] = read_parts(Reader(self._data, item.start, item.end))
        return self._parts[module]

    def _node(self, number: int, item: coreitems.Instantiate, parts: ModuleParts) -> Member:
        """Find out what each index of a module is once it is instantiated."""
        identities: dict[Kind, list[Identity]] = {kind: [] for kind in Kind}
        names = set()
        for each in parts.imports:
            kind = each.described.kind
            if each.module not in item.arguments or (each.module, each.name) in names:
                raise NoMerge("an import gets nothing, or is there twice")
            names.add((each.module, each.name))
            origin = self._export(item.arguments[each.module], kind, each.name)
            identities[kind].append(self._identity(origin, each.described))
        for kind in Kind:
            count = len(parts.own(kind))
            identities[kind] += ((number, kind, index) for index in range(count))
        return Member(number, parts, identities)

    def _identity(self, origin: _Origin, wanted: Described) -> Identity:
        number, name = origin
        if name is None:
            return number, Kind.FUNC, _LOWERED
        node = self.group.readable.get(number)
        if node is None:
            raise NoMerge("an import is of an instance that nothing is known of")
        identity = self.group.exported(number, wanted.kind, name)
        kind, index = node.parts.exports[name]
        if not node.parts.described[kind][index].fits(wanted):
            raise NoMerge("an import is of another type")
        return identity

    def _may_join(self, item: coreitems.Instantiate, node: Member) -> bool:
        if node.parts.starts or self._items.uses.get(item.module) != 1:
            return False
        externals: dict[tuple[Identity, Described], None] = {}
        for kind, identities in node.identities.items():
            for identity, described in zip(identities, node.parts.described[kind], strict=True):
                owner = identity[0]
                if owner in self._after:
                    return False
                if owner != node.number and owner not in self.group.members:
                    externals[identity, described] = None
        memories = node.identities[Kind.MEMORY]
        if memories:
            external = next((each for each in externals if each[0] == memories[0]), None)
            memory = memories[0], external[1] if external else None
            self._memory = self._memory or memory
            if len(memories) > 1 or memory != self._memory:
                return False
        self.group.externals.update(externals)
        return True


def _check_order(group: Group) -> None:
    """See to it that nobody can tell the order in which instances begin."""
    writers: dict[Identity, set[int]] = {}
    for number, node in group.readable.items():
        for segment in node.parts.elements:
            if segment.mode is Mode.ACTIVE:
                identity = node.identities[Kind.TABLE][segment.table]
                writers.setdefault(identity, set()).add(number)
        for data in node.parts.data:
            if data.mode is Mode.ACTIVE:
                identity = node.identities[Kind.MEMORY][data.memory]
                writers.setdefault(identity, set()).add(number)
    for numbers in writers.values():
        others = numbers - group.members.keys()
        if others and len(numbers) > 1:
            raise NoMerge("the order in which a memory or a table is filled would be another")
