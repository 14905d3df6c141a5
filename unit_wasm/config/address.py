"""Listener addresses: ``*:80``, ``127.0.0.1:80``, ``[::1]:80``, ``unix:/path``, ``unix:@name``."""

from __future__ import annotations

import socket

from unit_wasm.errors import ConfigError
from unit_wasm.values import dataclass

_MAX_PORT = 65535
_MAX_UNIX_PATH = 107
"""Bytes of ``sun_path`` without the final zero byte; Linux has 108."""


@dataclass(frozen=True)
class Address:
    """Where a listener listens.

    Parameters:
        host: an IPv4 or IPv6 address without brackets; empty for a Unix socket.
        port: 0 lets the system choose; 0 for a Unix socket.
        path: the file of a Unix socket, or ``@`` and the name of an abstract one; empty for others.
    """

    host: str = ""
    port: int = 0
    path: str = ""

    @property
    def is_unix(self) -> bool:
        """Whether this is a Unix socket."""
        return self.path != ""

    @property
    def is_file(self) -> bool:
        """Whether this is a Unix socket with a file, and not an abstract one."""
        return self.is_unix and not self.path.startswith("@")

    @property
    def socket_name(self) -> tuple[str, int] | str | bytes:
        """What ``bind`` and ``connect`` take."""
        if not self.is_unix:
            return self.host, self.port
        return self.path if self.is_file else b"\0" + self.path[1:].encode()

    @property
    def is_ipv6(self) -> bool:
        """Whether this is an IPv6 address."""
        return ":" in self.host

    def __str__(self) -> str:
        """The address as people see it: ``http://127.0.0.1:8080`` or ``unix:/path``."""
        if self.is_unix:
            return f"unix:{self.path}"
        host = f"[{self.host}]" if self.is_ipv6 else self.host
        return f"http://{host}:{self.port}"


def parse_address(text: str, *, pointer: str = "") -> Address:
    """Read a listener address.

    Parameters:
        text: the address as in Unit's ``listeners``; ``*`` is every IPv4 address.
        pointer: the place in the JSON document, for errors.

    Raises:
        ConfigError: it is not an address.
    """
    if text.startswith("unix:"):
        return _parse_unix(text.removeprefix("unix:"), pointer)
    host, colon, port = text.rpartition(":")
    if not colon:
        raise ConfigError(
            f'the address "{text}" has no port',
            pointer=pointer,
            hint='write "*:8080", "127.0.0.1:8080", "[::1]:8080" or "unix:/path"',
        )
    if not (port.isascii() and port.isdigit()) or len(port) > 5 or int(port) > _MAX_PORT:
        raise ConfigError(
            f'the address "{text}" has no usable port', pointer=pointer, hint="allowed: 0 to 65535"
        )
    return Address(host=_parse_host(host, text, pointer), port=int(port))


def _parse_host(host: str, text: str, pointer: str) -> str:
    if host == "*":
        return "0.0.0.0"
    bracketed = host.startswith("[") and host.endswith("]")
    bare = host[1:-1] if bracketed else host
    family = socket.AF_INET6 if bracketed else socket.AF_INET
    try:
        return socket.inet_ntop(family, socket.inet_pton(family, bare))
    except (OSError, ValueError):
        hint = "an IPv6 address is written in brackets" if ":" in bare else "names are not resolved"
        raise ConfigError(
            f'the address "{text}" has no usable IP address', pointer=pointer, hint=hint
        ) from None


def _parse_unix(path: str, pointer: str) -> Address:
    if path in ("", "@") or "\0" in path:
        raise ConfigError("the Unix socket has no path", pointer=pointer, hint='write "unix:/path"')
    if len(path.encode()) > _MAX_UNIX_PATH:
        raise ConfigError(
            f"the path of the Unix socket is longer than {_MAX_UNIX_PATH} bytes", pointer=pointer
        )
    return Address(path=path)
