"""wasi:filesystem: what changes files and directories."""

import os
from pathlib import Path

import pytest

from tests.harness.files_guest import (
    CREATE,
    DIRECTORY,
    READ,
    WRITE,
    files,
    given_folder,
    opened,
    tree,
)

NOW, AT, KEEP = 1, 2, 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return given_folder(tmp_path)


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


def test_each_exchange_may_write_as_much(folder: Path) -> None:
    """They run in one slot."""
    with files(folder, max_file_bytes=5) as guest:
        for _ in range(3):
            assert guest.run(
                opened("file"), "write 9 0 'abcd", "write 9 0 'ef", "write 9 4 'g"
            ) == [
                *("ok", "ok 4", "quota", "ok 1"),
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
