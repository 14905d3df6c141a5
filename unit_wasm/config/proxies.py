"""Who the client of a request is, where a proxy in front of the server says so.

The rules are Unit's. A header is believed only where it comes from an address of ``source``. The
last address in it was added by the proxy next to us, so it is read from its end; with ``recursive``
on to the first address that is not in ``source``, too.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TypeAlias

from unit_wasm.patterns import pattern
from unit_wasm.values import dataclass

_IP: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"

PORT_MAX = 65535
_SCHEMES = {b"http": b"http", b"https": b"https", b"on": b"https"}
_LAST = pattern(rb"([^ ,]+)[ ,]*\Z")
_WRITTEN = pattern(
    rb"(?:([0-9.]+)|\[([0-9A-Fa-f:.]+)\](?=:)|([0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*))"
    rb"(?::(\d{1,5}))?"
)


@dataclass(frozen=True)
class Pattern:
    """One of the addresses of a ``source``.

    Parameters:
        negative: what matches is not meant.
        family: 4, 6, 0 for both, or -1 for a Unix socket.
        first: the lowest address that matches, as a number.
        last: the highest.
        ports: those that match, from and to.
    """

    negative: bool
    family: int
    first: int = 0
    last: int = 2**128
    ports: tuple[int, int] = (0, PORT_MAX)

    def matches(self, address: _IP | None, port: int) -> bool:
        """Whether an address, or that of a Unix socket (None), is this one; negation aside."""
        if address is None or self.family < 0:
            return address is None and self.family < 0
        if self.family not in (0, address.version):
            return False
        low, high = self.ports
        return self.first <= int(address) <= self.last and low <= port <= high


@dataclass(frozen=True)
class Forwarded:
    """What is believed of a proxy.

    Parameters:
        source: whose word counts.
        client_ip: the header with the client's address, in lower case; empty for none.
        protocol: the header with the scheme; empty for none.
        recursive: look for the first address that is no proxy's.
    """

    source: tuple[Pattern, ...]
    client_ip: bytes = b""
    protocol: bytes = b""
    recursive: bool = False

    def origin(
        self, remote: bytes, port: int, scheme: bytes, fields: Sequence[bytes]
    ) -> tuple[bytes, int, bytes]:
        """Return address, port and scheme of the client of a request.

        Parameters:
            remote: the address of the connection, or what another one of these has made of it.
            port: that of the connection; 0 where it is not known.
            scheme: that of the connection.
            fields: names, in lower case, and values in turns.
        """
        if not self._trusts(_address(remote), port):
            return remote, port, scheme
        pairs = [(fields[at], fields[at + 1]) for at in range(0, len(fields), 2) if fields[at + 1]]
        if self.protocol:
            told = next((value for name, value in pairs if name == self.protocol), b"")
            scheme = _SCHEMES.get(told.lower(), scheme)
        if self.client_ip:
            values = [value for name, value in pairs if name == self.client_ip]
            remote, port = self._client(values, remote, port)
        return remote, port, scheme

    def _client(self, values: list[bytes], remote: bytes, port: int) -> tuple[bytes, int]:
        while values:
            last = _LAST.search(values[-1])
            if last is None:
                values.pop()
                continue
            values[-1] = values[-1][: last.start()]
            found = _written_address(last[1])
            if found is None:
                # What is before it was written by somebody of whom we know nothing.
                break
            address, port = found
            remote = address.compressed.encode()
            if not (self.recursive and self._trusts(address, port)):
                break
        return remote, port

    def _trusts(self, address: _IP | None, port: int) -> bool:
        """Unit's rule: one is meant and none excludes it; where all exclude, others are meant."""
        meant = negative = False
        for part in self.source:
            if part.negative:
                negative = True
                if part.matches(address, port):
                    return False
            else:
                meant = meant or part.matches(address, port)
        return meant or (negative and all(part.negative for part in self.source))


def _address(text: bytes) -> _IP | None:
    """Return an address of ours, which is one or ``unix:``."""
    try:
        return ipaddress.ip_address(text.decode("ascii"))
    except ValueError:
        return None


def _written_address(text: bytes) -> tuple[_IP, int] | None:
    """Read an address out of a header: one of IPv4 or IPv6, alone or with a port."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    v4, v6, port = match[1], match[2] or match[3], match[4]
    try:
        address: _IP = (
            ipaddress.IPv4Address(v4.decode()) if v4 else ipaddress.IPv6Address(v6.decode())
        )
    except ValueError:
        return None
    if address.is_unspecified or (port is not None and not 0 < int(port) <= PORT_MAX):
        return None
    return address, int(port or 0)
