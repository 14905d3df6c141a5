"""wasi:filesystem: what changes files and directories, what `:ro` keeps, and limits."""

from __future__ import annotations

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
    FOLLOW,
    READ,
    TRUNCATE,
    WRITE,
    files,
    quoted,
)

NOW, AT, KEEP = 1, 2, 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "file").write_bytes(b"0123456789")
    (folder / "sub").mkdir()
    (folder / "sub" / "inner").write_bytes(b"inner")
    (folder / "link").symlink_to("file")
    (folder / "to-sub").symlink_to("sub")
    (folder / "out").symlink_to("../outside")
    return folder


def opened(path: str, open_flags: int = 0, flags: int = READ | WRITE) -> str:
    return f"open 0 {FOLLOW} {quoted(path)} {open_flags} {flags} 9"


def tree(folder: Path) -> dict[str, object]:
    """Return everything below a directory, but for times of access."""
    found: dict[str, object] = {}
    for path in sorted([folder, *folder.rglob("*")]):
        stat = path.lstat()
        content: object = path.readlink() if path.is_symlink() else None
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
        times = (stat.st_mtime_ns, stat.st_ctime_ns)
        found[str(path)] = (stat.st_mode, stat.st_ino, stat.st_nlink, times, content)
    return found


# ---- Bytes ----


def test_write(folder: Path) -> None:
    with files(folder) as guest:
        assert guest.run(
            opened("file"),
            "write 9 3 'abc",
            "write 9 12 'z",
            "write 9 0 '",
            f"write 9 {2**64 - 1} 'x",
            "write 0 0 'x",
            "read 9 20 0",
            opened("file", 0, READ),
            "write 9 0 'x",
            "set-size 9 1",
            "output 9 0 8",
            "append 9 8",
            opened("file", 0, WRITE),
            "read 9 1 0",
        ) == [
            *("ok", "ok 3", "ok 1", "ok 0", "invalid", "bad-descriptor"),
            "ok end 012abc6789\\x00\\x00z",
            *("ok", "bad-descriptor", "bad-descriptor", "bad-descriptor", "bad-descriptor"),
            *("ok", "bad-descriptor"),
        ]
    assert (folder / "file").read_bytes() == b"012abc6789\0\0z"


def test_write_via_stream(folder: Path) -> None:
    with files(folder) as guest:
        assert guest.run(
            opened("file"),
            "output 9 4 8",
            "drop 9",
            "check 8",
            "write-stream 8 'abc",
            "write-stream 8 'de",
            "write-now 8 'f",
            "flush 8",
            "drop-output 8",
            "output 0 0 8",
            opened("file"),
            f"output 9 {2**63} 8",
        ) == [
            *("ok", "ok", "ok", "ok 65536", "ok", "ok", "ok", "ok", "ok", "bad-descriptor"),
            *("ok", "invalid"),
        ]
    assert (folder / "file").read_bytes() == b"0123abcdef"


def test_append_via_stream(folder: Path) -> None:
    with files(folder) as guest:
        assert guest.run(
            opened("file", 0, WRITE),
            *("append 9 8", "append 9 7"),
            *("write-stream 8 'a", "write-stream 7 'b", "write-stream 8 'c", "append 0 6"),
        ) == ["ok"] * 6 + ["bad-descriptor"]
    assert (folder / "file").read_bytes() == b"0123456789abc"


