"""What compiled code depends on of the processor, and the levels that it may be compiled for."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from unit_wasm.errors import HostError

_CPUINFO = Path("/proc/cpuinfo")

NATIVE = "native"
GENERIC = "generic"

_V2 = ("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3")
_V3 = ("abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave")
_V4 = ("avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl")

LEVELS = {
    "x86-64-v2": _V2,
    "x86-64-v3": (*_V2, *_V3),
    "x86-64-v4": (*_V2, *_V3, *_V4),
}
"""The levels of the x86-64 psABI, by the names that Linux has for what they require."""

# What libwasmtime's compiler looks at, again by Linux's names. The kernel's line has a hundred
# more, which change with its version, its parameters and its microcode.
_USED = {
    "x86_64": frozenset(
        [
            "abm",
            "avx",
            "avx2",
            "avx512_bitalg",
            "avx512_vbmi",
            "avx512_vnni",
            "avx512bw",
            "avx512dq",
            "avx512f",
            "avx512vbmi",
            "avx512vl",
            "avx_vnni",
            "bmi1",
            "bmi2",
            "cx16",
            "fma",
            "pni",
            "popcnt",
            "sse4_1",
            "sse4_2",
            "ssse3",
        ]
    ),
    "aarch64": frozenset(["asimddp", "asimdhp", "atomics", "bti", "fphp", "i8mm", "paca", "pacg"]),
}


def code_target(level: str) -> str:
    """Return what compiled code depends on: for ``native`` this processor, else the level alone.

    Parameters:
        level: the option ``target_cpu``.
    """
    machine = os.uname().machine
    if level != NATIVE:
        return f"{machine} {level}"
    found = _features()
    used = _USED.get(machine)
    return f"{machine} {' '.join(sorted(found if used is None else found & used))}"


def check_level(level: str) -> None:
    """Check that code for that level runs here.

    Raises:
        HostError: it is one of another architecture, or this processor has less.
    """
    if level in (NATIVE, GENERIC):
        return
    machine = os.uname().machine
    hint = "set UNIT_WASM_TARGET_CPU (--target-cpu) to a level that every machine has, or native"
    if machine != "x86_64":
        raise HostError(f"UNIT_WASM_TARGET_CPU is {level}, and this is {machine}", hint=hint)
    found = _features()
    missing = [name for name in LEVELS[level] if name not in found]
    if found and missing:
        raise HostError(
            f"UNIT_WASM_TARGET_CPU is {level}, and this processor has no {', '.join(missing)}",
            hint=hint,
        )


@cache
def _features() -> frozenset[str]:
    """Return Linux's names of what the processor can; empty where it does not say."""
    try:
        # Not all of it: there is as much again for each processor.
        with _CPUINFO.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                name, _, value = line.partition(":")
                # x86 and Arm, RISC-V, and s390x.
                if name.strip() in ("flags", "Features", "isa", "features"):
                    return frozenset(value.split())
    except OSError:
        pass
    return frozenset()
