"""The folder of compiled components.

An entry is two files: ``KEY.cwasm``, what libwasmtime made, which is mapped into memory and
*executed as it is*; and ``KEY.json``, which describes it and holds its digest. So folder and files
must belong to this user or to root and be writable for nobody else, and a file that is not exactly
the one that was written is never loaded: it is opened once, checked, and loaded from there. Both
are written under a temporary name and renamed: a reader sees all of a file or nothing. An entry
that is good is never replaced: another process may have told the Unit module which file it checked.

A folder that cannot be made or written to costs time only: then every start compiles.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from unit_wasm.component.format.sizes import Sizes
from unit_wasm.component.info import ComponentInfo, ImportedInterface
from unit_wasm.component.prepared import CodeFile, Prepared
from unit_wasm.errors import HostError
from unit_wasm.prepare.files import new_file, replace_file

NOTE: Final = ".seen"
"""How the name of a note on a file ends: prepare/noted.py."""

_BLOCK = 1 << 20
_TOLD: Final = (
    *("rewritten", "unrewritten", "unbounded", "fronted", "images"),
    *("merged", "unmerged", "unimaged"),
)
"""What an entry has of :class:`Prepared` beside the component."""

_PATIENCE, _LOOK = 10.0, 0.01
"""Seconds for which another process that writes is waited for, and between two looks at it."""


class Cache:
    """A cache folder; it is made, with mode 0700, when it is missing.

    Parameters:
        folder: where it is.

    Raises:
        HostError: it belongs to somebody else than this user and root, or others may write into it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fault: str | None = None
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = folder.stat()
        except OSError as error:
            self.fault = f"the cache folder {folder} cannot be made: {error.strerror}"
            return
        if status.st_uid not in (0, os.geteuid()):
            raise HostError(
                f"the cache folder {folder} belongs to another user (uid {status.st_uid})",
                hint="compiled code is executed: set UNIT_WASM_CACHE_DIR to a folder of this user",
            )
        if stat.S_IMODE(status.st_mode) & 0o022:
            raise HostError(
                f"others may write into the cache folder {folder}",
                hint=f"compiled code is executed: chmod 0700 {folder}",
            )
        # A folder that others may look into is one that was made for them.
        self._mode = 0o644 if status.st_mode & stat.S_IROTH else 0o600

    def find(self, key: str, *, seen: str | None = None) -> Prepared | None:
        """Return the entry of that key, or None where there is none that can be trusted.

        Parameters:
            seen: the identity of its code when that was looked at before, since the system was
                started: as long as it is the same, it is not looked at again.
        """
        if self.fault is not None:
            return None
        description = self._read_json(key)
        if description is None:
            return None
        code = _open_intact(self.folder / f"{key}.cwasm", description.get("digest"), seen)
        if code is None:
            return None
        try:
            return replace(prepared_of(description), compiled=code.path, cached=True, code=code)
        except (KeyError, TypeError, ValueError):
            return None

    def store(
        self, key: str, description: Prepared, made: CodeFile, *, component: str = ""
    ) -> Prepared:
        """Write an entry and return it, with the file that was written.

        Where another process has made it meanwhile, that one is returned.

        Parameters:
            component: the name of its file, for people.
            made: what was compiled. It is what is loaded where it cannot be written.
        """
        if self.fault is not None:
            return replace(description, code=made, unkept=self.fault)
        path = self.folder / f"{key}.cwasm"
        try:
            with self._alone():
                found = self.find(key)
                code = self._write(key, description, made, component) if found is None else None
        except OSError as error:
            reason = f"the compiled component cannot be written to {self.folder}: {error.strerror}"
            return replace(description, code=made, unkept=reason)
        made.close()
        return replace(description, compiled=path, code=found.code if found else code)

    def note(self, name: str, data: bytes) -> None:
        """Write a file beside the entries.

        Raises:
            OSError: it cannot be written.
        """
        replace_file(self.folder / name, data, mode=self._mode)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let no other process write at the same time.

        Who may read the folder could hold it for ever; then both write, as if there were no lock.
        """
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            until = time.monotonic() + _PATIENCE
            while True:
                try:
                    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() < until:
                        time.sleep(_LOOK)
                        continue
                except OSError:
                    # Some file systems have no locks.
                    pass
                break
            yield
        finally:
            os.close(folder)

    def _write(self, key: str, description: Prepared, made: CodeFile, component: str) -> CodeFile:
        """Write both files of an entry; return that of the code, open."""
        digest, code = self._write_code(self.folder / f"{key}.cwasm", made)
        document = {"digest": digest, "component": component, **describe(description)}
        replace_file(self.folder / f"{key}.json", json.dumps(document).encode(), mode=self._mode)
        return code

    def _write_code(self, path: Path, made: CodeFile) -> tuple[str, CodeFile]:
        """Return the digest and the file, which is open ever since it was made."""
        descriptor, name = new_file(self.folder)
        code = CodeFile(descriptor, path)
        import hashlib

        digest = hashlib.sha256()
        try:
            os.lseek(made.fileno(), 0, os.SEEK_SET)
            while block := os.read(made.fileno(), _BLOCK):
                digest.update(block)
                while block:
                    block = block[os.write(descriptor, block) :]
            os.fchmod(descriptor, self._mode)
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        return digest.hexdigest(), code

    def _read_json(self, key: str) -> dict[str, Any] | None:
        path = self.folder / f"{key}.json"
        try:
            with open(path, "rb", opener=open_trusted) as file:
                description = json.load(file)
        except (OSError, ValueError):
            return None
        return description if isinstance(description, dict) else None


def open_trusted(path: str, flags: int) -> int:
    """Open a plain file that only this user or root can have written, and nothing else.

    Raises:
        OSError: it is none, or cannot be opened.
    """
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    trusted = status.st_uid in (0, os.geteuid()) and not status.st_mode & 0o022
    if not stat.S_ISREG(status.st_mode) or not trusted:
        os.close(descriptor)
        raise PermissionError(f"{path} is not a file of this user")
    return descriptor


def _open_intact(path: Path, digest: object, seen: str | None) -> CodeFile | None:
    try:
        code = CodeFile(open_trusted(str(path), os.O_RDONLY), path)
        if code.identity == seen and isinstance(digest, str):
            return code
        import hashlib

        made = hashlib.sha256()
        while block := os.read(code.fileno(), _BLOCK):
            made.update(block)
    except OSError:
        return None
    return code if made.hexdigest() == digest else None


def describe(description: Prepared) -> dict[str, Any]:
    """Return what is known of a compiled component, as JSON can hold it."""
    told = {name: getattr(description, name) for name in _TOLD}
    return {"info": asdict(description.info), **told}


def prepared_of(description: dict[str, Any]) -> Prepared:
    """Return what :func:`describe` has described, without its file.

    Raises:
        KeyError, TypeError, ValueError: it is of another form.
    """
    info = dict(description["info"])
    info["imports"] = tuple(
        ImportedInterface(
            **{**item, "functions": tuple(item["functions"]), "resources": tuple(item["resources"])}
        )
        for item in info["imports"]
    )
    info["exports"] = tuple(info["exports"])
    info["images"] = tuple(info["images"])
    for name in ("memory_sizes", "table_sizes"):
        info[name] = Sizes.of(tuple(part) for part in info[name]["parts"])
    told = {name: description[name] for name in _TOLD}
    return Prepared(ComponentInfo(**info), compiled=Path(), cached=False, **told)
