"""Where libwasmtime is, inside the installed ``wasmtime`` package, and whether it may run code."""

from __future__ import annotations

import errno
import os
import sys
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

from unit_wasm.errors import HostError
from unit_wasm.values import dataclass


@dataclass(frozen=True, slots=True)
class Library:
    """The libwasmtime inside the installed ``wasmtime`` package.

    Parameters:
        path: the shared library.
        version: that of the package; the library cannot be asked.
    """

    path: Path
    version: str


@cache
def wasmtime_library() -> Library:
    """Find libwasmtime, once, without importing its package, which would load it twice as slowly.

    Raises:
        HostError: the package is not installed, or it has no library for this machine.
    """
    spec = PathFinder.find_spec("wasmtime")
    if spec is None or spec.origin is None:
        raise HostError("the package wasmtime is not installed", hint="pip install wasmtime")
    machine = os.uname().machine
    path = Path(spec.origin).parent / f"{sys.platform}-{machine}" / "_libwasmtime.so"
    if not path.is_file():
        raise HostError(
            f"the package wasmtime has no library for {sys.platform} on {machine}",
            hint="unit_wasm runs on Linux, x86_64 and aarch64",
        )
    return Library(path, _version(Path(spec.origin).parent.parent))


def check_executable() -> None:
    """Look whether what was written to memory may be run here; asked when something has failed.

    Raises:
        HostError: the system forbids it, so that no component can be compiled or loaded.
    """
    try:
        error = _executable_error()
    except (ImportError, MemoryError, OSError):
        # It is memory, or descriptors, that are missing.
        return
    if error in (errno.EACCES, errno.EPERM):
        raise HostError(
            f"this process may not run code that it has made: {os.strerror(error)}",
            hint="MemoryDenyWriteExecute= of systemd and execmem of SELinux decide that",
        )


def _executable_error() -> int:
    """Return why mprotect() lets nobody run a page that could be written to; 0: it does."""
    # No start waits for these.
    import ctypes
    import mmap

    libc = ctypes.CDLL(None, use_errno=True)
    with mmap.mmap(-1, mmap.PAGESIZE) as memory:
        address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        allowed = mmap.PROT_READ | mmap.PROT_EXEC
        refused = libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(mmap.PAGESIZE), allowed)
        return ctypes.get_errno() if refused else 0


def _version(folder: Path) -> str:
    """Return the version of the package in this folder, as its installer has noted it there."""
    found = [path.name for path in folder.glob("wasmtime-*.dist-info")]
    if len(found) == 1:
        return found[0].removeprefix("wasmtime-").removesuffix(".dist-info")
    # Takes as long as everything else in this file together, ten times over.
    from importlib import metadata

    return metadata.version("wasmtime")
