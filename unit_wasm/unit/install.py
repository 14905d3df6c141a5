"""Putting a module where ``unitd`` finds it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unit_wasm.errors import ConfigError, HostError
from unit_wasm.prepare.files import replace_file
from unit_wasm.unit.build import MODULE_TYPES
from unit_wasm.unit.interpreter import ask_interpreter
from unit_wasm.unit.note import Note, read_note, strangers, version_text
from unit_wasm.unit.unitd import Unitd

_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Installed:
    """What was done.

    Parameters:
        path: the module in its place.
        changed: whether it was another one that had this place, or none.
        kept: where the module of somebody else went that had this place, or None.
    """

    path: Path
    changed: bool
    kept: Path | None


def mismatch(note: Note, unitd: Unitd) -> ConfigError | None:
    """Return why that ``unitd`` would not load the module, or None."""
    if (note.unit, note.debug) == (unitd.number, unitd.debug):
        return None
    return ConfigError(
        f"the module is for Unit {version_text(note.unit, note.debug)}, "
        f"but {unitd.path} is {version_text(unitd.number, unitd.debug)}",
        hint="build it with the source tree of that unitd",
    )


def modules_in(folder: Path) -> Iterator[tuple[Path, Note]]:
    """Yield our modules among the files that ``unitd`` looks at, in its order.

    Raises:
        ConfigError: one of the files cannot be read.
    """
    for path in sorted(folder.glob("*.unit.so")):
        note = _note_of(path)
        if note is not None:
            yield path, note


def install_module(file: Path, unitd: Unitd | None, folder: Path | None) -> Installed:
    """Copy a module into the modules directory.

    Parameters:
        file: the module.
        unitd: what is to load it; None where it is not here, and then nothing is compared.
        folder: the modules directory; that of ``unitd`` where it is None.

    Raises:
        ConfigError: the file is no module of ours, or not one for that ``unitd``.
        HostError: it cannot be written, or the package that is to compile for it is another one
            than it was built with.
    """
    note = read_note(file)
    if note.type not in MODULE_TYPES:
        raise ConfigError(f"{file} is for applications of an unknown type, {note.type}")
    if unitd is not None:
        wrong = mismatch(note, unitd)
        if wrong is not None:
            raise wrong
    _check_pairing(note)
    folder = _folder(unitd, folder)
    target = folder / MODULE_TYPES[note.type]
    try:
        data = file.read_bytes()
        if _is_installed(target, data):
            return Installed(target, False, None)
        kept = _make_room(target)
        replace_file(target, data, mode=_MODE, lasting=True)
    except OSError as error:
        raise HostError(
            f"cannot write {target}: {error.strerror}", hint="the folder's owner can, often root"
        ) from error
    return Installed(target, True, kept)


def _is_installed(target: Path, data: bytes) -> bool:
    """Whether there is this file already, as it would be written."""
    try:
        status = target.lstat()
        if not stat.S_ISREG(status.st_mode) or stat.S_IMODE(status.st_mode) != _MODE:
            return False
        return status.st_uid in (0, os.geteuid()) and target.read_bytes() == data
    except OSError:
        return False


def _check_pairing(note: Note) -> None:
    try:
        there = ask_interpreter(note)
    except HostError:
        # Perhaps it comes later, as where an image is made; doctor says it.
        return
    wrong = strangers(note.version, note.digest, there)
    if wrong is not None:
        raise wrong


def _folder(unitd: Unitd | None, given: Path | None) -> Path:
    if given is not None:
        if not given.is_dir():
            raise ConfigError(f"--modules-dir {given} is not a folder")
        return given
    if unitd is None:
        raise ConfigError("no modules directory is known", hint="name it with --modules-dir")
    try:
        # `make install` of Unit leaves it out where no module was built.
        unitd.modules.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HostError(
            f"the modules directory {unitd.modules} cannot be made: {error.strerror}"
        ) from error
    return unitd.modules


def _note_of(path: Path) -> Note | None:
    """Return the note of a file, or None where it is a module of somebody else."""
    try:
        return read_note(path)
    except ConfigError:
        if not os.access(path, os.R_OK):
            raise
        return None


def _make_room(target: Path) -> Path | None:
    """Keep Unit's own module of that name, which a package may have installed."""
    if not target.exists() or _note_of(target) is not None:
        return None
    # Not *.unit.so, so that unitd does not look at it.
    kept = target.with_name(f"{target.name}.orig")
    if kept.exists():
        return None
    os.link(target, kept)
    return kept
