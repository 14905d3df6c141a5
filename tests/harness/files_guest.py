"""Scripts for the guest `files`, and what it answers: a line for each call."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.harness.direct import Client

__all__ = ["CREATE", "DIRECTORY", "EXCLUSIVE", "FOLLOW", "READ", "TRUNCATE", "WRITE"]
__all__ += ["Files", "files", "quoted"]

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
