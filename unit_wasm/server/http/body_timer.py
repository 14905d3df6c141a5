"""``settings.http.body_read_timeout``: how long a client may leave its request body alone.

As in Unit, the time is that between two pieces of the body; what surrounds them (sizes of chunks,
extensions, trailers) is none. It does not run while it is we who do not read: the application is
slower than its client, or the client waits for ``100 Continue``.

What is still to come of a body when the response is complete is thrown away, and then the time is
that of all the rest: nobody may keep a connection for ever by sending a byte now and then.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from unit_wasm.server.http.timers import ConnectionTimer

if TYPE_CHECKING:
    from unit_wasm.server.http.contracts import Answered, Owner


class BodyTimer(ConnectionTimer):
    """The timer of one connection. It is set once for a body, and looked at when it fires.

    Parameters:
        connection: what it belongs to.

    Attributes:
        cycle: whose body is watched; None: nothing is.
    """

    def __init__(self, connection: Owner) -> None:
        super().__init__(connection)
        self.cycle: Answered | None = None
        self._since = 0.0

    def begin(self, cycle: Answered) -> None:
        """Watch the body of a request, of which there is more to come."""
        if self.cycle is cycle:
            return
        self.cycle = cycle
        self._since = self._connection.loop.time()
        if self._handle is None:
            self._set(self._connection.listener.limits.body_read_timeout)

    def touch(self) -> None:
        """Begin anew: something has come, or we have begun to read again."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._since = self._connection.loop.time()

    def stop(self) -> None:
        """Forget everything; for the end of a connection."""
        self.cycle = None
        super().stop()

    def _look(self) -> None:
        cycle, connection = self.cycle, self._connection
        if cycle is None or not cycle.more_body or connection.transport.is_closing():
            self.cycle = None
            return
        if connection.flow.read_paused or cycle.expects_continue:
            self.touch()
        left = self._since + connection.listener.limits.body_read_timeout - connection.loop.time()
        if left > 0:
            self._set(left)
        else:
            limit = connection.listener.limits.body_read_timeout
            connection.refuse(
                HTTPStatus.REQUEST_TIMEOUT, f"nothing came of its request body for {limit} s"
            )
