"""The files of a directory of components: which there are, and what became of each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

from unit_wasm.errors import ComponentError, UnitWasmError
from unit_wasm.prepare.source import Source, open_source
from unit_wasm.services.binding import answers_http
from unit_wasm.services.service import Service
from unit_wasm.wit.decode import read_world
from unit_wasm.wit.model import World

_ENDINGS = (".wasm", ".wat")

Signature: TypeAlias = "tuple[int, int, int, int]"
"""What tells a file from another one of that name."""


class Serves(Protocol):
    """What serves the functions of a component."""

    service: Service

    def attach(self) -> None:
        """Begin: it is among those that are served."""

    async def aclose(self, grace: float) -> None:
        """Let what runs finish for at most ``grace`` seconds, then free everything."""

    def close(self) -> None:
        """Free everything at once."""


A = TypeVar("A", bound=Serves)


@dataclass(frozen=True, slots=True)
class Entry(Generic[A]):
    """A file.

    Parameters:
        file: its name.
        signature: of what was read last.
        app: what serves it; None: nothing does.
        error: why what was read last cannot be used; None: it is what serves.
    """

    file: str
    signature: Signature
    app: A | None
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


def read_functions(path: str) -> tuple[Source, World]:
    """Read a file whose functions are to be served.

    Raises:
        ComponentError: it cannot be served.
    """
    source = open_source(path)
    world = read_world(source.binary())
    if answers_http(world):
        raise ComponentError(
            "the component answers HTTP itself", hint="make it an application of its own"
        )
    return source, world


class Folder(Generic[A]):
    """The entries, by the names that they have in paths.

    A file is called by its name without its ending, and by all of it. Where two have the same one
    but for the ending, only the latter does. One thread may change it while another one reads.
    """

    def __init__(self) -> None:
        self._entries: dict[str, Entry[A]] = {}
        self._by_name: dict[str, Entry[A]] = {}
        self.version = 0
        """Another number after each change."""

    def __iter__(self) -> Iterator[Entry[A]]:
        return iter(sorted(self._entries.values(), key=lambda entry: entry.file))

    def get(self, file: str) -> Entry[A] | None:
        """Return the entry of a file."""
        return self._entries.get(file)

    def put(self, entry: Entry[A]) -> None:
        """Add an entry, or replace the one of that file."""
        self._entries[entry.file] = entry
        self._name()

    def remove(self, file: str) -> None:
        """Forget the entry of a file."""
        del self._entries[file]
        self._name()

    def find(self, name: str) -> Entry[A] | None:
        """Return the entry that is called so in a path."""
        return self._by_name.get(name)

    @property
    def names(self) -> Iterable[str]:
        """All that is found."""
        return self._by_name

    def name_of(self, entry: Entry[A]) -> str:
        """Return the shortest name of an entry."""
        stem = entry.file.rpartition(".")[0]
        return stem if self._by_name.get(stem) is entry else entry.file

    def _name(self) -> None:
        files = {entry.file: entry for entry in self}
        stems: dict[str, list[Entry[A]]] = {}
        for entry in self:
            stems.setdefault(entry.file.rpartition(".")[0], []).append(entry)
        single = {stem: entries[0] for stem, entries in stems.items() if len(entries) == 1}
        # A whole name counts more than one without its ending.
        self._by_name = single | files
        # Last: what was described in the meantime is described anew.
        self.version += 1


def sentence(error: UnitWasmError) -> str:
    """Return an error in one line."""
    return error.message if error.hint is None else f"{error.message} ({error.hint})"
