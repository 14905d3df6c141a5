"""What a host provides: interfaces by name, at some versions, with their functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from unit_wasm.patterns import pattern
from unit_wasm.values import dataclass

_SAME: Final = pattern(r"(0\.2\.)(0|[1-9]\d*)(\+[0-9A-Za-z.-]+)?")
"""Versions of WASI of which one stands for all."""


@dataclass(frozen=True, slots=True)
class Provided:
    """An interface, or a draft of one.

    Parameters:
        versions: at which it is there: ``0.2.`` stands for all 0.2.x that are no drafts, an empty
            one for none.
        functions: their names.
    """

    versions: tuple[str, ...]
    functions: frozenset[str]

    def has(self, version: str | None) -> bool:
        """Return whether it is there at that version."""
        match = _SAME.fullmatch(version or "")
        return (version or "" if match is None else match[1]) in self.versions

    @property
    def shown(self) -> list[str]:
        """Its versions as a sentence has them."""
        return [f"{each}x" if each.endswith(".") else each for each in self.versions]


ProvidedInterfaces = Mapping[str, tuple[Provided, ...]]
"""By name without version; those of one name share no version."""


def row_key(name: str) -> str:
    """Return what rows of an interface are known by.

    Parameters:
        name: of the interface, as a component imports it.

    Returns:
        It without its version, where that is any 0.2.x.
    """
    plain, _, version = name.partition("@")
    return plain if _SAME.fullmatch(version) else name


def row_keys(name: str, versions: tuple[str, ...]) -> list[str]:
    """Return all that rows of an interface are known by.

    Parameters:
        name: without version.
        versions: as in :class:`Provided`.
    """
    return [
        name if not version or version.endswith(".") else f"{name}@{version}"
        for version in versions
    ]
