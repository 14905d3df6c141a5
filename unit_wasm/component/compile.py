"""From a file to compiled code: read, inspect, rewrite, compile, keep (DESIGN section 6)."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from unit_wasm import native
from unit_wasm.component import rewrite
from unit_wasm.component.cache import Cache
from unit_wasm.component.limits import check_limits
from unit_wasm.component.prepared import FULL_RESERVATION, Prepared
from unit_wasm.component.source import Source, open_source
from unit_wasm.errors import ComponentError
from unit_wasm.library import wasmtime_library
from unit_wasm.options import Options

__all__ = ["Progress", "compile_component", "provided_functions"]

_DOES_NOT_COMPILE: Final = "the rewritten component does not compile"

_ENGINE_VERSION = 3
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
    found = cache.find(_key(source, options, FULL_RESERVATION))
    if found is not None:
        check_limits(found.info, options)
        if native.reservation(found, options) == FULL_RESERVATION:
            return found
    candidates = _candidates(source, options, progress)
    check_limits(candidates[0].description.info, options)
    # Address space is scarce on few machines: only these look twice.
    reservation = native.reservation(candidates[0].description, options)
    key = _key(source, options, reservation)
    if reservation != FULL_RESERVATION:
        found = cache.find(key)
        if found is not None:
            return replace(found, reservation=reservation)
    progress("compiling")
    chosen, compiled = _compile(
        [
            replace(one, description=replace(one.description, reservation=reservation))
            for one in candidates
        ],
        options,
    )
    progress("storing")
    return cache.store(key, chosen.description, compiled)


def _candidates(source: Source, options: Options, progress: Progress) -> list[_Candidate]:
    """Return what may be compiled, the best first."""
    # Only who compiles pays for loading this.
    from unit_wasm.component.inspect import check_servable, inspect

    component = source.binary()
    progress("inspecting")
    info = inspect(component)
    check_servable(info, provided_functions())
    original = _Candidate(component, Prepared(info, False, Path(), False, None))
    if not options.rewrite:
        return [original]
    progress("rewriting")
    return _rewritten(original)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be compiled, and the description of it (without its file)."""

    binary: bytes
    description: Prepared


def _compile(candidates: Sequence[_Candidate], options: Options) -> tuple[_Candidate, bytes]:
    """Compile the first that compiles: what was done for speed must not cost one that works."""
    *others, last = candidates
    for candidate in others:
        with contextlib.suppress(ComponentError):
            return candidate, native.compile_component(
                candidate.description, candidate.binary, options
            )
    return last, native.compile_component(last.description, last.binary, options)


def _rewritten(original: _Candidate) -> list[_Candidate]:
    """Return what may be made of a component, the fastest first, itself at the end."""
    # Only who compiles pays for loading these.
    from unit_wasm.component.front import NoFront, put_front

    outcome = rewrite.rewrite(original.binary)
    made = [original]
    if outcome.rewritten:
        made = [_bridged(original, outcome.data), _without(original, _DOES_NOT_COMPILE)]
    elif outcome.reason != rewrite.NOTHING_TO_REWRITE:
        made = [_without(original, outcome.reason)]
    with contextlib.suppress(NoFront):
        front = put_front(made[0].binary, native.host_rows())
        made.insert(0, _Candidate(front, replace(made[0].description, fronted=True)))
    return made


def _bridged(original: _Candidate, data: bytes) -> _Candidate:
    from unit_wasm.component.inspect import inspect

    # It has a few core instances and memories more.
    found = inspect(data)
    own = original.description.info
    info = replace(own, added=found.core_instances - own.core_instances, memories=found.memories)
    return _Candidate(data, replace(original.description, info=info, rewritten=True))


def _without(original: _Candidate, reason: str | None) -> _Candidate:
    return replace(original, description=replace(original.description, unrewritten=reason))


def provided_functions() -> Mapping[str, frozenset[str]]:
    """Return the names of the host's functions by interface (without version)."""
    provided: dict[str, set[str]] = {}
    for resource in native.host_resources():
        provided.setdefault(resource.interface, set())
    for function in native.host_functions():
        provided.setdefault(function.interface, set()).add(function.name)
    return {interface: frozenset(names) for interface, names in provided.items()}


def _key(source: Source, options: Options, reservation: int) -> str:
    """Hash everything that the compiled code depends on."""
    hashed = hashlib.sha256(source.data)
    depends = (
        source.is_text,
        wasmtime_library().version,
        _ENGINE_VERSION,
        # A front imports by the numbers of the host's rows.
        native.tables_digest(),
        rewrite.VERSION if options.rewrite else None,
        # The compiled code of a memory depends on its reservation, and on whether its data are
        # copied (limits.py).
        reservation,
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