@pytest.mark.parametrize("rewrite", [True, False], ids=["rewritten", "as built"])
@pytest.mark.parametrize("size", [1, 65535, 65536, 65537, 3 << 20])
def test_much_is_written_in_order(folder: Path, size: int, rewrite: bool) -> None:
    with files(folder, rewrite=rewrite) as guest:
        assert guest.run(opened("new", CREATE), "output 9 0 8", f"fill 8 {size}") == ["ok"] * 3
        pattern = bytes(range(251)) * (size // 251 + 1)
        assert (folder / "new").read_bytes() == pattern[:size]
        assert guest.run(opened("new"), "input 9 0 8", "read-all 8")[2] == (
            f"{size} {sum(pattern[:size])} closed"
        )


def test_a_stream_that_fails(folder: Path) -> None:
    """It says why once, and is closed."""
    with files(folder, max_file_bytes=5) as guest:
        assert guest.run(
            *(opened("file"), "output 9 0 8", "write-stream 8 'abc", "write-stream 8 'def"),
            *("write-stream 8 'd", "check 8", "flush 8", "drop-output 8", "output 9 3 8"),
            *("write-stream 8 'd", "write 9 4 'xy", "write 9 4 'x", "set-size 9 11"),
        ) == [
            *("ok", "ok", "ok", "failed quota", "closed", "closed", "closed", "ok", "ok"),
            *("ok", "quota", "ok 1", "quota"),
        ]
    assert (folder / "file").read_bytes() == b"abcdx56789"
    os.truncate(folder / "file", 0)
    with files(folder, max_file_bytes=0) as guest:
        assert guest.run(opened("file"), "write 9 0 'x", "set-size 9 1", "set-size 9 0") == [
            *("ok", "quota", "quota", "ok"),
        ]


def test_set_size(folder: Path) -> None:
    with files(folder, max_file_bytes=1 << 40) as guest:
        assert guest.run(
            opened("file"),
            *("set-size 9 4", "read 9 20 0", "set-size 9 6", "read 9 20 0"),
            *(f"set-size 9 {2**63}", "set-size 0 1"),
        ) == [
            *("ok", "ok", "ok end 0123", "ok", "ok end 0123\\x00\\x00"),
            *("invalid", "bad-descriptor"),
        ]


def test_sync_and_advise(folder: Path) -> None:
    with files(folder) as guest:
        assert guest.run(
            opened("file"),
            *("sync 9", "sync-data 9", "sync 0", "sync-data 0"),
            *(f"advise 9 0 10 {advice}" for advice in range(6)),
            *("advise 0 0 10 0", f"advise 9 {2**63} 0 0", f"advise 9 0 {2**63} 0"),
            f"open 0 1 'synced {CREATE} {WRITE | 4 | 8 | 16} 7",
            *("flags 7", "write 7 0 'x"),
        ) == [*["ok"] * 11, "bad-descriptor", "invalid", "invalid", "ok", "ok 30", "ok 1"]


# ---- Times ----


def test_times(folder: Path) -> None:
    with files(folder) as guest:

        def times(path: str) -> list[int]:
            stat = (folder / path).lstat()
            return [stat.st_atime_ns, stat.st_mtime_ns]

        before = times("file")
        one = f"{AT} 5 7 {AT} 6 8"
        assert guest.run(opened("file"), f"times 9 {one}") == ["ok", "ok"]
        assert times("file") == [5_000_000_007, 6_000_000_008]
        assert guest.one(f"times 0 {KEEP} 0 0 {NOW} 0 0 1 'file") == "ok"
        assert times("file")[0] == 5_000_000_007
        assert times("file")[1] > before[1]
        assert guest.one(f"times 0 {one} 0 'link") == "ok"
        assert times("link")[1] == 6_000_000_008
        assert times("file")[1] > before[1]
        assert guest.one(f"times 0 {one} 1 'link") == "ok"
        assert times("file") == [5_000_000_007, 6_000_000_008]
        assert guest.one(f"times 0 {one}") == "ok"
        assert times(".") == [5_000_000_007, 6_000_000_008]
        assert guest.run(
            f"times 0 {AT} 5 1000000000 {KEEP} 0 0 1 'file",
            f"times 0 {AT} 5 1073741823 {KEEP} 0 0 1 'file",
            f"times 0 {KEEP} 0 0 {AT} {2**63} 0 1 'file",
            f"times 0 {one} 1 'out/secret",
            f"times 0 {one} 1 'nothing",
        ) == ["invalid", "invalid", "overflow", "not-permitted", "no-entry"]


# ---- Names ----


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("mkdir 0 'new", "ok"),
        ("mkdir 0 'new/", "ok"),
        ("mkdir 0 'to-sub/new", "ok"),
        ("mkdir 0 'file", "exist"),
        ("mkdir 0 'link/", "exist"),
        ("mkdir 0 'a/b", "no-entry"),
        ("mkdir 0 'file/b", "not-directory"),
        ("mkdir 0 '.", "exist"),
        ("mkdir 0 'sub/..", "exist"),
        ("mkdir 0 '", "no-entry"),
        ("mkdir 0 '..", "not-permitted"),
        ("mkdir 0 '/new", "not-permitted"),
        ("mkdir 0 '/", "not-permitted"),
        ("mkdir 0 '//", "not-permitted"),
        ("mkdir 0 '../outside/new", "not-permitted"),
        ("mkdir 0 'out/new", "not-permitted"),
        ("mkdir 0 'a%00", "invalid"),
        ("rmdir 0 'sub", "not-empty"),
        ("rmdir 0 'empty", "ok"),
        ("rmdir 0 'empty/", "ok"),
        ("rmdir 0 'file", "not-directory"),
        ("rmdir 0 'to-sub", "not-directory"),
        ("rmdir 0 'to-sub/", "not-directory"),
        ("rmdir 0 'nothing", "no-entry"),
        ("rmdir 0 '.", "invalid"),
        ("rmdir 0 'sub/..", "invalid"),
        ("rmdir 0 '..", "not-permitted"),
        ("rmdir 0 'out/empty", "not-permitted"),
        ("unlink 0 'file", "ok"),
        ("unlink 0 'link", "ok"),
        ("unlink 0 'file/", "not-directory"),
        ("unlink 0 'to-sub/", "not-directory"),
        ("unlink 0 'sub", "is-directory"),
        ("unlink 0 'sub/", "is-directory"),
        ("unlink 0 '.", "is-directory"),
        ("unlink 0 'nothing", "no-entry"),
        ("unlink 0 'out/secret", "not-permitted"),
        ("unlink 0 '../outside/secret", "not-permitted"),
        ("symlink 0 'file 'new", "ok"),
        ("symlink 0 '../outside 'new", "ok"),
        ("symlink 0 '/etc 'new", "not-permitted"),
        ("symlink 0 ' 'new", "no-entry"),
        ("symlink 0 'x 'file", "exist"),
        ("symlink 0 'x 'new/", "no-entry"),
        ("symlink 0 'x 'sub/", "exist"),
        ("symlink 0 'x '.", "exist"),
        ("symlink 0 'x 'out/new", "not-permitted"),
        ("readlink 0 'link", "ok file"),
        ("readlink 0 'out", "ok ../outside"),
        ("readlink 0 'absolute", "not-permitted"),
        ("readlink 0 'to-sub/", "invalid"),
        ("readlink 0 'file", "invalid"),
        ("readlink 0 '.", "invalid"),
        ("readlink 0 'nothing", "no-entry"),
        ("readlink 0 'out/secret", "not-permitted"),
        ("link 0 0 'file 0 'new", "ok"),
        ("link 0 0 'link 0 'new", "ok"),
        ("link 0 1 'link 0 'new", "invalid"),
        ("link 0 0 'sub 0 'new", "not-permitted"),
        ("link 0 0 'file 0 'sub/inner", "exist"),
        ("link 0 0 'file/ 0 'new", "not-directory"),
        ("link 0 0 '. 0 'new", "not-permitted"),
        ("link 0 0 'out/secret 0 'new", "not-permitted"),
        ("link 0 0 '../outside/secret 0 'new", "not-permitted"),
        ("link 0 0 'file 0 'out/new", "not-permitted"),
        ("rename 0 'file 0 'sub/moved", "ok"),
        ("rename 0 'sub 0 'moved", "ok"),
        ("rename 0 'sub/ 0 'moved/", "ok"),
        ("rename 0 'file 0 'link", "ok"),
        ("rename 0 'out 0 'moved", "ok"),
        ("rename 0 'file/ 0 'moved", "not-directory"),
        ("rename 0 'file 0 'moved/", "not-directory"),
        ("rename 0 'sub 0 'sub/in", "invalid"),
        ("rename 0 'sub 0 'file", "not-directory"),
        ("rename 0 'file 0 'sub", "is-directory"),
        ("rename 0 'empty 0 'sub", "not-empty"),
        ("rename 0 '. 0 'moved", "busy"),
        ("rename 0 'nothing 0 'moved", "no-entry"),
        ("rename 0 'out/secret 0 'stolen", "not-permitted"),
        ("rename 0 'file 0 'out/dropped", "not-permitted"),
        ("rename 0 'file 0 '../dropped", "not-permitted"),
    ],
)
def test_names(folder: Path, line: str, answer: str) -> None:
    (folder / "empty").mkdir()
    (folder / "absolute").symlink_to("/etc")
    before = tree(folder)
    outside = tree(folder.parent / "outside")
    with files(folder) as guest:
        assert guest.one(line) == answer
    assert tree(folder.parent / "outside") == outside
    assert (tree(folder) == before) == (not answer.startswith("ok") or line.startswith("readlink"))


