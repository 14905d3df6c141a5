"""Lines of the log that clients bring about: at most one a second of each kind.

Nobody who only sends something may fill a disk.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic

PERIOD = 1.0
"""Seconds between two lines of one kind."""


class Notices:
    """Writes such lines, and says how many it has left out.

    Parameters:
        log: gets them, as warnings.
        clock: the time in seconds.
    """

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = monotonic) -> None:
        self._log = log
        self._clock = clock
        self._due: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def say(self, kind: str, text: str) -> None:
        """Write a line, or count it where one of its kind has just been written.

        Parameters:
            kind: one of a few words; never anything of the client's.
        """
        now = self._clock()
        if now < self._due.get(kind, now):
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return
        self._due[kind] = now + PERIOD
        left_out = self._left_out.pop(kind, 0)
        more = f" ({left_out} more like it since the last such line)" if left_out else ""
        self._log.warning("%s%s", text, more)
