"""What a module says of itself: text in the file, read without loading it (csrc/nxt_shim.c).

Loading is no way to ask: the module needs functions that only ``unitd`` has.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from unit_wasm.errors import ConfigError, HostError

_BEGIN = b"unit_wasm module\nunit="
_MAX_SIZE = 4096

_BUILD = "run unit-wasm build-module and install-module, and restart Unit"


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
        digest: of its C sources (sources.py); empty where that is not known.
    """

    unit: int
    debug: bool
    type: str
    version: str
    python: str
    libpython: str
    digest: str


@dataclass(frozen=True, slots=True)
class Installation:
    """A Python with unit_wasm.

    Parameters:
        python: the interpreter.
        version: of unit_wasm.
        digest: of the C sources of its extension.
        places: the files and folders that it runs.
    """

    python: str
    version: str
    digest: str
    places: tuple[str, ...] = ()


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
            f"{file} is not a module of unit_wasm", hint="unit-wasm build-module makes one"
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
            digest=fields.get("digest", ""),
        )
    except (KeyError, ValueError) as error:
        raise ConfigError(
            f"{file} is a damaged module of unit_wasm", hint="build it again"
        ) from error


def version_text(number: int, debug: bool) -> str:
    """Return Unit's version as people write it: ``1.35.0``, ``1.35.0 with --debug``."""
    text = f"{number // 10000}.{number // 100 % 100}.{number % 100}"
    return f"{text} with --debug" if debug else text


def strangers(version: object, digest: object, there: Installation) -> HostError | None:
    """Return why a module and the package that prepares for it do not belong together, or None.

    Parameters:
        version: of the package that built the module; None in one of old.
        digest: of the C sources of the module; None in one of old.
        there: the package that is to compile for it.
    """
    if (version, digest) == (there.version, there.digest):
        return None
    built = f"unit_wasm {version}" if isinstance(version, str) else "an older unit_wasm"
    has = there.version
    if version == there.version:
        built += f" from other C sources ({digest or 'unknown'})"
        has += f" ({there.digest})"
    return HostError(f"the module was built by {built}, and {there.python} has {has}", hint=_BUILD)
