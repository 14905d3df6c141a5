"""The times that a connection may be idle, or may leave its response unread.

A timer of the event loop costs more than most of what is done for a request. So each of these is
set once and looked at when it fires: what happens meanwhile is only noted. That of a request body
is in ``body_timer.py``.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unit_wasm.server.http.contracts import Owner


class ConnectionTimer:
    """One timer of the event loop for a connection; what it watches is said by its kinds.

    Parameters:
        connection: what it belongs to.
    """

    def __init__(self, connection: Owner) -> None:
        self._connection = connection
        self._handle: asyncio.TimerHandle | None = None

    def stop(self) -> None:
        """Set nothing any more; for the end of a connection."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _set(self, seconds: float) -> None:
        self._handle = self._connection.loop.call_later(seconds, self._fired)

    def _fired(self) -> None:
        self._handle = None
        self._look()

    def _look(self) -> None:
        """Do what is due, or set the timer again."""
        raise NotImplementedError


class IdleTimer(ConnectionTimer):
    """``settings.http.idle_timeout``: closes a connection on which nothing has come for so long.

    Parameters:
        connection: what it belongs to.
        limit: seconds.

    Attributes:
        since: when the connection became idle. After :meth:`begin`, set it to None when something
            has come, and to the loop's time when that is done.
    """

    def __init__(self, connection: Owner, limit: float) -> None:
        super().__init__(connection)
        self.since: float | None = None
        self._limit = limit

    def begin(self) -> None:
        """Begin to watch a connection, which is idle."""
        self.since = self._connection.loop.time()
        if self._handle is None:
            self._set(self._limit)

    def stop(self) -> None:
        """Forget everything; for the end of a connection."""
        self.since = None
        super().stop()

    def _look(self) -> None:
        now = self._connection.loop.time()
        # Set again also where the connection is busy: becoming idle has nothing to set then.
        left = self._limit if self.since is None else self.since + self._limit - now
        if left > 0:
            self._set(left)
        else:
            self._connection.close()


class SendTimer(ConnectionTimer):
    """``settings.http.send_timeout``: cuts a client that takes nothing of what is sent to it.

    Parameters:
        connection: what it belongs to.
    """

    def __init__(self, connection: Owner) -> None:
        super().__init__(connection)
        self._since: float | None = None
        self._left = 0

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
        super().stop()

    @property
    def _limit(self) -> float:
        return self._connection.listener.limits.send_timeout

    def _note(self) -> None:
        self._since = self._connection.loop.time()
        self._left = self._connection.transport.get_write_buffer_size()

    def _look(self) -> None:
        if self._since is None:
            return
        left = self._since + self._limit - self._connection.loop.time()
        if left > 0:
            self._set(left)
        elif self._connection.transport.get_write_buffer_size() < self._left:
            self._note()
            self._set(self._limit)
        else:
            connection = self._connection
            connection.note("send", f"was cut: it took nothing of a response for {self._limit} s")
            connection.abort()
