"""Types of values, and of functions, as a walk knows them: enough for the layout of the canonical
ABI (layout.py), and where each stands in the binary.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

RECENT: Final = "a type that came after WASI 0.2"
"""Stands for every kind whose layout is not known here."""


@dataclass(frozen=True, slots=True)
class Part:
    """A type in another one.

    Parameters:
        type: what it is; None where it could not be resolved, or is the type of no value.
        start, end: offsets of the bytes that name it.
    """

    type: Value | None
    start: int
    end: int


Parts: TypeAlias = "tuple[Part | None, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """The type of a value; compared by identity.

    Parameters:
        kind: what it is, by its name in WIT, or ``RECENT``.
        parts: what it is made of: fields, items, payloads of cases (None where there is none).
        labels: names of fields, cases or flags.

    Attributes:
        depth: of its parts in each other.
        count: of these, those that it has in several places counted for each.
    """

    kind: str
    parts: Parts = ()
    labels: tuple[str, ...] = ()
    depth: int = field(init=False)
    count: int = field(init=False)

    def __post_init__(self) -> None:
        inner = [part.type for part in self.parts if part is not None and part.type is not None]
        object.__setattr__(self, "depth", 1 + max((value.depth for value in inner), default=0))
        object.__setattr__(self, "count", 1 + sum(value.count for value in inner))


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """The type of a function; compared by identity."""

    params: tuple[Part, ...]
    result: Part | None


def is_bytes(value: Value) -> bool:
    """Return whether a value is a ``list<u8>``."""
    element = value.parts[0] if value.kind == "list" else None
    return element is not None and element.type is not None and element.type.kind == "u8"
