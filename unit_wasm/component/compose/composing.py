"""From a socket and its plugs to one component."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unit_wasm.component.compose.exports import write_exports
from unit_wasm.component.compose.imports import Imports
from unit_wasm.component.compose.matching import Types
from unit_wasm.component.compose.parts import Part, read_part, track
from unit_wasm.component.compose.plugging import link
from unit_wasm.component.rewrite.graph import SORTS, Graph
from unit_wasm.wit.arena import Arena


@dataclass(frozen=True)
class Given:
    """A component that is to be composed.

    Parameters:
        name: what errors call it.
        data: its bytes.
    """

    name: str
    data: bytes


@dataclass(frozen=True)
class Remaining:
    """An import of the outcome.

    Parameters:
        name: with its version.
        parts: names of the components that need it.
    """

    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Composed:
    """The outcome.

    Parameters:
        data: the component.
        exports: names of what it exports, which is what the socket does.
        open: what nobody exports.
    """

    data: bytes
    exports: tuple[str, ...]
    open: tuple[Remaining, ...]


def compose(socket: Given, plugs: Sequence[Given]) -> Composed:
    """Fill what the socket imports, and what the plugs import, from what the plugs export.

    Raises:
        ComponentError: one is no component; a plug is not used; an import has two plugs, or one
            of another version or type; or what stays open cannot be imported.
    """
    arena = Arena()
    parts = [read_part(given.name, given.data, arena) for given in (socket, *plugs)]
    linking = link(parts[0], parts[1:])
    types = Types(arena, linking)
    graph = Graph()
    imports = Imports(arena, linking, types, graph)
    imports.write()
    instances: dict[Part, int] = {}
    for part in linking.order:
        arguments = []
        for name, extern in part.imports.items():
            sort = SORTS[extern.kind]
            fill = linking.fills.get((part, name))
            if fill is None:
                index = imports.index(track(name))
            else:
                index = graph.alias(instances[fill.part], fill.export, sort)
            arguments.append((name, sort, index))
        instances[part] = graph.instantiate(graph.component(part.data), arguments)
    write_exports(parts[0], instances[parts[0]], graph, imports)
    remaining = tuple(
        Remaining(one.name, tuple(part.name for part in one.parts)) for one in imports.written()
    )
    return Composed(graph.data(), tuple(parts[0].exports), remaining)
