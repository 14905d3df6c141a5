"""``--state FILE``: the configuration that survives a restart."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from unit_wasm.config.document import JsonValue, dump_document, parse_document
from unit_wasm.errors import ConfigError, HostError

__all__ = ["StateFile"]


class StateFile:
    """A file with the last configuration that was put into effect.

    Parameters:
        path: where; its folder must exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._prepared = path.with_name(f".{path.name}.{os.getpid()}.new")

    def load(self) -> JsonValue | None:
        """Return the document, or None where there is no file yet.

        Raises:
            ConfigError: the file is not JSON.
            HostError: it cannot be read.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise HostError(f"cannot read the state file {self.path}: {error.strerror}") from error
        try:
            return parse_document(data)
        except ConfigError as error:
            raise ConfigError(
                f"the state file {self.path} is broken: {error}", hint="remove it"
            ) from error

    def prepare(self, document: JsonValue) -> None:
        """Write the document beside the file, so that :meth:`commit` can hardly fail.

        Raises:
            HostError: it cannot be written.
        """
        try:
            # The environment of an application may hold secrets.
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
            with os.fdopen(os.open(self._prepared, flags, 0o600), "wb") as file:
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
        try:
            os.replace(self._prepared, self.path)
        except OSError as error:
            self.discard()
            raise HostError(f"cannot write the state file {self.path}: {error.strerror}") from error

    def discard(self) -> None:
        """Forget what was prepared."""
        with contextlib.suppress(OSError):
            self._prepared.unlink()
