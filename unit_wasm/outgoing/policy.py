"""Where the guests of an application may send requests: the option ``outgoing``.

An entry is an origin or an address:

- ``https://api.example.com``, ``https://*.example.com:8443``, ``http://127.0.0.1:9000``: scheme,
  host and port must be these. ``*.`` stands for one or more labels, the port may be ``*``, and
  without a port it is the scheme's own;
- ``https://*``: every host; ``*``: every URL;
- ``10.1.0.0/16``, ``127.0.0.1``, ``::1``: addresses that are reachable although they are private.
  They allow no URL by themselves.

Private addresses (addresses.py) are closed, whatever the hosts say, unless an entry names them:
a network, or an origin whose host is that address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_network

from unit_wasm.outgoing.addresses import Address, Network, is_private, literal_address

__all__ = ["DEFAULT_PORTS", "Origin", "Policy", "faulty"]

DEFAULT_PORTS = {"http": 80, "https": 443}

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_NAME = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")
_PATTERN = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[^\[\]:/?#@]+)(?::(\d{1,5}|\*))?/?")
# Of a name only visible ASCII characters: what else is in it, resolvers read in their own ways.
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]+\]|(?:(?![\[\]:/?#@%])[!-~])+)(?::([0-9]{1,5}))?")
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
class _Pattern:
    """An entry that is a URL; None stands for everything."""

    scheme: str | None
    host: str | None
    suffix: str | None
    port: int | None

    def matches(self, scheme: str, host: str, port: int) -> bool:
        return (
            self.scheme in (None, scheme)
            and self.port in (None, port)
            and self.host in (None, host)
            and (self.suffix is None or host.endswith(self.suffix))
        )


def _parse(entry: str) -> _Pattern | Network | None:
    if entry == _ANY:
        return _Pattern(None, None, None, None)
    match = _PATTERN.fullmatch(entry.lower())
    if match is None:
        return _network(entry)
    scheme, host_text, port_text = match.groups()
    port = DEFAULT_PORTS[scheme] if port_text is None else None
    if port_text not in (None, _ANY):
        port = int(port_text)
        if not 0 < port < 65536:
            return None
    if host_text == _ANY:
        return _Pattern(scheme, None, None, port)
    host, address = _host(host_text)
    if address is None and _NAME.fullmatch(host) is None:
        return None
    if host.startswith("*."):
        return _Pattern(scheme, None, host[1:], port)
    return _Pattern(scheme, host, None, port)


def _network(entry: str) -> Network | None:
    try:
        return ip_network(entry)
    except ValueError:
        return None


def faulty(entries: tuple[object, ...]) -> str | None:
    """Return the first entry that cannot be read, or None."""
    for entry in entries:
        if not isinstance(entry, str) or _parse(entry) is None:
            return str(entry)
    return None


class Policy:
    """Decides for one application.

    Parameters:
        entries: the value of the option; see the module.

    Raises:
        ValueError: an entry cannot be read.
    """

    def __init__(self, entries: tuple[str, ...]) -> None:
        self._patterns: list[_Pattern] = []
        self._networks: list[Network] = []
        for entry in entries:
            parsed = _parse(entry)
            if parsed is None:
                raise ValueError(f'the entry "{entry}" is not understood')
            if isinstance(parsed, _Pattern):
                self._patterns.append(parsed)
            else:
                self._networks.append(parsed)

    def allows(self, origin: Origin) -> bool:
        """Return whether requests to an origin are allowed, before its name is resolved."""
        host = origin.host
        return any(item.matches(origin.scheme, host, origin.port) for item in self._patterns)

    def allows_address(self, origin: Origin, address: Address) -> bool:
        """Return whether an origin may be reached at an address that its name has led to."""
        if not is_private(address) or any(address in network for network in self._networks):
            return True
        host = str(address)
        return any(
            item.host == host and item.matches(origin.scheme, host, origin.port)
            for item in self._patterns
        )
