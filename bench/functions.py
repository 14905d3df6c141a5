"""What functions as services cost: ``make bench-functions``; ``ARGS=SECONDS`` for each round.

The cipher of examples/cipher, called with JSON on the embedded server and on FastAPI (with uvicorn,
its parser in C and uvloop) in turn: both on one core, the load on the other; the rates, and the
processor time of a call, which other load on the machine changes less.

The same in Unit, beside a plain WSGI function that Unit's own Python module runs, both in one
unitd: ``UNITD`` names the binary, ``UNIT_SOURCE`` the configured and built tree that it is from.
Unit's module is there after ``./configure python --config=python3-config && make python3``.

Then, in this process and without sockets, how long a call takes beside the exchange of the same
guest that it is made of: what is between is the mapping of JSON to values and back. Prints the
figures; nothing is asserted.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import measure
from compare.cases import Request
from compare.load import check, generator
from compare.process import Serving, cores, free_port, given_unit, launched, pinned, processor_time
from measure import ROOT

from unit_wasm.services.app import FunctionsApp
from unit_wasm.services.binding import Packed
from unit_wasm.services.running import Running
from unit_wasm.services.service import Request as Called

ROUNDS = 5
SECONDS = 3.0
CONNECTIONS = 32
CALLS = 20_000
CIPHER = ROOT / "examples" / "cipher" / "cipher.wat"
BODY = b'{"message": "hello world"}'
ANSWER = b'{"result":"khoor zruog"}'
REQUEST = Request("POST", "/encrypt", BODY, (("Content-Type", "application/json"),))


@contextlib.contextmanager
def servers() -> Iterator[dict[str, Serving]]:
    """Start both."""
    port = free_port()
    peer: list[str | Path] = [sys.executable, "-m", "uvicorn", "fastapi_cipher:app"]
    peer += ["--host", "127.0.0.1", "--port", str(port), "--app-dir", ROOT / "bench"]
    peer += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]
    with measure.server(CIPHER) as embedded, launched(peer, port, cwd=ROOT) as fastapi:
        yield {"unit_wasm": embedded, "FastAPI": fastapi}


def compare(found: Mapping[str, Serving], seconds: float) -> None:
    """Let two that serve the same take turns, and print the rates, and the time of a call.

    Parameters:
        found: ours, and the peer.
    """
    load = generator()
    _, others = cores(1)
    rates: dict[str, list[float]] = {name: [] for name in found}
    times: dict[str, list[float]] = {name: [] for name in found}
    for serving in found.values():
        # The peer writes the same.
        check(serving.address, REQUEST, ANSWER)
        with pinned(others):
            load.run(serving.address, REQUEST, CONNECTIONS, 1.0)
    for _ in range(ROUNDS):
        for name, serving in found.items():
            used, began = processor_time(serving.worker), time.perf_counter()
            with pinned(others):
                measured = load.run(serving.address, REQUEST, CONNECTIONS, seconds)
            rates[name].append(measured.rate)
            used = processor_time(serving.worker) - used
            share = used / (time.perf_counter() - began)
            times[name].append(share / measured.rate * 1e6)
    for name, values in rates.items():
        took = statistics.median(times[name])
        rate = statistics.median(values)
        print(f"{name:<24} {rate:8.0f} calls/s {took:8.1f} us of the processor")
    ours, peer = found
    ratios = [a / b for a, b in zip(rates[ours], rates[peer], strict=True)]
    print(f"{statistics.median(ratios):.2f} times the rate of {peer}, median of {ROUNDS}")
    ratios = [b / a for a, b in zip(times[ours], times[peer], strict=True)]
    print(f"{statistics.median(ratios):.2f} by the processor time of a call")


def over_sockets(seconds: float) -> None:
    """Compare the embedded server with FastAPI."""
    own, _ = cores(1)
    with pinned(own), servers() as found:
        compare(found, seconds)


def in_unit(seconds: float) -> None:
    """Compare functions in Unit with Unit's own Python module: both in one unitd, in turn."""
    given = given_unit()
    if isinstance(given, str):
        print(f"in Unit: not measured, {given}")
        return
    # Only those who have a Unit need what its tests do.
    from functions_unit import serving

    own, _ = cores(1)
    with pinned(own), serving(*given, CIPHER) as found:
        if isinstance(found, str):
            print(f"in Unit: not measured, {found}")
        else:
            compare(found, seconds)


async def _never() -> Any:
    await asyncio.Event().wait()


async def in_this_process() -> None:
    """Compare a call with its exchange."""
    app = FunctionsApp(CIPHER)
    app.attach()
    called = Called("POST", "encrypt", "application/json", "", BODY)
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/encrypt",
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
    }
    head = b"POST\nhttp\nlocalhost\n/encrypt\n"
    packed = app._binding.ask(called)
    if not isinstance(packed, Packed):
        raise SystemExit("the call is refused")
    exchanges = app._exchanges

    def exchange() -> None:
        running = Running(exchanges)
        running.id = exchanges.call(running, head, packed.number, packed.arguments)
        exchanges.turn()
        if running.status != 200:
            raise SystemExit("the exchange failed")

    async def call() -> None:
        answer = await app.respond(called, scope, _never)
        if answer is None or answer.body != ANSWER:
            raise SystemExit("the call failed")

    taken: dict[str, list[float]] = {"call": [], "exchange": []}
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(CALLS):
            exchange()
        taken["exchange"].append((time.process_time() - began) / CALLS * 1e6)
        began = time.process_time()
        for _ in range(CALLS):
            await call()
        taken["call"].append((time.process_time() - began) / CALLS * 1e6)
    await app.aclose(1.0)
    for name, values in taken.items():
        print(f"{name:<10} {statistics.median(values):8.1f} us")
    between = [a - b for a, b in zip(taken["call"], taken["exchange"], strict=True)]
    print(f"the mapping of JSON: {statistics.median(between):.1f} us, median of {ROUNDS}")


def main(arguments: list[str]) -> None:
    """Measure, and print what came of it."""
    seconds = float(arguments[0]) if arguments else SECONDS
    over_sockets(seconds)
    in_unit(seconds)
    asyncio.run(in_this_process())


if __name__ == "__main__":
    main(sys.argv[1:])
