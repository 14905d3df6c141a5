"""The times that a connection may be idle, or may leave its response unread.

A timer of the event loop costs more than most of what is done for a request. So each of these is
set once and looked at when it fires: what happens meanwhile is only noted.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unit_wasm.server.protocol import HttpProtocol

__all__ = ["IdleTimer", "SendTimer"]


class IdleTimer:
    """``settings.http.idle_timeout``: closes a connection on which nothing has come for so long.

    Parameters:
        connection: what it belongs to.
        limit: seconds.

    Attributes:
        since: when the connection became idle; set it to None when something has come.
    """

    def __init__(self, connection: HttpProtocol, limit: float) -> None:
        self.since: float | None = None
        self._connection = connection
        self._limit = limit
        self._handle: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Note that the connection is idle from now on."""
        self.since = self._connection.loop.time()
        if self._handle is None:
            self._set(self._limit)

    def stop(self) -> None:
        """Forget everything; for the end of a connection."""
        self.since = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _set(self, seconds: float) -> None:
        self._handle = self._connection.loop.call_later(seconds, self._fire)

    def _fire(self) -> None:
        self._handle = None
        if self.since is None:
            return
        left = self.since + self._limit - self._connection.loop.time()
        if left > 0:
            self._set(left)
        else:
            self._connection.close()


class SendTimer:
    """``settings.http.send_timeout``: cuts a client that takes nothing of what is sent to it.

    Parameters:
        connection: what it belongs to.
    """

    def __init__(self, connection: HttpProtocol) -> None:
        self._connection = connection
        self._since: float | None = None
        self._left = 0
        self._handle: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Note that bytes wait for the client; harmless where that is known."""
        if self._since is None:
            self._note()
            if self._handle is None:
                self._set(self._limit)

    def end(self) -> None:
        """Note that the client has taken what waited."""
        self._since = None

    def stop(self) -> None:
        """Forget everything; for the end of a connection."""
        self._since = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    @property
    def _limit(self) -> float:
        return self._connection.listener.limits.send_timeout

    def _note(self) -> None:
        self._since = self._connection.loop.time()
        self._left = self._connection.transport.get_write_buffer_size()

    def _set(self, seconds: float) -> None:
        self._handle = self._connection.loop.call_later(seconds, self._fire)

    def _fire(self) -> None:
        self._handle = None
        if self._since is None:
            return
        left = self._since + self._limit - self._connection.loop.time()
        if left > 0:
            self._set(left)
        elif self._connection.transport.get_write_buffer_size() < self._left:
            self._note()
            self._set(self._limit)
        else:
            self._connection.transport.abort()
