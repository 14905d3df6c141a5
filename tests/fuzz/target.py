"""The fuzz targets in Python: ``python -m tests.fuzz.target NAME --seconds N [--seed S]``.

A target is a module in tests/fuzz/targets. Its docstring begins with its invariant. Its inputs are
bytes, made of what hypothesis draws, and its check raises where the invariant does not hold. The
input that is being checked is in the file ``current`` of the target's folder, so that it is there
when the process dies; a finding is kept beside it, made as small as hypothesis can.
"""

import argparse
import contextlib
import hashlib
import importlib
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, cast

import hypothesis
from hypothesis import HealthCheck, Phase, strategies
from hypothesis.configuration import set_hypothesis_home_dir

from tests.fuzz.choices import Choices
from tests.fuzz.seed_files import read_seeds
from tests.harness.server import ROOT

PYTHON = (
    "config",
    "connection",
    "control",
    "component",
    "compose",
    "merge",
    "policy",
    "handles",
    "sockets",
    "wit",
    "wave",
    "values",
)
"""The targets."""

# Not into the working directory.
set_hypothesis_home_dir(ROOT / "build" / "fuzz" / "hypothesis")

_CHOICES = 192
"""Random bytes for one input."""

_ROUND = 1000
"""Examples that hypothesis makes before it begins anew with another seed."""

Check = Callable[[bytes], None]


class Target(Protocol):
    """What a module of tests/fuzz/targets has."""

    def make(self, choices: Choices, seeds: Sequence[bytes]) -> bytes:
        """Return an input, by choices alone."""

    def opened(self) -> AbstractContextManager[Check]:
        """Make what the checks need; the check raises where the invariant does not hold."""


def load(name: str) -> Target:
    """Return the module of a target."""
    return cast(Target, importlib.import_module(f"tests.fuzz.targets.{name}"))


class _Recorder:
    """Runs checks; keeps the input, a count, and what failed last.

    Parameters:
        folder: gets the file ``current``.
    """

    def __init__(self, check: Check, folder: Path) -> None:
        self._check = check
        self._folder = folder
        self._current = os.open(folder / "current", os.O_RDWR | os.O_CREAT, 0o644)
        self.count = 0
        self.failed: bytes | None = None

    def __call__(self, data: bytes) -> None:
        self.count += 1
        os.ftruncate(self._current, os.pwrite(self._current, data, 0))
        try:
            self._check(data)
        except BaseException:
            # The last one is the smallest that hypothesis has found.
            self.failed = data
            raise

    def close(self) -> None:
        """Close the file ``current``."""
        os.close(self._current)

    def keep(self) -> Path:
        """Write what failed last into a file of its own."""
        assert self.failed is not None
        path = self._folder / f"finding-{hashlib.sha256(self.failed).hexdigest()[:16]}"
        path.write_bytes(self.failed)
        return path


def _one_round(
    recorder: _Recorder,
    make: Callable[[Choices], bytes],
    *,
    seed: int,
    examples: int,
    until: float,
) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        database=None,
        deadline=None,
        max_examples=examples,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(strategies.binary(min_size=_CHOICES, max_size=_CHOICES))
    def checks(data: bytes) -> None:
        if time.monotonic() < until:
            recorder(make(Choices(data)))

    checks()


def explore(
    name: str,
    folder: Path,
    *,
    seed: int,
    seconds: float = float("inf"),
    rounds: int | None = None,
    examples: int = _ROUND,
) -> tuple[int, Path | None]:
    """Check the seeds of a target, then inputs that hypothesis makes.

    Parameters:
        folder: gets the files ``current`` and ``finding-...``.
        seed: decides which inputs.
        seconds: after which it ends.
        rounds: after which it ends, or None.
        examples: inputs in one round.

    Returns:
        How many were checked, and the file of a finding or None; its traceback is on stderr.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = load(name)
    seeds = list(read_seeds(name).values())
    until = time.monotonic() + seconds
    with target.opened() as check, contextlib.closing(_Recorder(check, folder)) as recorder:
        try:
            for data in seeds:
                recorder(data)
            done = 0
            while time.monotonic() < until and (rounds is None or done < rounds):
                _one_round(
                    recorder,
                    lambda choices: target.make(choices, seeds),
                    seed=seed + done,
                    examples=examples,
                    until=until,
                )
                done += 1
        except Exception:
            traceback.print_exc()
            return recorder.count, recorder.keep()
    return recorder.count, None


def run_files(name: str, files: Sequence[Path]) -> None:
    """Check these inputs alone; what is wrong is raised."""
    with load(name).opened() as check:
        for path in files:
            check(path.read_bytes())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one target; return 1 after a finding."""
    parser = argparse.ArgumentParser(description="Runs one fuzz target that is written in Python.")
    parser.add_argument("name", choices=PYTHON)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("files", nargs="*", type=Path, help="inputs to run instead")
    given = parser.parse_args(arguments)
    if given.files:
        run_files(given.name, given.files)
        return 0
    folder = given.folder or ROOT / "build" / "fuzz" / given.name
    count, finding = explore(given.name, folder, seed=given.seed, seconds=given.seconds)
    sys.stderr.write(f"{given.name}: {count} executions\n")
    if finding is not None:
        sys.stderr.write(f"{given.name}: finding: {finding}\n")
    return 0 if finding is None else 1


if __name__ == "__main__":
    sys.exit(main())
