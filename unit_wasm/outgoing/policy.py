"""Decides where the guests of an application may send requests, by its option ``outgoing``."""

from __future__ import annotations

from unit_wasm.options.origins import Address, Network, Origin, Pattern, parse_entry
from unit_wasm.outgoing.addresses import is_private


class Policy:
    """Decides for one application.

    Parameters:
        entries: the value of the option ``outgoing``.

    Raises:
        ValueError: an entry cannot be read.
    """

    def __init__(self, entries: tuple[str, ...]) -> None:
        self._patterns: list[Pattern] = []
        self._networks: list[Network] = []
        for entry in entries:
            parsed = parse_entry(entry)
            if parsed is None:
                raise ValueError(f'the entry "{entry}" is not understood')
            if isinstance(parsed, Pattern):
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
