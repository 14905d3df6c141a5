"""Runs the fuzz targets: ``python -m tests.fuzz.run [--minutes N] [--target NAME] [FILE...]``.

Each target runs for that long, in a process of its own; ``--jobs`` says how many do so at a time.
A finding ends the target; the file that reproduces it is printed, and the exit status is 1. With
files, the one target that is named runs on these alone.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.native import FuzzToolError, build_fuzzer, fuzz_command
from tests.fuzz.target import PYTHON
from tests.harness.server import ROOT
from unit_wasm.unit.sources import FUZZED

FOLDER = ROOT / "build" / "fuzz"
TARGETS = (*FUZZED, *PYTHON)
_COUNTS = re.compile(r"(?:stat::number_of_executed_units:\s+(\d+)|: (\d+) executions$)", re.M)


@dataclass(frozen=True)
class Outcome:
    """How one target ended.

    Parameters:
        finding: the file that reproduces it, or None.
        executions: how often it ran, where it could say.
    """

    name: str
    seconds: float
    executions: int | None
    finding: Path | None

    def __str__(self) -> str:
        count = "executions unknown" if self.executions is None else f"{self.executions} executions"
        result = "no finding" if self.finding is None else f"FINDING {self.finding}"
        return f"{self.name}: {self.seconds / 60:.1f} min, {count}, {result}"


def _python(name: str) -> list[str]:
    """What runs a target that is written in Python."""
    # What a guest holds points into the C sources: only the sanitizers see where it goes wrong.
    sanitized = [str(ROOT / "tools" / "asan.py")] if name in ("handles", "sockets") else []
    return [sys.executable, *sanitized, "-m", "tests.fuzz.target", name]


def _command(name: str, folder: Path, seconds: int, seed: int) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    if name in FUZZED:
        return fuzz_command(name, build_fuzzer(name, folder), folder, seconds, seed)
    command = [*_python(name), "--folder", str(folder)]
    return [*command, "--seconds", str(seconds), "--seed", str(seed)]


def _newest_finding(folder: Path, since: float) -> Path:
    """Return the file that reproduces what has just been found."""
    found = [path for path in folder.glob("finding-*") if path.stat().st_mtime >= since]
    return max(found, key=lambda path: path.stat().st_mtime, default=folder / "current")


def fuzz(name: str, command: list[str]) -> Outcome:
    """Run one target until it ends by itself."""
    folder = FOLDER / name
    began = time.time()
    with (folder / "log").open("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=False)
        log.seek(0)
        text = log.read()
    counts = _COUNTS.findall(text)
    executions = int("".join(counts[-1])) if counts else None
    finding = None
    if process.returncode != 0:
        sys.stderr.write(text[-8000:])
        finding = _newest_finding(folder, began - 1)
    return Outcome(name, time.time() - began, executions, finding)


def fuzz_all(names: Sequence[str], seconds: int, seed: int, jobs: int) -> Iterator[Outcome]:
    """Run targets for some seconds each, so many at a time; the outcomes come as they end.

    Raises:
        FuzzToolError: a tool is missing; then none has run.
    """
    commands = {name: _command(name, FOLDER / name, seconds, seed) for name in names}
    with ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(fuzz, name, command) for name, command in commands.items()]
        try:
            for done in as_completed(running):
                yield done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def reproduce(name: str, files: Sequence[Path]) -> int:
    """Run one target on these files; return its exit status."""
    if name in FUZZED:
        folder = FOLDER / name
        command = [str(build_fuzzer(name, folder)), *map(str, files)]
    else:
        command = [*_python(name), *(str(path.resolve()) for path in files)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for; return 1 after a finding, 2 when a tool is missing."""
    parser = argparse.ArgumentParser(description="Runs the fuzz targets.")
    parser.add_argument("--minutes", type=float, default=1, help="for each target")
    parser.add_argument("--target", choices=TARGETS, help="only this one")
    parser.add_argument("--jobs", type=int, default=1, help="how many targets at a time")
    parser.add_argument("--seed", type=int, help="of what is random; the time where not given")
    parser.add_argument("files", nargs="*", type=Path, help="findings to reproduce")
    given = parser.parse_args(arguments)
    seed = int(time.time()) if given.seed is None else given.seed
    if given.files and given.target is None:
        parser.error("files need --target")
    try:
        if given.files:
            return reproduce(given.target, [path.resolve() for path in given.files])
        names = [given.target] if given.target else TARGETS
        outcomes = []
        for outcome in fuzz_all(names, max(1, round(given.minutes * 60)), seed, given.jobs):
            outcomes.append(outcome)
            sys.stdout.write(f"{outcome}\n")
            sys.stdout.flush()
    except FuzzToolError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 1 if any(outcome.finding for outcome in outcomes) else 0


if __name__ == "__main__":
    # Python's own hash order must not decide what is found.
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
