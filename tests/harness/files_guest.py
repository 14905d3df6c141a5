"""Scripts for the guest `files`, and what it answers: a line for each call."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.harness.direct import Client

READ, WRITE = 1, 2
FOLLOW = 1
CREATE, DIRECTORY, EXCLUSIVE, TRUNCATE = 1, 2, 4, 8


def quoted(text: str | bytes) -> str:
    """Return a path or text as a word of a script."""
    data = text if isinstance(text, bytes) else text.encode()
    return "'" + "".join(
        chr(byte) if 0x20 < byte < 0x7F and byte != 0x25 else f"%{byte:02X}" for byte in data
    )


class Files:
    """A guest that does with files what scripts say."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def run(self, *lines: str) -> list[str]:
        """Run a script in a new instance, which has the directories as 0, 1...; the answers."""
        body = "".join(f"{line}\n" for line in ("dirs", *lines)).encode()
        answer = self.client.run(body=[body])
        assert (answer.status, answer.how) == (200, "ended"), answer
        answers = answer.text.splitlines()
        assert len(answers) == len(lines) + 1
        return answers[1:]

    def one(self, line: str) -> str:
        """Run one line."""
        return self.run(line)[0]


@contextlib.contextmanager
def files(*dirs: str | Path, **settings: Any) -> Iterator[Files]:
    """Start a worker whose guests are given these directories."""
    with Client("files", dirs=tuple(map(str, dirs)), **settings) as client:
        yield Files(client)


def given_folder(place: Path) -> Path:
    """Make a directory with files and links, and another one beside it."""
    (place / "outside").mkdir()
    (place / "outside" / "secret").write_text("secret")
    folder = place / "given"
    folder.mkdir()
    (folder / "file").write_bytes(b"0123456789")
    (folder / "sub").mkdir()
    (folder / "sub" / "inner").write_bytes(b"inner")
    (folder / "link").symlink_to("file")
    (folder / "to-sub").symlink_to("sub")
    (folder / "out").symlink_to("../outside")
    return folder


def opened(path: str, open_flags: int = 0, flags: int = READ | WRITE) -> str:
    """Return the line that opens something, as 9."""
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
