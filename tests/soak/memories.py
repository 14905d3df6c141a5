"""A million instances that change all they have: ``make soak-memories``; ``ARGS='--count N'``.

Each tells what it finds at its start, and the next one finds the same: with every lever of
tests/harness/stains.py on and off, one at a time and 64 at once, ending in any way, their clients
gone meanwhile. ``--swap`` does it in a memory cgroup that is too small, with a swap file, in
processes that the kernel may end (pressed.py): it needs root, and the memory controller of cgroup
v1. Exits with 1 where one has found anything else.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
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
from tests.soak.pressed import PREFIX, Progress, carried_on, enter, pressure

TOTAL = 1_000_000
AT_ONCE = (1, 64)
GUESTS = ("stains", "tables")
CPU = 0.01
"""Seconds that a guest may compute which never ends."""


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
    tell: Callable[[int, int], None] = lambda begun, seen: None,
) -> int:
    """Run so many instances; return how many were looked at, all of them fresh.

    Parameters:
        look: is called while slots hold what they hold.
        tell: is told how many were begun, and how many looked at.

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
            tell(begun, seen)
    return seen


def swapped() -> int:
    """Return the bytes of this process that are swapped out."""
    text = Path("/proc/self/smaps_rollup").read_text()
    found = re.search(r"^Swap: +(\d+) kB", text, re.MULTILINE)
    return int(found[1]) << 10 if found else 0


def kinds() -> list[tuple[str, dict[str, Any], int]]:
    """Return all: guest, levers, and how many at once."""
    return [(guest, levers, n) for levers in LEVERS for n in AT_ONCE for guest in GUESTS]


def _all(count: int, folder: Path) -> None:
    """Run all kinds, in this process."""
    seen = 0
    for guest, levers, at_once in kinds():
        began = time.monotonic()
        found = soak(guest, levers, at_once, count // len(kinds()), folder)
        seen += found
        how = str(levers or "as it comes")
        say(
            f"{guest:8} {how:32} {at_once:3} at once: {found:7} fresh, "
            f"{time.monotonic() - began:5.0f} s"
        )
    say(f"{seen} instances, all fresh")


# ---- Under pressure ----


def _pressed(count: int, folder: Path) -> None:
    """Run all kinds in processes that the kernel may end."""

    def start(progress: Progress) -> subprocess.Popen[str]:
        given = json.dumps(asdict(progress))
        command = [sys.executable, "-m", "tests.soak.memories", "--count", str(count)]
        command += ["--go-on", given, "--folder", str(folder)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    with pressure(folder):
        progress = carried_on(start, say)
    say(
        f"{progress.seen} instances, all fresh; up to {progress.swapped >> 20} MiB swapped out at "
        "a time"
    )


def _go_on(progress: Progress, count: int, folder: Path) -> None:
    """Go on under pressure, and tell how far it is."""
    parent = os.getppid()
    each = count // len(kinds())

    def look() -> None:
        progress.swapped = max(progress.swapped, swapped())

    enter()
    for kind in range(progress.kind, len(kinds())):
        guest, levers, at_once = kinds()[kind]
        begun, seen = (progress.begun if kind == progress.kind else 0), progress.seen
        progress.kind = kind

        def tell(now: int, found: int, begun: int = begun, seen: int = seen) -> None:
            progress.begun, progress.seen = begun + now, seen + found
            progress.tell(parent)

        if begun < each:
            soak(guest, levers, at_once, each - begun, folder, look, tell)
    progress.ended = True
    progress.tell(parent)


def say(line: str) -> None:
    """Show how far it is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(given: list[str] | None = None) -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(prog="make soak-memories", description=__doc__)
    parser.add_argument("--count", type=int, default=TOTAL, help="of instances")
    parser.add_argument("--swap", action="store_true", help="under pressure")
    parser.add_argument("--go-on", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args(given)
    if options.go_on is not None:
        _go_on(Progress(**json.loads(options.go_on)), options.count, Path(options.folder))
        return 0
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        # Compiling needs more than is left under pressure.
        _all(len(kinds()), folder)
        (_pressed if options.swap else _all)(options.count, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
