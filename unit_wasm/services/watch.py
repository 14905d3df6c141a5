"""Which files of a directory have changed, as the kernel tells (inotify).

Libraries that watch files tell that a file was written to, and not that whoever wrote it has closed
it; so they would have half-written components loaded. The two calls that tell it are in libc.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

_CLOSE_WRITE: Final = 0x8
_MOVED: Final = 0x40 | 0x80
_CREATE: Final = 0x100
_DELETE: Final = 0x200
_ATTRIB: Final = 0x4
_SELF: Final = 0x400 | 0x800
"""The directory itself was removed, or moved away."""

_UNMOUNT: Final = 0x2000
_OVERFLOW: Final = 0x4000
_ONLY_DIRECTORY: Final = 0x01000000

_EVENTS: Final = _CLOSE_WRITE | _MOVED | _CREATE | _DELETE | _ATTRIB | _SELF
_HEAD: Final = struct.Struct("iIII")
_BUFFER: Final = 64 * 1024


class Changes(NamedTuple):
    """What has changed in a directory.

    Parameters:
        written: names of files that are others now, or gone.
        touched: names of files that may be readable now, or not any more.
        lost: any other may have changed, too.
    """

    written: set[str]
    touched: set[str]
    lost: bool


class Watch:
    """Watches the files of one directory, and those of none below it.

    Parameters:
        path: of the directory.

    Raises:
        OSError: it cannot be watched.
    """

    def __init__(self, path: str) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._path = path
        # Before it is watched: of two that change places meanwhile, this is the one that is not.
        self._identity = _identity(path)
        self._descriptor = int(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        if self._descriptor < 0:
            raise _error(path)
        mask = ctypes.c_uint32(_EVENTS | _ONLY_DIRECTORY)
        if libc.inotify_add_watch(self._descriptor, os.fsencode(path), mask) < 0:
            error = _error(path)
            self.close()
            raise error

    def fileno(self) -> int:
        """Return what is readable when there is something to tell."""
        return self._descriptor

    def close(self) -> None:
        """Watch no longer; harmless when it was done already."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def is_current(self) -> bool:
        """Tell whether the path still leads to the directory that is watched."""
        return _identity(self._path) == self._identity

    def changed(self) -> Changes:
        """Return what has changed since the last call, without waiting."""
        written: set[str] = set()
        touched: set[str] = set()
        lost = False
        try:
            while data := os.read(self._descriptor, _BUFFER):
                for mask, name in _events(data):
                    lost = lost or mask & (_OVERFLOW | _SELF | _UNMOUNT) != 0
                    if name and mask & _ATTRIB:
                        touched.add(name)
                    elif name and (not mask & _CREATE or self._is_whole(name)):
                        written.add(name)
        except BlockingIOError:
            pass
        return Changes(written, touched, lost)

    def _is_whole(self, name: str) -> bool:
        """Tell whether a file that has just appeared is no new one, but another name of one."""
        try:
            status = os.lstat(os.path.join(self._path, name))
        except OSError:
            return True
        return stat.S_ISLNK(status.st_mode) or status.st_nlink > 1


def _events(data: bytes) -> Iterator[tuple[int, str]]:
    at = 0
    while at < len(data):
        _, mask, _, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        name = data[at : at + size].rstrip(b"\0")
        at += size
        yield mask, os.fsdecode(name)


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _error(path: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number), path)
