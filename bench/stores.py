"""What one operation of wasi:keyvalue costs: ``make bench-stores``, with ``ARGS=COUNT``.

The same increments and reads by a client in C (bench/stores.c), by the client in Python that we
have, and, increments only, by a guest: all that is between it and the store. Needs the library of
SQLite with its header; Redis is there where ``redis-server`` and hiredis are. Prints microseconds
of the processor in the process that asks, all its threads together, the least of some rounds in
turn: the disk and the server take theirs in all cases. Nothing is asserted.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.harness.direct import Client
from tests.harness.redis import redis_server
from unit_wasm.hosting import serve_hosting
from unit_wasm.hosting.keyvalue.functions import open_store

ROOT = Path(__file__).resolve().parents[1]
HIREDIS = Path("/usr/include/hiredis/hiredis.h")
ROUNDS = 5
BATCH = 500
"""Increments of one request: they have to end in its time."""

TIMEOUT = 30.0

Times = dict[str, list[float]]


def compiled(folder: Path) -> Path:
    """Return the client in C."""
    program = folder / "stores"
    more = ["-DWITH_HIREDIS", "-lhiredis"] if HIREDIS.exists() else []
    source = ROOT / "bench" / "stores.c"
    command: list[str | Path] = ["cc", "-O2", "-o", program, source, "-lsqlite3", *more]
    subprocess.run(command, check=True)
    return program


def of_c(program: Path, arguments: list[str], count: int, times: Times) -> None:
    """Run the client in C."""
    command = [str(program), *arguments, str(count)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for name, nanoseconds in zip(("increment", "get"), said.split(), strict=True):
        times.setdefault(f"C {name}", []).append(float(nanoseconds) / 1000)


def measured(work: Callable[[], object], count: int) -> float:
    """Return the microseconds of one."""
    began = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - began) / count * 1e6


def of_python(where: str, count: int, times: Times) -> None:
    """Call our store."""
    store = open_store(where, TIMEOUT)
    store.increment("p", "n", 1)
    for name, work in (
        ("increment", lambda: store.increment("p", "n", 1)),
        ("get", lambda: store.get("p", "n")),
    ):
        times.setdefault(f"Python {name}", []).append(measured(work, count))
    store.close()


@contextlib.contextmanager
def guest(where: str) -> Iterator[Client]:
    """A guest with that store."""
    log = logging.getLogger("unit_wasm.bench")
    limits: dict[str, Any] = {"keyvalue_timeout": TIMEOUT, "timeout": 60.0, "cpu_timeout": 60.0}
    with Client("keyvalue", keyvalue=where, **limits) as client:
        calls = client.worker.host_calls()
        service = serve_hosting(calls, client.options, None, name="bench", log=log)
        assert service is not None
        try:
            yield client
        finally:
            service.close()


def of_guest(client: Client, count: int, times: Times) -> None:
    """Let a guest call."""
    work = f"/2/increment/g/n/1/{BATCH}"
    client.run(work)
    each = measured(lambda: client.run(work), max(1, count // BATCH)) / BATCH
    times.setdefault("guest increment", []).append(each)


def compared(program: Path, where: str, arguments: Callable[[], list[str]], count: int) -> Times:
    """Measure all of them in turn."""
    times: Times = {}
    with guest(where) as client:
        for _ in range(ROUNDS):
            of_c(program, arguments(), count, times)
            of_python(where, count, times)
            of_guest(client, count, times)
    return times


def show(store: str, times: Times) -> None:
    for name, every in times.items():
        print(f"{store:8} {name:18} {min(every):8.1f} us")


def main() -> None:
    """Measure both stores."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = compiled(folder)
        files = iter(range(1000))
        sqlite = compared(
            program,
            f"sqlite:{folder}/ours.db",
            lambda: ["sqlite", f"{folder}/c{next(files)}.db"],
            count,
        )
        show("SQLite", sqlite)
        if HIREDIS.exists() and shutil.which("redis-server"):
            with redis_server(folder) as port:
                where, arguments = f"redis://127.0.0.1:{port}", ["redis", "127.0.0.1", str(port)]
                show("Redis", compared(program, where, lambda: arguments, count))


if __name__ == "__main__":
    main()
