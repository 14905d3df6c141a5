"""Where the guests of an application may send requests: the option ``outgoing``.

An entry is an origin or an address:

- ``https://api.example.com``, ``https://*.example.com:8443``, ``http://127.0.0.1:9000``: scheme,
  host and port must be these. ``*.`` stands for one or more labels, the port may be ``*``, and
  without a port it is the scheme's own;
- ``https://*``: every host; ``*``: every URL;
- ``10.1.0.0/16``, ``127.0.0.1``, ``::1``: addresses that are reachable although they are private.
  They allow no URL by themselves.

Private addresses are closed, whatever the hosts say, unless an entry names them: a network, or an
origin whose host is that address. ``outgoing/policy.py`` decides by these entries.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from unit_wasm.patterns import pattern
from unit_wasm.values import dataclass

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

DEFAULT_PORTS = {"http": 80, "https": 443}

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
NAME = pattern(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")
"""The name of a host, or of all below one."""

_PATTERN = pattern(r"(https?)://(\[[0-9a-f:.]+\]|[^\[\]:/?#@]+)(?::(\d{1,5}|\*))?/?")
# Of a name only visible ASCII characters: what else is in it, resolvers read in their own ways.
_AUTHORITY = pattern(r"(\[[0-9a-fA-F:.]+\]|(?:(?![\[\]:/?#@%])[!-~])+)(?::([0-9]{1,5}))?")
_ANY = "*"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request goes.

    Parameters:
        scheme: ``http`` or ``https``.
        host: a name in lower case without a final dot, or an address in its usual form.
        port: 1 to 65535.
        address: the host, where it is an address.
    """

    scheme: str
    host: str
    port: int
    address: Address | None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @classmethod
    def of(cls, scheme: str, authority: str) -> Origin | None:
        """Return the origin of a URL, or None where it names none.

        Parameters:
            scheme: ``http`` or ``https``, in lower case.
            authority: host and optional port; an IPv6 address stands in brackets.
        """
        match = _AUTHORITY.fullmatch(authority)
        if match is None:
            return None
        port = int(match[2]) if match[2] is not None else DEFAULT_PORTS[scheme]
        host, address = _host(match[1])
        if not 0 < port < 65536 or (match[1][0] == "[" and not isinstance(address, IPv6Address)):
            return None
        if not all(host.split(".")) and address is None:
            return None
        return cls(scheme, host, port, address)


def _host(text: str) -> tuple[str, Address | None]:
    """Return a host in the form in which hosts are compared, and its address if it is one."""
    # What stands in brackets is no name, and only a name may end in a dot.
    host = (text[1:-1] if text[0] == "[" else text.removesuffix(".")).lower()
    address = literal_address(host)
    return (host, None) if address is None else (str(address), address)


@dataclass(frozen=True, slots=True)
class Pattern:
    """An entry that is a URL; None stands for everything."""

    scheme: str | None
    host: str | None
    suffix: str | None
    port: int | None

    def matches(self, scheme: str, host: str, port: int) -> bool:
        """Return whether this entry allows a scheme, host and port."""
        return (
            self.scheme in (None, scheme)
            and self.port in (None, port)
            and self.host in (None, host)
            and (self.suffix is None or host.endswith(self.suffix))
        )


def parse_entry(entry: str) -> Pattern | Network | None:
    """Return what an entry allows, or None where it cannot be read."""
    if entry == _ANY:
        return Pattern(None, None, None, None)
    match = _PATTERN.fullmatch(entry.lower())
    if match is None:
        return network_of(entry)
    scheme, host_text, port_text = match.groups()
    port = DEFAULT_PORTS[scheme] if port_text is None else None
    if port_text not in (None, _ANY):
        port = int(port_text)
        if not 0 < port < 65536:
            return None
    if host_text == _ANY:
        return Pattern(scheme, None, None, port)
    host, address = _host(host_text)
    if address is None and NAME.fullmatch(host) is None:
        return None
    if host.startswith("*."):
        return Pattern(scheme, None, host[1:], port)
    return Pattern(scheme, host, None, port)


def network_of(entry: str) -> Network | None:
    """Return the network that an entry is, or None where it is none."""
    try:
        return ip_network(entry)
    except ValueError:
        return None


def faulty(entries: tuple[object, ...]) -> str | None:
    """Return the first entry that cannot be read, or None."""
    for entry in entries:
        if not isinstance(entry, str) or parse_entry(entry) is None:
            return str(entry)
    return None


def faulty_origin(entries: tuple[object, ...]) -> str | None:
    """Return the first entry that is no origin, or None."""
    for entry in entries:
        if not isinstance(entry, str) or not isinstance(parse_entry(entry), Pattern):
            return str(entry)
    return None


def literal_address(host: str) -> Address | None:
    """Return the address that a host stands for by itself, or None where it is a name.

    The C library also takes ``2130706433``, ``0177.0.0.1`` and ``0x7f.1`` for IPv4 addresses, so
    they are addresses here too.

    Parameters:
        host: without brackets.
    """
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):  # the second: a NUL, or no ASCII
        return None
