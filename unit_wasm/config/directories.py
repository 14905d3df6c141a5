"""The directories that components are given, as they are on this machine."""

from __future__ import annotations

import errno
import os
from pathlib import PurePosixPath

from unit_wasm.config.model import ApplicationConfig
from unit_wasm.errors import ConfigError

_LINKS_MAX = 40
"""Symbolic links in one path, as in Linux."""


def check_directories(config: ApplicationConfig, *, root: str = "/", folder: str = "") -> None:
    """Check that each directory of an application can be opened.

    Parameters:
        config: of the application.
        root: the folder that the application will see as ``/``; links lead nowhere else.
        folder: its working directory, where that is another one than this process's.

    Raises:
        ConfigError: one does not exist, is no directory or cannot be reached.
    """
    named = {path: f"access/filesystem/{index}" for index, path in enumerate(config.filesystem)}
    others = [each.host for each in config.options.dirs if each.guest not in named]
    places = [*named.items(), *((host, "environment/UNIT_WASM_DIRS") for host in others)]
    for path, place in places:
        try:
            # What is behind it may be readable for the application's user only.
            seen = _in_root(os.path.join(folder, path), root)
            os.close(os.open(seen, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC))
        except OSError as error:
            raise ConfigError(
                _sentence(path, root, error),
                pointer=f"{config.pointer}/{place}",
                hint="make the directory, or take it out of the array",
            ) from error


def _sentence(path: str, root: str, error: OSError) -> str:
    where = "" if root == "/" else f" below the application's root {root}"
    if error.errno == errno.ENOENT:
        return f"the directory {path} does not exist{where}"
    if error.errno == errno.ENOTDIR:
        return f"{path} is not a directory{where}"
    return f"the directory {path} cannot be opened{where}: {error.strerror}"


def _in_root(path: str, root: str) -> str:
    """Return what a path means to a process whose root is another folder.

    Raises:
        OSError: it has too many links.
    """
    if root == "/":
        return path
    left = list(reversed(PurePosixPath(path).parts))
    found: list[str] = []
    links = 0
    while left:
        part = left.pop()
        if part == "/":
            found.clear()
        elif part == "..":
            del found[-1:]
        else:
            here = os.path.join(root, *found, part)
            if not os.path.islink(here):
                found.append(part)
                continue
            links += 1
            if links > _LINKS_MAX:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            left += reversed(PurePosixPath(os.readlink(here)).parts)
    return os.path.join(root, *found)
