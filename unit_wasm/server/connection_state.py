"""What all connections of one listener share."""

from __future__ import annotations

import time
from collections.abc import Set
from email.utils import formatdate

from uvicorn.server import ServerState

__all__ = ["ConnectionState"]


class ConnectionState(ServerState):
    """What all connections of one listener share."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted = 0
        self.closed = 0
        self.server_field = b"unit-wasm"
        self._second = 0
        self._server = b""
        self._date = b""

    def refresh(self) -> None:
        """Renew the fields that every response gets; the date changes once a second."""
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._server = b"server: %b\r\n" % self.server_field
            self._date = b"date: %b\r\n" % formatdate(second, usegmt=True).encode()

    def fields_without(self, own: Set[bytes]) -> tuple[bytes, bytes]:
        """Return our fields as bytes, empty where the application has its own."""
        self.refresh()
        return (
            b"" if b"server" in own else self._server,
            b"" if b"date" in own else self._date,
        )

    def set_server_field(self, value: bytes) -> None:
        """Change the ``server`` field from the next response on."""
        self.server_field = value
        self._second = 0
