"""Calls of a component from Python, beside the ``wasmtime`` package: ``python bench/calls.py``.

Both call the same component (``bench/calls.wat``), in turns, in one process; what counts is the
least of many rounds, because whatever else runs only adds to it. ``--load FILE`` chooses the large
component whose start from a warm cache is measured (a Python guest of the tests).
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import wasmtime
import wasmtime.component as wc

import unit_wasm
from unit_wasm.options import Options

ROOT = Path(__file__).resolve().parents[1]
GUEST = Path(__file__).with_name("calls.wat")
LARGE = ROOT / "build" / "guests" / "json-py.wasm"
ROUNDS = 60
PAIRS = [(f"name {number}", number) for number in range(1000)]
POINTS = [(number, number / 3) for number in range(1000)]
BYTES = bytes(range(256)) * 4096


@unit_wasm.host.function
def ask(number: int) -> int:
    """What the component calls."""
    return number


class Peer:
    """The component, called with the ``wasmtime`` package."""

    def __init__(self) -> None:
        self.engine = wasmtime.Engine()
        self.component = wc.Component(self.engine, wasmtime.wat2wasm(GUEST.read_text("utf-8")))
        self.linker = wc.Linker(self.engine)
        with self.linker.root() as root:
            root.add_func("ask", lambda store, number: number)
        self.store = wasmtime.Store(self.engine)
        self.instance = self.linker.instantiate(self.store, self.component)

    def function(self, name: str) -> Callable[..., Any]:
        """Return an exported function."""
        found, store = self.instance.get_func(self.store, name), self.store
        assert found is not None

        def call(*args: Any) -> Any:
            result = found(store, *args)
            found.post_return(store)
            return result

        return call

    def fresh(self, one: int, other: int) -> Any:
        """Call ``add`` of a new instance."""
        store = wasmtime.Store(self.engine)
        found = self.linker.instantiate(store, self.component).get_func(store, "add")
        assert found is not None
        return found(store, one, other)


def least(function: Callable[[], Any], count: int) -> float:
    """Return the microseconds of a call, in one round."""
    begin = time.perf_counter()
    for _ in range(count):
        function()
    return (time.perf_counter() - begin) / count * 1e6


def rows(ours: Any, fresh: Any, peer: Peer) -> list[tuple[str, int, list[Callable[[], Any]]]]:
    """Return what is measured: its name, how often in a round, and how with each."""
    found: list[tuple[str, int, list[Callable[[], Any]]]] = []

    def add(name: str, count: int, function: str, *args: Any) -> None:
        pair = (getattr(ours, function), peer.function(function))
        found.append((name, count, [functools.partial(call, *args) for call in pair]))

    add("`add(1, 2)`", 200, "add", 1, 2)
    add("a call that calls 1,000 functions of Python", 1, "sum", 1000)
    add("1,000 tuples of a string and a `u32`, both ways", 2, "pairs", PAIRS)
    add("1,000 tuples of an `s32` and an `f64`, both ways", 2, "points", POINTS)
    add("1 MiB of bytes, both ways", 1, "bytes", BYTES)
    one, other = (lambda: fresh.add(1, 2)), (lambda: peer.fresh(1, 2))
    found.append(("a fresh instance, with one call", 200, [one, other]))
    return found


def started(path: Path, options: Options) -> float:
    """Return the milliseconds that it takes to load a component from a warm cache."""
    unit_wasm.load(path, options=options).close()
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        component = unit_wasm.load(path, options=options)
        best = min(best, time.perf_counter() - begin)
        component.close()
    return best * 1000


async def awaited(options: Options) -> float:
    """Return the microseconds of an awaited ``add(1, 2)``."""
    component = await unit_wasm.load_async(GUEST, host=ask, options=options)
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(1000):
            await component.add(1, 2)
        best = min(best, time.perf_counter() - begin)
    await component.aclose()
    return best * 1000


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--load", type=Path, default=LARGE, metavar="FILE")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        options = Options(cache_dir=Path(cache) / "code")
        ours = unit_wasm.load(GUEST, host=ask, options=options)
        fresh = unit_wasm.load(GUEST, host=ask, options=options, fresh=True)
        print("| least, in us | unit_wasm | wasmtime package |\n|---|---|---|")
        for name, count, pair in rows(ours, fresh, Peer()):
            best = [float("inf")] * 2
            for turn in range(ROUNDS):
                best[0] = min(best[0], least(pair[0], count))
                # The other one takes up to a thousand times as long.
                if turn % 10 == 0:
                    best[1] = min(best[1], least(pair[1], max(1, count // 10)))
            print(f"| {name} | {best[0]:,.1f} | {best[1]:,.1f} |", flush=True)
        print(f"| `await add(1, 2)` | {asyncio.run(awaited(options)):,.1f} | |")
        if given.load.exists():
            size = given.load.stat().st_size >> 20
            took = started(given.load, options) * 1000
            print(f"| loading {size} MiB from a warm cache | {took:,.1f} | |")


if __name__ == "__main__":
    main()
