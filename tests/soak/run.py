"""200,000 requests over 64 connections against the embedded server: ``make soak``.

No error, resident memory at the end within 5 % of that after the first 20,000, and the same number
of descriptors. Prints the figures; exits with 1 where one is not kept.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator

import uvloop

from tests.harness.components import application, components

CONNECTIONS = 64
WARM = 20_000
TOTAL = 200_000
GROWTH = 1.05

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000
KINDS = {
    "hello": (GET, b"Hello, WASI!\n"),
    "counter": (GET, b"1\n"),
    "echo": (POST, b"x" * 1000),
}


async def client(
    address: str, request: bytes, body: bytes, left: Iterator[int], begun: asyncio.Barrier
) -> None:
    """Send requests on one connection until there are none left; check every answer.

    The first request of all connections ends only when every connection has begun one, so that as
    many instances as there can be have lived before memory is looked at for the first time.
    """
    host, _, port = address.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    held_back = 1
    for _ in left:
        writer.write(request[: len(request) - held_back])
        if held_back:
            await begun.wait()
            writer.write(request[-held_back:])
            held_back = 0
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n"), head
        if b"\r\ntransfer-encoding: chunked\r\n" in head.lower():
            received = await chunked(reader)
        else:
            received = await reader.readexactly(len(body))
        assert received == body, (head, received)
    writer.close()
    await writer.wait_closed()


async def chunked(reader: asyncio.StreamReader) -> bytes:
    """Read a body in chunks."""
    parts = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)


async def load(address: str, name: str, count: int, connections: int = CONNECTIONS) -> None:
    """Send ``count`` requests of one kind, shared among the connections."""
    left = iter(range(count))
    request, body = KINDS[name]
    begun = asyncio.Barrier(connections)
    clients = [client(address, request, body, left, begun) for _ in range(connections)]
    async with asyncio.timeout(1800):
        await asyncio.gather(*clients)


def soak(name: str, total: int) -> bool:
    """Run one kind of request and print its figures. Returns whether all was kept."""
    with components({name: application(name)}) as server:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(load(server[name], name, min(WARM, total)))
            server.process.wait_for_descriptors(server.idle_descriptors, exactly=True)
            before = server.rss()
            started = time.monotonic()
            runner.run(load(server[name], name, total - WARM))
            seconds = time.monotonic() - started
        server.process.wait_for_descriptors(server.idle_descriptors, exactly=True)
        after = server.rss()
        numbers = server.numbers(name)
    kept = after <= before * GROWTH and numbers["failures"] == numbers["cancelled"] == 0
    sys.stdout.write(
        f"{name}: {total} requests over {CONNECTIONS} connections, 0 errors, "
        f"{(total - WARM) / seconds:.0f} req/s; resident {before / 1e6:.1f} MB after {WARM}, "
        f"{after / 1e6:.1f} MB at the end ({100 * (after / before - 1):+.1f} %); "
        f"{server.idle_descriptors} descriptors before and after: {'ok' if kept else 'FAILED'}\n"
    )
    sys.stdout.flush()
    return kept


def command_line(description: str | None, total: int) -> argparse.ArgumentParser:
    """Return the parser of a soak: ``names`` of kinds, and ``total`` requests of each."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("names", nargs="*", choices=[*KINDS, []], help="kinds of requests")
    parser.add_argument("--total", type=int, default=total, help="requests of each kind")
    return parser


def main() -> int:
    """Return the exit status."""
    arguments = command_line(__doc__, TOTAL).parse_args()
    kept = [soak(name, arguments.total) for name in arguments.names or KINDS]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
