"""Directories that components are given: the option ``dirs``.

An entry is ``HOST[::GUEST][:ro|:rw]``: a directory of this machine, what components call it (the
same, where nothing is said), and whether they may change what is in it (they may, where nothing is
said). A relative path begins at the working directory of the process.
"""

from __future__ import annotations

from unit_wasm.patterns import pattern
from unit_wasm.values import dataclass

_MODE = pattern(r":(ro|rw)$")


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory that components are given.

    Parameters:
        host: where it is.
        guest: what components call it.
        writable: whether they may change what is in it.
    """

    host: str
    guest: str
    writable: bool = True

    def __str__(self) -> str:
        name = "" if self.guest == self.host else f"::{self.guest}"
        return f"{self.host}{name}{'' if self.writable else ':ro'}"


def parse_entry(entry: str) -> Directory | None:
    """Return what an entry gives, or None where it cannot be read."""
    mode = _MODE.search(entry)
    path = entry[: mode.start()] if mode is not None else entry
    host, named, guest = path.partition("::")
    directory = Directory(host, guest if named else host, mode is None or mode[1] == "rw")
    return directory if _is_good(directory) else None


def _is_good(directory: Directory) -> bool:
    """Return whether C, and WASI's UTF-8, can hold the names."""
    texts = (directory.host, directory.guest)
    if any(not text or "\0" in text for text in texts):
        return False
    return not any("\ud800" <= character <= "\udfff" for character in directory.guest)


def adopt(value: object) -> object:
    """Take texts for directories; what cannot be read stays a text."""
    if not isinstance(value, (list, tuple)):
        return value
    return tuple(
        (parse_entry(entry) or entry) if isinstance(entry, str) else entry for entry in value
    )


def faulty(entries: tuple[object, ...]) -> str | None:
    """Return the first entry that is no directory, or has a name that another one has, or None."""
    names = set()
    for entry in entries:
        if not isinstance(entry, Directory) or not _is_good(entry) or entry.guest in names:
            return str(entry)
        names.add(entry.guest)
    return None


def shown(entries: tuple[Directory, ...]) -> str:
    """Return the entries as they are written."""
    return " ".join(map(str, entries))
