"""``--state FILE``: the configuration that survives a restart."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from unit_wasm.config.document import JsonValue, dump_document, parse_document
from unit_wasm.errors import ConfigError, HostError


class StateFile:
    """A file with the last configuration that was put into effect.

    It says what runs, so it must be a file of this user (or of root) that nobody else may write to,
    and no link to one; neither is one written through a link, or in the place of somebody else's.

    Parameters:
        path: where; its folder must exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._prepared: Path | None = None

    def load(self) -> JsonValue | None:
        """Return the document, or None where there is no file yet.

        Raises:
            ConfigError: the file is not JSON.
            HostError: it cannot be read, or is not to be trusted.
        """
        try:
            descriptor = os.open(
                self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            )
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise self._refused("is a symbolic link") from error
            raise HostError(f"cannot read the state file {self.path}: {error.strerror}") from error
        try:
            self._check(os.fstat(descriptor))
            data = b"".join(iter(lambda: os.read(descriptor, 1 << 20), b""))
        except OSError as error:
            raise HostError(f"cannot read the state file {self.path}: {error.strerror}") from error
        finally:
            os.close(descriptor)
        try:
            return parse_document(data)
        except ConfigError as error:
            raise ConfigError(
                f"the state file {self.path} is broken: {error}", hint="remove it"
            ) from error

    def prepare(self, document: JsonValue) -> None:
        """Write the document beside the file, so that :meth:`commit` can hardly fail.

        Raises:
            HostError: it cannot be written, or what is there is not ours.
        """
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            self._check(os.lstat(self.path))
        # Only servers that keep their configuration need it.
        import tempfile

        self.discard()
        try:
            # A new file, mode 0600: the environment of an application may hold secrets.
            descriptor, name = tempfile.mkstemp(
                dir=self.path.parent, prefix=f".{self.path.name}.", suffix=".new"
            )
            self._prepared = Path(name)
            with open(descriptor, "wb") as file:
                file.write(dump_document(document))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.discard()
            raise HostError(f"cannot write the state file {self.path}: {error.strerror}") from error

    def commit(self) -> None:
        """Put what was prepared in place of the file; a reader sees the old or the new one.

        Raises:
            HostError: the file cannot be replaced.
        """
        assert self._prepared is not None
        try:
            os.replace(self._prepared, self.path)
        except OSError as error:
            self.discard()
            raise HostError(f"cannot write the state file {self.path}: {error.strerror}") from error
        self._prepared = None

    def discard(self) -> None:
        """Forget what was prepared."""
        if self._prepared is not None:
            with contextlib.suppress(OSError):
                self._prepared.unlink()
            self._prepared = None

    def _check(self, status: os.stat_result) -> None:
        if stat.S_ISLNK(status.st_mode):
            raise self._refused("is a symbolic link")
        if not stat.S_ISREG(status.st_mode):
            raise self._refused("is not a plain file")
        if status.st_uid not in (0, os.geteuid()):
            raise self._refused(f"belongs to another user (uid {status.st_uid})")
        if status.st_mode & 0o022:
            raise self._refused("may be written by others")

    def _refused(self, what: str) -> HostError:
        return HostError(
            f"the state file {self.path} {what}", hint="it says what runs: name another place"
        )
