"""Names to addresses."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from unit_wasm.options.origins import Address

Resolve = Callable[[str], Awaitable[list[Address]]]
"""Takes a host name, returns its addresses, best first; raises OSError as getaddrinfo does."""


class SystemResolver:
    """Resolves names as the system does (hosts file, DNS), in a few threads of its own.

    One for each application: slow names of one must not hold up those of another.
    """

    _THREADS = 8

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(self._THREADS, thread_name_prefix="unit-wasm-names")

    async def __call__(self, name: str) -> list[Address]:
        """Return the addresses of a name.

        Raises:
            OSError: as ``socket.getaddrinfo``.
            UnicodeError: the name has an empty or overlong label.
        """
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        )
        addresses = []
        for _, _, _, _, place in found:
            # A scope ("fe80::1%eth0") belongs to link-local addresses, which are judged without.
            addresses.append(ip_address(str(place[0]).partition("%")[0]))
        return list(dict.fromkeys(addresses))

    def close(self) -> None:
        """Let the threads end; a look-up that hangs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
