"""From a file to compiled code: read, inspect, rewrite, compile, keep (DESIGN section 6)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from unit_wasm import native
from unit_wasm.component import rewrite
from unit_wasm.component.cache import Cache
from unit_wasm.component.inspect import check_servable, inspect
from unit_wasm.component.prepared import Prepared
from unit_wasm.component.source import read
from unit_wasm.options import Options

__all__ = ["compile_component", "provided_functions"]

_ENGINE_VERSION = 1
"""Raise it when csrc/engine.c sets anything of libwasmtime's configuration otherwise."""

Progress = Callable[[str], None]
"""Is told what happens now, e.g. ``compiling``."""


def compile_component(
    path: str | os.PathLike[str], options: Options, progress: Progress = lambda step: None
) -> Prepared:
    """Make a component ready to be served, or find it in the cache.

    Parameters:
        path: a ``.wasm`` or ``.wat`` file.
        options: the limits that the compiled code depends on, and the cache folder.
        progress: is told of each step.

    Raises:
        ComponentError: the file cannot be read, or is not a component that this host can serve.
        HostError: the cache cannot be used.
    """
    progress("reading")
    component = read(path)
    cache = Cache(options.cache_dir)
    key = _key(component, options)
    found = cache.find(key)
    if found is not None:
        return found
    progress("inspecting")
    info = inspect(component)
    check_servable(info, provided_functions())
    rewritten = False
    if options.rewrite:
        progress("rewriting")
        outcome = rewrite.rewrite(component)
        component, rewritten = outcome.data, outcome.rewritten
    if rewritten:
        # The rewritten component has a few core instances more.
        made = inspect(component)
        info = replace(
            info, core_instances=made.core_instances, memories=made.memories, tables=made.tables
        )
    progress("compiling")
    prepared = Prepared(info, rewritten, Path(), cached=False)
    compiled = native.compile_component(prepared, component, options)
    progress("storing")
    return cache.store(key, info, rewritten, compiled)


def provided_functions() -> Mapping[str, frozenset[str]]:
    """Return the names of the host's functions by interface (without version)."""
    provided: dict[str, set[str]] = {}
    for function in native.host_functions():
        provided.setdefault(function.interface, set()).add(function.name)
    return {interface: frozenset(names) for interface, names in provided.items()}


def _key(component: bytes, options: Options) -> str:
    """Hash everything that the compiled code depends on."""
    hashed = hashlib.sha256(component)
    depends = (
        native.wasmtime_library().version,
        _ENGINE_VERSION,
        rewrite.VERSION if options.rewrite else 0,
        options.pooling,
        # The compiled code of a memory depends on whether it fits into its reservation.
        options.max_memory,
        _processor(),
    )
    hashed.update(repr(depends).encode())
    return hashed.hexdigest()


def _processor() -> str:
    """Return the processor's architecture and features: the code uses what it finds."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        text = ""
    features = next(
        (line for line in text.splitlines() if line.startswith(("flags", "Features"))), ""
    )
    return f"{os.uname().machine} {features}"
