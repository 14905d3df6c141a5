"""``unit-wasm doctor``: how many instances this machine has room for."""

from __future__ import annotations

import ctypes
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from unit_wasm.component.format.sizes import Sizes
from unit_wasm.component.info import ComponentInfo
from unit_wasm.component.prepared import FULL_RESERVATION, Prepared
from unit_wasm.errors import HostError
from unit_wasm.native.library import wasmtime_library
from unit_wasm.options import Options
from unit_wasm.options.kinds import SIZE
from unit_wasm.unit.check import Check, failed, ok, warning

_TOPIC: Final = "memory"
_FEWER: Final = "lower UNIT_WASM_MAX_EXCHANGES"

# About what an exchange takes of mappings, and what the rest of a process does.
_MAPPINGS_PER_EXCHANGE: Final = 6
_OTHER_MAPPINGS: Final = 2000

_VM: Final = Path("/proc/sys/vm")
_STRICT_OVERCOMMIT: Final = 2

_USUAL: Final = Prepared(
    ComponentInfo((), (), None, 1, 1, 1, Sizes(((1 << 20, None, 1),)), Sizes(((1, 1, 1),))),
    rewritten=False,
    compiled=Path(),
    cached=False,
    unrewritten=None,
)
"""A component with one linear memory, as nearly all have."""


def check_memory(options: Options) -> Iterator[Check]:
    """Yield what is short: address space, mappings, memory that may be promised."""
    findings = [*_address_space(options), *_mappings(options), *_promises()]
    if findings:
        yield from findings
    else:
        exchanges = options.max_exchanges
        yield ok(_TOPIC, f"address space and mappings for {exchanges} exchanges")


def _address_space(options: Options) -> Iterator[Check]:
    try:
        from unit_wasm.native import worker as native

        # A server has it beside its instances.
        ctypes.CDLL(str(wasmtime_library().path))
    except (ImportError, OSError, HostError):
        # Other checks say so.
        return
    reservation = native.reservation(_USUAL, options)
    if reservation == FULL_RESERVATION:
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    limited = limit != resource.RLIM_INFINITY
    allowed = f"ulimit -v allows {SIZE.show(limit)}" if limited else "the system has less"
    pool = options.max_exchanges * FULL_RESERVATION >> 30
    hint = f"raise the limit, or {_FEWER}" if limited else _FEWER
    places = native.places(replace(_USUAL, reservation=reservation), options)
    if places == 0:
        yield failed(_TOPIC, f"{allowed} of address space: no instance has room", hint)
        return
    yield warning(
        _TOPIC,
        f"a pool of {options.max_exchanges} instances takes {pool} GiB of address space, and "
        f"{allowed}: about {places} have room at once, with {SIZE.show(reservation)} for each "
        "memory, and their addresses are checked, which is slower",
        hint,
    )


def _mappings(options: Options) -> Iterator[Check]:
    exchanges = options.max_exchanges
    mappings = exchanges * _MAPPINGS_PER_EXCHANGE + _OTHER_MAPPINGS
    allowed = _vm("max_map_count")
    if allowed is not None and allowed < mappings:
        places = max(0, allowed - _OTHER_MAPPINGS) // _MAPPINGS_PER_EXCHANGE
        yield warning(
            _TOPIC,
            f"{exchanges} exchanges take about {mappings} mappings, and vm.max_map_count is "
            f"{allowed}: about {places} have room at once",
            f"sysctl vm.max_map_count={2 * mappings}, or {_FEWER}",
        )


def _promises() -> Iterator[Check]:
    if _vm("overcommit_memory") == _STRICT_OVERCOMMIT:
        yield warning(
            _TOPIC,
            "vm.overcommit_memory is 2: what instances might use counts as used, and requests wait "
            "where it is refused",
            f"sysctl vm.overcommit_memory=0, or {_FEWER}",
        )


def _vm(name: str) -> int | None:
    try:
        return int((_VM / name).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
