"""The lines of the log that come from Python, as text or as JSON; C: ``csrc/base/log.c``.

What others have chosen (names of components, texts of peers) is escaped in both.
"""

from __future__ import annotations

import json
import logging
import os
import time
from typing import Any

from unit_wasm.escape import escape

LEVELS = {3: logging.ERROR, 4: logging.WARNING, 6: logging.INFO}
"""Those of syslog, as logging has them."""


def write_line(log: logging.Logger, level: int, line: str, *, is_json: bool) -> None:
    """Log a line that C has made, and made safe.

    Parameters:
        level: as syslog's.
    """
    extra = {"escaped": True, "json": is_json}
    log.log(LEVELS.get(level, logging.INFO), "%s", line, extra=extra)


def say(log: logging.Logger, level: int, name: str, text: str, *, is_json: bool) -> None:
    """Log a sentence about an application.

    Parameters:
        level: as logging's.
        name: of the application.
    """
    if is_json:
        line = json_line(logging.getLevelName(level), text, application=name)
    else:
        line = escape(f"{name}: {text}")
    log.log(level, "%s", line, extra={"escaped": True, "json": is_json})


def json_line(level: str, message: str, *, now: float | None = None, **members: Any) -> str:
    """Return a line of JSON.

    Parameters:
        level: ``error``, ``warning``, ``info``, in any case.
        now: seconds since 1970; the time of the call where it is None.
        members: what comes before the message.
    """
    now = time.time() if now is None else now
    date = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    document = {
        "time": f"{date}.{int(now % 1 * 1000):03d}Z",
        "level": level.lower(),
        "process": os.getpid(),
        **{name: escape(value) for name, value in members.items()},
        "message": escape(message),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


class LineFormatter(logging.Formatter):
    """Writes records as lines.

    A record with a true attribute ``escaped`` has been made safe already: line feeds in it are
    ours, before the frames of a backtrace. One with ``json`` is a whole line of JSON.

    Parameters:
        is_json: write the others as JSON, too.
        form: of a line of text.
    """

    def __init__(
        self, *, is_json: bool, form: str = "%(asctime)s [%(levelname)s] %(message)s"
    ) -> None:
        super().__init__(form)
        self._json = is_json

    def format(self, record: logging.LogRecord) -> str:
        if getattr(record, "json", False):
            return record.getMessage()
        if not self._json:
            return super().format(record)
        members = {}
        if record.exc_info:
            members["exception"] = super().formatException(record.exc_info)
        return json_line(record.levelname, record.getMessage(), now=record.created, **members)

    def formatMessage(self, record: logging.LogRecord) -> str:
        if not getattr(record, "escaped", False):
            record.message = escape(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        return "\n".join(escape(line) for line in super().formatException(ei).split("\n"))
