"""Server processes of peers: pinned, in a session of their own, and ended with all they started."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from compare.cases import Request
from compare.load import PATIENCE, LoadError, check

KIB = 1 << 10
START = 90.0
"""Seconds that a peer may take to answer first."""


class PeerError(Exception):
    """The peer does not start, or has ended; the message says how."""


def cores(wanted: int) -> tuple[frozenset[int], frozenset[int]]:
    """Return the cores of the servers, and those of the load.

    Parameters:
        wanted: how many the servers get. The load has the others; on a machine that has no
            others, the same.
    """
    ours = sorted(os.sched_getaffinity(0))
    servers = frozenset(ours[:wanted])
    return servers, frozenset(ours) - servers or servers


@contextlib.contextmanager
def pinned(to: frozenset[int]) -> Iterator[None]:
    """Pin this thread, and with it each process that it starts, while the block runs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, to)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def host_and_port(address: str) -> tuple[str, int]:
    """Return the parts of an address."""
    host, _, port = address.rpartition(":")
    return host, int(port)


@dataclass
class Serving:
    """A peer that serves one guest.

    Parameters:
        address: of its listener.
        worker: the process in which the guest runs.
        started: when it was launched, in seconds of ``time.perf_counter``.
    """

    address: tuple[str, int]
    worker: int
    started: float

    def is_alive(self) -> bool:
        """Whether its worker has not ended."""
        try:
            stat = Path(f"/proc/{self.worker}/stat").read_text()
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[0] != "Z"


@contextlib.contextmanager
def launched(
    command: Sequence[str | Path],
    port: int,
    *,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[Serving]:
    """Run a server while the block runs; it is given as soon as its port is open.

    Raises:
        PeerError: it does not open it.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command],
        # Packages of Python are compiled, as pip leaves them, also those of a tree that is edited.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for_port(("127.0.0.1", port), process)
        yield Serving(("127.0.0.1", port), _deepest(process.pid), started)
    finally:
        _end(process)


def _wait_for_port(address: tuple[str, int], process: subprocess.Popen[bytes]) -> None:
    """Wait until something listens.

    Raises:
        PeerError: the process has ended, or it takes too long.
    """
    deadline = time.monotonic() + START
    while True:
        try:
            socket.create_connection(address, timeout=5).close()
            return
        except OSError:
            if process.poll() is not None:
                status = process.returncode
                raise PeerError(f"does not start (exit status {status})") from None
            if time.monotonic() > deadline:
                raise PeerError(f"does not listen within {START:.0f} s") from None
            time.sleep(0.001)


def first_answer(serving: Serving, request: Request, answer: bytes) -> float:
    """Return the seconds from its launch to its first answer.

    Raises:
        LoadError: the answer is wrong, also when it is asked again.
    """
    while True:
        try:
            left = START - (time.perf_counter() - serving.started)
            check(serving.address, request, answer, max(PATIENCE, left))
            return time.perf_counter() - serving.started
        except LoadError:
            # A router may listen before its application is there.
            if time.perf_counter() - serving.started > START or not serving.is_alive():
                raise
            time.sleep(0.001)


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in text.split()]


def _deepest(pid: int) -> int:
    """Return the last process in a row of children: jco serves in one that it starts."""
    while children := _children(pid):
        pid = children[-1]
    return pid


def _end(process: subprocess.Popen[bytes]) -> None:
    for number, patience in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 10.0)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    # wait() sees the first process only; the signals above went to all of its session.


def memory(pid: int) -> tuple[int, int]:
    """Return the bytes of a process that are resident, and of these what it shares with nobody.

    Raises:
        PeerError: the process has ended.
    """
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError as error:
        raise PeerError("its process has ended") from error
    rows = {name: int(kib) * KIB for name, kib in re.findall(r"^(\w+): +(\d+) kB", text, re.M)}
    return rows["Rss"], rows["Private_Clean"] + rows["Private_Dirty"]


def processor_time(pid: int) -> float:
    """Return the seconds of processor time that a process has used."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


# ---- Unit ----


def given_unit() -> tuple[Path, Path] | str:
    """Return ``UNITD`` and ``UNIT_SOURCE``, or which of them is not set.

    They name the binary, and the configured and built tree that it is from.
    """
    given = {name: os.environ.get(name, "") for name in ("UNITD", "UNIT_SOURCE")}
    if missing := [name for name, value in given.items() if not value]:
        return f"{' and '.join(missing)} not set"
    return Path(given["UNITD"]).resolve(), Path(given["UNIT_SOURCE"]).resolve()


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A new folder for a while, which another user may enter: Unit looks for modules as one."""
    with tempfile.TemporaryDirectory(prefix="uw-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
