"""wasi:filesystem: what `:ro` keeps, and limits."""

import contextlib
import os
import re
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.files_guest import (
    CREATE,
    DIRECTORY,
    READ,
    TRUNCATE,
    WRITE,
    files,
    given_folder,
    opened,
    tree,
)
from tests.harness.processes import alone, nothing_left_open

NOW, AT, KEEP = 1, 2, 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return given_folder(tmp_path)


# ---- Read only ----

WRITING = [
    f"open 0 1 'file 0 {WRITE} 8",
    f"open 0 1 'file {TRUNCATE} {READ} 8",
    f"open 0 1 'new {CREATE} {READ} 8",
    "open 0 1 'sub 2 33 8",
    "mkdir 0 'new",
    "rmdir 0 'empty",
    "unlink 0 'file",
    "symlink 0 'file 'new",
    "link 0 0 'file 0 'new",
    "link 0 0 'file 1 'new",
    "link 1 0 'file 0 'new",
    "rename 0 'file 0 'new",
    "rename 0 'file 1 'new",
    "rename 1 'file 0 'new",
    f"times 0 {NOW} 0 0 {NOW} 0 0 1 'file",
    f"times 0 {NOW} 0 0 {NOW} 0 0",
    f"times 9 {NOW} 0 0 {NOW} 0 0",
    "write 9 0 'x",
    "set-size 9 0",
    "output 9 0 8",
    "append 9 8",
    # What is opened in it is as it is.
    "mkdir 7 'new",
    "rename 7 'inner 1 'new",
    f"open 7 1 'inner 0 {WRITE} 8",
]


@pytest.mark.parametrize("line", WRITING)
def test_read_only(folder: Path, line: str) -> None:
    (folder / "empty").mkdir()
    other = folder.parent / "other"
    other.mkdir()
    (other / "file").write_bytes(b"other")
    before = tree(folder), tree(other)
    with files(f"{folder}:ro", other) as guest:
        answers = guest.run(
            f"open 0 1 'file 0 {READ} 9", f"open 0 1 'sub {DIRECTORY} {READ} 7", line, "read 9 20 0"
        )
    assert answers == ["ok", "ok", "read-only", "ok end 0123456789"]
    assert (tree(folder), tree(other)) == before


def test_every_function_that_writes_is_tried_read_only() -> None:
    """The others, by name, change nothing."""
    reading = {
        *("dirs", "cwd", "opens", "read", "list", "readlink", "stat", "hash", "advise", "same"),
        *("input", "type", "flags", "sync", "sync-data", "drop", "read-stream", "read-now"),
        *("read-all", "write-stream", "write-now", "fill", "check", "flush"),
        *("get", "put", "now"),
    }
    folder = Path(__file__).parents[1] / "guests" / "c"
    names = {
        name
        for source in (folder / "files.c", *sorted(folder.glob("files/*.c")))
        for name in re.findall(r'strcmp\(name, "([\w-]+)"\) == 0', source.read_text())
    }
    assert names - reading == {line.split()[0] for line in WRITING}


# ---- Limits ----


def test_files_at_the_limit(folder: Path) -> None:
    with files(folder, max_files=3) as guest:
        assert guest.run(
            "opens 0 'file",
            "list 0",
        ) == ["3 quota", "quota"]
        assert guest.run(
            *(opened("file"), "input 9 0 8", "drop 9", "opens 0 'file", "drop-input 8"),
            *("opens 0 'file", "mkdir 0 'new"),
        ) == ["ok", "ok", "ok", "2 quota", "ok", "1 quota", "ok"]


def test_descriptors_are_given_back(folder: Path) -> None:
    with nothing_left_open(), files(folder, max_files=50) as guest:
        guest.one("stat 0")
        with nothing_left_open():
            for _ in range(100):
                assert guest.one("opens 0 'file") == "50 quota"


@contextlib.contextmanager
def room_for(count: int) -> Iterator[None]:
    """Bound the descriptors of this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_when_descriptors_of_the_process_run_out(folder: Path) -> None:
    with files(folder, max_files=1000) as guest:
        assert guest.one("stat 0 1 'file").startswith("ok")
        used = max(int(fd) for fd in os.listdir("/proc/self/fd")) + 1
        with room_for(used + 20):
            answer = guest.one("opens 0 'file")
        assert re.fullmatch(r"\d+ insufficient-memory", answer)
        assert guest.one("opens 0 'file") == "1000 quota"


def test_all_exchanges_leave_descriptors_for_others(folder: Path) -> None:
    """They have half of what the process may have."""
    with contextlib.ExitStack() as stack:
        with room_for(400):
            guest = stack.enter_context(files(folder, max_files=150))
        client = guest.client
        call = client.start(body=[b"dirs\nopens 0 'file\nnow\n"], finishes=False)
        client.until(lambda: len(call.body) != 0)
        other = client.start(body=[b"dirs\nopens 0 'file\nlist 0\n"])
        client.until(lambda: other.done)
        assert call.body.decode().splitlines()[1] == "150 quota"
        assert other.body.decode().splitlines()[1:] == [
            "50 insufficient-memory",
            "insufficient-memory",
        ]
        client.gone(call)
        assert guest.one("opens 0 'file") == "150 quota"


@alone
def test_time_of_threads_counts(folder: Path) -> None:
    """What they work for a guest is the guest's processor time."""
    much = bytes(32 << 20)
    with files(folder) as guest:
        began = time.process_time() - time.thread_time()
        for _ in range(10):
            (folder / "file").write_bytes(much)
            # One call, and many pages for the system to free.
            assert guest.one(opened("file", TRUNCATE)) == "ok"
        threads = time.process_time() - time.thread_time() - began
        counted = guest.client.worker.metrics()["cpu"]["seconds"]
    assert counted > 0.8 * threads > 0
