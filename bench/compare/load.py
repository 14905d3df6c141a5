"""Load: wrk where it is installed, else our own client; the same for every peer of a run."""

from __future__ import annotations

import asyncio
import json
import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from compare.cases import Request

PATIENCE = 10.0
"""Seconds that one answer may take."""

_Address = tuple[str, int]


class LoadError(Exception):
    """The peer did not answer as it should; the message says what it did."""


@dataclass(frozen=True)
class Load:
    """What one measurement gave: requests per second, and percentiles of latency in ms.

    Parameters:
        busy: how much of one core the generator itself used; at 1 it cannot do more.
    """

    rate: float
    p50: float
    p90: float
    p99: float
    busy: float


class Generator(Protocol):
    """Something that sends the same request over and over."""

    name: str

    def run(self, address: _Address, request: Request, connections: int, seconds: float) -> Load:
        """Measure for that long.

        Raises:
            LoadError: a request failed, or none was answered.
        """


def generator(*, own: bool = False) -> Generator:
    """Return wrk, or our own client where there is none or where it is asked for."""
    return OwnClient() if own or shutil.which("wrk") is None else Wrk()


# ---- wrk ----

_SCRIPT = """
local file = assert(io.open("BODY", "rb"))
local body = file:read("*a")
file:close()
wrk.method = "METHOD"
if wrk.method ~= "GET" then wrk.body = body end
FIELDS
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\\nresult {"requests":%d,"us":%d,"p50":%f,"p90":%f,"p99":%f,"connect":%d,"read":%d,' ..
    '"write":%d,"status":%d,"timeout":%d}\\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), errors.connect,
    errors.read, errors.write, errors.status, errors.timeout))
end
"""


class Wrk:
    """wrk with one thread."""

    def __init__(self) -> None:
        said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, timeout=10)
        version = re.search(r"^wrk \S*?(\d+\.\d+\.\d+)", said.stdout, re.MULTILINE)
        self.name = f"wrk {version[1] if version else ''}".strip()

    def run(self, address: _Address, request: Request, connections: int, seconds: float) -> Load:
        """As :meth:`Generator.run`; wrk knows whole seconds only."""
        whole = max(1, round(seconds))
        with tempfile.TemporaryDirectory(prefix="uw-wrk-") as name:
            body, script = Path(name) / "body", Path(name) / "script.lua"
            body.write_bytes(request.body)
            fields = "\n".join(f'wrk.headers["{key}"] = "{text}"' for key, text in request.fields)
            text = _SCRIPT.replace("BODY", str(body)).replace("METHOD", request.method)
            script.write_text(text.replace("FIELDS", fields))
            counts = ["-t1", f"-c{connections}", f"-d{whole}s", "--timeout", f"{PATIENCE:.0f}s"]
            url = f"http://{address[0]}:{address[1]}{request.target}"
            before = _children()
            said = self._said(["wrk", *counts, "-s", str(script), url], whole + PATIENCE)
            used = _children() - before
        found = re.search(r"^result (\{.*\})$", said, re.MULTILINE)
        if found is None:
            raise LoadError("wrk gave no result")
        result = json.loads(found[1])
        failed = {name: result[name] for name in ("connect", "read", "write", "status", "timeout")}
        if any(failed.values()):
            told = ", ".join(f"{count} {name}" for name, count in failed.items() if count)
            raise LoadError(f"errors under load: {told}")
        if not result["requests"]:
            raise LoadError(f"no answer within {whole} s")
        rate = result["requests"] / result["us"] * 1e6
        p50, p90, p99 = (result[name] / 1000 for name in ("p50", "p90", "p99"))
        return Load(rate, p50, p90, p99, used / (result["us"] / 1e6))

    @staticmethod
    def _said(command: list[str], patience: float) -> str:
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=patience, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise LoadError(f"wrk did not end within {patience:.0f} s") from error
        if done.returncode != 0:
            raise LoadError(f"wrk ended with {done.returncode}")
        return done.stdout


