"""From the start of `unit-wasm serve` to its first answer: ``make bench-starts``; ``ARGS=ROUNDS``.

With everything in the cache; of `hello`, and of a guest with a Python inside. Beside it what of it
is Python's own start, and `wasmtime serve`. In turns, and with real-time priority where the system
grants it, so that other load on the machine changes little; medians in milliseconds. With
UNIT_WASM_TREES, a list of folders with other trees of this project (as PATH has them), these take
turns with this one. Prints the figures; nothing is asserted.
"""

from __future__ import annotations

import contextlib
import functools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from compare.cases import Request
from compare.peers import GUESTS, ROOT, Wasmtime, wasmtime_program
from compare.process import Serving, first_answer, free_port, launched

ROUNDS = 8
ANSWER = b"Hello, WASI!\n"
GUEST_NAMES = ("hello", "hello-py")


@contextlib.contextmanager
def ours(tree: Path, guest: str, cache: Path) -> Iterator[Serving]:
    """Serve a guest with the tree's own Python and package."""
    port = free_port()
    command: list[str | Path] = [tree / ".venv" / "bin" / "unit-wasm", "serve"]
    command += [GUESTS / f"{guest}.wasm", "--listen", f"127.0.0.1:{port}"]
    environment = {"XDG_CACHE_HOME": str(cache)}
    with launched(command, port, environment=environment, cwd=tree) as serving:
        yield serving


def bare() -> float:
    """Return the seconds of a Python that does nothing."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return time.perf_counter() - began


def hurry() -> str:
    """Ask for real-time priority, which what is started inherits."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        return "with the usual priority"
    return "with real-time priority"


def main(rounds: int) -> None:
    """Measure and print."""
    trees = [ROOT, *map(Path, filter(None, os.environ.get("UNIT_WASM_TREES", "").split(":")))]
    program = wasmtime_program()
    took: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="uw-starts-") as name:
        cache = Path(name)
        servers = {
            f"{guest}, {tree.name if len(trees) > 1 else 'unit-wasm serve'}": functools.partial(
                ours, tree, guest, cache / tree.name
            )
            for guest in GUEST_NAMES
            for tree in trees
        }
        if program is not None:
            serve_theirs = Wasmtime(program).serve
            for guest in GUEST_NAMES:
                servers[f"{guest}, wasmtime serve"] = functools.partial(
                    serve_theirs, guest, cache / "wasmtime", 1
                )
        for serve in servers.values():
            # Twice: what a file is is noted when it has not changed for two seconds.
            for _ in range(2):
                with serve() as serving:
                    first_answer(serving, Request(), ANSWER)
        how = hurry()
        for _ in range(rounds):
            took.setdefault("a Python that does nothing", []).append(bare())
            for title, serve in servers.items():
                with serve() as serving:
                    took.setdefault(title, []).append(first_answer(serving, Request(), ANSWER))
    print(f"first answer, {rounds} rounds {how}, milliseconds: median, smallest")
    for title, values in took.items():
        median, least = (1000 * f(values) for f in (statistics.median, min))
        print(f"{title:40} {median:7.1f} {least:7.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
