"""The components of a composition, and which names of imports and exports fit together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from unit_wasm.errors import ComponentError
from unit_wasm.wit.arena import Arena, Extern
from unit_wasm.wit.binary import read_component
from unit_wasm.wit.reader import Malformed

_VERSION: Final = re.compile(r"(\d{1,20})\.(\d{1,20})\.(\d{1,20})(?:\+[0-9A-Za-z.-]+)?", re.ASCII)

_LINKED: Final = ("func", "instance", "type")
"""Kinds of imports and exports that can be linked."""


@dataclass(frozen=True, eq=False)
class Part:
    """A component that is to be linked with others.

    Parameters:
        name: what errors call it.
        data: its bytes.
        imports: by their names, as the exports are.

    Attributes:
        offers: names of exports, by their kind and what stands for a version.
        versions: names of exports, by their kind and without version.
    """

    name: str
    data: bytes
    imports: dict[str, Extern]
    exports: dict[str, Extern]
    offers: dict[tuple[str, str], list[str]] = field(init=False, default_factory=dict)
    versions: dict[tuple[str, str], list[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name, extern in self.exports.items():
            self.offers.setdefault((extern.kind, track(name)), []).append(name)
            self.versions.setdefault((extern.kind, plain(name)), []).append(name)


def read_part(name: str, data: bytes, arena: Arena) -> Part:
    """Read a component, its types into ``arena``.

    Raises:
        ComponentError: it breaks the format, or imports what cannot be linked.
    """
    try:
        component = read_component(data, arena)
    except Malformed as error:
        raise ComponentError(f"{name} cannot be read: {error}") from None
    part = Part(name, data, component.imports, component.exports)
    for verb, externs in (("imports", part.imports), ("exports", part.exports)):
        for label, extern in externs.items():
            if extern.kind not in _LINKED:
                raise ComponentError(f"{name} {verb} {label}, a {extern.kind}: none can be linked")
    return part


def plain(name: str) -> str:
    """Return a name without its version."""
    return name.partition("@")[0]


def track(name: str) -> str:
    """Return what names have in common that may stand for each other.

    As in semver, versions fit together that are the same up to their first number that is not 0;
    drafts (``-rc``) fit none but themselves.
    """
    numbers = _numbers(name)
    if numbers is None:
        return name
    first = next((place for place, number in enumerate(numbers) if number), 2)
    return f"{plain(name)}@{'.'.join(map(str, numbers[: first + 1]))}"


def best(part: Part, kind: str, wanted: str) -> str | None:
    """Return which export of a part stands for a name: that name, or else the newest that fits."""
    fitting = part.offers.get((kind, track(wanted)), [])
    if wanted in fitting:
        return wanted
    return newest(fitting) if fitting else None


def newest(names: Iterable[str]) -> str:
    """Return the first of these names that has the highest version."""
    return max(names, key=lambda name: _numbers(name) or (0, 0, 0))


def _numbers(name: str) -> tuple[int, int, int] | None:
    version = _VERSION.fullmatch(name.partition("@")[2])
    return None if version is None else (int(version[1]), int(version[2]), int(version[3]))
