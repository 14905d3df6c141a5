"""Files that are replaced while others may read them, and files that may be something else."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class NotPlainError(Exception):
    """What was to be read is no plain file: reading it might wait, or never end.

    Parameters:
        kind: what it is, with its article.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def open_plain(path: str | os.PathLike[str]) -> int:
    """Open a plain file for reading, and nothing else: no pipe, device, socket or folder.

    Raises:
        NotPlainError: it is something else.
        OSError: it cannot be opened.
    """
    # Opening alone may do something to a device, and waits for the writer of a pipe. What is there
    # may be another file a moment later, so what was opened is looked at, too.
    _check_plain(os.stat(path))
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        _check_plain(os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check_plain(status: os.stat_result) -> None:
    kinds = (
        (stat.S_ISDIR, "a directory"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
    )
    if not stat.S_ISREG(status.st_mode):
        raise NotPlainError(
            next((kind for test, kind in kinds if test(status.st_mode)), "a device")
        )


def new_file(folder: Path) -> tuple[int, Path]:
    """Make a file that is not there yet, for this user alone; open it to write and read.

    The standard library's ``tempfile`` does the same, and takes as long to import as all of this
    package that finds a compiled component.

    Raises:
        OSError: it cannot be made.
    """
    # No ending by which unitd would take it for a module, or the cache for an entry.
    path = folder / f".new-{os.urandom(8).hex()}"
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(path, flags, 0o600), path


def replace_file(
    path: Path, data: bytes, *, mode: int | None = None, lasting: bool = False
) -> None:
    """Write all of it under another name, then rename: who reads sees the old or the new file.

    Parameters:
        mode: its permissions; for the owner alone where not given.
        lasting: wait until it is on the disk.

    Raises:
        OSError: it cannot be written; then the old file is as it was, and nothing lies beside it.
    """
    descriptor, name = new_file(path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            if mode is not None:
                os.fchmod(descriptor, mode)
            if lasting:
                file.flush()
                os.fsync(descriptor)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
