"""From a file to compiled code: read, inspect, rewrite, compile, keep (DESIGN section 6)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from unit_wasm import native
from unit_wasm.component import rewrite
from unit_wasm.component.cache import Cache
from unit_wasm.component.info import ComponentInfo
from unit_wasm.component.prepared import Prepared
from unit_wasm.component.source import Source, open_source
from unit_wasm.errors import ComponentError
from unit_wasm.library import wasmtime_library
from unit_wasm.options import Options

__all__ = ["Progress", "compile_component", "provided_functions"]

_ENGINE_VERSION = 2
"""Raise it when csrc/engine_pool.c sets anything of libwasmtime's configuration otherwise."""

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
    source = open_source(path)
    cache = Cache(options.cache_dir)
    key = _key(source, options)
    found = cache.find(key)
    if found is not None:
        return found
    # Only who compiles pays for loading this.
    from unit_wasm.component.inspect import check_servable, inspect

    component = source.binary()
    progress("inspecting")
    info = inspect(component)
    check_servable(info, provided_functions())
    candidate = _rewritten(component, info, options, progress)
    progress("compiling")
    try:
        compiled = native.compile_component(candidate.description, candidate.binary, options)
    except ComponentError:
        if not candidate.description.rewritten:
            raise
        # The rewrite is there for speed alone: it must not cost a component that works.
        reason = "the rewritten component does not compile"
        candidate = _Candidate(component, Prepared(info, False, Path(), False, reason))
        compiled = native.compile_component(candidate.description, component, options)
    progress("storing")
    return cache.store(key, candidate.description, compiled)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What is to be compiled, and the description of it (without its file)."""

    binary: bytes
    description: Prepared


def _rewritten(
    component: bytes, info: ComponentInfo, options: Options, progress: Progress
) -> _Candidate:
    if not options.rewrite:
        return _Candidate(component, Prepared(info, False, Path(), False, None))
    progress("rewriting")
    outcome = rewrite.rewrite(component)
    if not outcome.rewritten:
        reason = None if outcome.reason == rewrite.NOTHING_TO_REWRITE else outcome.reason
        return _Candidate(component, Prepared(info, False, Path(), False, reason))
    # The rewritten component has a few core instances more.
    from unit_wasm.component.inspect import inspect

    made = inspect(outcome.data)
    info = replace(
        info, core_instances=made.core_instances, memories=made.memories, tables=made.tables
    )
    return _Candidate(outcome.data, Prepared(info, True, Path(), False, None))


def provided_functions() -> Mapping[str, frozenset[str]]:
    """Return the names of the host's functions by interface (without version)."""
    provided: dict[str, set[str]] = {}
    for resource in native.host_resources():
        provided.setdefault(resource.interface, set())
    for function in native.host_functions():
        provided.setdefault(function.interface, set()).add(function.name)
    return {interface: frozenset(names) for interface, names in provided.items()}


def _key(source: Source, options: Options) -> str:
    """Hash everything that the compiled code depends on."""
    hashed = hashlib.sha256(source.data)
    depends = (
        source.is_text,
        wasmtime_library().version,
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
