"""One connection as far as it is a stream of bytes: how it begins, is written to, and ends.

- a client that does not read its response is cut after a time;
- one that was refused lingers: what it still sends is read and thrown away for a moment, because
  closing at once can destroy the answer on its way;
- the last few descriptors are not for connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import struct
from http import HTTPStatus
from typing import TYPE_CHECKING

from unit_wasm.server.http.body_timer import BodyTimer
from unit_wasm.server.http.flow import HIGH_WATER, Flow
from unit_wasm.server.http.timers import IdleTimer, SendTimer

if TYPE_CHECKING:
    from unit_wasm.server.http.contracts import Site

LINGER = 2.0
"""Seconds that a refused client may go on sending before the connection is closed."""

LINGER_BYTES = 32 * 1024 * 1024
"""Bytes that it may send in that time."""

HOLD = 1.0
"""Seconds that a response is held for a client that has been told to go on with its body."""

_RESERVE = 16
"""Descriptors that no connection gets: the log, components and outgoing requests need some."""

_NO_FILES_LEFT = (
    "a connection was closed at once: {used} of the {limit} files that this process may have open "
    "(RLIMIT_NOFILE) are in use; raise the limit (LimitNOFILE= of systemd, ulimit -n)"
)


class Connection(asyncio.Protocol):
    """One connection of a listener; what is said on it is the matter of a subclass.

    Parameters:
        listener: where it was accepted; holds the application and the limits.

    Attributes:
        remote: the client's address; ``unix:`` on a Unix socket.
        flow: whether the client is stopped, and whether it reads.
    """

    # Instances without a dictionary are the fastest that Python has.
    __slots__ = (
        "_congested",
        "_discarding",
        "_ended",
        "_held",
        "_idle",
        "_lingering",
        "_sending",
        "_timer",
        "_watched",
        "body_timer",
        "flow",
        "listener",
        "loop",
        "remote",
        "state",
        "transport",
    )

    # From connection_made() on.
    transport: asyncio.Transport
    flow: Flow
    remote: bytes

    def __init__(self, listener: Site) -> None:
        self.listener = listener
        self.state = listener.state
        self.loop = asyncio.get_running_loop()
        self._congested = False  # the client does not read what was written
        self._held: asyncio.TimerHandle | None = None
        self._discarding = False  # nothing more is read
        self._ended = False  # the client sends nothing more
        self._lingering = 0  # bytes that were thrown away
        self._timer: asyncio.TimerHandle | None = None
        self._watched: int | None = None
        self._idle = IdleTimer(self, listener.limits.idle_timeout)
        self._sending = SendTimer(self)
        self.body_timer = BodyTimer(self)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        # What waits is written on when all that was written before has left: then the next of it
        # finds much room, and its guest may write to the socket.
        transport.set_write_buffer_limits(HIGH_WATER, 0)
        self.flow = Flow(transport, self.body_timer)
        if self.listener.address.is_unix:
            self.remote = b"unix:"
        else:
            peer = transport.get_extra_info("peername")
            # One that has gone already has no address any more.
            self.remote = str(peer[0]).encode("ascii", "replace") if peer else b""
        self.state.connections.add(self)
        self.state.accepted += 1
        self._idle.begin()
        self._check_descriptors()

    def _check_descriptors(self) -> None:
        """Close a connection that has got one of the last descriptors.

        The event loop would close those for which there is none, without a word, and everything
        else that opens a file would fail.
        """
        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        # The lowest that is free is given.
        used = self._descriptor()
        if limit != resource.RLIM_INFINITY and used >= limit - min(_RESERVE, limit // 8):
            self.state.notices.say("files", _NO_FILES_LEFT.format(used=used, limit=limit))
            self.transport.abort()

    def _descriptor(self) -> int:
        return int(self.transport.get_extra_info("socket").fileno())

    def connection_lost(self, exc: Exception | None) -> None:
        self._discarding = True
        if self._held is not None:
            self._held.cancel()
        # Whoever waits to write is to see that nobody reads.
        self.flow.resume_writing()
        self._watch_no_more()
        self.state.connections.discard(self)
        self.state.closed += 1
        self._stop_timer()
        self._idle.stop()
        self._sending.stop()
        self.body_timer.stop()
        self.listener.connection_closed()

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered."""
        raise NotImplementedError

    def shutdown(self) -> None:
        """Finish what is being answered, then close; close at once where nothing is."""
        raise NotImplementedError

    def refuse(self, status: HTTPStatus, reason: str | None = None) -> None:
        """End the connection because of what the client has sent, or has not.

        Parameters:
            reason: for the log; None: the status says enough.
        """
        raise NotImplementedError

    def note(self, kind: str, what: str) -> None:
        """Write a line about this client, unless one of its kind has just been written."""
        self.state.notices.say(kind, f"a client ({self.remote.decode()}) {what}")

    # Bytes out

    def pause_writing(self) -> None:
        self._congested = True
        self.flow.pause_writing()
        self._sending.begin()

    def resume_writing(self) -> None:
        self._congested = False
        if not self.transport.is_closing():
            self._sending.end()
        self._go_on_writing()

    def _go_on_writing(self) -> None:
        if not self._congested and self._held is None:
            self.flow.resume_writing()

    def empty_socket(self) -> int:
        """Return the descriptor of the socket where it has all that was written; else -1."""
        transport = self.transport
        if transport.get_write_buffer_size() or transport.is_closing():
            return -1
        return self._descriptor()

    def hold(self) -> None:
        """Write nothing of a response for a moment, or until :meth:`release`."""
        if self._held is None:
            self.flow.pause_writing()
            self._held = self.loop.call_later(HOLD, self.release)

    def release(self) -> None:
        """Go on with the response, if it was held."""
        if self._held is not None:
            self._held.cancel()
            self._held = None
            self._go_on_writing()

    # Half of it is closed

    def _watch(self) -> None:
        """Abort the connection when the client, which sends nothing more, has gone."""
        with contextlib.suppress(OSError):
            descriptor = self._descriptor()
            self.state.half_closed.add(descriptor, self.abort)
            self._watched = descriptor

    def _watch_no_more(self) -> None:
        if self._watched is not None:
            self.state.half_closed.remove(self._watched)
            self._watched = None

    # Ends

    def abort(self) -> None:
        """Close at once, whatever is being sent."""
        self.transport.abort()

    def close(self) -> None:
        """Close when all has been sent, or the client does not read it."""
        self._discarding = True
        self._watch_no_more()
        self.transport.close()
        if self.transport.get_write_buffer_size():
            self._sending.begin()

    def cut(self, reset: bool = False) -> None:
        """Close, because a response broke off; what was sent of it gets a moment to leave.

        Parameters:
            reset: the end of the connection would be taken for that of the response.
        """
        self._discarding = True
        self._watch_no_more()
        self._stop_timer()
        if reset and not self.listener.address.is_unix:
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.close()
        self._timer = self.loop.call_later(LINGER, self.transport.abort)

    def _throw_away(self, size: int) -> None:
        """Note that bytes came which nobody reads."""
        self._lingering += size
        if self._lingering > LINGER_BYTES:
            self.abort()

    def _linger(self) -> None:
        self._watch_no_more()
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._stop_timer()
        self._timer = self.loop.call_later(LINGER, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
