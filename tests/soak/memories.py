"""A million instances that change all they have: ``make soak-memories``; ``ARGS='--count N'``.

Each tells what it finds at its start, and the next one finds the same: with every lever of
tests/harness/stains.py on and off, one at a time and 64 at once, ending in any way, their clients
gone meanwhile. ``--swap`` does it in a memory cgroup that is too small, with a swap file: it needs
root, and the controller of memory of cgroup v1. Exits with 1 where one has found anything else.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.harness.direct import Call, Client
from tests.harness.stains import (
    GROWN,
    LEVERS,
    NEVER_ENDS,
    TO_ALL,
    TO_SOME,
    TRAPS,
    is_fresh,
    tables_text,
)

TOTAL = 1_000_000
AT_ONCE = (1, 64)
GUESTS = ("stains", "tables")
CPU = 0.01
"""Seconds that a guest may compute which never ends."""

_LIMIT = 24 << 20
"""Bytes, less than 64 instances at once write to."""
_SWAP = 1 << 30
_CGROUP = Path("/sys/fs/cgroup/memory/unit-wasm-soak")


def _paths(seed: int) -> Iterator[str]:
    """Yield paths of `stains` without end: most write and end well, one in 200 never ends."""
    choices = random.Random(seed)
    kinds = (TO_SOME, TO_ALL, GROWN, TRAPS, NEVER_ENDS)
    while True:
        (kind,) = choices.choices(kinds, (150, 19, 10, 20, 1))
        yield f"/{kind}/{choices.randrange(1 << 30)}"


def _begun(client: Client, paths: Iterator[str], count: int) -> list[Call]:
    """Start instances of which those of `stains` wait, after they have written to their memory."""
    calls = [
        client.start(next(paths), method="POST", body=[], finishes=False) for _ in range(count)
    ]
    client.settle(100 + count)
    return calls


def soak(
    guest: str,
    levers: dict[str, Any],
    at_once: int,
    count: int,
    folder: Path,
    look: Callable[[], None] = lambda: None,
) -> int:
    """Run so many instances; return how many were looked at, all of them fresh.

    Parameters:
        look: is called while slots hold what they hold.

    Raises:
        AssertionError: one was not.
    """
    path: Path | str = guest
    if guest == "tables":
        path = folder / "tables.wat"
        path.write_text(tables_text())
    paths, seen, begun = _paths(count), 0, 0
    limits = {"max_exchanges": 64, "cpu_timeout": CPU, **levers}
    with Client(path, **limits) as client:
        while begun < count:
            calls = _begun(client, paths, min(at_once, count - begun))
            begun += len(calls)
            leave = set(range(7, len(calls), 31))
            for number in leave:
                client.gone(calls[number])
            left = [call for number, call in enumerate(calls) if number not in leave]
            look()
            for call in left:
                if not call.done:
                    client.send(call, last=True)
            client.finish(*left)
            for call in left:
                if call.status == 200:
                    text = bytes(call.body).decode()
                    assert is_fresh(guest, text), (guest, levers, at_once, text)
                    seen += 1
            client.lines.clear()
    return seen


def swapped() -> int:
    """Return the bytes of this process that are swapped out."""
    text = Path("/proc/self/smaps_rollup").read_text()
    found = re.search(r"^Swap: +(\d+) kB", text, re.MULTILINE)
    return int(found[1]) << 10 if found else 0


@contextlib.contextmanager
def pressed(folder: Path) -> Iterator[None]:
    """Let this process have less memory than it needs."""
    file = folder / "swap"
    subprocess.run(["fallocate", "-l", str(_SWAP), file], check=True)
    file.chmod(0o600)
    subprocess.run(["mkswap", file], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["swapon", file], check=True)
    home = Path("/sys/fs/cgroup/memory/cgroup.procs")
    try:
        # One is left where the kernel has ended a process that could not even swap.
        _CGROUP.mkdir(exist_ok=True)
        try:
            (_CGROUP / "memory.limit_in_bytes").write_text(str(_LIMIT))
            (_CGROUP / "cgroup.procs").write_text(str(os.getpid()))
            yield
        finally:
            home.write_text(str(os.getpid()))
            _CGROUP.rmdir()
    finally:
        subprocess.run(["swapoff", file], check=True)


def _all(count: int, folder: Path, *, is_pressed: bool = False) -> int:
    """Run all kinds; return how many instances were looked at."""
    kinds = [(guest, levers, n) for levers in LEVERS for n in AT_ONCE for guest in GUESTS]
    seen, most = 0, [0]

    def look() -> None:
        if is_pressed:
            most.append(max(most.pop(), swapped()))

    for guest, levers, at_once in kinds:
        began = time.monotonic()
        found = soak(guest, levers, at_once, count // len(kinds), folder, look)
        seen += found
        how = str(levers or "as it comes")
        say(
            f"{guest:8} {how:32} {at_once:3} at once: {found:7} fresh, "
            f"{time.monotonic() - began:5.0f} s"
        )
    say(f"{seen} instances, all fresh; up to {most[0] >> 20} MiB swapped out at a time")
    return seen


def say(line: str) -> None:
    """Show how far it is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(given: list[str] | None = None) -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(prog="make soak-memories", description=__doc__)
    parser.add_argument("--count", type=int, default=TOTAL, help="of instances")
    parser.add_argument("--swap", action="store_true", help="under pressure")
    options = parser.parse_args(given)
    with tempfile.TemporaryDirectory(prefix="uw-soak-") as name:
        folder = Path(name)
        # Compiling needs more than is left under pressure.
        _all(len(LEVERS) * len(AT_ONCE) * len(GUESTS), folder)
        with pressed(folder) if options.swap else contextlib.nullcontext():
            _all(options.count, folder, is_pressed=options.swap)
    return 0


if __name__ == "__main__":
    sys.exit(main())
