"""wasi:filesystem: nothing outside of a directory is reached, whatever somebody else does to it."""

import contextlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.harness.files_guest import (
    CREATE,
    EXCLUSIVE,
    FOLLOW,
    TRUNCATE,
    WRITE,
    Files,
    files,
    quoted,
)
from tests.harness.path_model import Model

# ---- Somebody who swaps ----

SWAPPER = """
import ctypes, sys
rename = ctypes.CDLL(None, use_errno=True).renameat2
one, two = (name.encode() for name in sys.argv[1:])
print("begun", flush=True)
while True:
    for _ in range(100):
        if rename(-100, one, -100, two, 2) != 0:  # RENAME_EXCHANGE
            sys.exit("it cannot be swapped")
"""


@contextlib.contextmanager
def swapping(one: Path, two: Path) -> Iterator[None]:
    """Exchange two names of a directory in a loop, in another process."""
    command = [sys.executable, "-c", SWAPPER, str(one), str(two)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "begun\n"
        yield
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def contents(folder: Path) -> dict[str, object]:
    """Return everything below a directory."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = ("link", os.readlink(path))
        else:
            found[name] = path.read_bytes() if path.is_file() else "directory"
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """`given` has a directory `x` and a link to the one outside; both have the same names."""
    for folder, text in ((tmp_path / "outside", "secret"), (tmp_path / "given" / "x", "inside")):
        folder.mkdir(parents=True)
        (folder / "file").write_text(text)
        (folder / "empty").mkdir()
    (tmp_path / "given" / "link").symlink_to("../outside")
    return tmp_path


SWAPPED = {
    "open": f"get 0 {FOLLOW} 'x/file",
    "create": f"put 0 {CREATE} 'x/made 'inside",
    "truncate": f"put 0 {TRUNCATE} 'x/file 'inside",
    "stat": "stat 0 1 'x/file",
    "hash": "hash 0 1 'x/file",
    "mkdir": "mkdir 0 'x/new\nrmdir 0 'x/new",
    "symlink": "symlink 0 'file 'x/l\nreadlink 0 'x/l\nunlink 0 'x/l",
    "link": "link 0 0 'x/file 0 'stolen\nunlink 0 'stolen",
    "rename": "rename 0 'x/file 0 'x/other\nrename 0 'x/other 0 'x/file",
    "rename out": "rename 0 'x/file 0 'stolen\nrename 0 'stolen 0 'x/file",
    "rmdir": "rmdir 0 'x/empty\nmkdir 0 'x/empty",
    "times": "times 0 2 1 0 2 1 0 1 'x/file",
}


@pytest.mark.parametrize("lines", SWAPPED.values(), ids=SWAPPED)
def test_a_directory_that_is_swapped_for_a_link(place: Path, lines: str) -> None:
    """It is one, or the other, in every moment; both are seen, and only the one is used."""
    given, outside = place / "given", place / "outside"
    before = contents(outside)
    times = (outside / "file").stat()
    seen = set()
    with files(given) as guest, swapping(given / "x", given / "link"):
        for _ in range(300):
            script = lines.split("\n") * 20
            answers = guest.run(*script)
            seen |= {answer.split(" ")[0] for answer in answers}
            assert not any("secret" in answer for answer in answers)
            if {"ok", "not-permitted"} <= seen:
                break
        # The rest of what is asked of it: long enough for every turn of the kernel's steps.
        for _ in range(20):
            assert not any("secret" in answer for answer in guest.run(*lines.split("\n") * 20))
    assert {"ok", "not-permitted"} <= seen, seen
    assert contents(outside) == before
    after = (outside / "file").stat()
    assert (after.st_nlink, after.st_mtime_ns) == (times.st_nlink, times.st_mtime_ns)
    stolen = given / "stolen"
    assert not stolen.exists() or stolen.read_text() != "secret"


def halves(guest: Files, first: str, second: str, between: Callable[[], None]) -> list[str]:
    """Run a script in which something happens between its halves."""
    client = guest.client
    call = client.start(body=[first.encode()], finishes=False)
    client.until(lambda: len(call.body) != 0)
    between()
    client.send(call, second.encode(), last=True)
    client.finish(call)
    return client.answer(call).text.splitlines()


def test_a_directory_that_is_swapped_while_it_is_open(place: Path) -> None:
    """Who has it open has it, and does not get to what is in its place now."""
    given, outside = place / "given", place / "outside"
    before = contents(outside)

    def swap() -> None:
        os.rename(given / "x", place / "moved")
        os.rename(given / "link", given / "x")

    second = "get 9 1 'file\nget 9 1 '../link/file\nget 0 1 'x/file\nmkdir 9 'new\nlist 9\n"
    with files(given) as guest:
        answers = halves(guest, "dirs\nopen 0 1 'x 2 1 9\nnow\n", second, swap)
    assert answers[3:7] == ["ok end inside", "not-permitted", "not-permitted", "ok"]
    assert sorted(answers[7].split(" ")[1:]) == [
        *("directory:empty", "directory:new", "regular-file:file")
    ]
    assert (place / "moved" / "new").is_dir()
    assert contents(outside) == before


# ---- Ways out that are none ----


def test_proc_leads_nowhere(tmp_path: Path) -> None:
    """Its links are no paths, and could lead anywhere."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with secret.open() as file, files("/proc::p:ro") as guest:
        number = f"{os.getpid()}/fd/{file.fileno()}"
        answers = guest.run(
            f"open 0 1 {quoted(number)} 0 1 9",
            f"open 0 1 '{os.getpid()}/root 2 1 9",
            f"open 0 1 '{os.getpid()}/cwd 2 1 9",
            f"open 0 1 '{os.getpid()}/exe 0 1 9",
            f"stat 0 1 {quoted(number)}",
            f"open 0 1 '{os.getpid()}/comm 0 1 9",
        )
    assert answers == ["loop", "loop", "loop", "loop", "loop", "ok"]


def test_a_hard_link_is_not_made_out_of_a_read_only_directory(tmp_path: Path) -> None:
    for name in ("ro", "rw"):
        (tmp_path / name).mkdir()
    (tmp_path / "ro" / "file").write_text("kept")
    with files(f"{tmp_path}/ro:ro", tmp_path / "rw") as guest:
        assert guest.run(
            *("link 0 0 'file 1 'mine", "rename 0 'file 1 'mine", "symlink 1 '../ro/file 'mine"),
            *(f"open 1 1 'mine 0 {WRITE} 9", "open 1 1 'mine 0 1 9"),
        ) == ["read-only", "read-only", "ok", "not-permitted", "not-permitted"]
    assert (tmp_path / "ro" / "file").stat().st_nlink == 1


# ---- Random paths ----

NAMES = ("a", "b", "c", "d", "e")
PARTS = (*NAMES, *NAMES, ".", "..", "..", "")


class Chance:
    """Draws lines of a script, and does them in the model."""

    def __init__(self, seed: int, model: Model) -> None:
        self.random = random.Random(seed)
        self.model = model

    def path(self, *, plain: bool = False) -> str:
        parts = [self.random.choice(PARTS) for _ in range(self.random.choice((0, 0, 1, 1, 2, 4)))]
        parts.append(self.random.choice(NAMES if plain else (*NAMES, *NAMES, *PARTS)))
        text = "/".join(parts)
        chance = self.random.random()
        if not plain and chance < 0.05:
            return text + "/"
        return f"/{text}" if chance > 0.98 else text

    def target(self) -> str:
        if self.random.random() < 0.2:
            return self.random.choice(("../outside", "../../outside", "../outside/file", ".."))
        # The kernel does not make a file where a link ends in a slash, be there what may.
        return self.path().rstrip("/")

    def line(self) -> tuple[str, str]:
        """Return a line, and its answer."""
        kind = self.random.choice(
            ("mkdir", "rmdir", "unlink", "symlink", "readlink", "link", "rename", "rename")
            + ("stat", "put", "put", "get", "get")
        )
        model, answer, one = self.model, self.model.answer, self.path()
        if kind in ("mkdir", "rmdir", "unlink", "readlink"):
            return f"{kind} 0 {quoted(one)}", answer(lambda: getattr(model, kind)(one))
        if kind == "symlink":
            target = self.target()
            line = f"symlink 0 {quoted(target)} {quoted(one)}"
            return line, answer(lambda: model.symlink(target, one))
        if kind in ("link", "rename"):
            two = self.path()
            flags = "0 " if kind == "link" else ""
            line = f"{kind} 0 {flags}{quoted(one)} 0 {quoted(two)}"
            return line, answer(lambda: getattr(model, kind)(one, two))
        follow = self.random.random() < 0.5
        if kind == "stat":
            line = f"stat 0 {int(follow)} {quoted(one)}"
            return line, answer(lambda: model.stat(one, follow=follow))
        if kind == "get":
            line = f"get 0 {int(follow)} {quoted(one)}"
            return line, answer(lambda: model.get(one, follow=follow))
        plain, text = self.path(plain=True), f"text{self.random.randrange(1000)}"
        how = CREATE | (EXCLUSIVE if follow else 0)
        line = f"put 0 {how} {quoted(plain)} {quoted(text)}"
        return line, answer(lambda: model.put(plain, text, exclusive=follow))


ROUNDS = 40
OPERATIONS = 1000


@pytest.mark.no_asan  # it takes long
def test_random_operations_against_a_model(tmp_path: Path) -> None:
    """Each is answered as the model has it, both directories stay equal, and nothing else."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("secret")
    before = contents(outside)
    given, twin = tmp_path / "g" / "given", tmp_path / "t" / "given"
    for folder in (given, twin):
        folder.mkdir(parents=True)
        (folder.parent / "outside").symlink_to("../outside")
    chance = Chance(1, Model(twin))
    kinds: dict[str, set[str]] = {}
    with files(given, cpu_timeout=60.0) as guest:
        for number in range(ROUNDS):
            lines, expected = zip(*(chance.line() for _ in range(OPERATIONS)), strict=True)
            answers = guest.run(*lines)
            for line, answer, wanted in zip(lines, answers, expected, strict=True):
                assert short(answer) == wanted, (number, line)
                kinds.setdefault(line.split()[0], set()).add(wanted.split()[0])
            assert contents(given) == contents(twin)
            if number % 3 == 2:
                clear(given)
                clear(twin)
    assert contents(outside) == before
    assert all({"ok", "not-permitted", "no-entry"} <= seen for seen in kinds.values()), kinds


def clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def short(answer: str) -> str:
    """Leave the times out of what stat is answered."""
    words = answer.split(" ")
    return " ".join(words[:4]) if words[1:2] and words[1] in KINDS else answer


KINDS = ("directory", "regular-file", "symbolic-link")
