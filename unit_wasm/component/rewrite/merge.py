"""Merging: core modules of a component that are linked among themselves become one.

Guests that were linked dynamically, as those in Python are, consist of some ten modules that share
a memory and a table. For each instance of the component each of them is instantiated, and fills its
part of the table, function by function. One module has its table filled as functions are called,
and calls others of its functions directly.

membership.py says which modules that may be, joined.py makes one of them. Here the component
follows: the module stands in the place of the first of them, and its instance comes as soon as
there is what it imports. Core definitions that refer to it come later than they did, so core
indexes are others; everything else keeps its place. Where that is not possible the component stays
as it is. In components that are in it the same is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from unit_wasm.component.format.moduletypes import Kind
from unit_wasm.component.rewrite.coreitems import (
    Alias,
    Bundle,
    Canon,
    Instantiate,
    Item,
    Items,
    Other,
    read_items,
)
from unit_wasm.component.rewrite.coremaker import section, vector
from unit_wasm.component.rewrite.edits import Edits
from unit_wasm.component.rewrite.graph import core_alias, core_bundle, core_instance
from unit_wasm.component.rewrite.joined import Identity, Joined
from unit_wasm.component.rewrite.membership import NOTHING_TO_MERGE, Group, NoMerge, choose
from unit_wasm.wit.reader import COMPONENT_PREAMBLE, MODULE_PREAMBLE, Malformed, encode_u32

_CORE_INSTANCES, _COMPONENTS, _ALIASES = 2, 4, 6
_DEPTH: Final = 4
"""Components that were composed have one or two levels."""


def merge(data: bytes, depth: int = _DEPTH) -> bytes:
    """Return a component that does what ``data`` does, with fewer core modules.

    Takes time linear in its size.

    Parameters:
        depth: so many levels of components inside are looked at, too.

    Raises:
        NoMerge: it stays as it is; the message says why.
    """
    reasons: list[str] = []
    try:
        items = read_items(data)
        inner = _inner(data, items, depth, reasons)
        try:
            return _Writer(data, items, choose(data, items), inner).component()
        except Malformed:
            if not inner:
                raise
        except NoMerge as error:
            if not inner:
                raise NoMerge(_reason([str(error), *reasons])) from None
        return _Writer(data, items, Group(), inner).component()
    except Malformed as error:
        raise NoMerge(f"it could not be read: {error}") from None


def _reason(reasons: list[str]) -> str:
    """Return the reason that says most: that of a component inside, where only there is any."""
    return next((each for each in reasons if each != NOTHING_TO_MERGE), NOTHING_TO_MERGE)


def _inner(data: bytes, items: Items, depth: int, reasons: list[str]) -> dict[int, bytes]:
    """Return what becomes of components in a component, by their items.

    Parameters:
        reasons: gets why others stay as they are.
    """
    made: dict[int, bytes] = {}
    for number, item in enumerate(items.items):
        if depth and isinstance(item, Other) and item.section == _COMPONENTS:
            try:
                made[number] = merge(data[item.start : item.end], depth - 1)
            except NoMerge as error:
                reasons.append(str(error))
    return made


class _Writer:
    """Writes the component anew.

    Parameters:
        data: the component.
        items: what is in it.
        group: what becomes one module, if anything.
        inner: what becomes of components in it, by their items.
    """

    def __init__(self, data: bytes, items: Items, group: Group, inner: dict[int, bytes]) -> None:
        self._data = data
        self._inner = inner
        self._items = items
        self._group = group
        self._first = min(group.members, default=len(items.items))
        # What the items before made, by kind and as instances; None: nothing (yet).
        self._now: dict[Kind, list[int | None]] = {
            kind: [None] * len(definers) for kind, definers in items.definers.items()
        }
        self._instances: list[int | None] = [None] * len(items.instances)
        self._member_of = {
            item.module: number
            for number in group.members
            if isinstance(item := items.items[number], Instantiate)
        }
        self._index_of: dict[int, int] = {}
        for space in (*items.definers.values(), items.instances):
            self._index_of.update((number, index) for index, number in enumerate(space))
        self._next = dict.fromkeys(Kind, 0)
        self._next_instance = 0
        self._merged: int | None = None
        self._wholes: set[int] = set()
        self._sections: list[tuple[int, list[bytes]]] = []
        self._live = _live(items, group) if group.members else set(range(len(items.items)))
        self._external_names: dict[int, dict[tuple[Kind, int], str]] = {}
        self._exports = self._exported()
        self._names = {identity: name for name, identity in self._exports.items()}

    def component(self) -> bytes:
        """Return the component.

        Raises:
            NoMerge: something would have to come before it can.
            Malformed: a module is damaged, or has what is not known.
        """
        waits = {owner for (owner, _, _), _ in self._group.externals}
        later: list[int] = []
        for number, item in enumerate(self._items.items):
            if number in self._live and not self._put(number, item):
                if isinstance(item, Other) or (isinstance(item, Canon) and item.lifts):
                    raise NoMerge("something is used before it could be there")
                later.append(number)
            waits.discard(number)
            if self._merged is None and number >= self._first and not waits:
                self._instantiate()
                for waiting in later:
                    if not self._put(waiting, self._items.items[waiting]):
                        raise NoMerge("something is used before it could be there")
                later.clear()
        if later or (self._merged is None and self._group.members):
            raise NoMerge("the module would have to come too late")
        return COMPONENT_PREAMBLE + b"".join(
            b"".join(pieces) if number is _WHOLE else section(number, vector(pieces))
            for number, pieces in self._sections
        )

    # ---- What is exported ----

    def _exported(self) -> dict[str, Identity]:
        """Return the exports of the merged module."""
        found: dict[Identity, str] = {}
        whole: set[int] = set()
        for number in sorted(self._live):
            item = self._items.items[number]
            if isinstance(item, Alias):
                owner = self._items.instances[item.instance]
                if owner in self._group.members:
                    found.setdefault(self._group.exported(owner, item.kind, item.name), item.name)
            elif isinstance(item, Instantiate) and number not in self._group.members:
                for instance in item.arguments.values():
                    owner = self._items.instances[instance]
                    if owner in self._group.members and owner not in whole:
                        whole.add(owner)
                        for name, kind in self._all_exports(owner):
                            found.setdefault(self._group.exported(owner, kind, name), name)
        exports: dict[str, Identity] = {}
        for identity, name in found.items():
            exports[name if name not in exports else f"{name}#{len(exports)}"] = identity
        if len(exports) != len(found):
            raise NoMerge("names of exports clash")
        return exports

    def _all_exports(self, owner: int) -> list[tuple[str, Kind]]:
        parts = self._group.members[owner].parts
        return [(name, kind) for name, (kind, _) in parts.exports.items()]

    # ---- Items ----

    def _put(self, number: int, item: Item) -> bool:
        """Write an item; returns whether there is all that it needs."""
        if number in self._group.members:
            return True
        if isinstance(item, Other):
            return self._other(number, item)
        if isinstance(item, Canon):
            return self._canon(number, item)
        if isinstance(item, Alias):
            return self._alias(number, item)
        if isinstance(item, Bundle):
            return self._bundle(number, item)
        assert isinstance(item, Instantiate)
        return self._instance(number, item)

    def _other(self, number: int, item: Other) -> bool:
        body = self._inner.get(number) or self._renumbered(item, item.references)
        if body is None:
            return False
        if item.module is not None:
            member = self._member_of.get(item.module)
            if member is not None:
                body = self._module() if member == self._first else MODULE_PREAMBLE
        if item.whole:
            self._sections.append((_WHOLE, [section(item.section, body)]))
        else:
            self._add(item.section, body)
        return True

    def _module(self) -> bytes:
        joined = Joined(
            self._data,
            [self._group.members[number] for number in sorted(self._group.members)],
            self._group.externals,
        )
        return joined.binary(self._exports.items())

    def _canon(self, number: int, item: Canon) -> bool:
        body = self._renumbered(item, item.references)
        if body is None:
            return False
        self._add(item.section, body)
        if not item.lifts:
            self._defined(number, Kind.FUNC)
        return True

    def _alias(self, number: int, item: Alias) -> bool:
        owner = self._items.instances[item.instance]
        if owner in self._group.members:
            if self._merged is None:
                return False
            name = self._names[self._group.exported(owner, item.kind, item.name)]
            self._put_alias(item.kind, self._merged, name)
        else:
            instance = self._instances[item.instance]
            if instance is None:
                return False
            self._put_alias(item.kind, instance, item.name)
        self._now[item.kind][self._index_of[number]] = self._next[item.kind] - 1
        return True

    def _bundle(self, number: int, item: Bundle) -> bool:
        parts: list[tuple[str, int, int]] = []
        for name, (kind, old) in item.exports.items():
            new = self._now[kind][old]
            if new is None:
                return False
            parts.append((name, kind, new))
        self._instances[self._index_of[number]] = self._put_instance(core_bundle(parts))
        return True

    def _instance(self, number: int, item: Instantiate) -> bool:
        given: list[tuple[str, int]] = []
        for name, old in item.arguments.items():
            owner = self._items.instances[old]
            if owner in self._group.members and old not in self._wholes:
                if self._merged is None:
                    return False
                self._wholes.add(old)
                self._instances[old] = self._whole_member(owner)
            new = self._instances[old]
            if new is None:
                return False
            given.append((name, new))
        instance = self._put_instance(core_instance(item.module, given))
        self._instances[self._index_of[number]] = instance
        return True

    def _whole_member(self, owner: int) -> int:
        """Make an instance that exports what a member did; return its index."""
        assert self._merged is not None
        parts: list[tuple[str, int, int]] = []
        for name, kind in self._all_exports(owner):
            exported = self._names[self._group.exported(owner, kind, name)]
            parts.append((name, kind, self._put_alias(kind, self._merged, exported)))
        return self._put_instance(core_bundle(parts))

    def _instantiate(self) -> None:
        """Instantiate the merged module."""
        parts = [
            (str(name), described.kind, self._external(identity))
            for name, (identity, described) in enumerate(self._group.externals)
        ]
        bundle = self._put_instance(core_bundle(parts))
        first = self._items.items[self._first]
        assert isinstance(first, Instantiate)
        self._merged = self._put_instance(core_instance(first.module, [("", bundle)]))

    def _external(self, identity: Identity) -> int:
        """Return the index of something that the merged module imports."""
        owner, kind, index = identity
        if isinstance(self._items.items[owner], Canon):
            found = self._now[kind][self._index_of[owner]]
        else:
            instance = self._instances[self._index_of[owner]]
            parts = self._group.readable[owner].parts
            index += parts.imported[kind]
            if owner not in self._external_names:
                named = {each: name for name, each in parts.exports.items()}
                self._external_names[owner] = named
            name = self._external_names[owner].get((kind, index))
            if instance is None or name is None:
                raise NoMerge("something would be imported that is not there")
            found = self._put_alias(kind, instance, name)
        if found is None:
            raise NoMerge("something would be imported that is not there")
        return found

    # ---- Bytes and indexes ----

    def _renumbered(self, item: Item, references: list[tuple[Kind, int, int, int]]) -> bytes | None:
        """Return the bytes of an item with the indexes of now; None where there is none yet."""
        edits = Edits()
        for kind, old, start, end in references:
            new = self._now[kind][old] if old < len(self._now[kind]) else None
            if new is None:
                return None
            edits.replace(start - item.start, end - item.start, encode_u32(new))
        body = self._data[item.start : item.end]
        return edits.apply(body) if references else body

    def _add(self, number: int, made: bytes) -> None:
        if not self._sections or self._sections[-1][0] != number:
            self._sections.append((number, []))
        self._sections[-1][1].append(made)

    def _put_alias(self, kind: Kind, instance: int, name: str) -> int:
        self._add(_ALIASES, core_alias(kind, instance, name))
        self._next[kind] += 1
        return self._next[kind] - 1

    def _put_instance(self, made: bytes) -> int:
        self._add(_CORE_INSTANCES, made)
        self._next_instance += 1
        return self._next_instance - 1

    def _defined(self, number: int, kind: Kind) -> None:
        self._now[kind][self._index_of[number]] = self._next[kind]
        self._next[kind] += 1


_WHOLE: Final = -1
"""Stands for the number of sections that are copied whole."""


def _live(items: Items, group: Group) -> set[int]:
    """Return the items that are still needed: what only members were given is not."""
    live: set[int] = set()
    for number in range(len(items.items) - 1, -1, -1):
        item = items.items[number]
        if not isinstance(item, (Alias, Bundle)) or not _is_known(item, items, group):
            live.add(number)
        if number in live and number not in group.members:
            live.update(_needed(item, items))
    return live


def _is_known(item: Alias | Bundle, items: Items, group: Group) -> bool:
    """Return whether all was seen that an engine would look at."""
    if isinstance(item, Bundle):
        return True
    owner = items.instances[item.instance]
    return owner in group.members or isinstance(items.items[owner], Bundle)


def _needed(item: Item, items: Items) -> Iterator[int]:
    """Yield the items that make what an item refers to."""
    if isinstance(item, Alias):
        yield items.instances[item.instance]
    elif isinstance(item, Bundle):
        for kind, index in item.exports.values():
            yield items.definers[kind][index]
    elif isinstance(item, Instantiate):
        for index in item.arguments.values():
            yield items.instances[index]
    elif isinstance(item, (Canon, Other)):
        for kind, index, _, _ in item.references:
            if index < len(items.definers[kind]):
                yield items.definers[kind][index]
