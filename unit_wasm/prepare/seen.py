"""Components that were loaded before: what was found of a file, as long as it stays as it is.

To hash a large component and its machine code, and to read its types, takes longer than all else
where a component is loaded from the cache. So the cache keeps a note beside it: which entry belongs
to a file, and its types. Both files are known by their identity (``component/prepared.py``), of
which nobody can keep the time of the last change when he writes to a file; and by the boot of the
system, because what is on a disk after a crash may be anything. A file that was changed a moment
ago could be changed again before the clock shows another time: that is not noted yet.

A note is a pickle, and is read only where machine code would be: from a file that nobody else can
have written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import stat
import time
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from unit_wasm.component.prepared import FULL_RESERVATION, Prepared, identity
from unit_wasm.native import worker as native
from unit_wasm.native.limits import check_limits
from unit_wasm.options import Options
from unit_wasm.prepare.cache import Cache, open_trusted
from unit_wasm.prepare.compile import dependencies
from unit_wasm.wit.model import World

__all__ = ["Known", "look", "recall", "remember"]

SETTLED: Final = 2_000_000_000
"""Nanoseconds that a file has to be unchanged: the coarsest clocks of file systems have 2 s."""

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_TYPES: Final = Path(__file__).parents[1] / "wit"

_Note: TypeAlias = "tuple[str, str, str, str, World]"
"""The identity of the file, the boot, the key of the entry, the identity of its machine code, and
the types."""


class Known(NamedTuple):
    """A component that can be loaded."""

    world: World
    prepared: Prepared


def look(path: str | os.PathLike[str]) -> os.stat_result | None:
    """Return what there is to see of a plain file, before it is read."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def recall(path: str | os.PathLike[str], options: Options) -> Known | None:
    """Return a component that was loaded before and is what it was; None where it is not known.

    Raises:
        ComponentError: it begins with more than an option allows.
        HostError: the cache cannot be trusted.
    """
    status = look(path)
    cache = Cache(options.cache_dir)
    if status is None or cache.fault is not None:
        return None
    note = _read(cache.folder / _name(status, options))
    if note is None or note[:2] != (identity(status), _boot()):
        return None
    _, _, key, code, world = note
    prepared = cache.find(key, seen=code)
    if prepared is None:
        return None
    check_limits(prepared.info, options)
    full = native.reservation(prepared, options) == FULL_RESERVATION
    return Known(world, prepared) if full else None


def remember(
    path: str | os.PathLike[str],
    before: os.stat_result | None,
    options: Options,
    known: Known,
) -> None:
    """Note what was found of a file; where that cannot be, the next start takes longer.

    Parameters:
        before: what :func:`look` said before it was read.
    """
    after, code = look(path), known.prepared.code
    if before is None or after is None or identity(before) != identity(after):
        return
    newest = max(after.st_mtime_ns, after.st_ctime_ns)
    settled = newest <= time.time_ns() - SETTLED
    if code is None or not settled or known.prepared.reservation != FULL_RESERVATION:
        return
    if code.path.parent != options.cache_dir:
        return
    note: _Note = (identity(after), _boot(), code.path.stem, code.identity, known.world)
    with contextlib.suppress(OSError, RecursionError):
        Cache(options.cache_dir).note(_name(after, options), pickle.dumps(note))


def _read(path: Path) -> _Note | None:
    """Return a note; None where there is none, or none of this program."""
    try:
        with open(path, "rb", opener=open_trusted) as file:
            note = pickle.load(file)
    except Exception:
        # Whatever another version has pickled.
        return None
    return note if isinstance(note, tuple) and len(note) == 5 else None


def _name(status: os.stat_result, options: Options) -> str:
    """Return the name of the note of a file."""
    types = [(path.name, identity(path.stat())) for path in sorted(_TYPES.glob("*.py"))]
    depends = (status.st_dev, status.st_ino, types, *dependencies(options, FULL_RESERVATION))
    return f"{hashlib.sha256(repr(depends).encode()).hexdigest()}.seen"


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii")
    except OSError:
        return ""
