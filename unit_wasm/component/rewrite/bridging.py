"""The walk that collects the edits of the rewrite (rewrite.py says what and why)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from unit_wasm.component.format.layout import Layout, NoLayout
from unit_wasm.component.format.scope import (
    Basic,
    CoreSpace,
    Entry,
    Extern,
    HostFunction,
    Scope,
    Shape,
    Sort,
)
from unit_wasm.component.format.valtypes import Function, Part, Value
from unit_wasm.component.format.visitor import Visitor
from unit_wasm.component.rewrite.bytefunctions import BYTE_FUNCTIONS, ByteFunction, Carried, carried
from unit_wasm.component.rewrite.canon import Canonical, Option, canonicals
from unit_wasm.component.rewrite.edits import Edits
from unit_wasm.component.rewrite.guard import Guarded, guarded
from unit_wasm.component.rewrite.plan import Lowered, Plan
from unit_wasm.wit.reader import Reader, encode_u32

_OURS: Final = re.compile(r"wasi:[^@]*(@.*)?")
_STRING: Final = b"\x73"
_BESIDE: Final = frozenset({"streams", "futures", "async functions", "error-context"})
_TAGGED: Final = 0x02
_OUTSIDE: Final = object()
"""Notes of a function that a front bounds what is passed to it."""
_CORE_INSTANCES, _CANONICALS = 2, 8


class Refused(Exception):
    """Stops the walk: the component stays as it is; the message says why."""


class Hidden(Exception):
    """Stops the walk: functions of the host go where their names do not tell them any more."""


class Bridging(Visitor):
    """Collects edits; raises Refused where the outcome could differ from the original.

    Parameters:
        carries: whether bytes are to be carried as strings.
        guards: whether what is passed is to be bounded.
        everywhere: whether to guard all functions that are called, not only those whose import
            has the name of an interface of WASI.
        outside: functions, by interface and name, that are bounded by a front (front.py).

    Raises:
        Hidden: an interface of the host is passed on under another name; not with ``everywhere``.
    """

    def __init__(
        self,
        *,
        carries: bool,
        guards: bool,
        everywhere: bool,
        outside: frozenset[tuple[str | None, str]] = frozenset(),
    ) -> None:
        self.edits = Edits()
        self.carries_bytes = False
        self._returns = False
        self._carries = carries
        self._guards = guards
        self._everywhere = everywhere
        self._outside = outside
        self._layout = Layout()
        self._plans: dict[Scope, Plan] = {}
        self._open: list[tuple[int, int, int]] = []
        # By identity, and kept alive here: types of instances with rows of the table, with what
        # becomes of the import; types of other instances; instances that may be the host's, with
        # the interface whose rows they have.
        self._adopted: dict[int, tuple[Shape, Extern]] = {}
        self._others: dict[int, Shape] = {}
        self._instances: dict[int, tuple[Shape, str | None]] = {}

    # ---- Sections ----

    def enter_section(self, section_id: int, start: int, body: Reader, scope: Scope) -> None:
        self._open.append((start + 1, body.position, body.end))
        plan = self._plan(scope)
        if section_id == _CANONICALS and plan.memory is None and self._needs_scratch(scope):
            self.edits.replace(start, start, plan.scratch(returns=self._returns))
        elif section_id == _CORE_INSTANCES and plan.pending:
            self.edits.replace(start, start, plan.bridges())

    def leave_section(self) -> None:
        self.edits.section(*self._open.pop())

    def _plan(self, scope: Scope) -> Plan:
        return self._plans.setdefault(scope, Plan())

    def _needs_scratch(self, scope: Scope) -> bool:
        plan = self._plan(scope)
        functions = scope.spaces.get(Sort.FUNC, [])
        while not plan.carries and plan.seen < len(functions):
            plan.carries = _needs_scratch(functions[plan.seen])
            plan.seen += 1
        return plan.carries

    # ---- Imports, and where they may go ----

    def imported(self, name: str, extern: Extern, scope: Scope) -> Extern:
        shape = extern.entry
        if extern.sort is not Sort.INSTANCE or not isinstance(shape, Shape):
            return extern
        rows = self._rows(name, shape)
        if rows:
            if id(shape) in self._others:
                raise Refused(f"the type of {name} is used for another instance too")
            if id(shape) not in self._adopted:
                adopted = self._instance(name, shape, self._adopt(name, shape, rows))
                self._adopted[id(shape)] = (shape, Extern(Sort.INSTANCE, adopted))
            return self._adopted[id(shape)][1]
        self._is_other(shape)
        if _OURS.fullmatch(name) or scope.depth == 0:
            return Extern(Sort.INSTANCE, self._instance(name, shape, {}))
        return extern

    def _rows(self, name: str, entry: Entry = Basic.UNKNOWN) -> list[ByteFunction]:
        """Return the rows of the table for the interface of that name.

        Parameters:
            entry: an instance, where it is known what it has: only rows of these functions.
        """
        if not self._carries:
            return []
        rows = [row for row in BYTE_FUNCTIONS if row.is_of.fullmatch(name)]
        return [row for row in rows if not isinstance(entry, Shape) or row.name in entry.exports]

    def _instance(self, name: str, shape: Shape, found: dict[str, Carried]) -> Shape:
        exports = dict(shape.exports)
        for function, extern in exports.items():
            if extern.sort is Sort.FUNC:
                known = extern.entry if isinstance(extern.entry, Function) else None
                note = _OUTSIDE if (name, function) in self._outside else found.get(function)
                exports[function] = Extern(Sort.FUNC, HostFunction(name, known, note))
        instance = Shape(exports)
        self._instances[id(instance)] = (instance, name.partition("@")[0] if found else None)
        return instance

    def _adopt(self, name: str, shape: Shape, rows: list[ByteFunction]) -> dict[str, Carried]:
        """Let the functions of an instance that are in the table carry strings."""
        found: dict[str, Carried] = {}
        for row in rows:
            entry = shape.exports[row.name].entry
            made = carried(row, entry, self._layout) if isinstance(entry, Function) else None
            if made is None:
                raise Refused(f"its {name} has another {row.name} than WASI 0.2")
            found[row.name] = made
        edits = {edit for made in found.values() for edit in made.edits}
        if any(start < shape.span[0] or end > shape.span[1] for start, end in edits):
            raise Refused(f"its {name} has types from elsewhere")
        others = [extern.entry for key, extern in shape.exports.items() if key not in found]
        if not edits.isdisjoint(_places(others)):
            raise Refused(f"its {name} has a type that other functions use too")
        for start, end in edits:
            self.edits.replace(start, end, _STRING)
        self.carries_bytes = True
        self._returns = self._returns or any(made.place is not None for made in found.values())
        return found

    def _is_other(self, entry: Entry) -> None:
        if isinstance(entry, Shape):
            if id(entry) in self._adopted:
                interface = self._interface(self._adopted[id(entry)][1].entry)
                raise Refused(f"the type of {interface} is used for another instance too")
            self._others[id(entry)] = entry

    def _interface(self, entry: Entry) -> str | None:
        """Return the interface whose rows something has or is."""
        if isinstance(entry, HostFunction) and isinstance(entry.note, Carried):
            return entry.interface.partition("@")[0]
        return self._instances[id(entry)][1] if id(entry) in self._instances else None

    def exported(self, name: str, extern: Extern, scope: Scope) -> None:
        if self._rows(name):
            raise Refused(f"a component in it exports {name}")
        interface = self._interface(extern.entry)
        if interface is not None:
            raise Refused(f"it exports what it imports from {interface} as {name}")
        if scope.depth != 0:
            self._hides(extern.entry)
        self._is_other(extern.entry)

    def passed(self, name: str, extern: Extern) -> None:
        interface = self._interface(extern.entry)
        rows = self._rows(name, extern.entry)
        if isinstance(extern.entry, HostFunction) and interface is not None:
            rows = []
        if (interface is not None) != bool(rows):
            interface = interface or rows[0].interface
            raise Refused(f"it passes functions of {interface} on as {name}")
        if not _OURS.fullmatch(name):
            self._hides(extern.entry)

    def _hides(self, entry: Entry) -> None:
        """Functions of the host get a name that does not tell that they are."""
        hosts = isinstance(entry, HostFunction) or id(entry) in self._instances
        if hosts and not self._everywhere:
            raise Hidden

    def construct(self, what: str) -> None:
        # Guards are put beside whatever else there is.
        if self._carries or what not in _BESIDE:
            raise Refused(f"it uses {what}, which the rewrite does not carry")

    # ---- Core indexes ----

    def core_defined(self, scope: Scope, space: CoreSpace) -> None:
        self._plan(scope).numbers.define(space)

    def core_reference(
        self, scope: Scope, space: CoreSpace, index: int, start: int, end: int
    ) -> None:
        new = self._now(scope, space, index)
        if new != index:
            self.edits.replace(start, end, encode_u32(new))

    def _now(self, scope: Scope, space: CoreSpace, index: int) -> int:
        new = self._plan(scope).numbers.now(space, index)
        if new is None:
            raise Refused(f"its core {space.name.lower()} {index} is used before it is there")
        return new

    # ---- Canonical functions ----

    def canonicals(self, reader: Reader, scope: Scope) -> None:
        plan = self._plan(scope)
        for item in canonicals(reader):
            wrong = item.unknown or (item.newer if self._carries else None)
            if wrong is not None:
                raise Refused(wrong)
            bridged = self._bridged(item, scope)
            if bridged is not None:
                self._lower(item, bridged, scope, plan)
                continue
            for space, index, start, end in item.references:
                self.core_reference(scope, space, index, start, end)
            if item.lifts:
                scope.add(Sort.FUNC, Basic.OTHER)
            else:
                plan.numbers.define(CoreSpace.FUNC)

    def _bridged(self, item: Canonical, scope: Scope) -> Carried | Guarded | None:
        """Return what is to be between a lowered function and the core modules, if anything."""
        if item.lowers is None:
            return None
        entry = scope.get(Sort.FUNC, item.lowers)
        if isinstance(entry, HostFunction) and isinstance(entry.note, Carried):
            return entry.note
        if isinstance(entry, HostFunction) and entry.note is _OUTSIDE:
            return None
        if not self._guards or not self._may_be_hosts(entry):
            return None
        known = entry.type if isinstance(entry, HostFunction) else entry
        if not isinstance(known, Function):
            raise Refused("it lowers a function whose type could not be read")
        try:
            return guarded(known, self._layout, tagged=item.options.get(Option.ENCODING) == _TAGGED)
        except NoLayout as error:
            raise Refused(f"a type of a function that it lowers is not known: {error}") from None

    def _may_be_hosts(self, entry: Entry) -> bool:
        """Whether a function has to be guarded, or nothing is known of it."""
        if isinstance(entry, Function):
            return self._everywhere
        return isinstance(entry, HostFunction) or entry is Basic.UNKNOWN

    def _lower(self, item: Canonical, bridged: Carried | Guarded, scope: Scope, plan: Plan) -> None:
        assert item.lowers is not None
        options = item.options
        where = bridged.row.interface if isinstance(bridged, Carried) else "the host"
        returns = isinstance(bridged, Carried) and bridged.place is not None
        known = {Option.ENCODING, Option.MEMORY, Option.REALLOC}
        if not known.issuperset(options) or item.repeated or Option.MEMORY not in options:
            raise Refused(f"it lowers a function of {where} with unusual options")
        if returns and not plan.returns:
            raise Refused(f"it imports functions of {where} after it has lowered others")
        if returns and Option.REALLOC not in options:
            raise Refused(f"it lowers a function of {where} without realloc")
        memory = self._now(scope, CoreSpace.MEMORY, options[Option.MEMORY])
        realloc = 0
        if Option.REALLOC in options:
            realloc = self._now(scope, CoreSpace.FUNC, options[Option.REALLOC])
        if isinstance(bridged, Carried):
            self.edits.replace(*item.options_at, plan.options(None if returns else memory))
        else:
            for space, index, start, end in item.references:
                self.core_reference(scope, space, index, start, end)
        old, new = plan.numbers.define_later(CoreSpace.FUNC)
        plan.pending.append(Lowered(bridged, item.lowers, old, new, memory, realloc))


def _places(entries: Iterable[Entry]) -> set[tuple[int, int]]:
    """Return where, in all that these are made of, types are named."""
    found: set[tuple[int, int]] = set()
    seen: set[int] = set()
    open_: list[Entry] = list(entries)
    while open_:
        entry = open_.pop()
        if id(entry) in seen:
            continue
        seen.add(id(entry))
        parts: Iterable[Part | None] = ()
        if isinstance(entry, Function):
            parts = (*entry.params, entry.result)
        elif isinstance(entry, Value):
            parts = entry.parts
        elif isinstance(entry, Shape):
            open_ += [extern.entry for extern in entry.exports.values()]
        for part in parts:
            if part is not None:
                found.add((part.start, part.end))
                if part.type is not None:
                    open_.append(part.type)
    return found


def _needs_scratch(entry: Entry) -> bool:
    note = entry.note if isinstance(entry, HostFunction) else None
    return isinstance(note, Carried) and (note.row.most is None or note.place is not None)
