"""Invariant: no spelling of a private address, and no name, opens an address that the option
``outgoing`` does not name; and any list of entries is a policy or is refused with one of its own.

The inputs are JSON: the entries, an authority, and the addresses to which its name resolves. What
an authority means is decided here with another reading of addresses than the policy's.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from tests.fuzz.choices import Choices, edited
from unit_wasm.options.origins import Origin, faulty
from unit_wasm.outgoing.addresses import is_private
from unit_wasm.outgoing.policy import Policy

# An entry that names no address: it must never lead to a private one.
_NAMES = (
    "https://*.example.test",
    "https://*",
    "*",
    "http://a.test:*",
    "https://a.test",
    "http://*",
)
_ADDRESSES = (
    "127.0.0.1",
    "10.0.0.0/8",
    "::1",
    "fc00::/7",
    "http://127.0.0.1:9000",
    "https://[::1]",
)
_PRIVATE = (
    *("127.0.0.1", "127.1.2.3", "10.0.0.1", "169.254.169.254", "192.168.1.1", "172.16.0.1"),
    *("0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1"),
)
_PRIVATE_V6 = ("::1", "::", "fe80::1", "fc00::1", "ff02::1", "64:ff9b:1::1", "2001:db8::1")
_HOSTS = ("example.test", "a.example.test", "a.test", "localhost", "evil.test", "A.Example.TEST.")


def _spelt(choices: Choices, text: str) -> str:
    """Write an IPv4 address in one of the ways that the C library, or IPv6, knows."""
    number = int(IPv4Address(text))
    parts = [number >> shift & 255 for shift in (24, 16, 8, 0)]
    formats = ("%d", "0%o", "0x%x", "0X%X", "00%o")
    one = choices.pick(formats)
    spellings = (
        text,
        one % number,
        f"{one % parts[0]}.{choices.pick(formats) % (number & 0xFFFFFF)}",
        f"{parts[0]}.{one % parts[1]}.{choices.pick(formats) % (number & 0xFFFF)}",
        ".".join(choices.pick(formats) % part for part in parts),
        f"[::ffff:{text}]",
        f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]",
        f"[0:0:0:0:0:FFFF:{text}]",
        f"[64:ff9b::{text}]",
        f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::1]",
        text + ".",
        text.replace(".", "\u3002"),
        "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text),
        text.replace(".", "%2e"),
    )
    return choices.pick(spellings)


def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
    """Return entries, an authority and addresses."""
    entries = [choices.pick(_NAMES) for _ in range(1 + choices.below(3))]
    if choices.chance(4):
        entries.append(choices.pick(_ADDRESSES))
    if choices.chance(8):
        entries.append(edited(choices.pick(entries).encode(), choices).decode("latin-1"))
    kind = choices.below(4)
    if kind == 0:
        host = choices.pick(_HOSTS)
    elif kind == 1:
        host = f"[{choices.pick(_PRIVATE_V6)}]"
    else:
        host = _spelt(choices, choices.pick(_PRIVATE))
    if choices.chance(6):
        host = edited(host.encode(), choices).decode("latin-1")
    if choices.chance(8):
        host = choices.pick(("a.example.test@", "x:y@", "#", "a.test\\", "/")) + host
    port = choices.pick(("", "", ":80", ":443", ":9000", ":0", ":65536", ":", ":080"))
    found = [choices.pick((*_PRIVATE, *_PRIVATE_V6, "93.184.215.14")) for _ in range(2)]
    scheme = choices.pick(("http", "https"))
    return json.dumps([entries, scheme, host + port, found]).encode()


def _c_library(host: str) -> IPv4Address | None:
    """Read an IPv4 address as inet_aton(3) describes it."""
    parts = host.split(".")
    if not 1 <= len(parts) <= 4:
        return None
    numbers = []
    for part in parts:
        match = re.fullmatch(r"(0[xX][0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*)", part, re.ASCII)
        if match is None:
            return None
        numbers.append(int(part, 16 if match[1] else 8 if match[2] else 10))
    last = 256 ** (5 - len(numbers))
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= last:
        return None
    value = numbers[-1]
    for index, number in enumerate(numbers[:-1]):
        value += number << 24 - 8 * index
    return IPv4Address(value)


def _target(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a host means by itself."""
    bare = host.lower().removesuffix(".")
    try:
        return ip_address(bare.strip("[]"))
    except ValueError:
        return _c_library(bare)


def _named(entries: Sequence[str], address: IPv4Address | IPv6Address) -> bool:
    """Return whether an entry names that address: only then may it be reached."""
    for entry in entries:
        host = re.sub(r"^https?://", "", entry.lower())
        host = re.sub(r":(\d+|\*)/?$", "", host) if "://" in entry else host
        host = host.rstrip("/").removesuffix(".")
        with contextlib.suppress(ValueError):
            if address in ip_network(host.strip("[]"), strict=False):
                return True
        if _target(host) == address:
            return True
    return False


def _check(data: bytes) -> None:
    entries, scheme, authority, found = json.loads(data)
    try:
        policy = Policy(tuple(entries))
    except ValueError as error:
        assert str(error) == f'the entry "{faulty(tuple(entries))}" is not understood'
        return
    assert faulty(tuple(entries)) is None
    origin = Origin.of(scheme, authority)
    if origin is None:
        return
    assert 0 < origin.port < 65536
    assert origin.host == origin.host.lower()
    host = re.sub(r":\d*$", "", authority)
    meant = _target(host)
    assert origin.address == meant, (origin, meant)
    # A name leads where its resolver says; an address to itself.
    for address in [meant] if meant is not None else map(ip_address, found):
        allowed = policy.allows(origin) and policy.allows_address(origin, address)
        if allowed and not _named(entries, address):
            assert not is_private(address), (origin, address)
            assert str(address) == "93.184.215.14" or meant is not None, address
            _assert_public(address)


def _assert_public(address: IPv4Address | IPv6Address) -> None:
    """Compare with a list of our own: whatever carries a private IPv4 address is private."""
    carried = address
    if isinstance(address, IPv6Address):
        number = int(address)
        if number >> 32 in (0xFFFF, 0x64FF9B << 64):
            carried = IPv4Address(number & 0xFFFFFFFF)
        elif number >> 112 == 0x2002:
            carried = IPv4Address(number >> 80 & 0xFFFFFFFF)
        else:
            assert number >> 125 == 1, address
            return
    private = [ip_network(f"{text}/8") for text in ("0.0.0.0", "10.0.0.0", "127.0.0.0")]
    private += [ip_network(t) for t in ("169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")]
    private += [ip_network(t) for t in ("100.64.0.0/10", "224.0.0.0/3", "198.18.0.0/15")]
    assert not any(carried in network for network in private), address


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Nothing is needed."""
    yield _check
