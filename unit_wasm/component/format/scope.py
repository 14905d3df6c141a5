"""What a walk knows of each index of a component.

It is enough to know the types of functions that are called, and to add up what an instantiation
creates.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import ClassVar, Final, TypeAlias

from unit_wasm.component.format.sizes import COUNT_LIMIT, NO_SIZES, Sizes
from unit_wasm.component.format.valtypes import Function, Value


class Sort(enum.Enum):
    """The index spaces of a component; CORE stands for all core spaces but that of modules."""

    CORE = "core definition"
    MODULE = "core module"
    FUNC = "function"
    VALUE = "value"
    TYPE = "type"
    COMPONENT = "component"
    INSTANCE = "instance"


class CoreSpace(enum.IntEnum):
    """The core index spaces that the rewrite adds to; the values are the format's core sorts."""

    FUNC = 0x00
    MEMORY = 0x02
    MODULE = 0x11
    INSTANCE = 0x12


CORE_SPACES: Final = {int(space): space for space in CoreSpace}
"""The core spaces by their sort in the format."""


class Basic(enum.Enum):
    """An entry of an index space of which nothing more is known.

    UNKNOWN means that the walk could not resolve it, which only happens for an invalid component
    or for one that instantiates an imported component.
    """

    RESOURCE = "resource"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one instantiation creates, as an upper bound.

    Parameters:
        core_instances: instantiated core modules.
        memories: linear memories that these define, in bytes.
        tables: tables that these define, in elements.
        heap: whether one of them may hold objects; see coremodule.py.
    """

    core_instances: int = 0
    memories: Sizes = NO_SIZES
    tables: Sizes = NO_SIZES
    heap: bool = False

    ZERO: ClassVar[Cost]

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            min(self.core_instances + other.core_instances, COUNT_LIMIT),
            self.memories + other.memories,
            self.tables + other.tables,
            self.heap or other.heap,
        )


Cost.ZERO = Cost()


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A component, an instance, a core module, or the type of one; compared by identity.

    Parameters:
        exports: by name.
        cost: of one instantiation.
        span: offsets (start, end) of the declarations of the type of one.
    """

    exports: dict[str, Extern] = field(default_factory=dict)
    cost: Cost = Cost.ZERO
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class HostFunction:
    """A function that a component imports, and that may be the host's.

    Parameters:
        interface: the name of the import that it is in.
        type: None where it could not be resolved.
        note: of whoever watches the walk.
    """

    interface: str
    type: Function | None
    note: object = None


Entry: TypeAlias = Basic | Shape | Value | Function | HostFunction


@dataclass(frozen=True, slots=True)
class Extern:
    """Something imported or exported.

    Parameters:
        sort: its index space.
        entry: what is known of it.
        fresh: whether it is a resource type of its own, not an alias of another.
    """

    sort: Sort
    entry: Entry
    fresh: bool = False


class Scope:
    """The index spaces of one component, component type or instance type.

    Parameters:
        outer: the scope around it, or None.
        depth: how many scopes are around it.
    """

    __slots__ = ("cost", "depth", "exports", "imports", "outer", "spaces")

    def __init__(self, outer: Scope | None, depth: int) -> None:
        self.outer = outer
        self.depth = depth
        self.spaces: dict[Sort, list[Entry]] = {}
        self.imports: dict[str, Extern] = {}
        self.exports: dict[str, Extern] = {}
        self.cost = Cost.ZERO

    def add(self, sort: Sort, entry: Entry) -> None:
        """Give ``entry`` the next index of the space ``sort``."""
        self.spaces.setdefault(sort, []).append(entry)

    def get(self, sort: Sort, index: int) -> Entry:
        """Return what ``index`` stands for; UNKNOWN for an index that is not there (yet)."""
        space = self.spaces.get(sort, [])
        return space[index] if index < len(space) else Basic.UNKNOWN

    def outward(self, count: int) -> Scope | None:
        """Return the scope ``count`` levels out (0: this one), None where there is none."""
        scope: Scope | None = self
        for _ in range(min(count, self.depth + 1)):
            scope = scope.outer if scope is not None else None
        return scope

    def pay(self, entry: Entry, core_instances: int = 0) -> None:
        """Add the cost of instantiating ``entry``, and of ``core_instances`` more."""
        own = entry.cost if isinstance(entry, Shape) else Cost.ZERO
        self.cost = self.cost + own + Cost(core_instances)

    def shape(self, span: tuple[int, int] = (0, 0)) -> Shape:
        """Return what instantiating this scope's component gives."""
        return Shape(self.exports, self.cost, span)
