"""The folder of compiled components.

An entry is two files: ``KEY.cwasm``, what libwasmtime made, which it maps into memory and *executes
as it is*; and ``KEY.json``, which describes it and holds its digest. So the folder must belong to
this user and be closed to others, and a file that is not exactly the one that was written is never
loaded. Both are written under a temporary name and renamed: a reader sees all of a file or nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from unit_wasm.component.info import ComponentInfo, ImportedInterface
from unit_wasm.component.prepared import Prepared
from unit_wasm.component.sizes import Sizes
from unit_wasm.errors import HostError
from unit_wasm.files import replace_file

__all__ = ["Cache"]

_BLOCK = 1 << 20


class Cache:
    """A cache folder; it is made, with mode 0700, when it is missing.

    Parameters:
        folder: where it is.

    Raises:
        HostError: it cannot be made, belongs to somebody else, or others may write into it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = folder.stat()
        except OSError as error:
            raise HostError(
                f"the cache folder {folder} cannot be made: {error.strerror}",
                hint="set UNIT_WASM_CACHE_DIR (--cache-dir) to a folder of this user",
            ) from error
        if status.st_uid != os.geteuid():
            raise HostError(
                f"the cache folder {folder} belongs to another user (uid {status.st_uid})",
                hint="compiled code is executed: set UNIT_WASM_CACHE_DIR to a folder of this user",
            )
        if stat.S_IMODE(status.st_mode) & 0o022:
            raise HostError(
                f"others may write into the cache folder {folder}",
                hint=f"compiled code is executed: chmod 0700 {folder}",
            )

    def find(self, key: str) -> Prepared | None:
        """Return the entry of that key, or None where there is none that can be trusted."""
        description = self._read_json(key)
        if description is None:
            return None
        compiled = self._folder / f"{key}.cwasm"
        if not _is_intact(compiled, description.get("digest")):
            return None
        try:
            return _prepared(description, compiled)
        except (KeyError, TypeError, ValueError):
            return None

    def store(self, key: str, description: Prepared, compiled: bytes) -> Prepared:
        """Write an entry and return it, with the file that was written.

        Raises:
            HostError: it cannot be written.
        """
        path = self._folder / f"{key}.cwasm"
        document = {
            "digest": hashlib.sha256(compiled).hexdigest(),
            "info": asdict(description.info),
            "rewritten": description.rewritten,
            "unrewritten": description.unrewritten,
            "fronted": description.fronted,
        }
        try:
            replace_file(path, compiled)
            replace_file(self._folder / f"{key}.json", json.dumps(document).encode())
        except OSError as error:
            raise HostError(
                f"the compiled component cannot be written to {self._folder}: {error.strerror}",
                hint="make room there, or set UNIT_WASM_CACHE_DIR (--cache-dir)",
            ) from error
        return replace(description, compiled=path)

    def _read_json(self, key: str) -> dict[str, Any] | None:
        path = self._folder / f"{key}.json"
        try:
            with open(path, "rb", opener=_open_own) as file:
                description = json.load(file)
        except (OSError, ValueError):
            return None
        return description if isinstance(description, dict) else None


def _open_own(path: str, flags: int) -> int:
    """Open a plain file of this user, and nothing else."""
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
        os.close(descriptor)
        raise PermissionError(f"{path} is not a file of this user")
    return descriptor


def _is_intact(path: Path, digest: object) -> bool:
    made = hashlib.sha256()
    try:
        with open(path, "rb", opener=_open_own) as file:
            while block := file.read(_BLOCK):
                made.update(block)
    except OSError:
        return False
    return made.hexdigest() == digest


def _prepared(description: dict[str, Any], compiled: Path) -> Prepared:
    info = dict(description["info"])
    info["imports"] = tuple(
        ImportedInterface(
            **{**item, "functions": tuple(item["functions"]), "resources": tuple(item["resources"])}
        )
        for item in info["imports"]
    )
    info["exports"] = tuple(info["exports"])
    for name in ("memory_sizes", "table_sizes"):
        info[name] = Sizes.of(tuple(part) for part in info[name]["parts"])
    return Prepared(
        ComponentInfo(**info),
        description["rewritten"],
        compiled,
        cached=True,
        unrewritten=description["unrewritten"],
        fronted=description["fronted"],
    )
