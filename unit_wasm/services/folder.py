"""The files of a directory of components: which there are, and what became of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from unit_wasm.errors import ComponentError, UnitWasmError
from unit_wasm.prepare.source import open_source
from unit_wasm.services.app import FunctionsApp
from unit_wasm.services.binding import answers_http
from unit_wasm.wit.decode import read_world

__all__ = [
    "Entry",
    "Folder",
    "Signature",
    "component_files",
    "is_component",
    "load",
    "sentence",
    "signature",
]

_ENDINGS = (".wasm", ".wat")

Signature: TypeAlias = "tuple[int, int, int, int]"
"""What tells a file from another one of that name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file.

    Parameters:
        file: its name.
        signature: of what was read last.
        app: what serves it; None: nothing does.
        error: why what was read last cannot be used; None: it is what serves.
    """

    file: str
    signature: Signature
    app: FunctionsApp | None
    error: str | None


def component_files(path: str) -> list[str]:
    """Return the names of the files in a directory that are to be components, in their order.

    Raises:
        OSError: it cannot be read.
    """
    return sorted(name for name in os.listdir(path) if is_component(name))


def is_component(name: str) -> bool:
    """Tell whether a file is to be a component; editors and copies keep others beside."""
    return name.endswith(_ENDINGS) and not name.startswith(".") and name.isprintable()


def signature(path: str) -> Signature | None:
    """Return what tells a file from another one of that name; None: there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def load(path: str, make: Callable[..., FunctionsApp]) -> FunctionsApp:
    """Make what serves the functions of a file.

    Parameters:
        make: gets the path, the file that was read, and its world.

    Raises:
        UnitWasmError: it cannot be served.
    """
    source = open_source(path)
    world = read_world(source.binary())
    if answers_http(world):
        raise ComponentError(
            "the component answers HTTP itself", hint="make it an application of its own"
        )
    return make(path, source=source, world=world)


class Folder:
    """The entries, by the names that they have in paths.

    A file is called by its name without its ending, and by all of it. Where two have the same one
    but for the ending, only the latter does.
    """

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._by_name: dict[str, Entry] = {}
        self.version = 0
        """Another number after each change."""

    def __iter__(self) -> Iterator[Entry]:
        return iter(sorted(self._entries.values(), key=lambda entry: entry.file))

    def get(self, file: str) -> Entry | None:
        """Return the entry of a file."""
        return self._entries.get(file)

    def put(self, entry: Entry) -> None:
        """Add an entry, or replace the one of that file."""
        self._entries[entry.file] = entry
        self._name()

    def remove(self, file: str) -> None:
        """Forget the entry of a file."""
        del self._entries[file]
        self._name()

    def find(self, name: str) -> Entry | None:
        """Return the entry that is called so in a path."""
        return self._by_name.get(name)

    @property
    def names(self) -> Iterable[str]:
        """All that is found."""
        return self._by_name

    def name_of(self, entry: Entry) -> str:
        """Return the shortest name of an entry."""
        stem = entry.file.rpartition(".")[0]
        return stem if self._by_name.get(stem) is entry else entry.file

    def _name(self) -> None:
        self.version += 1
        files = {entry.file: entry for entry in self}
        stems: dict[str, list[Entry]] = {}
        for entry in self:
            stems.setdefault(entry.file.rpartition(".")[0], []).append(entry)
        single = {stem: entries[0] for stem, entries in stems.items() if len(entries) == 1}
        # A whole name counts more than one without its ending.
        self._by_name = single | files


def sentence(error: UnitWasmError) -> str:
    """Return an error in one line."""
    return error.message if error.hint is None else f"{error.message} ({error.hint})"
