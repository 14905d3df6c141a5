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
from pathlib import Path

import measure
from measure import Figure

from unit_wasm.options.kinds import PARTS

CONNECTIONS = 32
TICKS = 100
"""The kernel's, in a second of processor time."""
BODY = random.Random(1).randbytes(64 << 10)
CASES = {
    "hello": (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", 200),
    "big-response": (b"GET /1048576 HTTP/1.1\r\nhost: x\r\n\r\n", 5),
    "echo": (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY), 10),
    "fetch-hello-js": (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", 20),
    "hello-py": (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", 10),
}
"""By guest: a request, and how many each connection sends in a round."""


async def exchanges(port: int, request: bytes, count: int) -> None:
    """Send a request so many times, one after the other, over each connection."""

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(count):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(f"the server answered {head!r}")
            if b"transfer-encoding: chunked" in head:
                while size := int(await reader.readline(), 16):
                    await reader.readexactly(size + 2)
                await reader.readexactly(2)
            else:
                size = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
                await reader.readexactly(size)
        writer.close()

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))


def processor_time(pid: int) -> float:
    """Return the microseconds that a process has taken."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    user, system = text.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * 1_000_000 / TICKS


def main() -> int:
    """Measure in turns; returns the exit status."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    figures: list[Figure] = []
    for guest, (request, count) in CASES.items():
        rows = {part: Figure(f"{guest} without {part}", "us") for part in PARTS}
        with contextlib.ExitStack() as stack:
            servers = {
                part: stack.enter_context(measure.server(guest, "--without", part))
                for part in PARTS
            }
            for _ in range(rounds):
                for part, (port, pid) in servers.items():
                    before = processor_time(pid)
                    asyncio.run(exchanges(port, request, count))
                    took = processor_time(pid) - before
                    rows[part].values.append(took / count / CONNECTIONS)
        figures += rows.values()
    return measure.publish(figures, "parts")


if __name__ == "__main__":
    sys.exit(main())
