"""What another user may read, from owners and modes; access lists and SELinux are not seen."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from unit_wasm.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Account:
    """A user with all groups that it is in."""

    name: str
    uid: int
    gids: frozenset[int]

    def obstacle(self, path: Path) -> Path | None:
        """Return what keeps the user from reading the file: a folder above it, itself, or None.

        Raises:
            OSError: this process cannot look at one of them.
        """
        resolved = path.resolve()
        for folder in reversed(resolved.parents):
            if not self._may(folder.stat(), stat.S_IXOTH):
                return folder
        return None if self._may(resolved.stat(), stat.S_IROTH) else resolved

    def _may(self, status: os.stat_result, right: int) -> bool:
        if self.uid == 0:
            return True
        # The first class that fits decides, even where a later one would allow more.
        if status.st_uid == self.uid:
            right <<= 6
        elif status.st_gid in self.gids:
            right <<= 3
        return bool(status.st_mode & right)


def find_account(name: str) -> Account:
    """Return the account of that name.

    Raises:
        ConfigError: this machine has no such user.
    """
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise ConfigError(
            f"there is no user {name}", hint="make it, or name another with --user"
        ) from None
    # libc's own list needs the group file too, and a user may be in many.
    groups = {group.gr_gid for group in grp.getgrall() if name in group.gr_mem}
    return Account(name, entry.pw_uid, frozenset(groups | {entry.pw_gid}))
