"""What paths mean below a directory, in plain Python: the model of wasi:filesystem.

It resolves a path by looking at each name in turn, in a directory that nobody else changes, and
then asks the system for what is to be done to the last one.
"""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

_LINKS_MAX = 40
_NAMES = {
    errno.ENOENT: "no-entry",
    errno.EEXIST: "exist",
    errno.ENOTDIR: "not-directory",
    errno.EISDIR: "is-directory",
    errno.ENOTEMPTY: "not-empty",
    errno.EINVAL: "invalid",
    errno.EPERM: "not-permitted",
    errno.ELOOP: "loop",
    errno.ENAMETOOLONG: "name-too-long",
    errno.EBUSY: "busy",
    errno.ENXIO: "no-such-device",
}


class ModelError(Exception):
    """The name of an error-code."""


class Model:
    """Does in a directory of its own what a guest does in another one."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)

    # ---- Paths ----

    def walk(self, path: str, *, follow: bool) -> tuple[str, bool]:
        """Return where a path leads, and whether something is there.

        Raises:
            ModelError: it leads nowhere, or out of the directory.
        """
        if not path:
            raise ModelError("no-entry")
        found: list[str] = []
        left = self._parts(path)
        links = 0
        while left:
            part = left.pop(0)
            here = self._entered(found, part)
            if part == "..":
                found.pop()
            if part in ("", ".", ".."):
                continue
            if not os.path.lexists(f"{here}/{part}"):
                if left:
                    raise ModelError("no-entry")
                return f"{here}/{part}", False
            if os.path.islink(f"{here}/{part}") and (left or follow):
                links += 1
                left = self._parts(os.readlink(f"{here}/{part}")) + left
            else:
                found.append(part)
            if links > _LINKS_MAX:
                raise ModelError("loop")
        return "/".join([self.root, *found]), True

    def _entered(self, found: list[str], part: str) -> str:
        """Return the directory that a part of a path is looked for in."""
        here = "/".join([self.root, *found])
        if os.path.islink(here) or not os.path.isdir(here):
            raise ModelError("not-directory")
        if part == ".." and not found:
            raise ModelError("not-permitted")
        return here

    @staticmethod
    def _parts(path: str) -> list[str]:
        if path.startswith("/"):
            raise ModelError("not-permitted")
        return path.split("/")

    def place(self, path: str, dots: str) -> tuple[str, bool]:
        """Return the last name of a path, in its directory, and whether slashes are behind it."""
        if not path:
            raise ModelError("no-entry")
        name = path.rstrip("/") or "/"
        parent, _, last = name.rpartition("/")
        if name.startswith("/"):
            raise ModelError("not-permitted")
        if last in (".", ".."):
            self.directory(name)
            raise ModelError(dots)
        return f"{self.directory(parent or '.')}/{last}", path != name

    def directory(self, path: str) -> str:
        """Return where the directory is.

        Raises:
            ModelError: it is none.
        """
        where, there = self.walk(path, follow=True)
        if not there:
            raise ModelError("no-entry")
        if not os.path.isdir(where):
            raise ModelError("not-directory")
        return where

    # ---- Calls ----

    def answer(self, call: Callable[[], str]) -> str:
        """Return what a call is answered."""
        try:
            return call()
        except ModelError as error:
            return str(error)
        except OSError as error:
            return _NAMES[error.errno or 0]

    def mkdir(self, path: str) -> str:
        os.mkdir(self.place(path, "exist")[0])
        return "ok"

    def rmdir(self, path: str) -> str:
        os.rmdir(self.place(path, "invalid")[0])
        return "ok"

    def unlink(self, path: str) -> str:
        where, slashes = self.place(path, "is-directory")
        self._directory_where(where, slashes)
        os.unlink(where)
        return "ok"

    def symlink(self, target: str, path: str) -> str:
        if target.startswith("/"):
            raise ModelError("not-permitted")
        where, slashes = self.place(path, "exist")
        if slashes:
            self._directory_where(where, slashes)
            raise ModelError("exist")
        os.symlink(target, where)
        return "ok"

    def readlink(self, path: str) -> str:
        where, slashes = self.place(path, "invalid")
        target = "" if slashes else os.readlink(where)
        if slashes:
            raise ModelError("invalid")
        if target.startswith("/"):
            raise ModelError("not-permitted")
        return f"ok {target}"

    def link(self, path: str, new_path: str) -> str:
        where, slashes = self.place(path, "not-permitted")
        new, new_slashes = self.place(new_path, "not-permitted")
        self._directory_where(where, slashes)
        self._directory_where(new, new_slashes)
        os.link(where, new, follow_symlinks=False)
        return "ok"

    def rename(self, path: str, new_path: str) -> str:
        where, slashes = self.place(path, "busy")
        new, new_slashes = self.place(new_path, "busy")
        self._directory_where(where, slashes or new_slashes)
        os.rename(where, new)
        return "ok"

    def stat(self, path: str, *, follow: bool) -> str:
        where, there = self.walk(path, follow=follow)
        if not there:
            raise ModelError("no-entry")
        found = os.lstat(where)
        kinds = {stat.S_IFDIR: "directory", stat.S_IFREG: "regular-file"}
        kind = kinds.get(stat.S_IFMT(found.st_mode), "symbolic-link")
        return f"ok {kind} {found.st_nlink} {found.st_size}"

    def put(self, path: str, text: str, *, exclusive: bool) -> str:
        """Make a file, or open one, and write to its beginning; neither slashes nor dots end it."""
        if exclusive:
            where, _ = self.place(path, "exist")
        else:
            where, _ = self.walk(path, follow=True)
        flags = os.O_CREAT | os.O_WRONLY | (os.O_EXCL if exclusive else 0)
        fd = os.open(where, flags, 0o666)
        os.pwrite(fd, text.encode(), 0)
        os.close(fd)
        return "ok"

    def get(self, path: str, *, follow: bool) -> str:
        where, there = self.walk(path, follow=follow)
        if there and os.path.islink(where):
            raise ModelError("loop")
        if not there:
            raise ModelError("no-entry")
        if os.path.isdir(where):
            return "bad-descriptor"
        return "ok end " + Path(where).read_text()

    @staticmethod
    def _directory_where(where: str, slashes: bool) -> None:
        if slashes and not stat.S_ISDIR(os.lstat(where).st_mode):
            raise ModelError("not-directory")
