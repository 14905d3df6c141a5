"""Values of WIT types in Python.

Numbers, ``bool``, ``str`` (strings, chars and the cases of enums), ``list``, ``tuple``, ``dict``
(by the names of a record's fields) and ``frozenset`` (of the names of flags) are what they are; a
value that may be missing is ``None`` or :class:`Some`, so that options may be nested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Chosen", "Err", "Ok", "Some"]


@dataclass(frozen=True, slots=True)
class Some:
    """The value of an option that has one."""

    value: Any


@dataclass(frozen=True, slots=True)
class Ok:
    """A result that is none of an error; ``value`` is None where it has none."""

    value: Any = None


@dataclass(frozen=True, slots=True)
class Err:
    """A result that is an error; ``value`` is None where it has none."""

    value: Any = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case of a variant; ``value`` is None where it has none."""

    case: str
    value: Any = None
