"""What the benchmarks share: figures with their spread, workers, a server process, plain C."""

from __future__ import annotations

import functools
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from compare.process import Serving, free_port, launched

from unit_wasm.native.library import wasmtime_library
from unit_wasm.native.worker import Worker
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component

ROOT = Path(__file__).resolve().parents[1]
GUESTS = ROOT / "build" / "guests"
OUTPUT = ROOT / "build" / "bench"
CACHE = OUTPUT / "cache"
KEEP = 512 << 10
"""As UW_KEEP_MEMORY in csrc/engine/pool.c."""
PLAIN_RATIO = 0.75
"""What hello through a worker may take of the time of plain C calls, the pool as it comes."""


@dataclass(slots=True)
class Figure:
    """One row of the table: every value that was measured, not only the median.

    Parameters:
        target: what the median should be at most (for a rate: at least), or None.
    """

    name: str
    unit: str
    target: float | None = None
    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.values)


def publish(figures: Sequence[Figure], name: str) -> int:
    """Print the table, write every value to ``build/bench/NAME.json``; returns the exit status, 0.

    Targets are shown and not asserted.
    """
    path = OUTPUT / f"{name}.json"
    print(_table(figures))
    _save(figures, path)
    print(f"every value: {os.path.relpath(path)}")
    return 0


def _table(figures: Sequence[Figure]) -> str:
    """Return the table as text."""
    rows: list[tuple[str, ...]] = [("", "median", "min", "max", "unit", "target")]
    for figure in figures:
        numbers = (figure.median, min(figure.values), max(figure.values))
        target = "" if figure.target is None else f"{figure.target:g}"
        rows.append((figure.name, *map(shown, numbers), figure.unit, target))
    widths = [max(len(row[i]) for row in rows) for i in range(6)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  "
        + "  ".join(f"{text:>{width}}" for text, width in zip(row[1:4], widths[1:4], strict=True))
        + f"  {row[4]:<{widths[4]}}  {row[5]}".rstrip()
        for row in rows
    )


def shown(number: float) -> str:
    """Return a number with about three digits."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.{1 if number >= 10 else 2}f}"


def _save(figures: Sequence[Figure], path: Path) -> None:
    """Write every value, and what they were measured on, as JSON."""
    document = {
        "machine": platform.machine(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "wasmtime": wasmtime_library().version,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "figures": [{**asdict(figure), "median": figure.median} for figure in figures],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def guest_worker(name: str, *, rewrite: bool = True) -> Worker:
    """Return a worker for a test guest with the default options."""
    options = Options(rewrite=rewrite, cache_dir=CACHE)
    prepared = compile_component(guest(name), options)
    return Worker(prepared, options, name=name, environment={}, log=lambda _level, _line: None)


class Plain:
    """bench/plain.c as a process that runs a round of exchanges whenever it is asked to.

    Parameters:
        count: exchanges of a round.
        keep: bytes that the pool keeps resident of each memory and table.
        epochs: the guest's code can be interrupted.
    """

    def __init__(self, name: str, *, count: int, keep: int, epochs: bool = False) -> None:
        library = wasmtime_library()
        self._process = subprocess.Popen(
            [
                *(_plain_program(), str(library.path), library.version),
                *(str(guest(name)), str(count), str(keep)),
                str(int(epochs)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def median(self) -> float:
        """Run a round and return its median in microseconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline()) / 1000

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=20)


@functools.cache
def _plain_program() -> str:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    program = str(OUTPUT / "plain")
    sources = (str(ROOT / "bench" / "plain.c"), str(ROOT / "csrc" / "wasmtime/api.c"))
    flags = ("-std=c11", "-D_GNU_SOURCE", "-O3", "-Wall", "-Wextra", "-Werror", "-ldl")
    subprocess.run(["cc", f"-I{ROOT / 'csrc'}", "-o", program, *sources, *flags], check=True)
    return program


# ---- The server, over HTTP ----


def server(component: Path, *arguments: str | Path) -> AbstractContextManager[Serving]:
    """Serve a component with `unit-wasm serve` while the block runs."""
    port = free_port()
    command: list[str | Path] = [sys.executable, "-m", "unit_wasm", "serve", component, *arguments]
    command += ["--listen", f"127.0.0.1:{port}", "--cache-dir", CACHE]
    return launched(command, port, cwd=ROOT)


def guest(name: str) -> Path:
    """Return the file of a test guest."""
    return GUESTS / f"{name}.wasm"
