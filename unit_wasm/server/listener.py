"""One listener: a socket, its connections, and the application that they get."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING

from unit_wasm import __version__
from unit_wasm.config.address import Address
from unit_wasm.config.model import HttpSettings, ListenerConfig
from unit_wasm.config.proxies import Forwarded
from unit_wasm.options import Options
from unit_wasm.server.http.connection_state import ConnectionState
from unit_wasm.server.http.limits import Limits
from unit_wasm.server.http.protocol import HttpProtocol
from unit_wasm.server.sockets import BACKLOG, bound_address, unlink_socket
from unit_wasm.serving.types import AsgiApp, Receive, Scope, Send

if TYPE_CHECKING:
    from unit_wasm.server.access.log import AccessLog
    from unit_wasm.serving.exchanges import Exchanges


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("a connection was accepted before its listener had an application")


class Listener:
    """A listening socket in the running event loop.

    It is made in two steps so that a configuration can be prepared without effect: :meth:`open`
    prepares, :meth:`start` accepts. :meth:`use` may be called at any time and counts from the next
    request on, also on connections that are open.

    Parameters:
        sock: a listening socket; the listener owns it from here on.
        address: its configured address.
        protocol: of its connections.
    """

    def __init__(
        self, sock: socket.socket, address: Address, protocol: type[HttpProtocol] = HttpProtocol
    ) -> None:
        self.address = bound_address(sock, address)
        self.sock = sock
        self.state = ConnectionState()
        self.limits = Limits.of(HttpSettings(), Options())
        self.closing = False
        self.access_log: AccessLog | None = None
        self.forwarded: tuple[Forwarded, ...] = ()
        self._backlog = BACKLOG
        self._protocol = protocol
        self.app: AsgiApp = _nothing
        self.exchanges: Exchanges | None = None
        self._server: asyncio.Server | None = None
        self._inode = os.stat(address.path).st_ino if address.is_file else 0
        self._drained = asyncio.Event()

    def use(
        self,
        app: AsgiApp,
        limits: Limits,
        access_log: AccessLog | None = None,
        exchanges: Exchanges | None = None,
    ) -> None:
        """Pass requests to this application, and log them, from the next one on.

        Parameters:
            exchanges: those of the application, if it is a component: then requests go there
                without ASGI.
        """
        self.app = app
        self.exchanges = exchanges
        self.access_log = access_log
        self.limits = limits
        version = f"/{__version__}" if limits.server_version else ""
        self.state.set_server_field(f"unit-wasm{version}".encode())

    def configure(self, config: ListenerConfig) -> None:
        """Take over what is configured of the listener itself; counts from the next request on."""
        self.forwarded = config.forwarded
        backlog = BACKLOG if config.backlog is None else config.backlog
        if backlog != self._backlog:
            self._backlog = backlog
            # The kernel takes another length also of one that listens already.
            self.sock.listen(backlog)

    async def open(self) -> None:
        """Prepare to accept; may raise OSError."""
        loop = asyncio.get_running_loop()

        def connect() -> HttpProtocol:
            return self._protocol(self)

        if self.address.is_unix:
            self._server = await loop.create_unix_server(
                connect, sock=self.sock, backlog=self._backlog, start_serving=False
            )
        else:
            self._server = await loop.create_server(
                connect, sock=self.sock, backlog=self._backlog, start_serving=False
            )

    async def start(self) -> None:
        """Accept connections."""
        if self._server is not None:
            await self._server.start_serving()

    def stop(self) -> None:
        """Stop accepting, close idle connections, and let the others finish their response."""
        if self.closing:
            return
        self.closing = True
        if self._server is not None:
            self._server.close()
        self.sock.close()
        if self.address.is_file:
            unlink_socket(self.address.path, self._inode)
        for connection in list(self.state.connections):
            connection.shutdown()
        self.connection_closed()

    async def drain(self) -> None:
        """Wait until the last connection has gone; for a listener that was stopped."""
        await self._drained.wait()

    def abort(self) -> None:
        """Cut all connections."""
        for connection in list(self.state.connections):
            connection.abort()

    def connection_closed(self) -> None:
        """Called by each connection at its end."""
        if self.closing and not self.state.connections:
            self._drained.set()

    def counts(self) -> dict[str, int]:
        """Return the connections as Unit counts them."""
        connections = self.state.connections
        idle = sum(connection.is_idle for connection in connections)
        return {
            "accepted": self.state.accepted,
            "active": len(connections) - idle,
            "idle": idle,
            "closed": self.state.closed,
        }
