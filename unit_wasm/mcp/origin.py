"""Which pages of browsers may call tools: those of this server, and no others.

A page from anywhere may have its own name lead to a server of this machine or network, and is then
of the same origin for the browser. So a name has to be ``localhost``, or one that its certificate
has shown to be that of the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final

_SCHEMES: Final = ("http://", "https://")


def is_of_this_server(fields: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether a request comes from a page of this server, or from no page at all.

    Parameters:
        fields: of the request.
    """
    origins = [value for name, value in fields if name == b"origin"]
    if not origins:
        return True
    hosts = [value for name, value in fields if name == b"host"]
    if len(origins) > 1 or len(hosts) != 1:
        return False
    origin, host = (value.decode("latin-1").lower() for value in (origins[0], hosts[0]))
    for scheme in _SCHEMES:
        if origin == scheme + host:
            return scheme == "https://" or _leads_here(host)
    return False


def _leads_here(host: str) -> bool:
    """Tell whether nobody else can decide where a host leads: an address, or ``localhost``."""
    name = host.rpartition("]")[0].lstrip("[") if host[:1] == "[" else host.partition(":")[0]
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
