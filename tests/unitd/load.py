"""Many kept-alive connections at once on a thread of their own, and what became of the requests."""

import asyncio
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Self

from tests.harness.unitd import note

PATIENCE = 30.0


@dataclass
class Tally:
    """What became of the requests; latencies are in seconds.

    `answered` is when each answer with status 200 was read, of `time.monotonic()`. Whoever asks
    how long nothing was answered reads it afterwards: a thread that looks again and again takes
    the interpreter from the one that reads, 5 ms each time.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    headers: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)

    @property
    def total(self) -> int:
        """The number of requests."""
        return sum(self.statuses.values()) + len(self.errors)

    @property
    def failed(self) -> int:
        """The number of those that were not answered 200."""
        return self.total - self.statuses[200]

    def percentile(self, share: float) -> float:
        """Return a percentile of the latencies, 0.5 for the median."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def __str__(self) -> str:
        return f"{dict(self.statuses)}, {len(self.errors)} errors {self.errors[:3]}"


class _Client:
    def __init__(self, address: str, target: str, tally: Tally, note: str) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host, int(port)
        head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        self._request = head.encode()
        self._tally = tally
        self._note = note.lower()
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    async def ask(self) -> None:
        """Send one request, on a new connection where there is none, and note its end."""
        started = time.perf_counter()
        try:
            if self._writer is None:
                await self.connect()
            assert self._writer is not None
            self._writer.write(self._request)
            async with asyncio.timeout(PATIENCE):
                status = await self._response()
        except (OSError, EOFError, TimeoutError) as error:
            self._tally.errors.append(f"{type(error).__name__}: {error}")
            self.close()
            return
        self._tally.latencies.append(time.perf_counter() - started)
        self._tally.statuses[status] += 1
        if status == 200:
            self._tally.answered.append(time.monotonic())

    async def _response(self) -> int:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.split("\r\n")
        fields = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines[1:])
        }
        if self._note in fields:
            self._tally.headers[fields[self._note]] += 1
        if fields.get("transfer-encoding") == "chunked":
            while size := int(await self._reader.readuntil(b"\r\n"), 16):
                await self._reader.readexactly(size + 2)
            await self._reader.readexactly(2)
        else:
            await self._reader.readexactly(int(fields["content-length"]))
        if fields.get("connection") == "close":
            self.close()
        return int(lines[0].split()[1])


class Load:
    """Connections that send one request after the other; a context manager.

    Parameters:
        address: of the listener.
        connections: how many.
        target: of each request.
        note: the name of a response header whose values are counted.
    """

    def __init__(
        self, address: str, connections: int = 64, target: str = "/", note: str = "none"
    ) -> None:
        self.tally = Tally()
        self._arguments = (address, target, self.tally, note)
        self._connections = connections
        self._stopping = False
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._thread.join()

    def wait_for(self, count: int) -> None:
        """Wait until so many more requests have been answered."""
        goal = self.tally.total + count
        deadline = time.monotonic() + PATIENCE
        while self.tally.total < goal:
            assert time.monotonic() < deadline, f"no more answers: {self.tally}"
            time.sleep(0.002)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(self._connections):
                group.create_task(self._connection())

    async def _connection(self) -> None:
        client = _Client(*self._arguments)
        while not self._stopping:
            await client.ask()
        client.close()


def burst(address: str, count: int, target: str) -> tuple[Tally, float]:
    """Send requests all at once, each on a connection of its own that is open already.

    Returns:
        What became of them, and the seconds from the first byte sent to the last answer.
    """
    tally = Tally()

    async def run() -> float:
        clients = [_Client(address, target, tally, "none") for _ in range(count)]
        for client in clients:
            await client.connect()
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for client in clients:
                group.create_task(client.ask())
        took = time.perf_counter() - started
        for client in clients:
            client.close()
        return took

    return tally, asyncio.run(run())


def sleep_together(address: str, target: str, where: str) -> None:
    """Ask 500 guests at once that sleep for 100 ms: they do so at the same time.

    Parameters:
        where: they sleep, for the notes of the run.
    """
    times = []
    for _ in range(3):
        tally, took = burst(address, 500, target)
        assert tally.statuses == {200: 500}, str(tally)
        times.append(took)
    note(f"500 x 100 ms {where}: {[round(took * 1000) for took in times]} ms")
    # 50 s one after the other; 300 ms on a machine that has nothing else to do.
    assert min(times) < 1
