"""100,000 instances, traps and objects of a host, as ``load()`` has them: ``make soak-calls``.

Resident memory at the end within 1 MiB of that after the first 10,000, and no object of the host
left. Prints the figures; exits with 1 where one is not kept.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.harness.loading import Thing, Things, ask, load_guest
from unit_wasm import Trap

WARM = 10_000
TOTAL = 100_000
GROWTH = 1 << 20

__all__ = ["KINDS", "Few", "left", "resident", "soak"]


class Few(Things):
    """Makes objects and keeps none."""

    def make(self, number: int) -> Thing:
        return Thing(number)

    def note(self, number: int) -> None:
        pass


def resident() -> int:
    """Return how many bytes of memory this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def left() -> int:
    """Return how many objects of the host there are."""
    gc.collect()
    return sum(isinstance(one, Thing) for one in gc.get_objects())


def instances(count: int) -> None:
    """Make instances, each of which makes an object of its own."""
    with load_guest(host=[Few, ask], fresh=True) as component:
        for number in range(count):
            assert component.add(number, 1) == number + 1


class Raising(Few):
    """Has nothing to take objects back."""

    def take(self, one: Thing) -> None:
        raise ValueError(one.number)


def traps(count: int) -> None:
    """Let instances fail: half of themselves, half in a call of the host, holding objects."""
    with load_guest(host=[Raising, ask], fresh=True) as component:
        for number in range(count):
            try:
                if number % 2:
                    component.trap()
                else:
                    component.things(2)
            except Trap:
                continue
            raise AssertionError("no trap")


def objects(count: int) -> None:
    """Let one instance take objects of the host, and drop them; others keep theirs to their end."""
    with load_guest(host=[Few, ask]) as kept, load_guest(host=[Few, ask], fresh=True) as fresh:
        kept.things(count // 2)
        for number in range(count - count // 2):
            fresh.keeps(number)


KINDS: dict[str, Callable[[int], Any]] = {
    "instances": instances,
    "traps": traps,
    "objects": objects,
}


def soak(name: str, total: int) -> bool:
    """Do one kind of thing and print its figures. Returns whether all was kept."""
    KINDS[name](min(WARM, total))
    before = resident()
    started = time.monotonic()
    KINDS[name](total)
    seconds = time.monotonic() - started
    remaining = left()
    after = resident()
    kept = after - before < GROWTH and remaining == 0
    sys.stdout.write(
        f"{name}: {total} in {seconds:.1f} s; resident {before / 1e6:.1f} MB after {WARM}, "
        f"{after / 1e6:.1f} MB at the end; {remaining} objects of the host left: "
        f"{'ok' if kept else 'FAILED'}\n"
    )
    sys.stdout.flush()
    return kept


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*KINDS, []], help="what is made")
    parser.add_argument("--total", type=int, default=TOTAL, help="how many of each")
    arguments = parser.parse_args()
    kept = [soak(name, arguments.total) for name in arguments.names or KINDS]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
