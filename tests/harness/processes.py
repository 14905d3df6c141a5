"""Processes that tests start and look at: launched in one way, waited for, measured."""

import contextlib
import functools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

PATIENCE = 30.0
"""Seconds after which what should have happened fails the test."""

_PAUSE = 0.002

T = TypeVar("T")


def uninstrumented() -> dict[str, str]:
    """Return our environment without the sanitizers, which are for what we have built."""
    theirs = ("LD_PRELOAD", "PYTHONPATH", "UW_ASAN") if "UW_ASAN" in os.environ else ()
    return {name: value for name, value in os.environ.items() if name not in theirs}


def launch(
    command: Sequence[str],
    environment: Mapping[str, str],
    cwd: Path,
    *,
    stdout: int | None = None,
    stderr: int,
) -> subprocess.Popen[str]:
    """Start a program in a session of its own, so that what it starts can be told by that.

    Parameters:
        environment: is added to the test's own.
        stdout: as for ``subprocess``; the test's own where not given.
        stderr: as for ``subprocess``.
    """
    return subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )


@contextlib.contextmanager
def undone(undo: Callable[[], None]) -> Iterator[None]:
    """Undo what was begun where the context fails."""
    try:
        yield
    except BaseException:
        undo()
        raise


def wait_until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until a condition holds.

    Parameters:
        condition: is asked again and again.
        what: ends the sentence of the failure "it took too long ...".
        patience: seconds that it may take.
    """
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"it took too long {what}"
        time.sleep(_PAUSE)


def stays(condition: Callable[[], bool], what: str, seconds: float) -> None:
    """Check again and again, for so many seconds, that a condition holds.

    Parameters:
        condition: is asked at least twice.
        what: ends the sentence of the failure "it is no more ...".
        seconds: in which nothing may happen.
    """
    deadline = time.monotonic() + seconds
    while True:
        over = time.monotonic() >= deadline
        assert condition(), f"it is no more {what}"
        if over:
            return
        time.sleep(_PAUSE)


def settled(measure: Callable[[], T], wanted: Callable[[T], bool], patience: float) -> T:
    """Measure until it is as wanted, or for so many seconds; return what was measured last."""
    deadline = time.monotonic() + patience
    while not wanted(now := measure()) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    return now


@dataclass(frozen=True)
class Process:
    """One that runs, with the title that ``ps`` shows."""

    pid: int
    parent: int
    session: int
    title: str


def alone(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test in a process of its own: nobody else takes memory and time there, or frees it.

    Its arguments have to be such that ``repr()`` says them.
    """

    @functools.wraps(test)
    def run(**arguments: object) -> None:
        code = f"""from pathlib import PosixPath
from {test.__module__} import {test.__name__} as test
test.__wrapped__(**{arguments!r})"""
        # What is imported is what is here, wherever that is.
        done = subprocess.run(
            [sys.executable, "-P", "-c", code],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    return run


def every_process() -> Iterator[Process]:
    """Return all processes but those that have ended and were not yet waited for."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            stat = Path(f"/proc/{name}/stat").read_text()
            title = Path(f"/proc/{name}/cmdline").read_bytes()
        except OSError:
            continue
        state, parent, _, session = stat.rpartition(")")[2].split()[:4]
        if state != "Z":
            text = title.replace(b"\0", b" ").decode(errors="replace").strip()
            yield Process(int(name), int(parent), int(session), text)


def open_files() -> set[tuple[str, str]]:
    """Return the open descriptors of this process, each with what it is of."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        # That of the listing itself is gone by now.
        with contextlib.suppress(FileNotFoundError):
            found.add((name, os.readlink(f"/proc/self/fd/{name}")))
    return found


@contextlib.contextmanager
def nothing_left_open(patience: float = 0.0) -> Iterator[None]:
    """Check that what is opened inside is closed, whatever else is closed meanwhile.

    A number of descriptors would not do: what tests before this one have left to Python's
    collector is closed when it likes.

    Parameters:
        patience: seconds that it may take after the end.
    """
    before = open_files()
    yield
    left = settled(lambda: open_files() - before, lambda left: not left, patience)
    assert not left, f"descriptors are left: {left}"


def descriptors(pid: int | str = "self") -> int:
    """Return the number of open descriptors of a process."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory(pid: int | str = "self", row: str = "VmRSS") -> int:
    """Return a row of a process's status (VmRSS, VmHWM) in bytes."""
    text = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in text.splitlines() if line.startswith(row + ":"))
    return int(line.split()[1]) * 1024
