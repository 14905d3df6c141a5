"""Where components may go by sockets: C judges as a plain reading of the entries does."""

import random
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import pytest

from unit_wasm._native import ffi, lib
from unit_wasm.errors import ConfigError
from unit_wasm.options import Options
from unit_wasm.options.network import canonical, faulty
from unit_wasm.options.origins import Address, Network
from unit_wasm.outgoing import addresses
from unit_wasm.outgoing.addresses import is_private

USES = ("tcp", "udp", "listen")
NAMES = ("a.test", "b.a.test", "c.b.a.test", "xa.test", "test", "localhost")
HOSTS = ("*", "a.test", "*.a.test", "127.0.0.1", "[::1]", "10.1.2.3", "8.8.8.8", "[2600::1]")
NETWORKS = ("10.0.0.0/8", "127.0.0.1/32", "::1/128", "fc00::/7", "0.0.0.0/0", "192.168.0.0/29")
PLACES = ("127.0.0.1", "10.1.2.3", "8.8.8.8", "::1", "2600::1", "fc00::5", "::ffff:10.1.2.3")
PORTS = (0, 1, 80, 65535)


def judge(entries: str, use: str, address: str | None, port: int, name: str | None) -> int:
    texts = [ffi.NULL if text is None else text.encode() for text in (address, name)]
    return int(lib.uw_network_judge(entries.encode(), USES.index(use), texts[0], port, texts[1]))


def names(host: str, name: str) -> bool:
    return host in ("*", name) or (host.startswith("*.") and name.endswith(host[1:]))


