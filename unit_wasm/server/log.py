"""The lines of the embedded server's log."""

from __future__ import annotations

import logging
from typing import Any

from unit_wasm.escape import escape

__all__ = ["LineFormatter"]


class LineFormatter(logging.Formatter):
    """Writes records as lines, in which text of others is text and nothing else.

    A record with a true attribute ``escaped`` has been made safe already: the line feeds in it are
    ours, before the frames of a backtrace.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s [%(levelname)s] %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        if not getattr(record, "escaped", False):
            record.message = escape(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        return "\n".join(escape(line) for line in super().formatException(ei).split("\n"))
