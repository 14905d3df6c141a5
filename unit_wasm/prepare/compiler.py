"""From a component to machine code: inspect, rewrite, compile. It runs in a child of its own."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import os
import pickle
import re
import resource
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final

from unit_wasm.component.inspect import check_servable, inspect
from unit_wasm.component.prepared import Prepared
from unit_wasm.component.rewrite import rewrite
from unit_wasm.component.rewrite.drops import put_drops
from unit_wasm.component.rewrite.front import put_front
from unit_wasm.component.rewrite.frontmaker import NoFront
from unit_wasm.component.rewrite.images import ALIGNMENT, NoImages, put_images, written
from unit_wasm.component.rewrite.membership import NoMerge
from unit_wasm.component.rewrite.merge import merge
from unit_wasm.errors import ComponentError, HostError, UnitWasmError
from unit_wasm.native import worker as native
from unit_wasm.native.limits import SMALL
from unit_wasm.native.rows import host_functions, host_resources, host_rows
from unit_wasm.options import Options
from unit_wasm.prepare.cache import describe
from unit_wasm.prepare.source import Source
from unit_wasm.wit.provided import Provided, ProvidedInterfaces

_PR_SET_PDEATHSIG: Final = 1
_OUTPUT: Final = 1

_DOES_NOT_COMPILE: Final = "the rewritten component does not compile"
_NOT_ASKED: Final = "the options leave it out"


def main(job: int, output: int, parent: int) -> None:
    """Do a job: describe a component, wait for its reservation on standard input, and compile.

    Parameters:
        job: a descriptor of what is to be done.
        output: a descriptor for the machine code.
        parent: the process that wants it; without it this one ends.
    """
    end_with(parent)
    with open(job, "rb") as file:
        source, options = pickle.load(file)
    _limit_memory(options.compile_memory)
    try:
        _job(source, options, output)
    except UnitWasmError as error:
        _fail(error)
    except OSError as error:
        _fail(HostError.of("the component cannot be compiled", error))


def end_with(parent: int) -> None:
    """Let the kernel end this process together with its parent, which may be killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise HostError("whoever wanted this has gone")


def _job(source: Source, options: Options, output: int) -> None:
    candidates = candidates_of(source, options, _step)
    best = next(candidates)
    _say({"described": describe(best.description)})
    answer = sys.stdin.readline()
    if not answer:
        # It was in the cache after all.
        return
    made, code = compile_first(chain((best,), candidates), options, int(answer), _step)
    left = memoryview(code)
    while left:
        left = left[os.write(output, left) :]
    _say({"made": describe(made)})


def _fail(error: UnitWasmError) -> None:
    _say({"fault": error.fault, "message": error.message, "hint": error.hint})


def _step(step: str) -> None:
    _say({"step": step})


def _say(document: dict[str, Any]) -> None:
    line = json.dumps(document).encode() + b"\n"
    while line:
        line = line[os.write(_OUTPUT, line) :]


def _limit_memory(size: int) -> None:
    """Limit what this process may use from now on: memory, and not reserved address space."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        # Without /proc nobody says, and what this process has is part of what it may use.
        status = ""
    found = re.search(r"^VmData:\s+(\d+) kB$", status, re.MULTILINE)
    used = int(found[1]) << 10 if found is not None else 0
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = used + size
    if hard == resource.RLIM_INFINITY or wanted <= hard:
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
    # No file of this size for each component that is too large.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def candidates_of(
    source: Source, options: Options, progress: Callable[[str], None]
) -> Iterator[_Candidate]:
    """Yield what may be compiled, the best first.

    Each takes as much memory as the component, and the first one nearly always compiles: so the
    others are made only when they are asked for.

    Raises:
        ComponentError: the component cannot be served.
    """
    component = source.binary()
    progress("inspecting")
    info = inspect(component, served=source.served)
    if source.served:
        check_servable(info, provided_functions())
    plain = Prepared(info, False, Path(), False, None, unmerged=_NOT_ASKED, unimaged=_NOT_ASKED)
    original = _Candidate(component, plain)
    if not options.rewrite:
        yield original
        return
    progress("rewriting")
    # Of what answers requests nothing else is called, whatever it exports.
    called = not source.served or info.handler is None
    reason = _DOES_NOT_COMPILE
    try:
        merged = _merged(original, options.without)
    except NoMerge as error:
        reason = str(error)
    else:
        yield from _made_of(merged, source, options.without, called=called, all_=False)
        del merged
    original = replace(original, description=replace(plain, unmerged=reason))
    yield from _made_of(original, source, options.without, called=called)


def _merged(original: _Candidate, without: str) -> _Candidate:
    """Return a component with fewer core modules.

    Raises:
        NoMerge: it cannot have fewer, or nobody wants that.
    """
    if without == "merge":
        raise NoMerge(_NOT_ASKED)
    merged = merge(original.binary)
    info = original.description.info
    added = inspect(merged, served=False).core_instances - info.core_instances
    description = replace(
        original.description, info=replace(info, added=added), merged=-added, unmerged=None
    )
    return replace(original, binary=merged, description=description)


def _made_of(
    original: _Candidate, source: Source, without: str, *, called: bool, all_: bool = True
) -> Iterator[_Candidate]:
    """Yield what may be made of a component, the best first.

    Parameters:
        called: whether functions that it exports are called with packed values.
        all_: yield the others, too, down to itself.
    """
    if not source.served:
        original = replace(original, binary=put_drops(original.binary))
    candidates = _rewritten(original, without, called=called)
    best = next(candidates)
    if not all_:
        candidates.close()
    reason = _DOES_NOT_COMPILE
    try:
        yield _with_images(best, without)
    except NoImages as error:
        reason = str(error)
    for each in chain((best,), candidates):
        yield replace(each, description=replace(each.description, unimaged=reason))


def compile_first(
    candidates: Iterable[_Candidate],
    options: Options,
    reservation: int,
    progress: Callable[[str], None],
) -> tuple[Prepared, bytes]:
    """Compile in this process, without limits, the first that compiles.

    Raises:
        ComponentError: none does.
    """
    progress("compiling")
    reserved = (
        replace(one, description=replace(one.description, reservation=reservation))
        for one in candidates
    )
    chosen, code = _compile(reserved, options)
    if not chosen.images:
        return chosen.description, code
    begin = -(-len(code) // ALIGNMENT) * ALIGNMENT
    description = replace(chosen.description, images=begin)
    return description, b"".join((code.ljust(begin, b"\0"), chosen.images))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be compiled.

    Parameters:
        binary: the component.
        description: of it, without its file.
        images: what its memories begin with, as the file is to have it.
    """

    binary: bytes
    description: Prepared
    images: bytes = b""


