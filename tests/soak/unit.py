"""500,000 requests over a real Unit with four processes: ``make soak-unit``.

``UNITD`` names the binary, ``UNIT_SOURCE`` the configured tree that it is from. Every answer is
compared byte for byte. No error, resident memory and descriptors of each worker at the end as
after the first 50,000 requests, no ``[alert]`` and no ``[error]`` in Unit's log, and the workers
are still those of the start. Prints the figures; exits with 1 where one is not kept.
"""

import asyncio
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import uvloop

from tests.harness.processes import descriptors, wait_until
from tests.harness.unitd import Unit, Unitd, application
from tests.soak.run import command_line, load
from unit_wasm.unit.build import build_module

PROCESSES = 4
CONNECTIONS = 64
WARM = 50_000
# More at once than later, so that no worker meets its busiest moment only after the first figures.
WARM_CONNECTIONS = 256
TOTAL = 500_000
GROWTH = 1.02

_MAPPING = re.compile(r"[0-9a-f]+-[0-9a-f]+ ")


@dataclass(frozen=True)
class State:
    """What each worker holds: bytes of resident memory, and descriptors."""

    resident: dict[int, int]
    descriptors: dict[int, int]


def state(server: Unitd) -> State:
    """Return what the workers hold now."""
    pids = server.workers("soak")
    return State({pid: resident(pid) for pid in pids}, {pid: descriptors(pid) for pid in pids})


def resident(pid: int) -> int:
    """Return the bytes of resident memory, without the queues that Unit shares with its processes.

    Unit's queue of requests is a ring of 131,072 places, 6 MB: a process has each page of it in
    use once the ring has come round. What is left is summed up mapping by mapping, because VmRSS
    is a sum that the kernel keeps loosely.
    """
    total, ours = 0, True
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if _MAPPING.match(line):
            ours = "/memfd:/unit." not in line
        elif ours and line.startswith("Rss:"):
            total += int(line.split()[1]) * 1024
    return total


def kept(before: State, after: State, server: Unitd) -> bool:
    """Tell whether nothing has grown and nothing was complained about."""
    faults = [line for line in server.log.splitlines() if "[alert]" in line or "[error]" in line]
    for line in faults[:20]:
        sys.stdout.write(f"{line}\n")
    return (
        not faults
        and after.descriptors == before.descriptors
        and all(after.resident[pid] <= GROWTH * size for pid, size in before.resident.items())
    )


def soak(unit: Unit, name: str, total: int) -> bool:
    """Run one kind of request and print its figures. Returns whether all was kept."""
    with unit.start() as server:
        # Threads of the router open a descriptor in each worker when they first talk to it.
        server.configure({"soak": application(name, processes=PROCESSES)}, threads=1)
        wait_until(lambda: len(server.workers("soak")) == PROCESSES, "for the workers")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(load(server["soak"], name, min(WARM, total), WARM_CONNECTIONS))
            before = state(server)
            started = time.monotonic()
            runner.run(load(server["soak"], name, total - WARM, CONNECTIONS))
            seconds = time.monotonic() - started
        after = state(server)
        good = kept(before, after, server)
        sizes = [
            f"{size / 1e6:.1f} -> {after.resident.get(pid, 0) / 1e6:.1f}"
            for pid, size in before.resident.items()
        ]
        sys.stdout.write(
            f"Unit {'.'.join(map(str, unit.version))}, {name}: {total} requests over {CONNECTIONS} "
            f"connections and {PROCESSES} processes, 0 errors, {(total - WARM) / seconds:.0f} "
            f"req/s; resident after {WARM} and at the end {', '.join(sizes)} MB; descriptors "
            f"{[*before.descriptors.values()]} -> {[*after.descriptors.values()]}: "
            f"{'ok' if good else 'FAILED'}\n"
        )
        sys.stdout.flush()
    return good


def main() -> int:
    """Return the exit status."""
    parser = command_line(__doc__, TOTAL)
    arguments = parser.parse_args()
    binary, source = os.environ.get("UNITD"), os.environ.get("UNIT_SOURCE")
    if not binary or not source:
        parser.error("UNITD (the file of unitd) and UNIT_SOURCE (its configured tree) are not set")
    # Not below a folder that another user may not enter: Unit looks for modules as one.
    with tempfile.TemporaryDirectory(prefix="uw-modules-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        build_module(Path(source), "wasm-wasi-component", folder)
        unit = Unit(Path(binary).resolve(), folder)
        good = [soak(unit, kind, arguments.total) for kind in arguments.names or ["hello"]]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
