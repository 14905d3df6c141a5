"""The quick benchmark: each figure of the first milestone, in less than a minute.

What is compared runs in turn, round by round, so that a change in the machine's speed meets all of
it. Prints a table; every value goes to build/bench/smoke.json.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import measure
from compare.cases import Request
from compare.load import burst
from compare.process import first_answer
from measure import Figure, Plain

ROUNDS = 9
HELLO_ROUNDS = 60
EXCHANGES = 400
MIB = 1 << 20


def hello() -> list[Figure]:
    """One exchange of the smallest guest, against the same calls from plain C."""
    as_it_comes = Plain("hello", count=EXCHANGES, keep=0)
    as_ours = Plain("hello", count=EXCHANGES, keep=measure.KEEP)
    rewritten = measure.guest_worker("hello")
    unrewritten = measure.guest_worker("hello", rewrite=False)
    plain = Figure("hello, plain C, pool as it comes", "us")
    floor = Figure("hello, plain C, pool set as ours", "us")
    worker = Figure("hello, worker alone", "us")
    rounds: list[tuple[Figure, Callable[[], float]]] = [
        (plain, as_it_comes.median),
        (floor, as_ours.median),
        (worker, lambda: rewritten.loopback(EXCHANGES).median / 1000),
        (
            Figure("hello, worker alone, unrewritten", "us"),
            lambda: unrewritten.loopback(EXCHANGES).median / 1000,
        ),
    ]
    for run in (rewritten, unrewritten):
        run.loopback(EXCHANGES)
    for _ in range(HELLO_ROUNDS):
        for figure, run_once in rounds:
            figure.values.append(run_once())
    for ended in (as_it_comes, as_ours, rewritten, unrewritten):
        ended.close()
    return [
        *(figure for figure, _ in rounds),
        _ratio("  worker alone / plain C, pool as it comes", worker, plain, measure.PLAIN_RATIO),
        _ratio("  worker alone / plain C, pool set as ours", worker, floor),
    ]


def _ratio(name: str, over: Figure, under: Figure, target: float | None = None) -> Figure:
    """Return the ratio of two figures, round by round."""
    pairs = zip(over.values, under.values, strict=True)
    return Figure(name, "x", target, [a / b for a, b in pairs])


def response() -> list[Figure]:
    """Throughput of a 1 MiB response."""
    figures = []
    for name, rewrite, target, count, path in (
        ("1 MiB response, worker alone", True, 300, 100, f"/{MIB}"),
        ("1 MiB response, random bytes", True, 300, 100, f"/{MIB}/1"),
        ("1 MiB response, worker alone, unrewritten", False, None, 2, f"/{MIB}"),
    ):
        figure = Figure(name, "MB/s", target)
        worker = measure.guest_worker("big-response", rewrite=rewrite)
        for _ in range(ROUNDS):
            done = worker.loopback(count, path=path)
            figure.values.append(done.body_bytes / done.nanoseconds * 1000)
        worker.close()
        figures.append(figure)
    return figures


def sleepers() -> list[Figure]:
    """1,000 exchanges at once that wait 100 ms."""
    cold = Figure("1,000 x 100 ms, worker alone, first time", "ms")
    warm = Figure("1,000 x 100 ms, worker alone", "ms", 200)
    http = Figure("1,000 x 100 ms, over HTTP", "ms", 600)
    for _ in range(3):
        worker = measure.guest_worker("sleep")
        for figure in (cold, warm, warm):
            done = worker.loopback(1000, parallel=1000, path="/sleep/100")
            figure.values.append(done.nanoseconds / 1e6)
        worker.close()
    with measure.server(measure.guest("sleep")) as serving:
        for _ in range(5):
            took = burst(serving.address, Request(target="/sleep/100"), 1000, b"slept\n")
            http.values.append(took * 1000)
    return [cold, warm, http]


def _first_answer(guest: str) -> float:
    """Return the milliseconds from the start of a server process to its first answer."""
    with measure.server(measure.guest(guest)) as serving:
        return first_answer(serving, Request(), b"Hello, WASI!\n") * 1000


def starts() -> list[Figure]:
    """From the start of the process to the first response, with the component in the cache."""
    figures = []
    for name, guest in (("hello", "hello"), ("Python", "hello-py"), ("JavaScript", "hello-js")):
        _first_answer(guest)
        values = [_first_answer(guest) for _ in range(5)]
        figures.append(Figure(f"warm start to first response, {name}", "ms", 300, values))
    return figures


def main() -> int:
    """Run everything; returns the exit status."""
    began = time.perf_counter()
    # A thousand connections, in this process and in the server that it starts.
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    figures: list[Figure] = []
    for measured in (hello, response, sleepers, starts):
        print(f"bench: {measured.__name__}", file=sys.stderr, flush=True)
        figures += measured()
    print(f"bench: took {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return measure.publish(figures, "smoke")


if __name__ == "__main__":
    sys.exit(main())
