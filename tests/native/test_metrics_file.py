"""The metrics file: one for each process, whole at any time, gone with its worker."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.harness.direct import Client
from unit_wasm.native.worker import Worker

INTERVAL = 0.1
PID = os.getpid()


def client(path: Path, **options: Any) -> Client:
    return Client("hello", metrics_file=path, metrics_interval=INTERVAL, **options)


def requests(path: Path) -> float:
    families = {item.name: item for item in text_string_to_metric_families(path.read_text())}
    (sample,) = families["unit_wasm_requests"].samples
    assert sample.labels == {"application": "app", "pid": str(PID)}
    return float(sample.value)


@pytest.mark.parametrize(
    ("given", "made"),
    [("x.prom", "x.app"), ("x", "x.app"), ("x.promt", "x.promt.app"), (".prom", ".app")],
)
def test_its_name(tmp_path: Path, given: str, made: str) -> None:
    with client(tmp_path / given) as running:
        running.turn()
        assert [path.name for path in tmp_path.iterdir()] == [f"{made}.{PID}.prom"]
        assert requests(next(tmp_path.iterdir())) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a/../b", "a%2F%2E%2E%2Fb"), ("caf\u00e9 1", "caf%C3%A9%201"), ("A-z_9", "A-z_9")],
)
def test_an_application_of_any_name(tmp_path: Path, name: str, shown: str) -> None:
    with client(tmp_path / "x.prom") as running:
        worker = Worker(
            running.prepared, running.options, name=name, environment={}, log=lambda *_: None
        )
        worker.turn()
        assert [path.name for path in tmp_path.iterdir()] == [f"x.{shown}.{PID}.prom"]
        worker.close()


def test_it_is_written_again_and_again(tmp_path: Path) -> None:
    file = tmp_path / f"x.app.{PID}.prom"
    with client(tmp_path / "x.prom") as running:
        running.turn()
        for expected in (1, 2):
            running.run()
            running.until(lambda expected=expected: requests(file) == expected)  # type: ignore[misc]
        file.unlink()
        running.until(file.exists)
        assert requests(file) == 2
        assert file.stat().st_mode & 0o777 == 0o644 & ~current_umask()
        assert list(tmp_path.iterdir()) == [file]
        assert running.lines == []


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_without_the_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Client("hello") as running:
        running.run()
    assert list(tmp_path.iterdir()) == []


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with client(Path("x.prom")) as running:
        running.turn()
        assert requests(tmp_path / f"x.app.{PID}.prom") == 0


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait(30)
    return process.pid


def test_files_of_processes_that_are_gone_are_removed(tmp_path: Path) -> None:
    gone = ended_process()
    kept = [
        *(f"x.app.{os.getppid()}.prom", f"x.other.{gone}.prom", f"y.app.{gone}.prom"),
        *(f"x.app.{gone}", f"x.app.{gone}.prom.new", f"x.app.0{gone}.prom", "x.app.1x.prom"),
        *("x.app.99999999999999999999.prom", "x.app.-5.prom", "x.app..prom", "x.app.0.prom"),
    ]
    for name in (*kept, f"x.app.{gone}.prom"):
        (tmp_path / name).write_text("")
    with client(tmp_path / "x.prom") as running:
        running.turn()
        found = {path.name for path in tmp_path.iterdir()}
        assert found == {*kept, f"x.app.{PID}.prom"}
    assert {path.name for path in tmp_path.iterdir()} == set(kept)


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    """One line, however often; then the file, once it can be."""
    folder = tmp_path / "later"
    file = folder / f"x.app.{PID}.prom"
    line = f"4 app: the metrics file {file} cannot be written: No such file or directory"
    with client(folder / "x.prom") as running:
        running.turn()
        assert running.lines == [line]
        running.run()
        folder.mkdir()
        running.until(file.exists)
        assert requests(file) == 1
        assert running.lines == [line]
        file.unlink()
        folder.rmdir()
        running.until(lambda: len(running.lines) == 2)
        assert running.lines == [line, line]


def test_somebody_elses_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    (tmp_path / f"x.app.{PID}.prom.new").symlink_to(target)
    (tmp_path / f"x.app.{PID}.prom").symlink_to(target)
    with client(tmp_path / "x.prom") as running:
        running.turn()
        assert not (tmp_path / f"x.app.{PID}.prom").is_symlink()
    assert target.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    file = tmp_path / f"x.app.{PID}.prom"
    file.mkdir()
    with client(tmp_path / "x.prom") as running:
        running.turn()
        why = f"the metrics file {file} cannot be written: Is a directory"
        assert running.lines == [f"4 app: {why}"]
        assert list(tmp_path.iterdir()) == [file]


def test_an_application_that_is_loaded_anew_in_its_process(tmp_path: Path) -> None:
    """The older worker stops to write, and does not take the file away."""
    file = tmp_path / f"x.app.{PID}.prom"
    with client(tmp_path / "x.prom") as newer:
        with client(tmp_path / "x.prom") as older:
            older.run()
            older.until(lambda: requests(file) == 1)
            newer.turn()
            assert requests(file) == 0
            written = file.stat()
            # Its timer is due in this time, and does nothing.
            older.run("/")
            older.until(lambda: newer_has_written(newer, file, written))
            assert requests(file) == 0
        assert requests(file) == 0
    assert not file.exists()


def newer_has_written(newer: Client, file: Path, before: os.stat_result) -> bool:
    newer.turn()
    return file.stat().st_mtime_ns > before.st_mtime_ns + 3 * int(INTERVAL * 1e9)
