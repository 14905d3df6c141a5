"""What is in a folder of compiled components, and what of it may go."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unit_wasm.errors import HostError
from unit_wasm.prepare.cache import NOTE

_PARTS = (".cwasm", ".json")
_KINDS = (*_PARTS, ".prepared", NOTE)

# Of a file that is being written; one that is older was left behind by somebody who was killed.
_NEW = ".new-"
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Amount:
    """Some files.

    Parameters:
        count: how many.
        size: bytes of all of them.
    """

    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A compiled component.

    Parameters:
        key: its name in the folder.
        component: the name of its file when it was compiled; empty where that is not known.
        size: bytes of the machine code.
        used: when it was last read, as far as the file system notes that.
    """

    key: str
    component: str
    size: int
    used: float


class Inventory:
    """A folder of compiled components; nothing else in it is looked at or removed.

    Parameters:
        folder: where it is.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    def entries(self) -> Iterator[Entry]:
        """Yield the compiled components, the one first that was used last."""
        found = [
            Entry(path.stem, _component(path), status.st_size, _used(status))
            for path, status in self._files()
            if path.suffix == ".cwasm"
        ]
        yield from sorted(found, key=lambda entry: -entry.used)

    def total(self) -> Amount:
        """Return how much all of it is."""
        sizes = [status.st_size for _, status in self._files()]
        return Amount(len(sizes), sum(sizes))

    def prune(self, before: float) -> Amount:
        """Remove what was not used since a time, and parts of entries that are not whole.

        Raises:
            HostError: a file cannot be removed.
        """
        files = dict(self._files())
        used = {
            path.stem: _used(status) for path, status in files.items() if path.suffix == ".cwasm"
        }
        kept = {
            key
            for key, time in used.items()
            if time >= before and self.folder / f"{key}.json" in files
        }
        count = size = 0
        for path, status in files.items():
            if path.suffix in _PARTS:
                keep = path.stem in kept
            elif path.suffix == NOTE:
                keep = _noted(path) in kept
            elif path.name.startswith(_NEW):
                keep = status.st_mtime >= before - _HOUR
            else:
                keep = _used(status) >= before
            if not keep:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise HostError(f"cannot remove {path}: {error.strerror}") from error
                count, size = count + 1, size + status.st_size
        return Amount(count, size)

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        try:
            paths = sorted(self.folder.iterdir())
        except FileNotFoundError:
            return
        except OSError as error:
            raise HostError(
                f"the cache folder {self.folder} cannot be read: {error.strerror}"
            ) from error
        for path in paths:
            if path.suffix in _KINDS or path.name.startswith(_NEW):
                # Somebody else may remove it meanwhile.
                with contextlib.suppress(OSError):
                    yield path, path.lstat()


def _used(status: os.stat_result) -> float:
    return max(status.st_atime, status.st_mtime)


def _noted(path: Path) -> str:
    """Return the key of the entry that a note names."""
    try:
        head = json.loads(path.read_bytes().partition(b"\n")[0])
    except (OSError, ValueError):
        return ""
    return str(head[2]) if isinstance(head, list) and len(head) > 2 else ""


def _component(path: Path) -> str:
    try:
        description = json.loads(path.with_suffix(".json").read_bytes())
    except (OSError, ValueError):
        return ""
    name = description.get("component") if isinstance(description, dict) else None
    return name if isinstance(name, str) else ""
