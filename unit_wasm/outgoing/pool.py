"""The connections of one application: opened when needed, kept for a while, bounded in number.

A pool is never shared between applications: they have different policies and roots.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from unit_wasm.options.origins import Origin
from unit_wasm.outgoing.connection import Connection
from unit_wasm.outgoing.errors import OutgoingError

Dial = Callable[[Origin, float], Awaitable[Connection]]

# Shorter than what common servers grant (5 s to 75 s) would open connections all the time; longer
# than it meets connections that are being closed.
_IDLE_SECONDS = 4.0
_IDLE_PER_ORIGIN = 32


class Pool:
    """Hands out connections.

    Parameters:
        dial: opens one: origin, seconds.
        limit: connections at once, idle ones included.
    """

    def __init__(self, dial: Dial, limit: int) -> None:
        self._dial = dial
        self._limit = limit
        self._open: set[Connection] = set()
        self._opening = 0
        self._idle: dict[Origin, deque[Connection]] = {}
        self._timers: dict[Connection, asyncio.TimerHandle] = {}
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def acquire(self, origin: Origin, seconds: float, *, fresh: bool = False) -> Connection:
        """Return a connection that no one else uses; give it back with :meth:`release`.

        Parameters:
            seconds: for waiting until there may be one more, and again for opening it.
            fresh: it must not have been used before.

        Raises:
            OutgoingError: there is none.
        """
        try:
            async with asyncio.timeout(seconds):
                while True:
                    connection = None if fresh else self._take_idle(origin)
                    if connection is not None:
                        return connection
                    if self._make_room():
                        break
                    await self._wait()
        except TimeoutError:
            raise OutgoingError("connection-limit-reached") from None
        self._opening += 1
        try:
            connection = await self._dial(origin, seconds)
            self._open.add(connection)
            return connection
        finally:
            self._opening -= 1
            self._let_next()

    def release(self, connection: Connection) -> None:
        """Take a connection back: it is kept where it can take another request, else closed."""
        crowded = len(self._idle.get(connection.origin, ())) >= _IDLE_PER_ORIGIN
        if crowded or not connection.next_request():
            self._drop(connection)
            return
        self._idle.setdefault(connection.origin, deque()).append(connection)
        connection.on_idle_end = lambda: self._end_idle(connection)
        loop = asyncio.get_running_loop()
        self._timers[connection] = loop.call_later(_IDLE_SECONDS, self._end_idle, connection)
        self._let_next()

    def discard(self, connection: Connection) -> None:
        """Close a connection that is not in order instead of taking it back."""
        self._drop(connection)

    def close(self) -> None:
        """Close every connection."""
        for connection in list(self._open):
            if connection in self._timers:
                self._forget_idle(connection)
            connection.abort()
        self._open.clear()

    def __len__(self) -> int:
        return len(self._open) + self._opening

    def _take_idle(self, origin: Origin) -> Connection | None:
        while idle := self._idle.get(origin):
            connection = idle[-1]
            self._forget_idle(connection)
            if connection.usable:
                return connection
            self._drop(connection)
        return None

    def _make_room(self) -> bool:
        """Return whether one more connection may be opened."""
        if len(self) >= self._limit and self._timers:
            # The one that has been idle for the longest time.
            self._end_idle(next(iter(self._timers)))
        return len(self) < self._limit

    async def _wait(self) -> None:
        """Wait until a connection has come back or was closed."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # It was this one's turn, which it does not use.
                self._let_next()
            raise
        finally:
            if turn in self._waiting:
                self._waiting.remove(turn)

    def _let_next(self) -> None:
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return

    def _end_idle(self, connection: Connection) -> None:
        if connection in self._timers:
            self._forget_idle(connection)
            self._drop(connection)

    def _forget_idle(self, connection: Connection) -> None:
        self._timers.pop(connection).cancel()
        connection.on_idle_end = None
        idle = self._idle[connection.origin]
        idle.remove(connection)
        if not idle:
            del self._idle[connection.origin]

    def _drop(self, connection: Connection) -> None:
        connection.abort()
        self._open.discard(connection)
        self._let_next()
