"""Component files that were found in the cache before: which entry belongs to one, while it stays.

To hash a large component and its machine code takes longer than all else where a component is
loaded from the cache. So the cache keeps a note beside its entries: which of them belongs to a
file. Both files are known by their identity (``component/prepared.py``: size, times and inode), of
which nobody can keep the time of the last change when he writes to a file; and by the boot of the
system, because what is on a disk after a crash may be anything. So are the sources that the entry
depends on, which are hashed otherwise. A file that was changed a moment ago could be changed again
before the clock shows another time: that is not noted yet.

What is trusted is what machine code is trusted for: a file that nobody but this user or root can
have written, in a folder of theirs.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
from binascii import crc32
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from unit_wasm.component.prepared import FULL_RESERVATION, Prepared, identity
from unit_wasm.native import worker as native
from unit_wasm.native.library import wasmtime_library
from unit_wasm.native.limits import check_limits
from unit_wasm.options import Options
from unit_wasm.prepare.cache import NOTE, Cache, open_trusted
from unit_wasm.prepare.processor import code_target

SETTLED: Final = 2_000_000_000
"""Nanoseconds that a file has to be unchanged: the coarsest clocks of file systems have 2 s."""

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_PACKAGE: Final = Path(__file__).parents[1]
_FOLDERS: Final = ("", "component/format", "component/rewrite", "wit")
"""What compiled components and their types are made by, as ``rewrite/digest.py`` has it."""


class Noted(NamedTuple):
    """A component that can be loaded, and what was noted beside it."""

    prepared: Prepared
    more: bytes


def look(path: str | os.PathLike[str]) -> os.stat_result | None:
    """Return what there is to see of a plain file, before it is read."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def recall(path: str | os.PathLike[str], options: Options, use: str) -> Noted | None:
    """Return a component that was found before and is what it was; None where it is not known.

    Parameters:
        use: what it is for: each has notes of its own.

    Raises:
        ComponentError: it begins with more than an option allows.
        HostError: the cache cannot be trusted.
    """
    status = look(path)
    cache = Cache(options.cache_dir)
    if status is None or cache.fault is not None:
        return None
    name, known = _known(status, options, use)
    head, more = _read(cache.folder / name)
    if len(head) != 4 or head[:2] != [known, _boot()]:
        return None
    prepared = cache.find(head[2], seen=head[3])
    if prepared is None:
        return None
    check_limits(prepared.info, options)
    full = native.reservation(prepared, options) == FULL_RESERVATION
    return Noted(prepared, more) if full else None


def remember(
    path: str | os.PathLike[str],
    before: os.stat_result | None,
    options: Options,
    use: str,
    noted: Noted,
) -> None:
    """Note what was found of a file; where that cannot be, the next start takes longer.

    Parameters:
        before: what :func:`look` said before it was read.
    """
    after, code = look(path), noted.prepared.code
    if before is None or after is None or identity(before) != identity(after):
        return
    newest = max(after.st_mtime_ns, after.st_ctime_ns)
    settled = newest <= time.time_ns() - SETTLED
    if code is None or not settled or noted.prepared.reservation != FULL_RESERVATION:
        return
    if code.path.parent != options.cache_dir:
        return
    with contextlib.suppress(OSError):
        name, known = _known(after, options, use)
        head = json.dumps([known, _boot(), code.path.stem, code.identity])
        Cache(options.cache_dir).note(name, head.encode() + b"\n" + noted.more)


def settings(options: Options, reservation: int) -> tuple[object, ...]:
    """Return the options that compiled code depends on.

    The compiled code of a memory depends on its reservation, and on whether its data are copied
    (native/limits.py).
    """
    target = code_target(options.target_cpu)
    return (options.without, reservation, options.max_memory, target)


def _read(path: Path) -> tuple[list[str], bytes]:
    """Return the parts of a note; none where there is none, or none of this program."""
    try:
        with open(path, "rb", opener=open_trusted) as file:
            line, _, more = file.read().partition(b"\n")
        head = json.loads(line)
    except (OSError, ValueError):
        return [], b""
    is_ours = isinstance(head, list) and all(isinstance(part, str) for part in head)
    return (head, more) if is_ours else ([], b"")


def _known(status: os.stat_result, options: Options, use: str) -> tuple[str, str]:
    """Return the name of the note of a file, and all that its entry and its types depend on.

    The note itself has that in it; of its name it is enough that few files share one.
    """
    depends = (
        *(use, options.rewrite, wasmtime_library().version),
        *settings(options, FULL_RESERVATION),
        *_sources(),
    )
    text = f"{status.st_dev} {identity(status)} {depends!r}"
    summary = crc32(repr(depends).encode())
    return f"{status.st_dev:x}-{status.st_ino:x}-{summary:08x}{NOTE}", text


def _sources() -> Iterator[str]:
    """Return what tells the files that are otherwise hashed from what they are later."""
    yield identity(os.stat(native.extension_file()))
    for folder in _FOLDERS:
        with os.scandir(_PACKAGE / folder) as files:
            for file in sorted(files, key=lambda file: file.name):
                if file.name.endswith(".py"):
                    yield f"{file.name} {identity(file.stat())}"


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="utf-8")
    except OSError:
        return ""