def test_what_was_made(folder: Path) -> None:
    with files(folder) as guest:
        assert guest.run(
            "mkdir 0 'new",
            "symlink 0 '../file 'new/link",
            "link 0 0 'file 0 'new/other",
            f"open 0 1 'new {DIRECTORY} 1 5",
            "rename 0 'sub/inner 5 'moved",
            "unlink 0 'file",
            "readlink 5 'link",
            "stat 5 0 'other",
        )[:7] == ["ok"] * 6 + ["ok ../file"]
    assert sorted(os.listdir(folder / "new")) == ["link", "moved", "other"]
    assert os.readlink(folder / "new" / "link") == "../file"
    assert (folder / "new" / "other").read_bytes() == b"0123456789"
    assert (folder / "new" / "moved").read_bytes() == b"inner"


def test_between_descriptors_of_files(folder: Path) -> None:
    with files(folder) as guest:
        answers = guest.run(
            opened("file"),
            "mkdir 9 'x",
            "rename 9 'x 0 'y",
            "rename 0 'file 9 'y",
            "link 0 0 'file 9 'y",
            "symlink 9 'x 'y",
            "unlink 9 'x",
            "open 9 1 'x 0 1 8",
            "readlink 9 'x",
        )
    assert answers == ["ok"] + ["not-directory"] * 8


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
    source = Path("tests/guests/c/files.c").read_text(encoding="utf-8")
    names = set(re.findall(r'strcmp\(name, "([\w-]+)"\) == 0', source))
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
    before = len(os.listdir("/proc/self/fd"))
    with files(folder, max_files=50) as guest:
        guest.one("stat 0")
        during = len(os.listdir("/proc/self/fd"))
        for _ in range(100):
            assert guest.one("opens 0 'file") == "50 quota"
        assert len(os.listdir("/proc/self/fd")) == during
    assert len(os.listdir("/proc/self/fd")) == before


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


def test_time_of_threads_counts(folder: Path) -> None:
    """What they work for a guest is the guest's processor time."""
    with (folder / "file").open("wb") as file:
        file.truncate(64 << 20)
    # Pages are thrown away, and made again: a few calls, and much work for the system.
    size, dont_need, will_need = 64 << 20, 4, 3
    calls = [f"advise 9 0 {size} {dont_need}", f"advise 9 0 {size} {will_need}"]
    with files(folder) as guest:
        began = time.process_time() - time.thread_time()
        assert guest.run("open 0 1 'file 0 1 9", *calls * 20) == ["ok"] * 41
        threads = time.process_time() - time.thread_time() - began
        counted = guest.client.worker.metrics()["cpu"]["seconds"]
        assert threads > 0.05
        assert counted > 0.8 * threads
