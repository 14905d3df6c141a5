"""What the inspection of a component finds; it is kept in the cache.

Apart from the inspection because a start from the cache does without that.
"""

from __future__ import annotations

from unit_wasm.component.format.sizes import NO_SIZES, Sizes
from unit_wasm.values import dataclass


@dataclass(frozen=True, slots=True)
class ImportedInterface:
    """One import of a component.

    Parameters:
        name: the interface without its version, e.g. ``wasi:io/poll``; for an import that is no
            interface (a bare function, a component, ...) its plain name.
        version: e.g. ``0.2.9``, or None where the import has none.
        functions: what is called, in the order of the component, e.g. ``[method]pollable.block``.
        resources: the resource types that it defines (not those that it takes from others).
        sort: ``instance`` for an interface, else what it is: ``function``, ``component``, ...
    """

    name: str
    version: str | None
    functions: tuple[str, ...]
    resources: tuple[str, ...]
    sort: str = "instance"

    @property
    def full_name(self) -> str:
        """The name as the component writes it."""
        return self.name if self.version is None else f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class ComponentInfo:
    """What a component imports, exports and costs.

    Parameters:
        imports: in the order of the component.
        exports: names with versions.
        handler: the exported ``wasi:http/incoming-handler@0.2.x``, or None.
        core_instances: core instances of one instantiation, nested components included (an upper
            bound, as are the next ones), but not those that libwasmtime makes in between.
        memories: how many linear memories one instantiation has, those of the rewrite included.
        tables: how many tables it has.
        memory_sizes: of its own memories, in bytes.
        table_sizes: of its tables, in elements.
        added: core instances that the rewrite has added; below 0 where modules became one.
        heap: whether it may hold objects that are collected, for which libwasmtime makes one more
            memory.
        arenas: of the memories that the rewrite has added those that grow with the bytes which
            cross; see component/rewrite/transit.py.
        images: what large memories begin with, in bytes, where those that have data begin as
            images: see component/rewrite/images.py.
    """

    imports: tuple[ImportedInterface, ...]
    exports: tuple[str, ...]
    handler: str | None
    core_instances: int
    memories: int
    tables: int
    memory_sizes: Sizes = NO_SIZES
    table_sizes: Sizes = NO_SIZES
    heap: bool = False
    added: int = 0
    arenas: int = 0
    images: tuple[int, ...] = ()
