"""What a spinning guest costs its neighbours, and what it costs that guests can be interrupted.

Everything is shown, nothing is asserted: the figures depend on what else this machine does.
``make bench-fairness``; every value goes to build/bench/fairness.json.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import measure
from measure import Figure, Plain

from unit_wasm.native.worker import Worker
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component
from unit_wasm.serving.request import request_head

NEIGHBOURS = 32
SECONDS = 1.0
ROUNDS = 5


def _head(path: bytes) -> bytes:
    head = request_head(b"GET", b"http", b"localhost", path, b"", [])
    assert head is not None
    return head


def _neighbours(worker: Worker, spinners: int) -> float:
    """Return the requests of 32 neighbours that are answered in a second, one at a time each."""
    for _ in range(spinners):
        worker.start(_head(b"/loop"), False)
    mine: set[int] = set()
    answered = 0
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        while len(mine) < NEIGHBOURS:
            mine.add(worker.start(_head(b"/"), False))
        worker.turn()
        for news in worker.news():
            if news.ended and news.id in mine:
                mine.discard(news.id)
                answered += 1
    return answered / SECONDS


def fairness() -> Iterator[Figure]:
    """Neighbours of 0, 1 and 8 guests that never wait, on one worker."""
    options = Options(cache_dir=measure.CACHE, cpu_timeout=3600.0)
    prepared = compile_component(measure.GUESTS / "mixed.wasm", options)
    rates: dict[int, Figure] = {
        spinners: Figure(f"{NEIGHBOURS} neighbours of {spinners} spinning guests", "req/s")
        for spinners in (0, 1, 8)
    }
    for _ in range(ROUNDS):
        for spinners, figure in rates.items():
            worker = Worker(
                prepared, options, name="mixed", environment={}, log=lambda _level, _line: None
            )
            figure.values.append(_neighbours(worker, spinners))
            worker.close()
    yield from rates.values()
    for spinners in (1, 8):
        fair = NEIGHBOURS / (NEIGHBOURS + spinners)
        share = rates[spinners].median / rates[0].median / fair
        yield Figure(f"  of their fair share, beside {spinners}", "x", 0.5, [share])


def epochs() -> Iterator[Figure]:
    """Plain C, with and without code that looks at the epoch in each loop and function."""
    for guest, count in (("hello", 2000), ("compute", 20)):
        runs = {on: Plain(guest, count=count, keep=measure.KEEP, epochs=on) for on in (False, True)}
        figures = {
            on: Figure(f"{guest}, plain C, epochs {'on' if on else 'off'}", "us") for on in runs
        }
        for _ in range(4 * ROUNDS):
            for on, run in runs.items():
                figures[on].values.append(run.median())
        for run in runs.values():
            run.close()
        yield from figures.values()
        # What else runs here only ever adds: the least of each is nearest to the truth.
        price = min(figures[True].values) / min(figures[False].values) - 1
        yield Figure("  price, least against least", "%", None, [100 * price])


def main() -> int:
    """Run everything; returns the exit status."""
    return measure.publish([*fairness(), *epochs()], "fairness")


if __name__ == "__main__":
    sys.exit(main())
