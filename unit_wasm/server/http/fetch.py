"""Large bodies of requests: read from the socket right to where a guest reads them.

The event loop reads into memory of its own, of which everything is copied twice until a guest has
it. So while a guest takes what a client sends, the event loop does not read: it is read here when
the guest asks. Where there is nothing to read at that moment the event loop reads on.
"""

from __future__ import annotations

import os

from unit_wasm.server.http.timers import ConnectionTimer

_LOOK = 1.0
"""Seconds without a question of the guest after which the event loop reads on: it alone sees that
a client has gone."""


class Fetch(ConnectionTimer):
    """Reads for the guests of one connection.

    Parameters:
        connection: what it belongs to.
    """

    _asked = False

    def begin(self) -> None:
        """Let the event loop read no more: the guest has enough, and will ask."""
        self._asked = True
        self._connection.flow.pause_reading()
        if self._handle is None:
            self._set(_LOOK)

    def read(self, descriptor: int, memory: memoryview) -> int:
        """Read what has come, as much as there is room for. Returns how many bytes that was."""
        try:
            size = os.readv(descriptor, (memory,))
        except OSError:
            # Nothing has come, or the client has gone: then the event loop is told, too.
            return 0
        if size == len(memory):
            # There may be more, for when the guest asks again.
            self.begin()
        return size

    def _look(self) -> None:
        connection = self._connection
        if connection.flow.read_paused and not connection.transport.is_closing():
            if self._asked:
                self._asked = False
                self._set(_LOOK)
            else:
                connection.flow.resume_reading()
