"""A source tree of Unit, as ``./configure`` and ``make`` left it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from unit_wasm.errors import ConfigError

_MAKE = "run `make build/src/nxt_unit.o` in the tree"


@dataclass(frozen=True)
class UnitTree:
    """A configured source tree of NGINX Unit or FreeUnit; it need not be a git clone.

    Parameters:
        source: its folder.

    Raises:
        ConfigError: it is no such tree, is not configured, or libunit was not built in it.
    """

    source: Path

    def __post_init__(self) -> None:
        if not (self.source / "src" / "nxt_unit.h").is_file():
            raise ConfigError(
                f"{self.source} is not the source tree of NGINX Unit or FreeUnit",
                hint="name the folder that has ./configure and src/nxt_unit.h",
            )
        if not self._auto_config.is_file():
            raise ConfigError(
                f"the source tree {self.source} is not configured",
                hint="run ./configure in it, with the --prefix and --debug of the unitd that runs",
            )
        if not self.library.is_file():
            raise ConfigError(f"{self.library} is missing", hint=_MAKE)
        # The header of the version is made by make, so it is there by now.
        if _number(self._version_header) is None:
            raise ConfigError(f"no version is in {self._version_header}", hint=_MAKE)
        tree = _number(self.source / "version")
        if tree is not None and tree != self.number:
            raise ConfigError(
                f"the source tree {self.source} is version {tree}, but was configured as "
                f"{self.number}",
                hint="run ./configure and `make build/src/nxt_unit.o` in it again",
            )
        # Its flags may have been others: --debug changes what libunit does.
        if self.library.stat().st_mtime_ns < self._auto_config.stat().st_mtime_ns:
            raise ConfigError(f"{self.library} is older than the configuration", hint=_MAKE)

    @property
    def library(self) -> Path:
        """The object that every module of this tree is linked with."""
        return self.source / "build" / "src" / "nxt_unit.o"

    @property
    def number(self) -> int:
        """The version as a number, e.g. 13500."""
        return _number(self._version_header) or 0

    @property
    def debug(self) -> bool:
        """Whether it was configured with ``--debug``."""
        text = self._auto_config.read_text(encoding="utf-8", errors="replace")
        return re.search(r"^#define NXT_DEBUG\s+1\s*$", text, flags=re.MULTILINE) is not None

    @property
    def include_flags(self) -> list[str]:
        """Its headers; as system headers, because their warnings are not ours."""
        return [f"-isystem{self.source / 'src'}", f"-isystem{self.source / 'build' / 'include'}"]

    @property
    def _auto_config(self) -> Path:
        return self.source / "build" / "include" / "nxt_auto_config.h"

    @property
    def _version_header(self) -> Path:
        # Units before 1.29 keep it among the sources.
        older = self.source / "src" / "nxt_version.h"
        return older if older.is_file() else self.source / "build" / "include" / "nxt_version.h"


def _number(file: Path) -> int | None:
    """Return what a file defines as NXT_VERNUM, in C or as make reads it."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r"\bNXT_VERNUM[ =]+(\d+)", text)
    return int(found[1]) if found else None