def expected(entries: list[str], use: str, address: str, port: int, name: str | None) -> bool:
    """Return what the entries mean, read plainly."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    opened = [ip_network(entry) for entry in entries if "/" in entry]
    is_open = not is_private(found) or any(found in each for each in opened)
    for entry in entries:
        kind, _, rest = entry.partition(":")
        host, _, number = rest.rpartition(":")
        if "/" in entry or kind != use or number not in ("*", str(port)):
            continue
        bare = host.strip("[]")
        if bare not in ("*",) and not any(letter.isalpha() and letter > "f" for letter in bare):
            if ip_address(bare) == found:
                return True
        elif use == "listen" or (is_open and (host == "*" or (name and names(host, name)))):
            return True
    return False


def test_what_entries_mean() -> None:
    chosen = random.Random(5)
    seen = set()
    for _ in range(30_000):
        entries = chosen.sample(NETWORKS, chosen.randrange(2))
        for _ in range(chosen.randrange(4)):
            use = chosen.choice(USES)
            host = chosen.choice([each for each in HOSTS if use != "listen" or "test" not in each])
            entries.append(f"{use}:{host}:{chosen.choice(('*', *map(str, PORTS)))}")
        use, address, port = chosen.choice(USES), chosen.choice(PLACES), chosen.choice(PORTS)
        name = chosen.choice((None, *NAMES))
        wanted = expected(entries, use, address, port, name)
        seen.add(wanted)
        assert judge(" ".join(entries), use, address, port, name) == wanted, (entries, use, address)
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("entries", "name", "allowed"),
    [
        ("tcp:a.test:80", "a.test", 1),
        ("udp:*.a.test:80", "b.a.test", 1),
        ("tcp:*:80", "anything", 1),
        ("tcp:a.test:80", "b.test", 0),
        ("tcp:*.a.test:80", "a.test", 0),
        ("listen:*:80 10.0.0.0/8 tcp:127.0.0.1:80", "a.test", 0),
    ],
)
def test_names_that_may_be_looked_up(entries: str, name: str, allowed: int) -> None:
    assert judge(entries, "tcp", None, 0, name) == allowed


def test_both_know_the_same_private_addresses() -> None:
    """Both ends of every network that Python knows, their neighbours, and many others."""
    chosen = random.Random(7)
    numbers: list[Address] = []
    networks: list[Network] = [*addresses._PRIVATE_V4, *addresses._PRIVATE_V6]
    for network in (*networks, addresses._GLOBAL_V6):
        for edge in (int(network[0]), int(network[-1])):
            for number in (edge - 1, edge, edge + 1):
                if 0 <= number < 1 << network.max_prefixlen:
                    kind = IPv6Address if isinstance(network, IPv6Network) else IPv4Address
                    numbers.append(kind(number))
    numbers += [IPv4Address(chosen.getrandbits(32)) for _ in range(20_000)]
    numbers += [IPv6Address(chosen.getrandbits(128)) for _ in range(2_000)]
    numbers += [IPv6Address((0x20 << 120) | chosen.getrandbits(120)) for _ in range(20_000)]
    carried = [each for each in numbers if isinstance(each, IPv4Address)]
    for each in carried[:3_000]:
        numbers.append(IPv6Address((0xFFFF << 32) | int(each)))
        numbers.append(IPv6Address((0x64FF9B << 96) | int(each)))
        numbers.append(IPv6Address((0x2002 << 112) | (int(each) << 80) | 5))
    for address in numbers:
        assert lib.uw_network_private(str(address).encode()) == is_private(address), address


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("*", "tcp:*:* udp:*:*"),
        ("TCP:DB.Example.COM.:05432", "tcp:db.example.com:5432"),
        ("udp:*.example.com:*", "udp:*.example.com:*"),
        ("tcp:127.1:80", "tcp:127.0.0.1:80"),
        ("tcp:[0:0::1]:80", "tcp:[::1]:80"),
        ("listen:0.0.0.0:0", "listen:0.0.0.0:0"),
        ("listen:*:*", "listen:*:*"),
        ("listen:[::]:9000", "listen:[::]:9000"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("127.0.0.1", "127.0.0.1/32"),
        ("::1", "::1/128"),
    ],
)
def test_entries(entry: str, text: str) -> None:
    assert canonical((entry,)) == text
    assert judge(text, "tcp", "127.0.0.1", 1, None) in (0, 1)


@pytest.mark.parametrize(
    "entry",
    [
        *("", "tcp", "tcp:a.test", "tcp:a.test:", "tcp:a.test:0", "tcp:a.test:65536", "tcp::80"),
        *("tcp:a.test:-1", "tcp:a.test:+1", "tcp:a b:1", "tcp:a.test/:1", "tcp:*.:1", "tcp:**:1"),
        *("tcp:[::1]", "tcp:::1:80", "tcp:[127.0.0.1]:80", "tcp:[a.test]:80", "tcp:[::1%lo]:80"),
        *("listen:localhost:80", "listen:a.test:80", "listen:*.test:80", "listen:127.0.0.1:65536"),
        *("sctp:a.test:1", "10.0.0.1/8", "10.0.0.0/33", "a.test", "tcp:a.*.test:1", "tcp:a..b:1"),
    ],
)
def test_entries_that_are_none(entry: str) -> None:
    assert faulty(("*", entry)) == entry
    with pytest.raises(ConfigError) as caught:
        Options(network=("*", entry))
    assert f'network is "{entry}"' in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        *("tcp:", "tcp::", "tcp::80", "tcp:a:", "tcp:a:x", "tcp:a:-1", "tcp:a:65536", "tcp:[:1"),
        *("tcp:[]:1", "tcp:[::1:1", "tcp:::1:1", "listen:a:1", "x", "1.2.3.4", "1.2.3.4/33"),
        *("1.2.3/8", "::/129", "::/", "/8", "::1/-1", "udp:a:99999999999", "tcp:[127.0.0.1]:1"),
    ],
)
def test_c_refuses_what_it_cannot_read(text: str) -> None:
    for entries in (text, f"tcp:a:1 {text}", f"{text} tcp:a:1"):
        assert judge(entries, "tcp", "8.8.8.8", 1, None) == -1
