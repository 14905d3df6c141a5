"""The access log: a line for each request, into a file that may be rotated.

What a client has sent is never more than text in such a line: bytes that could end it, end a quoted
part of it or steer a terminal are written as ``\\xNN``, as nginx does, or as JSON has it.
"""

from __future__ import annotations

import json
import logging
import os
from asyncio import AbstractEventLoop
from collections.abc import Callable

from unit_wasm.config.log_format import AccessLogConfig, Template
from unit_wasm.errors import ConfigError
from unit_wasm.escape import escape_json
from unit_wasm.server.access.record import Record

_FALSE = (b"", b"0", b"false", b"null", b"undefined")

# nginx's rule, and UTF-8 goes as bytes: what a log viewer makes of it is not for us to guess.
_ESCAPES = {
    byte: f"\\x{byte:02X}"
    for byte in range(256)
    if byte < 0x20 or byte >= 0x7F or byte in (0x22, 0x5C)
}


class LogFile:
    """A file that lines are added to.

    Parameters:
        path: of the file; it is made, readable for its user and group.
        pointer: the place of its name in the JSON document, for errors.
        log: gets what goes wrong later.

    Raises:
        ConfigError: it cannot be opened.
    """

    def __init__(self, path: str, *, pointer: str, log: logging.Logger) -> None:
        self.path = path
        self._log = log
        self._lines: list[bytes] = []
        self._failed = 0
        try:
            self._descriptor = _open(path)
        except OSError as error:
            raise ConfigError(
                f"cannot write the access log {path}: {error.strerror}", pointer=pointer
            ) from error

    def add(self, line: bytes, loop: AbstractEventLoop) -> None:
        """Add a line with its end; those of one round of the loop are written together."""
        if not self._lines:
            loop.call_soon(self.flush)
        self._lines.append(line)

    def flush(self) -> None:
        """Write what was added; what cannot be written is lost, with one line in the log."""
        data, self._lines = b"".join(self._lines), []
        while data and self._descriptor >= 0:
            try:
                data = data[os.write(self._descriptor, data) :]
            except OSError as error:
                if error.errno != self._failed:
                    self._failed = error.errno or 0
                    self._log.warning(
                        "lines of the access log %s are lost: %s", self.path, error.strerror
                    )
                return
            self._failed = 0

    def reopen(self) -> None:
        """Go on in the file that has this name now; the old one was renamed."""
        self.flush()
        try:
            fresh = _open(self.path)
        except OSError as error:
            self._log.warning(
                "the access log %s cannot be opened again, the old file goes on: %s",
                self.path,
                error.strerror,
            )
            return
        os.close(self._descriptor)
        self._descriptor = fresh

    def close(self) -> None:
        """Write what was added, and close."""
        if self._descriptor >= 0:
            self.flush()
            os.close(self._descriptor)
            self._descriptor = -1


def _open(path: str) -> int:
    # Never waits for a reader where it is a pipe.
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK
    return os.open(path, flags, 0o640)


class AccessLog:
    """Writes records in the configured format.

    Parameters:
        config: the format.
        file: where to.
        loop: of the server.
    """

    def __init__(self, config: AccessLogConfig, file: LogFile, loop: AbstractEventLoop) -> None:
        self._config = config
        self.file = file
        self._loop = loop

    def write(self, record: Record) -> None:
        """Add the line of a request, unless the condition leaves it out."""
        condition = self._config.condition
        if condition is not None:
            said = b"".join(
                _of(record, part) if index % 2 else part.encode()
                for index, part in enumerate(condition.parts)
            )
            if (said in _FALSE) != self._config.negated:
                return
        form = self._config.format
        if isinstance(form, Template):
            line = _text(record, form)
        else:
            members = {name: _member(record, template) for name, template in form}
            text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
            line = escape_json(text).encode()
        self.file.add(line + b"\n", self._loop)


def _of(record: Record, name: str) -> bytes:
    return record.value(name) or b""


def _text(record: Record, template: Template) -> bytes:
    return _filled(
        record, template, lambda value: value.decode("latin-1").translate(_ESCAPES)
    ).encode()


def _member(record: Record, template: Template) -> str:
    # JSON has no place for other bytes than UTF-8.
    return _filled(record, template, lambda value: value.decode("utf-8", "backslashreplace"))


def _filled(record: Record, template: Template, shown: Callable[[bytes], str]) -> str:
    """Return the text of a template: each other part is the name of a value."""
    parts = list(template.parts)
    for index in range(1, len(parts), 2):
        value = record.value(parts[index])
        parts[index] = "-" if value is None else shown(value)
    return "".join(parts)
