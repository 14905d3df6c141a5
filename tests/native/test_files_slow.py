"""wasi:filesystem on a disk that is slow: who waits for it, and who does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.direct import Call
from tests.harness.files_guest import Files, files
from tests.harness.processes import PATIENCE, nothing_left_open, open_files
from tests.harness.slow_file import SlowFile, slow_file

THREADS = 8
"""UW_JOB_THREADS of csrc/base/jobs.h."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "slow").write_bytes(b"slow")
    (tmp_path / "quick").write_bytes(b"quick")
    return tmp_path


@pytest.fixture
def slow(folder: Path) -> Iterator[SlowFile]:
    with slow_file(folder / "slow") as slow:
        yield slow


def begin(guest: Files, *lines: str) -> Call:
    """Start a script, and let the guest run until it waits for the disk."""
    call = guest.client.start(body=["\n".join(("dirs", "now", *lines, "")).encode()])
    guest.client.until(lambda: len(call.body) != 0)
    guest.client.settle()
    return call


def rest(guest: Files, call: Call) -> list[str]:
    guest.client.finish(call)
    return guest.client.answer(call).text.splitlines()[2:]


def test_others_go_on(folder: Path, slow: SlowFile) -> None:
    """Also those who use files, as long as a thread is free."""
    with files(folder, max_exchanges=64) as guest:
        waiting = [begin(guest, "get 0 1 'slow") for _ in range(THREADS - 1)]
        for _ in range(20):
            assert quick(guest, "get 0 1 'quick") == ["ok end quick"]
        waiting += [begin(guest, "get 0 1 'slow") for _ in range(THREADS + 5)]
        for _ in range(20):
            assert quick(guest, "type 0", "flags 0") == ["ok directory", "ok 33"]
        assert not any(call.done for call in waiting)
        slow.release()
        for call in waiting:
            assert rest(guest, call) == ["ok end slow"]


def quick(guest: Files, *lines: str) -> list[str]:
    """Run a script while others wait: the worker is not idle by its end."""
    call = guest.client.start(body=["\n".join(("dirs", *lines, "")).encode()])
    guest.client.until(lambda: call.done)
    return guest.client.answer(call).text.splitlines()[1:]


def test_a_client_that_goes_leaves_no_descriptor(folder: Path, slow: SlowFile) -> None:
    with files(folder) as guest:
        begun = [begin(guest, "get 0 1 'slow") for _ in range(THREADS * 2)]
        before = open_files()
        for call in begun:
            guest.client.gone(call)
        guest.client.until(lambda: guest.client.idle)
        slow.release()
        # What runs opens the file and closes it, whenever that is.
        assert quick(guest, "get 0 1 'slow") == ["ok end slow"]
        guest.client.until(lambda: open_files() <= before)


def test_time_runs_out(folder: Path, slow: SlowFile) -> None:
    with files(folder, timeout=0.2) as guest:
        call = guest.client.start(body=[b"dirs\nget 0 1 'slow\n"])
        guest.client.finish(call)
        assert call.how == "cut"
        slow.release()


def test_a_worker_that_ends(folder: Path, slow: SlowFile) -> None:
    """Nobody waits for its threads; what they have is freed when they are done."""
    with nothing_left_open(PATIENCE):
        with files(folder) as guest:
            for _ in range(THREADS * 2):
                begin(guest, "get 0 1 'slow")
        slow.release()
