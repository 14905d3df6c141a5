"""Work in processes that the kernel may end: it goes on, and comes to an end of some kind."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.soak.pressed import FRUITLESS, PressedError, Progress, carried_on, remove_others

KILLED = "kill -9 $$"


class Worker:
    """Starts processes that say and do what they are told to, one after the other."""

    def __init__(self, *scripts: str) -> None:
        self._scripts = iter(scripts)
        self.starts: list[Progress] = []
        self.said: list[str] = []

    def start(self, progress: Progress) -> subprocess.Popen[str]:
        self.starts.append(progress)
        script = next(self._scripts)
        return subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, text=True)

    def run(self) -> Progress:
        return carried_on(self.start, self.said.append)


def told(progress: Progress) -> str:
    return f"echo '{json.dumps(asdict(progress))}'; "


def test_another_process_goes_on() -> None:
    one, two = Progress(0, 7, 5, 100), Progress(2, 1, 30, 200)
    end = Progress(3, 0, 40, 300, ended=True)
    worker = Worker(
        told(Progress(0, 3, 2)) + told(one) + KILLED,
        # Nothing new, and half a line.
        f"printf '%s' '{json.dumps(asdict(two))[:20]}'; {KILLED}",
        told(two) + KILLED,
        told(end),
    )
    assert worker.run() == end
    assert worker.starts == [Progress(), one, one, two]
    assert worker.said == [
        f"the kernel has ended process {number}; {seen} seen so far, all fresh"
        for number, seen in ((1, 5), (2, 5), (3, 30))
    ]


def scripts() -> Iterator[str]:
    yield told(Progress(0, 1, 1)) + KILLED
    while True:
        yield KILLED


def test_those_that_come_no_further_are_not_started_for_ever() -> None:
    worker = Worker(*(script for script, _ in zip(scripts(), range(100), strict=False)))
    with pytest.raises(PressedError, match=f"^{FRUITLESS} processes have come no further$"):
        worker.run()
    assert len(worker.starts) == 1 + FRUITLESS


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("exit 1", 1),
        ("exit 0", 0),
        ("kill -11 $$", -11),
        (told(Progress(ended=True)) + "exit 1", 1),
    ],
)
def test_one_that_fails_by_itself_is_a_failure(script: str, status: int) -> None:
    worker = Worker(told(Progress(0, 1)) + KILLED, script)
    with pytest.raises(PressedError, match=f"^the process has ended with {status}$"):
        worker.run()


def test_what_another_run_has_left_is_removed(tmp_path: Path) -> None:
    for name in ("uw-soak-a", "uw-soak-own", "uw-soak-without", "other"):
        (tmp_path / name).mkdir()
        if name != "uw-soak-without":
            (tmp_path / name / "swap").touch()
    remove_others(tmp_path, tmp_path / "uw-soak-own")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["other", "uw-soak-own", "uw-soak-without"]
