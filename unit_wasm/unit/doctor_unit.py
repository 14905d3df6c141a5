"""The part of ``unit-wasm doctor`` that is about Unit: ``unitd``, the module, who may read it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import unit_wasm
from unit_wasm.errors import ConfigError, HostError, UnitWasmError
from unit_wasm.unit.account import Account, find_account
from unit_wasm.unit.check import Check, failed, ok, warning
from unit_wasm.unit.install import mismatch, modules_in
from unit_wasm.unit.interpreter import ask_interpreter
from unit_wasm.unit.note import Note, strangers, version_text
from unit_wasm.unit.owners import faults, user_name
from unit_wasm.unit.unitd import Unitd, find_unitd

_BUILD = "unit-wasm build-module, then unit-wasm install-module"


@dataclass(frozen=True, slots=True)
class UnitQuestion:
    """What to examine of Unit.

    Parameters:
        unitd: the program, or None for the one in PATH.
        modules: its modules directory, or None for its default.
        user: whom it runs its processes as, or None for its default.
    """

    unitd: str | None
    modules: Path | None
    user: str | None


def check_unit(question: UnitQuestion) -> Iterator[Check]:
    """Yield the findings."""
    unitd: Unitd | None = None
    try:
        unitd = find_unitd(question.unitd)
        yield ok("unitd", f"{version_text(unitd.number, unitd.debug)} in {unitd.path}")
    except UnitWasmError as error:
        if question.unitd is not None:
            yield failed("unitd", error)
        else:
            yield warning("unitd", error.message, f"{error.hint}; the embedded server needs none")
    folder = question.modules or (unitd.modules if unitd else None)
    if folder is None:
        return
    try:
        # Without the right to look, there would seem to be nothing.
        os.scandir(folder).close()
        modules = list(modules_in(folder))
    except FileNotFoundError:
        modules = []
    except (ConfigError, OSError) as error:
        yield _obstructed("module", _reason(error, folder))
        return
    if not modules:
        yield failed("module", f"{folder} has no module of unit_wasm", _BUILD)
    yield from _same_type(modules)
    user = question.user or (unitd.user if unitd else "")
    for path, note in modules:
        yield _module(path, note, unitd)
        places, check = _interpreter(note)
        yield check
        if places:
            yield _owners([path, note.libpython, *places])
        if user:
            yield _readable(path, note, user)


def _obstructed(topic: str, text: str, hint: str | None = None) -> Check:
    """Say what could not be looked at: a fault where root asks, and else perhaps only a right."""
    if os.geteuid() == 0:
        return failed(topic, text, hint)
    return warning(
        topic, f"{user_name(os.geteuid())} may not look at it: {text}", "ask as who starts unitd"
    )


def _reason(error: ConfigError | OSError, folder: Path) -> str:
    if isinstance(error, ConfigError):
        return error.message
    return f"the modules directory {folder} cannot be read: {error.strerror}"


def _same_type(modules: list[tuple[Path, Note]]) -> Iterator[Check]:
    """Unit takes the first of two modules with the same type and version, and only notes it."""
    first: dict[str, Path] = {}
    for path, note in modules:
        if note.type in first:
            yield warning(
                "module",
                f"{path} serves {note.type} as {first[note.type]} does: Unit takes one of them",
                "remove one",
            )
        first.setdefault(note.type, path)


def _module(path: Path, note: Note, unitd: Unitd | None) -> Check:
    wrong = mismatch(note, unitd) if unitd is not None else None
    if wrong is not None:
        return Check("fail", "module", f"{path}: {wrong.message}", wrong.hint)
    if note.version != unit_wasm.__version__:
        return warning(
            "module",
            f"{path} was built by unit_wasm {note.version}, and this is {unit_wasm.__version__}",
            _BUILD,
        )
    return ok("module", f"{path} for Unit {version_text(note.unit, note.debug)}")


def _interpreter(note: Note) -> tuple[tuple[str, ...], Check]:
    """Return the files and folders that the module's Python runs, and the finding."""
    topic = "interpreter"
    try:
        there = ask_interpreter(note)
    except HostError as error:
        # What root runs may be closed to others.
        if isinstance(error.__cause__, PermissionError) or "PermissionError:" in error.message:
            return (), _obstructed(topic, error.message, error.hint)
        return (), failed(topic, error)
    wrong = strangers(note.version, note.digest, there)
    if wrong is not None:
        return (), failed(topic, wrong)
    return there.places, ok(topic, f"{note.python} imports unit_wasm {there.version}")


def _owners(places: list[str | Path]) -> Check:
    """Check that nobody else may change what unitd runs as the user who starts it."""
    topic = "owners"
    uid = os.geteuid()
    name = user_name(uid)
    found = list(faults((place for place in places if place), uid))
    if not found:
        return ok(
            topic, f"only root{'' if uid == 0 else f' and {name}'} may change what unitd runs"
        )
    hint = (
        f"let the folders of Python and unit_wasm belong to {name} and take the right to write "
        "from others (chown -R, chmod -R go-w), or put them elsewhere, e.g. into /opt"
    )
    first = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return failed(
        topic,
        f"{first.path} {first.reason}{more}, and unitd runs it, or what is in it, as {name}",
        hint,
    )


def _readable(path: Path, note: Note, user: str) -> Check:
    topic = f"user {user}"
    try:
        account = find_account(user)
    except ConfigError as error:
        return failed(topic, error)
    # unitd drops to this user before it looks for modules, and a module brings libpython along.
    for file in (path, Path(note.libpython)):
        try:
            obstacle = account.obstacle(file)
        except PermissionError as error:
            return _obstructed(topic, f"{file}: {error.strerror}", "build the module again")
        except OSError as error:
            return failed(topic, f"{file}: {error.strerror}", "build the module again")
        if obstacle is not None:
            return _unreadable(account, file, obstacle)
    return ok(topic, f"may read {path} and {note.libpython}")


def _unreadable(account: Account, file: Path, obstacle: Path) -> Check:
    what = "itself" if obstacle == file.resolve() else str(obstacle)
    return failed(
        f"user {account.name}",
        f"may not read {file}, because of {what}",
        "chmod it, or put Python where every user may read it, e.g. /opt",
    )
