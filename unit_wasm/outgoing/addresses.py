"""Which addresses are nobody's business from inside a guest.

An address is judged after the name was resolved, and the connection is made to the very address
that was judged: a name that changes its mind between the two (DNS rebinding) gains nothing.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from unit_wasm.options.origins import Address

# Not ipaddress's is_global: what that counts as global changed between patch releases of Python.
# Source: IANA's registries of special-purpose addresses.
_PRIVATE_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # "this network"; Linux connects 0.0.0.0 to itself
        "10.0.0.0/8",
        "100.64.0.0/10",  # behind a provider's NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, metadata services of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks of networks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)

# Everything outside of it is loopback, local, multicast or has no meaning.
_GLOBAL_V6 = IPv6Network("2000::/3")
_PRIVATE_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocols of the IETF, Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)
_6TO4 = IPv6Network("2002::/16")
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_private(address: Address) -> bool:
    """Return whether an address is not one of the public internet.

    An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is judged by that.
    """
    if isinstance(address, IPv4Address):
        return any(address in network for network in _PRIVATE_V4)
    carried = _carried(address)
    if carried is not None:
        return is_private(carried)
    return address not in _GLOBAL_V6 or any(address in network for network in _PRIVATE_V6)


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address in _MAPPED or address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _6TO4:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return None