def _compile(candidates: Iterable[_Candidate], options: Options) -> tuple[_Candidate, bytes]:
    """Compile the first that compiles: what was done for speed must not cost one that works."""
    failed = ComponentError("there is nothing to compile")
    for candidate in candidates:
        try:
            return candidate, native.compile_component(
                candidate.description, candidate.binary, options
            )
        except ComponentError as error:
            failed = error
    raise failed


def _rewritten(
    original: _Candidate, without: str, *, called: bool
) -> Generator[_Candidate, None, None]:
    """Yield what may be made of a component, the best first, itself at the end.

    Parameters:
        without: what is left out, see the option.
        called: whether functions that it exports are called with packed values.
    """
    carries, guards = without != "bytes", without != "guard"
    outcome = rewrite.rewrite(original.binary, carries=carries, guards=guards)
    last = _bridged(original, outcome)
    if without != "front":
        with contextlib.suppress(NoFront):
            yield from _fronted(original, last, carries=carries, called=called, guards=guards)
    yield last
    if outcome.rewritten:
        bounded = rewrite.rewrite(original.binary, carries=False, guards=guards)
        last = _bridged(original, replace(bounded, reason=_DOES_NOT_COMPILE))
        yield last
    if last.binary is not original.binary:
        description = replace(
            last.description, info=original.description.info, unbounded=_DOES_NOT_COMPILE
        )
        yield _Candidate(original.binary, description)


def _fronted(
    original: _Candidate, bridged: _Candidate, *, carries: bool, called: bool, guards: bool
) -> Iterator[_Candidate]:
    """Yield a component with a front; where bytes are strings at it first so, and then without.

    Parameters:
        bridged: what the rewrite has made of it.

    Raises:
        NoFront: it cannot have one.
    """
    rows = host_rows()
    fronted = functools.partial(put_front, rows=rows, foreign=True, called=called, guards=guards)
    front = fronted(bridged.binary, carries=carries)
    if not front.carries:
        yield _Candidate(front.data, replace(bridged.description, fronted=True))
        return
    within = bridged
    if front.imports:
        outcome = rewrite.rewrite(
            original.binary,
            carries=bridged.description.rewritten,
            guards=guards,
            outside=front.imports,
        )
        within = _bridged(original, outcome)
        front = fronted(within.binary, carries=True)
    yield _carrying(original, within, front.data)
    yield from _fronted(original, bridged, carries=False, called=called, guards=guards)


def _carrying(original: _Candidate, within: _Candidate, front: bytes) -> _Candidate:
    """Describe a front with arenas for bytes."""
    own, found = within.description.info, inspect(front, served=False)
    info = replace(
        own,
        added=found.core_instances - original.description.info.core_instances,
        memories=found.memories,
        arenas=found.memories - own.memories,
    )
    return _Candidate(front, replace(within.description, info=info, fronted=True))


def _with_images(candidate: _Candidate, without: str) -> _Candidate:
    """Return a candidate whose large memories begin as images.

    Raises:
        NoImages: there are none, or they cannot, or are not wanted.
    """
    info = candidate.description.info
    if without in ("images", "small-memory"):
        raise NoImages(_NOT_ASKED)
    if info.memory_sizes.largest <= SMALL:
        raise NoImages("its memories are small")
    if info.heap:
        raise NoImages("a memory is not the component's, and begins with nobody knows what")
    binary, images, memories = put_images(candidate.binary, SMALL)
    description = replace(candidate.description, info=replace(info, images=memories), unimaged=None)
    return _Candidate(binary, description, written(images))


def _bridged(original: _Candidate, outcome: rewrite.Rewritten) -> _Candidate:
    """Return what a rewrite has made of a component."""
    own = original.description.info
    info = own
    if outcome.data is not original.binary:
        # It has a few core instances and memories more.
        found = inspect(outcome.data, served=False)
        info = replace(
            own, added=found.core_instances - own.core_instances, memories=found.memories
        )
    reason = None if outcome.reason == rewrite.NOTHING_TO_REWRITE else outcome.reason
    description = replace(
        original.description,
        info=info,
        rewritten=outcome.rewritten,
        unrewritten=reason,
        unbounded=outcome.unbounded,
    )
    return _Candidate(outcome.data, description)


def provided_functions() -> ProvidedInterfaces:
    """Return the host's interfaces, with their versions and functions."""
    provided: dict[str, dict[tuple[str, ...], set[str]]] = {}
    for kind in host_resources():
        provided.setdefault(kind.interface, {}).setdefault(kind.versions, set())
    for row in host_functions():
        provided.setdefault(row.interface, {}).setdefault(row.versions, set()).add(row.name)
    return {
        interface: tuple(Provided(each, frozenset(names)) for each, names in versions.items())
        for interface, versions in provided.items()
    }
