"""From a file to compiled code: read, look into the cache, compile, keep."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from unit_wasm.component.prepared import FULL_RESERVATION, Prepared
from unit_wasm.native import worker as native
from unit_wasm.native.library import wasmtime_library
from unit_wasm.native.limits import check_limits
from unit_wasm.native.rows import tables_digest
from unit_wasm.options import Options
from unit_wasm.prepare.cache import Cache
from unit_wasm.prepare.noted import Noted, look, recall, remember, settings
from unit_wasm.prepare.processor import check_level
from unit_wasm.prepare.source import Source, open_source

Progress = Callable[[str], None]
"""Is told what happens now, e.g. ``compiling``."""


def compile_component(
    path: str | os.PathLike[str],
    options: Options,
    progress: Progress = lambda step: None,
    *,
    served: bool = True,
    source: Source | Callable[[], Source] | None = None,
) -> Prepared:
    """Make a component ready to be served, or called, or find it in the cache.

    Parameters:
        path: a ``.wasm`` or ``.wat`` file.
        options: the limits that the compiled code depends on, those of compiling, and the cache
            folder.
        progress: is told of each step.
        served: it is to answer requests; else Python calls its functions, and may provide what the
            host does not.
        source: the file, where it was read already; or what reads it, where it has to be.

    Raises:
        ComponentError: the file cannot be read, or is not a component that this host can serve.
        HostError: the cache cannot be trusted, or this machine cannot compile.
    """
    progress("reading")
    check_level(options.target_cpu)
    if isinstance(source, Source):
        return _made(source, options, progress)
    use = "served" if served else "called"
    before, found = look(path), recall(path, options, use)
    if found is not None:
        return found.prepared
    source = open_source(path, served=served) if source is None else source()
    prepared = _made(source, options, progress)
    remember(path, before, options, use, Noted(prepared, b""))
    return prepared


def _made(source: Source, options: Options, progress: Progress) -> Prepared:
    """Find what was read in the cache, or compile it."""
    cache = Cache(options.cache_dir)
    found = cache.find(_key(source, options, FULL_RESERVATION))
    if found is not None:
        check_limits(found.info, options)
        if native.reservation(found, options) == FULL_RESERVATION:
            return found
    # Only who compiles pays for loading this.
    from unit_wasm.prepare.child import Compiler

    with Compiler(source, options, progress) as compiler:
        described = compiler.describe()
        check_limits(described.info, options)
        # Address space is scarce on few machines: only these look twice.
        reservation = native.reservation(described, options)
        key = _key(source, options, reservation)
        if reservation != FULL_RESERVATION:
            found = cache.find(key)
            if found is not None:
                return replace(found, reservation=reservation)
        made, code = compiler.compile(reservation)
    progress("storing")
    made = replace(made, reservation=reservation)
    return cache.store(key, made, code, component=source.name)


def _key(source: Source, options: Options, reservation: int) -> str:
    """Hash everything that the compiled code depends on."""
    # What was noted is not hashed, and need not wait for this.
    import hashlib

    hashed = hashlib.sha256(source.data)
    # What is not to be served is not refused for what it lacks.
    depends = ((source.is_text, source.served), *dependencies(options, reservation))
    hashed.update(repr(depends).encode())
    return hashed.hexdigest()


def dependencies(options: Options, reservation: int) -> tuple[object, ...]:
    """Return all that compiled code depends on beside its component."""
    from unit_wasm.component.rewrite.digest import rewrite_digest

    return (
        wasmtime_library().version,
        native.engine_digest(),
        # A front imports by the numbers of the host's rows.
        tables_digest(),
        rewrite_digest() if options.rewrite else None,
        *settings(options, reservation),
    )
