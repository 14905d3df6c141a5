"""What all connections of one listener share."""

from __future__ import annotations

import asyncio
import logging
import time
from http import HTTPStatus
from typing import Protocol

from unit_wasm.native.requests import Scratch
from unit_wasm.native.types import PRESENT_DATE, PRESENT_SERVER
from unit_wasm.server.http.half_closed import HalfClosed
from unit_wasm.server.http.notices import Notices

_STATUSES = 1000
_KNOWN = frozenset(HTTPStatus)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def http_date(seconds: float) -> bytes:
    """Return a time as RFC 9110, section 5.6.7, has it; email.utils takes longer to import."""
    year, month, day, hour, minute, second, weekday, *_ = time.gmtime(seconds)
    date = f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year:04}"
    return f"{date} {hour:02}:{minute:02}:{second:02} GMT".encode()


class Open(Protocol):
    """A connection, as far as its listener goes."""

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered."""

    def shutdown(self) -> None:
        """Finish what is being answered, then close; close at once where nothing is."""

    def abort(self) -> None:
        """Close at once, whatever is being sent."""


class ConnectionState:
    """What all connections of one listener share.

    Attributes:
        connections: those that are open.
        tasks: of applications in Python that run.
        accepted, closed, total_requests: how many there were.
        log: for faults of the server, and notices.
        notices: for what clients bring about.
        scratch: of their readers.
        half_closed: watches those that only wait for an answer.
    """

    def __init__(self) -> None:
        self.connections: set[Open] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.accepted = 0
        self.closed = 0
        self.total_requests = 0
        self.log = logging.getLogger("unit_wasm.server")
        self.notices = Notices(self.log)
        self.scratch = Scratch()
        self.half_closed = HalfClosed()
        self.server_field = b"unit-wasm"
        self._second = 0.0  # that of `_beginnings`, which have a date
        self._next = 0.0
        self._beginnings: dict[int, bytes] = {}

    def beginning(self, status: int, present: int = 0) -> bytes:
        """Return the status line and our fields, ``server`` and ``date``.

        Parameters:
            present: the bits ``PRESENT_...`` of what the application sends itself.
        """
        now = time.time()
        # The clock may be set back.
        if now >= self._next or now < self._second:
            self._second = now // 1
            self._next = self._second + 1
            self._beginnings.clear()
        key = present * _STATUSES + status
        beginning = self._beginnings.get(key)
        if beginning is None:
            beginning = self._beginnings[key] = self._make(status, present)
        return beginning

    def _make(self, status: int, present: int) -> bytes:
        phrase = HTTPStatus(status).phrase if status in _KNOWN else ""
        parts = [b"HTTP/1.1 %d %b\r\n" % (status, phrase.encode())]
        if not present & PRESENT_SERVER:
            parts.append(b"server: %b\r\n" % self.server_field)
        if not present & PRESENT_DATE:
            parts.append(b"date: %b\r\n" % http_date(self._second))
        return b"".join(parts)

    def set_server_field(self, value: bytes) -> None:
        """Change the ``server`` field from the next response on."""
        self.server_field = value
        self._next = 0.0
