"""A component that is made of others: which are in it, how they are linked, what it exports.

The front (front.py) is one, of a component and its adapters; ``unit-wasm compose``
(component/compose/) makes one of any components.

Format: https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from unit_wasm.component.rewrite.coremaker import section, text, vector
from unit_wasm.wit.reader import COMPONENT_PREAMBLE, encode_u32

FUNC_SORT: Final = 0x01
TYPE_SORT: Final = 0x03
INSTANCE_SORT: Final = 0x05
CORE_INSTANCE_SORT: Final = 0x12
SORTS: Final = {"func": FUNC_SORT, "type": TYPE_SORT, "instance": INSTANCE_SORT}
"""What may be imported, exported and linked here, by what ``unit_wasm/wit`` calls it."""

COMPONENT, INSTANCE, ALIAS, TYPE, _IMPORT, _EXPORT = 4, 5, 6, 7, 10, 11
"""Ids of sections; the sort of components is that of their section."""

CORE_MODULE: Final = 1
_WHOLE: Final = (CORE_MODULE, COMPONENT)
"""Sections that are one item, without a count."""

EQUAL, RESOURCE_BOUND = b"\x03\x00", b"\x03\x01"
NO_TYPE: Final = b"\0"
"""An export has the type of what it exports."""


class Graph:
    """A component that is being written.

    Parameters:
        counts: of what is there before, by its sort.
    """

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self._counts = dict(counts or {})
        self._sections: list[tuple[int, list[bytes]]] = []
        self._components: dict[bytes, int] = {}
        self._aliases: dict[tuple[int, str], int] = {}

    def data(self) -> bytes:
        """Return the binary."""
        return COMPONENT_PREAMBLE + self.sections()

    def sections(self) -> bytes:
        """Return what follows what was there before."""
        return b"".join(
            section(number, items[0] if number in _WHOLE else vector(items))
            for number, items in self._sections
        )

    def put(self, number: int, sort: int, item: bytes) -> int:
        """Add an item to a section; return the index, in the space of ``sort``, that it gets."""
        last = self._sections[-1] if self._sections else None
        if last is not None and last[0] == number and number not in _WHOLE:
            last[1].append(item)
        else:
            self._sections.append((number, [item]))
        index = self._counts.get(sort, 0)
        self._counts[sort] = index + 1
        return index

    def import_(self, name: bytes, sort: int, described: bytes) -> int:
        """Import something; return its index.

        Parameters:
            name: see :func:`extern_name`.
            described: its type.
        """
        return self.put(_IMPORT, sort, name + described)

    def component(self, data: bytes) -> int:
        """Put in a component, where it is not in yet; return its index."""
        if data not in self._components:
            self._components[data] = self.put(COMPONENT, COMPONENT, data)
        return self._components[data]

    def instantiate(self, component: int, arguments: Iterable[tuple[str, int, int]]) -> int:
        """Make an instance; return its index.

        Parameters:
            arguments: names, sorts and indexes of what it is given.
        """
        given = vector(named_index(*argument) for argument in arguments)
        return self.put(INSTANCE, INSTANCE_SORT, b"\x00" + encode_u32(component) + given)

    def alias(self, instance: int, name: str, sort: int) -> int:
        """Return the index of what an instance exports."""
        key = instance, name
        if key not in self._aliases:
            item = bytes([sort, 0x00]) + encode_u32(instance) + text(name)
            self._aliases[key] = self.put(ALIAS, sort, item)
        return self._aliases[key]

    def export(self, name: bytes, sort: int, index: int, described: bytes = NO_TYPE) -> int:
        """Export something; return the index that it has from here on.

        Parameters:
            name: see :func:`extern_name`.
            described: the type that it is exported with.
        """
        return self.put(_EXPORT, sort, name + sort_index(sort, index) + described)


def extern_name(name: str, options: Mapping[int, str] | None = None) -> bytes:
    """Return the name of an import or export.

    Parameters:
        options: what stands beside it, by kind.
    """
    if not options:
        return b"\0" + text(name)
    beside = vector(bytes([kind]) + text(value) for kind, value in sorted(options.items()))
    return b"\x02" + text(name) + beside


def sort_index(sort: int, index: int) -> bytes:
    """Return what refers to something by its index."""
    return bytes([sort]) + encode_u32(index)


def named_index(name: str, sort: int, index: int) -> bytes:
    """Return a part of an instance, or an argument of one."""
    return text(name) + sort_index(sort, index)


# ---- Core instances ----


def core_bundle(parts: Iterable[tuple[str, int, int]]) -> bytes:
    """Return a core instance that is made of names, sorts and indexes."""
    return b"\x01" + vector(named_index(*part) for part in parts)


def core_instance(module: int, arguments: Iterable[tuple[str, int]]) -> bytes:
    """Return a core instance of a module that gets these core instances, by name."""
    given = (named_index(name, CORE_INSTANCE_SORT, index) for name, index in arguments)
    return b"\x00" + encode_u32(module) + vector(given)


def core_alias(sort: int, instance: int, name: str) -> bytes:
    """Return an alias of what a core instance exports."""
    return bytes([0x00, sort, 0x01]) + encode_u32(instance) + text(name)
