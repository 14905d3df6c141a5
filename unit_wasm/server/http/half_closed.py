"""Clients that have closed their sending side and wait for an answer: which of them have gone.

Nothing more can be read from such a client, so the event loop does not look at it any more. What
tells that it has gone is an error of the connection, for which an epoll of its own waits: a reset,
or, on a Unix socket, that the other end was closed as a whole. Over TCP a closed connection looks
like a half-closed one until something is sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
from collections.abc import Callable


class HalfClosed:
    """Watches descriptors for errors; needs a descriptor of its own only while it watches any."""

    def __init__(self) -> None:
        self._epoll: select.epoll | None = None
        self._watched: dict[int, Callable[[], None]] = {}

    def add(self, descriptor: int, gone: Callable[[], None]) -> None:
        """Call ``gone`` once, when the other end of a socket has gone.

        Raises:
            OSError: no more descriptors.
        """
        if self._epoll is None:
            self._epoll = select.epoll()
            asyncio.get_running_loop().add_reader(self._epoll.fileno(), self._look)
        # Errors are told also where nothing is asked for.
        self._epoll.register(descriptor, 0)
        self._watched[descriptor] = gone

    def remove(self, descriptor: int) -> None:
        """Watch a descriptor no more; it may be closed already."""
        if self._watched.pop(descriptor, None) is None or self._epoll is None:
            return
        with contextlib.suppress(OSError):
            self._epoll.unregister(descriptor)
        if not self._watched:
            asyncio.get_running_loop().remove_reader(self._epoll.fileno())
            self._epoll.close()
            self._epoll = None

    def _look(self) -> None:
        found = self._epoll.poll(0) if self._epoll is not None else []
        for descriptor, _ in found:
            gone = self._watched.get(descriptor)
            self.remove(descriptor)
            if gone is not None:
                gone()
