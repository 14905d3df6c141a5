"""What all connections of one listener share."""

from __future__ import annotations

import time
from email.utils import formatdate

from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

from unit_wasm.native_types import OWN_DATE, OWN_SERVER

__all__ = ["ConnectionState"]

_STATUSES = 1000


class ConnectionState(ServerState):
    """What all connections of one listener share."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted = 0
        self.closed = 0
        self.server_field = b"unit-wasm"
        self._second = 0.0  # that of `_beginnings`, which have a date
        self._next = 0.0
        self._beginnings: dict[int, bytes] = {}

    def beginning(self, status: int, own: int = 0) -> bytes:
        """Return the status line and our fields, ``server`` and ``date``.

        Parameters:
            own: the bits ``OWN_...`` of what the application sends itself.
        """
        now = time.time()
        # The clock may be set back.
        if now >= self._next or now < self._second:
            self._second = now // 1
            self._next = self._second + 1
            self._beginnings.clear()
        key = own * _STATUSES + status
        beginning = self._beginnings.get(key)
        if beginning is None:
            beginning = self._beginnings[key] = self._make(status, own)
        return beginning

    def _make(self, status: int, own: int) -> bytes:
        parts = [STATUS_LINE[status]]
        if not own & OWN_SERVER:
            parts.append(b"server: %b\r\n" % self.server_field)
        if not own & OWN_DATE:
            parts.append(b"date: %b\r\n" % formatdate(self._second, usegmt=True).encode())
        return b"".join(parts)

    def set_server_field(self, value: bytes) -> None:
        """Change the ``server`` field from the next response on."""
        self.server_field = value
        self._next = 0.0
