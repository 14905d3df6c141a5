"""What WIT does not say of the host's rows: how they behave (bindgen.toml), and their ids."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unit_wasm.wit import model
from unit_wasm.wit.wasi import known_packages


@dataclass(frozen=True, slots=True)
class Rows:
    """What bindgen.toml says of an interface.

    Parameters:
        waits: functions that may wait.
        gives_way: those that may take long.
        packed: those whose bytes may cross packed (csrc/val.h).
        refused: those that are there and refuse.
        refuse: the C function that stands for all others where their result has an error...
        trap: ...and where it has none. Empty: every function has one of its own.
        own: those that have one of their own all the same.
        like: the package whose C functions stand for all others; empty: none.
        drops: resources that release something when they are dropped.
    """

    waits: tuple[str, ...] = ()
    gives_way: tuple[str, ...] = ()
    packed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    refuse: str = ""
    trap: str = ""
    own: tuple[str, ...] = ()
    like: str = ""
    drops: tuple[str, ...] = ()

    def shared(self, function: model.Function) -> str:
        """Return the C function that stands for this one and others, or nothing."""
        if not self.refuse or function.name in self.own:
            return ""
        return self.refuse if isinstance(function.result, model.Result) else self.trap

    def time(self, name: str) -> str:
        """Return how a function uses time, in C."""
        if name in self.waits:
            return "UW_WAITS"
        return "UW_GIVES_WAY" if name in self.gives_way else "UW_SHORT"


class Ids:
    """The ids of rows, by interface and name: one is never given to another row.

    Drafts of a package have ids of their own: their interface has its version in the file.

    What compiled components know of a row is its id, so it stays what it is wherever the row
    stands; a row that is no more keeps it in the file.
    """

    def __init__(self, known: dict[str, dict[str, int]]) -> None:
        self.known = known

    def of(self, owner: str, name: str) -> int:
        """Return the id of a row; a new one gets one that nobody ever had.

        Parameters:
            owner: the interface, with the first of its versions.
        """
        rows = self.known.setdefault(owner.removesuffix("@0.2.0"), {})
        if name not in rows:
            rows[name] = (
                max((id for each in self.known.values() for id in each.values()), default=0) + 1
            )
        return rows[name]


def read_rows(path: Path) -> dict[str, dict[str, Rows]]:
    """Return what the file says, by key of the package and name of the interface.

    Raises:
        KeyError: it names a package, interface or function that is not known.
    """
    data: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    packages = {each.key: each for each in known_packages()}
    rows: dict[str, dict[str, Rows]] = {}
    for key, interfaces in data.items():
        for name, values in interfaces.items():
            known = packages[key].interfaces[name]["functions"]
            for field, value in values.items():
                for function in value if isinstance(value, list) and field != "drops" else ():
                    known[function]
            fields: dict[str, Any] = {
                field: tuple(value) if isinstance(value, list) else value
                for field, value in values.items()
            }
            rows.setdefault(key, {})[name] = Rows(**fields)
    return rows
