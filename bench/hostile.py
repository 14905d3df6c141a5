"""What a component that means harm costs its neighbours: ``make bench-hostile``.

Every path of tests/guests/c/hostile.c, or with ``ARGS`` those that have such a part, is asked for,
one after the other, on an embedded server with the default limits; outgoing requests are allowed.
Meanwhile a client asks the application beside it for hello, on one connection, again and again.
Prints a table for docs/server-behavior.md: the longest hello and the memory of the process at its
peak, while the attack lasts and for a moment after it. Nothing is asserted. Machines have pauses of
their own: the row without an attack shows them.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from applications import serving

from tests.harness.http import Connection
from tests.harness.processes import memory, wait_until

APPLICATIONS = ("hello", "hostile")
PAUSE = 0.002
"""Seconds between two hellos."""
AFTER = 200
"""Hellos for which an attack is watched after its end: memory is given back, logs are written."""
CALM = 800
"""Hellos without an attack."""
QUIET = "(none)"

ATTACKS = {
    "/log/4/10": "4 writes of 64 KiB of line feeds to stderr",
    "/log/16/97": "16 writes of 64 KiB without one",
    "/append/60000/200": "200 field values of 60,000 bytes, one after the other",
    "/appendname/1000000/50": "50 field names of 1 MB that are none",
    "/get/1000000/50": "50 look-ups of a field name of 1 MB",
    "/fromlist/900000/1": "`from-list` of 900,000 entries",
    "/fromlist/1000/500": "500 times `from-list` of 1,000 entries",
    "/poll/100000/50": "50 polls of 100,000 pollables",
    "/handles/1000/1000": "1,000 polls of 1,000 pollables",
    "/holdfields/300/2": "300 sets of fields of 60 KB, held for 2 s",
    "/holdrequests/1000/2": "1,000 outgoing requests of 255 KB, held for 2 s",
    "/random/1048576/200": "200 times 1 MiB of random bytes",
    "/clone/5000/0": "5,000 copies of fields of 60 KB",
    "/entries/500/0": "the entries of fields of 60 KB, 500 times",
    "/park/20000/0": "20,000 waits for a nanosecond",
    "/spin/2000/0": "asks for the time for 2 s",
    "/ask/5000/0": "5,000 outgoing requests, dropped at once",
    "/ask/2000/1": "2,000 outgoing requests, dropped after a nanosecond",
    "/origins/2000/1": "2,000 outgoing requests to as many origins, which are denied",
    "/tiny/100000/0": "a response in 100,000 writes of a byte",
    "/tiny/20000/1": "a response in 20,000 writes of a byte, a wait after each",
}


@dataclass(frozen=True)
class Outcome:
    """What was seen during an attack: seconds, bytes, and how it was answered."""

    longest: float
    peak: int
    seconds: float
    answer: str


class Neighbour:
    """Asks for hello until it is told to stop."""

    def __init__(self, address: str) -> None:
        self.longest = 0.0
        self.answered = 0
        self._stop = threading.Event()
        self._address = address
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with Connection(self._address) as client:
            while not self._stop.wait(PAUSE):
                began = time.monotonic()
                assert client.get("/").body == b"Hello, WASI!\n"
                self.longest = max(self.longest, time.monotonic() - began)
                self.answered += 1

    def go_on(self, count: int) -> None:
        """Wait for so many answers."""
        goal = self.answered + count
        wait_until(lambda: self.answered >= goal or not self._thread.is_alive(), "to answer")

    def stop(self) -> float:
        """Return the longest that it has waited."""
        self._stop.set()
        self._thread.join()
        return self.longest


def _attack(address: str, path: str) -> str:
    try:
        with Connection(address) as client:
            return str(client.get(path).status)
    except (OSError, AssertionError):
        return "none"


def run(pid: int, addresses: dict[str, str], path: str) -> Outcome:
    """Run one attack."""
    # The kernel begins to look for the peak anew.
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    neighbour = Neighbour(addresses["hello"])
    began = time.monotonic()
    answer = "-" if path == QUIET else _attack(addresses["hostile"], path)
    seconds = time.monotonic() - began
    neighbour.go_on(CALM if path == QUIET else AFTER)
    longest = neighbour.stop()
    return Outcome(longest, memory(pid, "VmHWM"), seconds, answer)


def main(names: Sequence[str]) -> None:
    chosen = [name for name in ATTACKS if not names or any(part in name for part in names)]
    print("| attack | what | answer | time | longest hello | memory at its peak |")
    print("|---|---|---|---|---|---|")
    outgoing = {"UNIT_WASM_OUTGOING": "http://127.0.0.1:1"}
    with serving(APPLICATIONS, outgoing) as (pid, addresses):
        run(pid, addresses, QUIET)
        for path in (QUIET, *chosen):
            seen = run(pid, addresses, path)
            name = "none" if path == QUIET else f"`{path}`"
            print(
                f"| {name} | {ATTACKS.get(path, '')} | {seen.answer} | {seen.seconds:.1f} s "
                f"| {seen.longest * 1000:.0f} ms | {seen.peak / 1e6:.0f} MB |",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