def _children() -> float:
    """Return the seconds of processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# ---- Our own client ----


class Connection:
    """One connection that is kept open."""

    def __init__(self, request: Request, patience: float = PATIENCE) -> None:
        self._request = request
        self._patience = patience

    async def open(self, address: _Address) -> None:
        self._reader, self._writer = await asyncio.open_connection(*address, limit=1 << 20)

    def close(self) -> None:
        self._writer.close()

    async def ask(self) -> tuple[int, bytes]:
        """Send the request, its body beside reading, and return status and body."""
        self._writer.write(self._request.head)
        self._writer.write(self._request.body)
        async with asyncio.timeout(self._patience):
            answer = await self._response()
            await self._writer.drain()
        return answer

    async def _response(self) -> tuple[int, bytes]:
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head.split(b" ", 2)[1])
        if length := re.search(rb"\r\ncontent-length: *(\d+)", head):
            return status, await self._reader.readexactly(int(length[1]))
        if b"\r\ntransfer-encoding: chunked" not in head:
            return status, await self._reader.read()
        pieces = []
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            pieces.append((await self._reader.readexactly(size + 2))[:-2])
        await self._reader.readexactly(2)
        return status, b"".join(pieces)


_FAULTS = (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError)


class OwnClient:
    """Our own client in Python on asyncio: slower than most peers, so that it limits them."""

    name = "own client (Python, asyncio)"

    def run(self, address: _Address, request: Request, connections: int, seconds: float) -> Load:
        """As :meth:`Generator.run`."""
        latencies: list[float] = []

        async def one(until: float) -> None:
            connection = Connection(request)
            await connection.open(address)
            while (began := time.perf_counter()) < until:
                status, _ = await connection.ask()
                if status != 200:
                    raise LoadError(f"status {status} under load")
                latencies.append(time.perf_counter() - began)
            connection.close()

        async def all_of_them() -> float:
            began = time.perf_counter()
            await asyncio.gather(*(one(began + seconds) for _ in range(connections)))
            return time.perf_counter() - began

        used = time.process_time()
        try:
            took = asyncio.run(all_of_them())
        except _FAULTS as error:
            raise LoadError(f"{type(error).__name__} under load") from error
        busy = (time.process_time() - used) / took
        latencies.sort()
        count = len(latencies)
        p50, p90, p99 = (latencies[int(count * share)] * 1000 for share in (0.5, 0.9, 0.99))
        return Load(count / took, p50, p90, p99, busy)


def check(address: _Address, request: Request, answer: bytes, patience: float = PATIENCE) -> None:
    """Send one request and compare its answer.

    Parameters:
        patience: seconds that the answer may take.

    Raises:
        LoadError: it is not the right one.
    """
    ((status, body),), _ = _burst(address, request, 1, patience)
    if status != 200:
        raise LoadError(f"answers {status}")
    if body != answer:
        raise LoadError(f"answers {len(body)} bytes, which are not the right {len(answer)}")


def burst(
    address: _Address,
    request: Request,
    count: int,
    answer: bytes,
    began: Callable[[], None] = lambda: None,
) -> float:
    """Send requests at once, each on a connection of its own that is open already.

    Parameters:
        began: is called when all are open.

    Returns:
        The seconds from the first byte sent to the last answer.

    Raises:
        LoadError: an answer is not the right one.
    """
    answers, took = _burst(address, request, count, began=began)
    wrong = [status for status, body in answers if status != 200 or body != answer]
    if wrong:
        raise LoadError(f"{len(wrong)} of {count} at once are answered wrongly ({wrong[0]})")
    return took


def _burst(
    address: _Address,
    request: Request,
    count: int,
    patience: float = PATIENCE,
    began: Callable[[], None] = lambda: None,
) -> tuple[list[tuple[int, bytes]], float]:
    async def run() -> tuple[list[tuple[int, bytes]], float]:
        connections = [Connection(request, patience) for _ in range(count)]
        opened: list[Connection] = []
        try:
            for connection in connections:
                async with asyncio.timeout(PATIENCE):
                    await connection.open(address)
                opened.append(connection)
            began()
            started = time.perf_counter()
            answers = await asyncio.gather(*(connection.ask() for connection in connections))
            return list(answers), time.perf_counter() - started
        finally:
            for connection in opened:
                connection.close()

    try:
        return asyncio.run(run())
    except _FAULTS as error:
        raise LoadError(f"{type(error).__name__} with {count} at once") from error
