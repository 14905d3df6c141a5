"""Who may change what a user runs, from owners and modes; access lists are not seen."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that another user may change.

    Parameters:
        path: a file or folder.
        reason: how, e.g. ``belongs to alice``.
    """

    path: Path
    reason: str


def faults(places: Iterable[str | Path], uid: int) -> Iterator[Fault]:
    """Yield what somebody else than this user and root may change.

    Looked at are the files, the folders with all that is in them, and every folder above; of a
    symbolic link also the file or folder that it leads to. What does not exist is skipped: who
    may make it is said of the folder above.

    Parameters:
        places: files and folders.
        uid: of the user.
    """
    seen: set[str] = set()
    links: list[str] = []
    for place in places:
        yield from _look(_above(place), uid, seen, links)
        yield from _look(_below(place), uid, seen, links)
    while links:
        yield from _look(_above(links.pop()), uid, seen, links)


def user_name(uid: int) -> str:
    """Return the name of a user, or the number of one who has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _above(place: str | Path) -> Iterator[tuple[str, bool]]:
    """Yield a path and all above it, and whether a name in there may be replaced by its owner."""
    path = Path(os.path.abspath(place))
    for folder in reversed(path.parents):
        yield str(folder), True
    yield str(path), False


def _below(place: str | Path) -> Iterator[tuple[str, bool]]:
    for folder, folders, files in os.walk(os.path.realpath(place)):
        for name in (*folders, *files):
            yield os.path.join(folder, name), False


def _look(
    paths: Iterable[tuple[str, bool]], uid: int, seen: set[str], links: list[str]
) -> Iterator[Fault]:
    for path, is_above in paths:
        if path in seen:
            continue
        seen.add(path)
        try:
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode):
                # The folders of the next link matter too, and those at the end of all links.
                links.append(os.path.join(os.path.dirname(path), os.readlink(path)))
                links.append(os.path.realpath(path))
                continue
        except OSError:
            continue
        reason = _reason(status, uid, is_above=is_above)
        if reason is not None:
            yield Fault(Path(path), reason)


def _reason(status: os.stat_result, uid: int, *, is_above: bool) -> str | None:
    if status.st_uid not in (0, uid):
        return f"belongs to {user_name(status.st_uid)}"
    # As in /tmp: nobody can put something else in the place of what is there.
    if is_above and status.st_mode & stat.S_ISVTX:
        return None
    if status.st_mode & stat.S_IWOTH:
        return "may be written by everybody"
    if status.st_mode & stat.S_IWGRP and _members(status.st_gid) - {0, uid}:
        return f"may be written by the group {_group_name(status.st_gid)}"
    return None


@cache
def _members(gid: int) -> frozenset[int]:
    """Return the users of a group; -1 for one that nobody has described."""
    try:
        names = set(grp.getgrgid(gid).gr_mem)
    except KeyError:
        return frozenset({-1})
    return frozenset(
        entry.pw_uid for entry in pwd.getpwall() if entry.pw_gid == gid or entry.pw_name in names
    )


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
