"""wasi:filesystem: every function with every way out, and what it did to the directory."""

import os
import re
from pathlib import Path

import pytest

from tests.harness.files_guest import (
    CREATE,
    DIRECTORY,
    EXCLUSIVE,
    FOLLOW,
    READ,
    TRUNCATE,
    WRITE,
    files,
    quoted,
)
from tests.harness.processes import nothing_left_open
from unit_wasm.errors import HostError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory with a bit of everything, and a secret beside it."""
    (tmp_path / "secret").write_text("secret")
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "file").write_bytes(b"0123456789")
    (folder / "sub").mkdir()
    (folder / "sub" / "inner").write_bytes(b"inner")
    (folder / "link").symlink_to("file")
    (folder / "to-sub").symlink_to("sub")
    (folder / "out").symlink_to("../secret")
    (folder / "absolute").symlink_to(tmp_path / "secret")
    (folder / "dangling").symlink_to("nothing")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "fifo")
    return folder


def opened(path: str, open_flags: int = 0, flags: int = READ, follow: int = FOLLOW) -> str:
    return f"open 0 {follow} {quoted(path)} {open_flags} {flags} 9"


def test_directories_and_their_names(folder: Path) -> None:
    with files(f"{folder}::/site", f"{folder}/sub:ro") as guest:
        body = b"dirs\ncwd\ntype 0\nflags 0\nflags 1\nsame 0 1\nsame 0 0\n"
        answer = guest.client.run(body=[body])
        assert answer.text.splitlines() == [
            f"ok /site {folder}/sub",
            "none",
            "ok directory",
            "ok 33",
            "ok 1",
            "ok 0",
            "ok 1",
        ]
    with files(folder) as guest:
        assert guest.one("cwd") == "ok ."


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (opened("file"), "ok"),
        (opened("./sub/../file"), "ok"),
        (opened("to-sub/inner"), "ok"),
        (opened("sub", DIRECTORY), "ok"),
        (opened("sub/", 0), "ok"),
        (opened("link"), "ok"),
        (opened("link", follow=0), "loop"),
        (opened("nothing"), "no-entry"),
        (opened(""), "no-entry"),
        (opened("file/"), "not-directory"),
        (opened("file/x"), "not-directory"),
        (opened("file", DIRECTORY), "not-directory"),
        (opened("loop"), "loop"),
        (opened("dangling"), "no-entry"),
        (opened("x" * 256), "name-too-long"),
        (opened("x/" * 2048), "name-too-long"),
        (opened("fi\0le"), "invalid"),
        (opened("file", CREATE | EXCLUSIVE, WRITE), "exist"),
        (opened("sub", 0, WRITE), "is-directory"),
        (opened("sub", CREATE | DIRECTORY), "invalid"),
        (opened("sub", TRUNCATE | DIRECTORY), "invalid"),
        (opened(".."), "not-permitted"),
        (opened("../secret"), "not-permitted"),
        (opened("sub/../../secret"), "not-permitted"),
        (opened("/etc/passwd"), "not-permitted"),
        (opened("/"), "not-permitted"),
        (opened("out"), "not-permitted"),
        (opened("absolute"), "not-permitted"),
        ("open 0 1 'fifo 0 2 9", "no-such-device"),
    ],
)
def test_open(folder: Path, line: str, answer: str) -> None:
    with files(folder) as guest:
        assert guest.one(line) == answer


def test_open_makes_and_truncates(folder: Path) -> None:
    with files(folder) as guest:
        assert guest.one(opened("new", CREATE | EXCLUSIVE, READ | WRITE)) == "ok"
        assert (folder / "new").read_bytes() == b""
        assert guest.one(opened("file", CREATE, READ | WRITE)) == "ok"
        assert (folder / "file").read_bytes() == b"0123456789"
        assert guest.run(opened("file", TRUNCATE), "read 9 5 0") == ["ok", "ok end "]
        assert (folder / "file").read_bytes() == b""
        assert guest.one(opened("dangling", CREATE, WRITE)) == "ok"
        assert (folder / "nothing").exists()
        assert guest.one(opened("out", CREATE | TRUNCATE, WRITE)) == "not-permitted"
    assert (folder.parent / "secret").read_text() == "secret"


def test_read(folder: Path) -> None:
    with files(folder) as guest:
        assert guest.run(
            opened("file"),
            "read 9 4 0",
            "read 9 4 6",
            "read 9 5 6",
            "read 9 0 0",
            "read 9 5 10",
            f"read 9 5 {2**64 - 1}",
            "read 0 5 0",
            opened("file", 0, 0),
            "read 9 5 0",
            "input 9 0 8",
        ) == [
            "ok",
            "ok more 0123",
            "ok end 6789",
            "ok end 6789",
            "ok more ",
            "ok end ",
            "invalid",
            "bad-descriptor",
            "ok",
            "bad-descriptor",
            "bad-descriptor",
        ]


def test_read_via_stream(folder: Path) -> None:
    (folder / "big").write_bytes(bytes(range(256)) * 4096)
    with files(folder) as guest:
        answers = guest.run(
            opened("file"),
            "input 9 3 8",
            "drop 9",
            "read-now 8 2",
            "read-stream 8 100",
            "read-stream 8 100",
            "read-now 8 100",
            "drop-input 8",
            "input 0 0 8",
            opened("big"),
            "input 9 1000000 8",
            "read-all 8",
            "drop-input 8",
            f"input 9 {2**63} 8",
            "input 9 0 8",
            "read-all 8",
        )
    tail = (bytes(range(256)) * 4096)[1000000:]
    whole = 1 << 20
    assert answers == [
        *("ok", "ok", "ok", "ok 34", "ok 56789", "closed", "closed", "ok", "is-directory"),
        *("ok", "ok", f"{len(tail)} {sum(tail)} closed", "ok", "invalid", "ok"),
        f"{whole} {4096 * 255 * 128} closed",
    ]


def test_stat(folder: Path) -> None:
    os.utime(folder / "file", ns=(1_000_000_007, 2_000_000_009))
    os.utime(folder / "link", ns=(0, -(10**9)), follow_symlinks=False)
    with files(folder) as guest:
        stat = "ok regular-file 1 10 1.000000007 2.000000009"
        assert guest.run(
            opened("file"),
            *("stat 9", "type 9", "flags 9", "stat 0 1 'file", "stat 0 1 'link"),
            *("stat 0 1 'nothing", "stat 0 1 'out", "stat 0 1 '../secret", "stat 9 1 'file"),
        ) == [
            *("ok", stat, "ok regular-file", "ok 1", stat, stat),
            *("no-entry", "not-permitted", "not-permitted", "not-directory"),
        ]
        assert re.fullmatch(r"ok symbolic-link 1 4 \S+ none", guest.one("stat 0 0 'link"))
        assert guest.one("stat 0 0 'out").startswith("ok symbolic-link 1 9 ")
        assert guest.one("stat 0 0 'fifo").startswith("ok fifo 1 0 ")
        assert guest.one("stat 0 0 'sub").startswith("ok directory 2 ")
        assert guest.one("stat 0").startswith("ok directory 3 ")


def test_metadata_hash(folder: Path) -> None:
    with files(folder) as guest:
        _, again, at = guest.run(opened("file"), "hash 9", "hash 0 1 'link")
        assert again == at
        assert again.startswith("ok ")
        assert len(again) == 3 + 32
        assert guest.one("hash 0 0 'link") != again
        assert guest.one("hash 0 1 'nothing") == "no-entry"
        (folder / "file").write_bytes(b"0123456789x")
        assert guest.one("hash 0 1 'file") != again


def test_listing(folder: Path) -> None:
    with files(folder) as guest:
        answer = guest.one("list 0").split(" ")
        assert answer[0] == "ok"
        assert sorted(answer[1:]) == [
            "directory:sub",
            "fifo:fifo",
            "regular-file:file",
            *(
                f"symbolic-link:{name}"
                for name in ("absolute", "dangling", "link", "loop", "out", "to-sub")
            ),
        ]
        (folder / "empty").mkdir()
        assert guest.run(opened("empty", DIRECTORY), "list 9") == ["ok", "ok"]
        assert guest.run(opened("file"), "list 9") == ["ok", "not-directory"]
        many = folder / "many"
        many.mkdir()
        names = [f"{number:04}{'x' * 100}" for number in range(1000)]
        for name in names:
            (many / name).touch()
        answer = guest.run(opened("many"), "list 9")[1].split(" ")
        assert sorted(answer[1:]) == [f"regular-file:{name}" for name in names]
        os.mkdir(os.fsencode(many) + b"/\xff")
        assert "!illegal-byte-sequence" in guest.run(opened("many"), "list 9")[1].split(" ")


def test_one_that_cannot_be_opened(folder: Path) -> None:
    wrong = "the directory /nowhere cannot be opened: No such file or directory"
    with nothing_left_open(), pytest.raises(HostError, match=wrong), files(folder, "/nowhere"):
        pass
