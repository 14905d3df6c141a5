"""Who is at the other end of a Unix socket that has no file, and so no permissions."""

from __future__ import annotations

import asyncio
import os
import socket
import struct

from unit_wasm.server.http.protocol import HttpProtocol

_CREDENTIALS = struct.Struct("3i")
"""``struct ucred`` of Linux: process, user and group."""


class OwnersProtocol(HttpProtocol):
    """A connection that is cut unless it comes from a process of this user, or of root."""

    __slots__ = ()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        end = transport.get_extra_info("socket")
        _, user, _ = _CREDENTIALS.unpack(
            end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        )
        if user not in (0, os.geteuid()):
            self.state.notices.say("peer", f"a process of user {user} may not use the control API")
            self.abort()
