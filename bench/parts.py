"""What each part of what makes components fast brings: ``python bench/parts.py [ROUNDS]``.

Server processes, one with everything and one for each part that `UNIT_WASM_WITHOUT` leaves out,
take turns, so that a change in the machine's speed meets all. What counts is the processor time of
the process, divided by its exchanges: `hello`, an echo of 64 KiB of random bytes, a response of
1 MiB, and a hello of a JavaScript and of a Python engine, over 32 connections. Prints a table;
every value goes to build/bench/parts.json. What the batches of the module in Unit bring
`UNIT_WASM_WITHOUT=batch make bench-unit` shows.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys

import measure
from compare.cases import Request
from compare.load import Connection
from compare.process import Serving, processor_time
from measure import Figure

from unit_wasm.options.kinds import PARTS

CONNECTIONS = 32
PATIENCE = 120.0
"""Seconds that an exchange may take: without its parts a Python engine takes long."""
BODY = random.Random(1).randbytes(64 << 10)
CASES = {
    "hello": (Request(), 200),
    "big-response": (Request(target="/1048576"), 5),
    "echo": (Request("POST", body=BODY), 10),
    "fetch-hello-js": (Request(), 20),
    "hello-py": (Request(), 10),
}
"""By guest: a request, and how many each connection sends in a round."""


async def exchanges(serving: Serving, request: Request, count: int) -> None:
    """Send a request so many times, one after the other, over each connection."""

    async def one() -> None:
        connection = Connection(request, PATIENCE)
        await connection.open(serving.address)
        for _ in range(count):
            status, _ = await connection.ask()
            if status != 200:
                raise RuntimeError(f"the server answered {status}")
        connection.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))


def main() -> int:
    """Measure in turns; returns the exit status."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    figures: list[Figure] = []
    for guest, (request, count) in CASES.items():
        rows = {part: Figure(f"{guest} without {part}", "us") for part in PARTS}
        with contextlib.ExitStack() as stack:
            servers = {
                part: stack.enter_context(measure.server(measure.guest(guest), "--without", part))
                for part in PARTS
            }
            for _ in range(rounds):
                for part, serving in servers.items():
                    before = processor_time(serving.worker)
                    asyncio.run(exchanges(serving, request, count))
                    took = processor_time(serving.worker) - before
                    rows[part].values.append(took * 1e6 / count / CONNECTIONS)
        figures += rows.values()
    return measure.publish(figures, "parts")


if __name__ == "__main__":
    sys.exit(main())
