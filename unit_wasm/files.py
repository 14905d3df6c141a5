"""Files that are replaced while others may read them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["replace_file"]


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
    # No ending by which unitd would take it for a module, or the cache for an entry.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
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
