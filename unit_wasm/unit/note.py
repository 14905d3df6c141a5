"""What a module says of itself: text in the file, read without loading it (csrc/nxt_shim.c).

Loading is no way to ask: the module needs functions that only ``unitd`` has.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from unit_wasm.errors import ConfigError

__all__ = ["Note", "read_note", "version_text"]

_BEGIN = b"unit_wasm module\nunit="
_MAX_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Note:
    """What a module was built for.

    Parameters:
        unit: the version of Unit as a number, e.g. 13500.
        debug: whether it is for a ``unitd`` that was configured with ``--debug``.
        type: of the applications that it serves.
        version: of unit_wasm.
        python: the interpreter that it runs.
        libpython: the shared library that it is linked with; empty where that is not known.
    """

    unit: int
    debug: bool
    type: str
    version: str
    python: str
    libpython: str


def read_note(file: Path) -> Note:
    """Return what a module says of itself.

    Raises:
        ConfigError: the file cannot be read, or is no module of unit_wasm.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}") from error
    start = data.find(_BEGIN)
    if not data.startswith(b"\x7fELF") or start < 0:
        raise ConfigError(
            f"{file} is not a module of unit_wasm",
            hint="unit-wasm build-module makes one",
        )
    text = data[start : start + _MAX_SIZE].partition(b"\0")[0].decode(errors="replace")
    fields = dict(line.partition("=")[::2] for line in text.splitlines()[1:])
    try:
        return Note(
            unit=int(fields["unit"]),
            debug=fields["debug"] != "0",
            type=fields["type"],
            version=fields["version"],
            python=fields["python"],
            libpython=fields.get("libpython", ""),
        )
    except (KeyError, ValueError) as error:
        raise ConfigError(
            f"{file} is a damaged module of unit_wasm", hint="build it again"
        ) from error


def version_text(number: int, debug: bool) -> str:
    """Return Unit's version as people write it: ``1.35.0``, ``1.35.0 with --debug``."""
    text = f"{number // 10000}.{number // 100 % 100}.{number % 100}"
    return f"{text} with --debug" if debug else text
