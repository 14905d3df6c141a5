"""The memory of a worker with a Python inside: ``make bench-resident``; ``ARGS=GUEST``.

Idle, after one exchange, while 64 and 1,000 are in flight, after them, and when slots have given
back what nobody uses; as it comes, and with what bounds it left out or changed. Each row is a
process of its own, with the worker alone: no server, no sockets. In MB of RssAnon: pages of files,
those of images that nobody has written to among them, are the system's to take. Asserts nothing.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.harness.direct import Client

HOW: tuple[dict[str, Any], ...] = (
    {},
    {"without": "merge"},
    {"without": "written"},
    {"without": "images"},
    {"keep_slots": 8},
    {"keep_memory": 1 << 20},
)
STEPS = ("idle", "after 1", "64 at once", "after 64", "1,000 at once", "after 1,000", "10 s later")
REST = 11.0
"""Seconds after which slots that nobody has had hold nothing."""


def resident() -> float:
    """Return the MB of memory of this process that are of no file."""
    found = re.search(r"^RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M)
    assert found is not None
    return int(found[1]) * 1024 / 1e6


def run(client: Client, count: int) -> float:
    """Let so many exchanges be in flight; return the memory there is then.

    Each waits for the rest of its request's body.
    """
    calls = [client.start(method="POST", body=[b"a"], finishes=False) for _ in range(count)]
    client.settle(100 * count)
    assert all(call.status == 200 for call in calls)
    most = resident()
    for call in calls:
        client.send(call, last=True)
    client.finish(*calls)
    return most


def measure(guest: str, given: dict[str, Any]) -> list[float]:
    """Return the MB of each step."""
    limits: dict[str, Any] = {"max_exchanges": 1000, "timeout": 600.0}
    with Client(guest, **limits, **given) as client:
        took = [resident()]
        run(client, 1)
        took.append(resident())
        for count in (64, 1000):
            took.append(run(client, count))
            took.append(resident())
        until = time.monotonic() + REST
        while time.monotonic() < until:
            client.turn()
            time.sleep(0.1)
        return [*took, resident()]


def main(guest: str) -> None:
    """Measure each way in a process of its own, and print a table."""
    print(f"| {guest}, MB | " + " | ".join(STEPS) + " |")
    print("|---|" + "---:|" * len(STEPS))
    for number, given in enumerate(HOW):
        command = [sys.executable, __file__, guest, str(number)]
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        cells = " | ".join(f"{float(word):.0f}" for word in said.split())
        how = ", ".join(f"{name} {value}" for name, value in given.items())
        print(f"| {how or 'as it comes'} | {cells} |", flush=True)


if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else "echo-py"
    if len(sys.argv) > 2:
        print(*measure(name, HOW[int(sys.argv[2])]))
    else:
        main(name)
