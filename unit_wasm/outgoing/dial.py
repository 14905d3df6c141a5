"""Opening a connection: name, judgement of its addresses, TCP, TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from unit_wasm.errors import ConfigError
from unit_wasm.options.origins import Address, Origin
from unit_wasm.outgoing.connection import Connection
from unit_wasm.outgoing.errors import OutgoingError, error_of
from unit_wasm.outgoing.names import Resolve
from unit_wasm.outgoing.policy import Policy

# RFC 8305 section 5: the next address is tried while this one has not answered.
_ATTEMPT_DELAY = 0.25
_MAX_ADDRESSES = 8


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return what peers are checked with: the system's roots, and those of a file beside them.

    Raises:
        ConfigError: the file cannot be read, or holds no certificate.
    """
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"the certificates in {ca_file} cannot be used: {error}",
                hint="the file holds certificates in PEM form",
            ) from error
    return context


class Dialer:
    """Opens connections for one application.

    Parameters:
        policy: says which addresses may be reached.
        resolve: names to addresses; injected by tests.
        tls: what peers are checked with.
        max_header_bytes: of a response's head.
        denied: told about an address that the policy closes.
    """

    def __init__(
        self,
        policy: Policy,
        resolve: Resolve,
        tls: ssl.SSLContext,
        max_header_bytes: int,
        denied: Callable[[Origin, Address], None] = lambda origin, address: None,
    ) -> None:
        self._policy = policy
        self._resolve = resolve
        self._tls = tls
        self._max_header_bytes = max_header_bytes
        self._denied = denied

    async def __call__(self, origin: Origin, seconds: float) -> Connection:
        """Open a connection within so many seconds.

        Raises:
            OutgoingError: why there is none.
        """
        state = "DNS-timeout"
        try:
            async with asyncio.timeout(seconds):
                addresses = await self._addresses(origin)
                state = "connection-timeout"
                return await self._connect(origin, addresses)
        except TimeoutError as error:
            # The system's own ETIMEDOUT has a number.
            raise OutgoingError(state) if error.errno is None else error_of(error) from error
        except OutgoingError:
            raise
        except (OSError, UnicodeError) as error:
            raise error_of(error) from error

    async def _addresses(self, origin: Origin) -> list[Address]:
        """Return the addresses that may be connected to.

        Raises:
            OutgoingError: all of them are closed.
            OSError: the name has none.
        """
        found = [origin.address] if origin.address else await self._resolve(origin.host)
        if not found:
            raise OutgoingError("DNS-error", "name or address not found")
        allowed = [item for item in found if self._policy.allows_address(origin, item)]
        if not allowed:
            self._denied(origin, found[0])
            raise OutgoingError("destination-IP-prohibited")
        return allowed[:_MAX_ADDRESSES]

    async def _connect(self, origin: Origin, addresses: list[Address]) -> Connection:
        sock = await _race(addresses, origin.port)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secure = origin.scheme == "https"
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(origin, self._max_header_bytes),
                sock=sock,
                ssl=self._tls if secure else None,
                server_hostname=origin.host if secure else None,
                # The time is bounded by the caller's.
                ssl_handshake_timeout=24 * 3600 if secure else None,
            )
        except BaseException:
            sock.close()
            raise
        return connection


async def _race(addresses: list[Address], port: int) -> socket.socket:
    """Connect to the first address that answers; each next one gets its turn after a while.

    Raises:
        OSError: none answers; the error of the first.
    """
    attempts: set[asyncio.Task[socket.socket]] = set()
    waiting = list(addresses)
    first: BaseException | None = None
    try:
        while waiting or attempts:
            if waiting:
                attempts.add(asyncio.create_task(_attempt(waiting.pop(0), port)))
            done, attempts = await asyncio.wait(
                attempts,
                timeout=_ATTEMPT_DELAY if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done:
                error = task.exception()
                if error is None:
                    done.discard(task)
                    attempts |= done
                    return task.result()
                first = first or error
    finally:
        for task in attempts:
            task.cancel()
            task.add_done_callback(_discard)
    assert first is not None
    raise first


async def _attempt(address: Address, port: int) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        await asyncio.get_running_loop().sock_connect(sock, (str(address), port))
    except BaseException:
        sock.close()
        raise
    return sock


def _discard(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()
