"""100,000 instances, traps, objects and resources of ``load()``: ``make soak-calls``.

Resident memory at the end within 1 MiB of that after the first 10,000, and no object of the host
left. Prints the figures; exits with 1 where one is not kept. Each kind of thing has a process of
its own: what others have freed would hide what it leaves, or look like it.
"""

import argparse
import gc
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.harness.calling import Caller, u32
from tests.harness.loading import Thing, Things, ask, load_guest
from tests.harness.processes import memory
from unit_wasm import Trap

WARM = 10_000
TOTAL = 100_000
GROWTH = 1 << 20


class Few(Things):
    """Makes objects and keeps none."""

    def make(self, number: int) -> Thing:
        return Thing(number)

    def note(self, number: int) -> None:
        pass


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
        assert len(kept._instance.hosts.table) == 0


def resources(count: int) -> None:
    """Make resources of the guest, and let go of them without closing them."""
    with load_guest(host=[Few, ask]) as kept:
        # Behind the numbers whose ends are told apart by the guest.
        for number in range(1000, 1000 + count):
            assert kept.counters.Counter(number).value() == number


def native(count: int) -> None:
    """Use the native calls: instances that trap, and have resources and objects at that time."""
    with Caller("calls", host=lambda name, data: u32(1) if name == "make" else b"") as caller:
        nothing, trap = caller.number("nothing"), caller.number("trap")
        for number in range(count):
            instance = caller.library.instance()
            caller.call(instance, "keeps", u32(number))
            caller.call(instance, "[constructor]counter", u32(number))
            caller.finish(instance, instance.call(nothing, b""))
            caller.finish(instance, instance.call(trap, b""))
            instance.close()


KINDS: dict[str, Callable[[int], Any]] = {
    "instances": instances,
    "traps": traps,
    "objects": objects,
    "resources": resources,
    "native": native,
}


def soak(name: str, warm: int, total: int) -> bool:
    """Do one kind of thing and print its figures. Returns whether all was kept."""
    KINDS[name](warm)
    before = memory()
    started = time.monotonic()
    KINDS[name](total)
    seconds = time.monotonic() - started
    remaining = left()
    after = memory()
    kept = after - before < GROWTH and remaining == 0
    sys.stdout.write(
        f"{name}: {total} in {seconds:.1f} s; resident {before / 1e6:.1f} MB after {warm}, "
        f"{after / 1e6:.1f} MB at the end; {remaining} objects of the host left: "
        f"{'ok' if kept else 'FAILED'}\n"
    )
    sys.stdout.flush()
    return kept


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*KINDS, []], help="what is made")
    parser.add_argument("--warm", type=int, default=WARM, help="how many before the first look")
    parser.add_argument("--total", type=int, default=TOTAL, help="how many of each")
    arguments = parser.parse_args()
    names = arguments.names or list(KINDS)
    if len(names) == 1:
        return 0 if soak(names[0], arguments.warm, arguments.total) else 1
    own = [sys.executable, "-m", "tests.soak.calls"]
    counts = [f"--warm={arguments.warm}", f"--total={arguments.total}"]
    return max(subprocess.run([*own, name, *counts], check=False).returncode for name in names)


if __name__ == "__main__":
    sys.exit(main())
