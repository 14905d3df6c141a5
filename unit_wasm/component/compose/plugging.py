"""Who fills which import of whom.

An import is filled by the plug that exports its name, or a version of it that fits. A plug is one
instance, however many need it.

A plug that imports what it exports stands in front of another: several of them are a chain, in the
order in which they were given, with the one that does not import it at its end. Everybody else's
import is filled by the first of the chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Final

from unit_wasm.component.compose.parts import Part, best, plain, track
from unit_wasm.errors import ComponentError

_VERSIONS: Final = "versions fit that are the same up to their first number that is not 0"


@dataclass(frozen=True)
class Fill:
    """What fills an import.

    Parameters:
        part: exports it.
        export: under this name.
    """

    part: Part
    export: str


@dataclass(frozen=True)
class Linking:
    """Who fills what.

    Parameters:
        parts: the socket, and the plugs as they were given.
        order: the same, each behind those that it needs.
        fills: by part and name of the import; what is not there stays open.
    """

    parts: tuple[Part, ...]
    order: tuple[Part, ...]
    fills: dict[tuple[Part, str], Fill]

    def open(self) -> Iterator[tuple[Part, str]]:
        """Yield what stays open: the socket's first."""
        for part in self.parts:
            for name in part.imports:
                if (part, name) not in self.fills:
                    yield part, name


def link(socket: Part, plugs: Sequence[Part]) -> Linking:
    """Find out who fills what, starting with the socket.

    Raises:
        ComponentError: two plugs export what is imported, a version does not fit, plugs need each
            other, or a plug is not needed.
    """
    fills: dict[tuple[Part, str], Fill] = {}
    needs: dict[Part, list[Part]] = {}
    waiting = [socket]
    while waiting:
        part = waiting.pop(0)
        if part in needs:
            continue
        needs[part] = []
        for name in part.imports:
            fill = _fill(part, name, plugs)
            if fill is not None:
                fills[part, name] = fill
                needs[part].append(fill.part)
                waiting.append(fill.part)
    _check_versions(needs, fills, plugs)
    for plug in plugs:
        if plug not in needs:
            raise _unused(plug)
    return Linking((socket, *plugs), _ordered(needs), fills)


def _fill(part: Part, name: str, plugs: Sequence[Part]) -> Fill | None:
    kind = part.imports[name].kind
    if kind == "type":
        return None
    fronts: list[Fill] = []
    ends: list[Fill] = []
    for plug in plugs:
        export = best(plug, kind, name)
        if plug is part:
            # What was given before it stands in front of it.
            fronts = [] if export is not None else fronts
        elif export is not None:
            (fronts if _stands_in_front(plug, kind, name) else ends).append(Fill(plug, export))
    if len(ends) > 1:
        who = " and ".join(fill.part.name for fill in ends)
        raise ComponentError(
            f"{part.name} imports {name}, and there is more than one plug for it: {who}",
            hint="one that imports what it exports would stand in front of another",
        )
    return next(iter((*fronts, *ends)), None)


def _stands_in_front(plug: Part, kind: str, name: str) -> bool:
    """Whether a plug that exports something imports it, too."""
    return any(
        extern.kind == kind and track(imported) == track(name)
        for imported, extern in plug.imports.items()
    )


def _check_versions(
    needs: dict[Part, list[Part]], fills: dict[tuple[Part, str], Fill], plugs: Sequence[Part]
) -> None:
    """Raise where something stays open that a plug has at another version, and nobody takes."""
    taken = {(fill.part, fill.export) for fill in fills.values()}
    for part in needs:
        for name, extern in part.imports.items():
            if (part, name) in fills or extern.kind == "type":
                continue
            for plug in plugs:
                for export in plug.versions.get((extern.kind, plain(name)), ()):
                    if plug is not part and (plug, export) not in taken:
                        raise ComponentError(
                            f"{part.name} imports {name}, and {plug.name} exports {export}: "
                            "the versions do not fit",
                            hint=_VERSIONS,
                        )


def _unused(plug: Part) -> ComponentError:
    exports = ", ".join(plug.exports) or "nothing"
    return ComponentError(
        f"the plug {plug.name} is not used: it exports {exports}, which nobody imports",
        hint="`unit-wasm inspect` shows what a component imports and exports",
    )


def _ordered(needs: dict[Part, list[Part]]) -> tuple[Part, ...]:
    try:
        return tuple(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle: list[Part] = error.args[1]
        names = " needs ".join(part.name for part in reversed(circle))
        raise ComponentError(f"plugs need each other: {names}") from None
