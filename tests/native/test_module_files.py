"""Directories of components inside the module: what is given, slow disks, nothing left open."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import application
from tests.harness.double import Module, running, setup
from tests.harness.processes import nothing_left_open
from tests.harness.slow_file import SlowFile, slow_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "file").write_bytes(b"text")
    (folder / "slow").write_bytes(b"slow")
    (folder / "out").symlink_to("../secret")
    (tmp_path / "secret").write_bytes(b"secret")
    return folder


@pytest.fixture
def slow(folder: Path) -> Iterator[SlowFile]:
    with slow_file(folder / "slow") as slow:
        yield slow


def script(*lines: str) -> dict[str, Any]:
    body = "".join(f"{line}\n" for line in ("dirs", *lines)).encode()
    return {"method": b"POST", "body": body}


def run(module: Module, *lines: str) -> list[str]:
    """Run a script, which has the directories as 0, 1...; the answers, that of `dirs` first."""
    answer = module.ask(**script(*lines))
    assert answer.whole
    return answer.body.decode().splitlines()


def test_those_of_the_option(folder: Path) -> None:
    with running("files", DIRS=f"{folder}::/data:ro {folder}::w") as module:
        assert run(
            *(module, "get 0 1 'file", "put 0 1 'new 'made", "put 1 1 'new 'made"),
            *("get 1 1 'out", "get 0 1 '../secret", "get 0 1 '/etc/passwd"),
        ) == ["ok /data w", "ok end text", "read-only", "ok", *["not-permitted"] * 3]
        assert module.log == ""
    assert (folder / "new").read_bytes() == b"made"


def test_as_unit_has_them(folder: Path) -> None:
    document = {**application("files"), "access": {"filesystem": [str(folder)]}}
    module = setup(document)
    assert module.setup_result == 0, module.log
    module.start()
    module.message("READY")
    assert run(module, "put 0 1 'new 'made") == [f"ok {folder}", "ok"]
    module.message("QUIT")
    assert module.ended() == 0
    module.check()
    assert (folder / "new").read_bytes() == b"made"


def test_nothing_is_given_by_default() -> None:
    with running("files") as module:
        assert run(module) == ["ok"]


def test_a_file_streams_through_little_shared_memory(folder: Path) -> None:
    data = random.Random(1).randbytes(3 << 20)
    (folder / "file").write_bytes(data)
    with running("static-files", DIRS=f"{folder}::/:ro") as module:
        module.shared_memory(2)
        number = module.request(b"/file")
        while not module.answer(number).done:
            module.wait(
                lambda: (
                    (module.numbers().waiting == 0 and module.ack_wanted)
                    or module.answer(number).done != 0
                ),
                "memory to be out",
            )
            module.shared_memory(2)
            module.message("ACK")
        module.shared_memory(-1)
        assert module.answer(number).body == data


# ---- A slow disk ----


def begin(module: Module, *lines: str) -> int:
    """Start a script, and wait until its guest waits for the disk."""
    number = module.request(**script("now", *lines))
    module.wait(lambda: b"\nok\n" in module.answer(number).body, "the script to begin")
    return number


def test_others_go_on(folder: Path, slow: SlowFile) -> None:
    with running("files", DIRS=str(folder)) as module:
        waiting = [begin(module, "get 0 1 'slow") for _ in range(4)]
        for _ in range(20):
            assert run(module, "get 0 1 'file")[1] == "ok end text"
        assert not any(module.answer(number).done for number in waiting)
        slow.release()
        for number in waiting:
            assert module.done(number).body.splitlines()[-1] == b"ok end slow"


def test_time_runs_out(folder: Path, slow: SlowFile) -> None:
    with running("files", DIRS=str(folder), TIMEOUT="200ms") as module:
        answer = module.ask(**script("get 0 1 'slow"))
        assert (answer.status, answer.whole) == (200, False)
        slow.release()
        assert run(module, "get 0 1 'slow")[1] == "ok end slow"


def test_quit_lets_one_that_waits_end(folder: Path, slow: SlowFile) -> None:
    with running("files", DIRS=str(folder)) as module:
        number = begin(module, "get 0 1 'slow")
        module.message("QUIT")
        slow.release()
        assert module.ended() == 0
        assert module.answer(number).body.splitlines()[-1] == b"ok end slow"


# ---- Nothing is left ----


def test_descriptors_are_left_by_nobody(folder: Path) -> None:
    with running("files", DIRS=str(folder), MAX_FILES="50") as module:

        def ask(times: int) -> None:
            for _ in range(times):
                assert run(module, "opens 0 'file")[1] == "50 quota"
            module.asleep()

        ask(1)
        with nothing_left_open():
            ask(99)
