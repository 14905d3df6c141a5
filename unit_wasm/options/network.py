"""Where components may go by sockets, and be reached: the option ``network``.

An entry is one of these:

- ``tcp:db.example.com:5432``, ``udp:*.example.com:53``, ``tcp:127.0.0.1:9000``, ``tcp:[::1]:*``:
  where components may connect to, or send to. A name may be looked up where an entry has it; ``*.``
  stands for one or more labels, ``*`` for every host or port;
- ``listen:127.0.0.1:9000``, ``listen:*:0``: where others may come to them, by TCP and UDP; port 0
  is any that is free, when the component asks for that;
- ``10.1.0.0/16``, ``::1``: addresses that are reachable although they are private. They allow
  nothing by themselves;
- ``*``: every host and port of the public internet.

Private addresses are closed, whatever the names say, unless an entry names them.
``csrc/wasi/sockets/policy.c`` decides by these entries.
"""

from __future__ import annotations

import re

from unit_wasm.options.origins import NAME, literal_address, network_of
from unit_wasm.patterns import pattern

_PLACE = pattern(r"(tcp|udp|listen):(\[[0-9a-f:.]+\]|[^\[\]:/?#@%\s]+):(\d{1,5}|\*)", re.ASCII)
_EVERYWHERE = "tcp:*:* udp:*:*"


def canonical(entries: tuple[str, ...]) -> str:
    """Return entries as C reads them.

    Raises:
        ValueError: one cannot be read.
    """
    return " ".join(_canonical(entry) for entry in entries)


def faulty(entries: tuple[object, ...]) -> str | None:
    """Return the first entry that cannot be read, or None."""
    for entry in entries:
        try:
            _canonical(entry)
        except ValueError:
            return str(entry)
    return None


def _canonical(entry: object) -> str:
    if not isinstance(entry, str):
        raise ValueError(entry)
    if entry == "*":
        return _EVERYWHERE
    match = _PLACE.fullmatch(entry.lower())
    if match is None:
        network = network_of(entry)
        if network is None:
            raise ValueError(entry)
        return str(network)
    use, host, port = match.groups()
    if port != "*" and not (0 if use == "listen" else 1) <= int(port) <= 65535:
        raise ValueError(entry)
    return f"{use}:{_host(host, entry, may_be_name=use != 'listen')}:{port.lstrip('0') or port[:1]}"


def _host(host: str, entry: str, *, may_be_name: bool) -> str:
    if host == "*":
        return host
    bare = host[1:-1] if host[0] == "[" else host
    address = literal_address(bare)
    if address is not None and (address.version == 6) == (host[0] == "["):
        return f"[{address}]" if address.version == 6 else str(address)
    name = host.removesuffix(".")
    if address is not None or not may_be_name or NAME.fullmatch(name) is None:
        raise ValueError(entry)
    return name
