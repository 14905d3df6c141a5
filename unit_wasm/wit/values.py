"""Values of WIT types in Python.

Numbers, ``bool``, ``str`` (strings and chars), ``list``, ``tuple``, ``bytes`` and ``dict`` (maps)
are what they are; a result is :class:`Ok` or :class:`Err`, and a value that may be missing is
``None`` or what it is. The rest comes in two forms:

* **plain** values, which need no class: a record is a ``dict`` by the names of its fields, a case
  of an enum a ``str``, flags are a ``frozenset`` of names, a case of a variant is :class:`Chosen`,
  and a value that may be missing is always in :class:`Some`. WAVE is the text of these.
* **objects** of classes that are made for the types of a component (``unit_wasm.api``); there
  :class:`Some` is only needed where options are nested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    # `except Err` does not say what the value is of: anything, and nothing that is unknown.
    E = TypeVarWithDefault("E", default=Any)
else:
    E = T


@dataclass(frozen=True)
class Some(Generic[T]):
    """The value of an option that has one."""

    value: T


@dataclass(frozen=True)
class Ok(Generic[T]):
    """A result that is none of an error; ``value`` is None where it has none."""

    value: T = None  # type: ignore[assignment]


@dataclass(unsafe_hash=True)
class Err(Exception, Generic[E]):
    """A result that is an error; ``value`` is None where it has none.

    It is an exception: a function whose result is one raises it.
    """

    value: E = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        # What a traceback shows, and what makes it again from a copy of it.
        super().__init__(self.value)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case of a variant; ``value`` is None where it has none."""

    case: str
    value: Any = None
