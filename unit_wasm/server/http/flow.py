"""Flow control of one connection: when the client is not to send, and when it does not read."""

from __future__ import annotations

import asyncio
from typing import Protocol

HIGH_WATER = 64 * 1024
"""Bytes of a request that may wait until the client is stopped."""


class Timer(Protocol):
    """What learns when reading begins again."""

    def touch(self) -> None:
        """Begin anew: something has come, or we have begun to read again."""


class Flow:
    """What a connection reads and writes goes on, or waits.

    Parameters:
        transport: of the connection.
        timer: learns when reading begins again.

    Attributes:
        read_paused: the client is being stopped.
        write_paused: it does not read fast enough.
    """

    __slots__ = ("_timer", "_transport", "_writable", "read_paused", "write_paused")

    def __init__(self, transport: asyncio.Transport, timer: Timer) -> None:
        self._transport = transport
        self._timer = timer
        self._writable: asyncio.Event | None = None
        self.read_paused = False
        self.write_paused = False

    def pause_reading(self) -> None:
        """Let the client wait."""
        if not self.read_paused:
            self.read_paused = True
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Let it go on."""
        if self.read_paused:
            self._timer.touch()
            self.read_paused = False
            self._transport.resume_reading()

    def pause_writing(self) -> None:
        """Note that what was written waits for the client."""
        self.write_paused = True
        if self._writable is not None:
            self._writable.clear()

    def resume_writing(self) -> None:
        """Note that it has taken what waited, or has gone."""
        self.write_paused = False
        if self._writable is not None:
            self._writable.set()

    async def drain(self) -> None:
        """Wait until it has."""
        if self._writable is None:
            self._writable = asyncio.Event()
        if self.write_paused:
            await self._writable.wait()
