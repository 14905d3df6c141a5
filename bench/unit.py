"""The module in a real Unit against a plain C application on libunit: its starts, its speed, and
what its workers hold.

``UNITD`` names the binary, ``UNIT_SOURCE`` the configured and built tree that it is from. Both
applications run in the same unitd, one process each, and take turns, so that a change in the
machine's speed meets both. Load comes from wrk (one thread, 32 connections), or, where that is not
installed, from our own client in Python, which is the slowest part then and says so.

Prints a table; every value goes to build/bench/unit.json.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import measure
from compare.cases import Request
from compare.load import check, generator
from compare.process import given_unit, host_and_port, memory, open_folder
from measure import Figure

from tests.harness.http import request
from tests.harness.processes import wait_until
from tests.harness.unitd import Unit, Unitd
from tests.unitd.load import burst
from unit_wasm.unit.build import build_module
from unit_wasm.unit.toolchain import compiler
from unit_wasm.unit.tree import UnitTree

ROUNDS = 7
SECONDS = 3
CONNECTIONS = 32
WAITING = 500
HELLO = b"Hello, WASI!\n"


def external(tree: UnitTree, folder: Path) -> Path:
    """Compile the plain application against the headers of Unit's tree and return its file."""
    library = tree.source / "build" / "lib" / "libnxt.a"
    if not library.is_file():
        raise SystemExit(f"bench: {library} is missing: run `make` in the tree")
    program = folder / "external"
    source = str(measure.ROOT / "bench" / "external.c")
    flags = ("-std=gnu11", "-O3", "-Wall", "-Wextra", "-Werror", *tree.include_flags)
    objects = (str(tree.library), str(library), "-lpthread", "-lm")
    subprocess.run([compiler(), *flags, "-o", str(program), source, *objects], check=True)
    return program


def guest(name: str) -> dict[str, Any]:
    """Return an application with a guest and all options as they come, but for a part left out."""
    return {
        "type": "wasm-wasi-component",
        "component": str(measure.GUESTS / f"{name}.wasm"),
        "processes": 1,
        "environment": {"UNIT_WASM_WITHOUT": os.environ.get("UNIT_WASM_WITHOUT", "nothing")},
    }


# ---- Load ----


def hello(server: Unitd) -> list[Figure]:
    """The rate of hello beside that of the plain application, A B A B."""
    load = generator()
    print(f"bench: load from {load.name}")
    plain, module = Figure("hello, C application on libunit", "1/s"), Figure("hello, module", "1/s")
    median = Figure("  its median latency", "us")
    late = Figure("  its 99th percentile", "us")
    ratio = Figure("  module / C application", "x", 0.4)
    addresses = [host_and_port(server[name]) for name in ("external", "hello")]
    for address in addresses:
        check(address, Request(), HELLO)
        load.run(address, Request(), CONNECTIONS, 1)
    for _ in range(ROUNDS):
        theirs, ours = (load.run(address, Request(), CONNECTIONS, SECONDS) for address in addresses)
        plain.values.append(theirs.rate)
        module.values.append(ours.rate)
        median.values.append(ours.p50 * 1e3)
        late.values.append(ours.p99 * 1e3)
        ratio.values.append(ours.rate / theirs.rate)
    return [plain, module, median, late, ratio]


# ---- Memory ----


def idle(server: Unitd, when: str) -> list[Figure]:
    """What the worker of hello holds while nothing runs in it."""
    resident, private = memory(server.worker("hello"))
    return [
        Figure(f"idle worker of hello, {when}, resident", "MB", 40, [resident / 1e6]),
        Figure(f"idle worker of hello, {when}, private", "MB", 12, [private / 1e6]),
    ]


def waiting(server: Unitd) -> list[Figure]:
    """What an exchange holds whose guest waits."""
    figure = Figure(f"exchange that waits ({WAITING} at once)", "KB", 60)
    pid = server.worker("sleep")
    request(server["sleep"], "GET", "/sleep/0")
    before, _ = memory(pid)
    done = threading.Thread(target=burst, args=(server["sleep"], WAITING, "/sleep/3000"))
    done.start()
    seen = [0]

    def steady() -> bool:
        seen.append(memory(pid)[0])
        time.sleep(0.2)
        return seen[-1] == seen[-2] > before

    wait_until(steady, "for the guests to wait")
    figure.values.append((seen[-1] - before) / WAITING / 1e3)
    done.join()
    return [figure]


# ---- Starts ----


def answers(server: Unitd, names: Sequence[str]) -> bool:
    """Whether all of them answer; what has begun to answer is waited for."""
    try:
        return all(request(server[name]).status == 200 for name in names)
    except OSError:
        return False


def starts(unit: Unit, program: Path) -> list[Figure]:
    """From the start of unitd, with what it has kept, to the first answer of each application."""
    plain = {"type": "external", "executable": str(program), "processes": 1}
    sends = guest("hello") | {"environment": {"UNIT_WASM_OUTGOING": "http://localhost"}}
    figures = []
    for title, application, count, target in (
        ("C application on libunit", plain, 1, None),
        ("module", guest("hello"), 1, 50),
        ("module, which may send requests", sends, 1, None),
        ("20 C applications on libunit", plain, 20, None),
        ("module, 20 of them", guest("hello"), 20, 1000),
    ):
        figure = Figure(f"warm start of unitd, {title}", "ms", target)
        names = [f"hello-{number}" for number in range(count)]
        with unit.start() as server:
            server.configure(dict.fromkeys(names, application), threads=None)
            for name in names:
                request(server[name])
            ready = functools.partial(answers, server, names)
            for _ in range(ROUNDS):
                figure.values.append(server.start_again(ready=ready, kill=True) * 1e3)
            server.kill()
            server.expect_alerts("")  # of any kind: C applications are Unit's matter
        figures.append(figure)
    return figures


# ---- All of it ----


def run(tree: UnitTree, binary: Path) -> list[Figure]:
    """Start Unit with the applications, measure, and return the table."""
    with open_folder() as folder:
        build_module(tree.source, "wasm-wasi-component", folder)
        program = external(tree, folder)
        unit = Unit(binary, folder)
        figures = starts(unit, program)
        with unit.start() as server:
            server.configure(
                {
                    "external": {"type": "external", "executable": str(program), "processes": 1},
                    "hello": guest("hello"),
                    "sleep": guest("sleep"),
                },
                threads=None,
            )
            request(server["hello"])
            return [
                *figures,
                *idle(server, "new"),
                *hello(server),
                *idle(server, "after load"),
                *waiting(server),
            ]


def main() -> int:
    """Return the exit status."""
    given = given_unit()
    if isinstance(given, str):
        print(
            f"bench: {given}: UNITD is the file of unitd, UNIT_SOURCE the "
            "configured and built source tree that it is from",
            file=sys.stderr,
        )
        return 2
    binary, source = given
    figures = run(UnitTree(source), binary)
    return measure.publish(figures, "unit")


if __name__ == "__main__":
    sys.exit(main())
