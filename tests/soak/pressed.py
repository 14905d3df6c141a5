"""Work under pressure, in processes that the kernel may end: `make soak-memories ARGS=--swap`.

The kernel ends a process of a memory cgroup that cannot even swap. Then another one goes on where
the last one has said to be. What is needed of the system is taken back after any end, and what an
end without notice (SIGKILL) has left is taken back at the next start.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import IO

LIMIT = 24 << 20
"""Bytes, less than 64 instances at once write to."""

MOST = 1000
"""Processes that may be ended altogether."""

FRUITLESS = 10
"""One after the other that come no further."""

PREFIX = "uw-soak-"
CGROUP = Path("/sys/fs/cgroup/memory/unit-wasm-soak")
_SWAP = 1 << 30


@dataclass
class Progress:
    """How far the work is.

    Parameters:
        kind: the number of the kind that is being run.
        begun: instances of it.
        seen: instances of all kinds that were looked at, all of them fresh.
        swapped: bytes that were swapped out, at most.
        ended: whether this was all.
    """

    kind: int = 0
    begun: int = 0
    seen: int = 0
    swapped: int = 0
    ended: bool = False

    def tell(self, parent: int) -> None:
        """Tell the process that has started this one; end where that has ended.

        Parameters:
            parent: its number.
        """
        if os.getppid() != parent:
            sys.exit(1)
        sys.stdout.write(f"{json.dumps(asdict(self))}\n")
        sys.stdout.flush()


class PressedError(Exception):
    """The work does not come to its end."""


def carried_on(
    start: Callable[[Progress], subprocess.Popen[str]], say: Callable[[str], None]
) -> Progress:
    """Start a process again and again, until all is done.

    Parameters:
        start: gets how far the work is; what the process prints is how far it is then.
        say: is told of each that the kernel has ended.

    Raises:
        PressedError: one has failed by itself, or they come no further.
    """
    progress = Progress()
    fruitless = 0
    for number in range(1, MOST + 1):
        before = (progress.kind, progress.begun)
        process = start(progress)
        try:
            assert process.stdout is not None
            with process.stdout as lines:
                progress = _followed(lines, progress)
            status = process.wait()
        finally:
            process.kill()
            process.wait()
        if status == 0 and progress.ended:
            return progress
        if status != -signal.SIGKILL:
            raise PressedError(f"the process has ended with {status}")
        say(f"the kernel has ended process {number}; {progress.seen} seen so far, all fresh")
        fruitless = fruitless + 1 if (progress.kind, progress.begun) == before else 0
        if fruitless == FRUITLESS:
            raise PressedError(f"{FRUITLESS} processes have come no further")
    raise PressedError(f"the kernel has ended {MOST} processes")


def _followed(lines: IO[str], progress: Progress) -> Progress:
    for line in lines:
        # The last one may be half a line.
        with contextlib.suppress(ValueError):
            progress = Progress(**json.loads(line))
    return progress


def enter() -> None:
    """Let this process have less memory than it needs."""
    (CGROUP / "cgroup.procs").write_text(str(os.getpid()))


@contextlib.contextmanager
def pressure(folder: Path) -> Iterator[None]:
    """Make the cgroup that is too small, and a swap file; take them back after any end.

    Parameters:
        folder: for the file; its name begins with ``PREFIX``.
    """
    _take_back()
    remove_others(Path(tempfile.gettempdir()), folder)
    with _signals_are_exceptions():
        try:
            file = folder / "swap"
            subprocess.run(["fallocate", "-l", str(_SWAP), file], check=True)
            file.chmod(0o600)
            subprocess.run(["mkswap", file], check=True, stdout=subprocess.DEVNULL)
            subprocess.run(["swapon", file], check=True)
            CGROUP.mkdir(exist_ok=True)
            (CGROUP / "memory.limit_in_bytes").write_text(str(LIMIT))
            yield
        finally:
            _take_back()


def _take_back() -> None:
    """Take back what a run needs of the system, or what one has left that was ended."""
    for line in Path("/proc/swaps").read_text().splitlines()[1:]:
        file = Path(line.split()[0].replace("\\040(deleted)", ""))
        if file.name == "swap" and file.parent.name.startswith(PREFIX):
            # Of one that was deleted the kernel wants the name, too, which is gone.
            subprocess.run(["swapoff", file], check=file.exists())
    with contextlib.suppress(FileNotFoundError):
        CGROUP.rmdir()


def remove_others(temporary: Path, own: Path) -> None:
    """Remove the folders of runs that were ended.

    Parameters:
        temporary: where they are.
        own: that of this run, which stays.
    """
    for file in temporary.glob(f"{PREFIX}*/swap"):
        if file.parent != own:
            shutil.rmtree(file.parent)


@contextlib.contextmanager
def _signals_are_exceptions() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end this process as Ctrl-C does: what is to be done is done."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {each: signal.signal(each, end) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
