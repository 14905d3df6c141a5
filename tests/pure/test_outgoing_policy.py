"""Where guests may send requests: the entries of the option, and addresses that stay closed."""

from ipaddress import ip_address

import pytest

from unit_wasm.options.origins import Origin, faulty, literal_address
from unit_wasm.outgoing.addresses import is_private
from unit_wasm.outgoing.policy import Policy


def origin(url: str) -> Origin:
    scheme, _, authority = url.partition("://")
    found = Origin.of(scheme, authority)
    assert found is not None, url
    return found


def allowed(entries: str, url: str) -> bool:
    return Policy(tuple(entries.split())).allows(origin(url))


@pytest.mark.parametrize(
    ("entries", "url", "expected"),
    [
        ("", "https://example.com", False),
        ("*", "https://example.com", True),
        ("*", "http://example.com:8080", True),
        ("https://api.example.com", "https://api.example.com", True),
        ("https://api.example.com", "https://API.Example.com", True),
        ("https://api.example.com", "https://api.example.com.", True),
        ("https://api.example.com", "https://api.example.com:443", True),
        ("https://api.example.com", "https://api.example.com:8443", False),
        ("https://api.example.com", "http://api.example.com", False),
        ("https://api.example.com", "http://api.example.com:443", False),
        ("https://api.example.com", "https://example.com", False),
        ("https://api.example.com", "https://api.example.com.evil.test", False),
        ("https://api.example.com", "https://xapi.example.com", False),
        ("https://API.example.com/", "https://api.example.com", True),
        ("https://*.example.com", "https://a.example.com", True),
        ("https://*.example.com", "https://a.b.example.com", True),
        ("https://*.example.com", "https://example.com", False),
        ("https://*.example.com", "https://aexample.com", False),
        ("https://*.example.com:8443", "https://a.example.com:8443", True),
        ("https://*.example.com:8443", "https://a.example.com", False),
        ("http://localhost:*", "http://localhost:9000", True),
        ("http://localhost:*", "http://localhost", True),
        ("http://localhost:*", "https://localhost", False),
        ("https://*", "https://example.com", True),
        ("https://*", "https://example.com:8443", False),
        ("https://*", "http://example.com", False),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000", True),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9001", False),
        ("http://127.0.0.1:9000", "http://2130706433:9000", True),
        ("http://[::1]:9000", "http://[0:0::1]:9000", True),
        ("10.0.0.0/8", "http://10.0.0.1", False),
        ("https://a.test https://b.test", "https://b.test", True),
    ],
)
def test_origins(entries: str, url: str, expected: bool) -> None:
    assert allowed(entries, url) is expected


@pytest.mark.parametrize(
    "authority",
    [
        "",
        ":80",
        "a:",
        "a:0",
        "a:65536",
        "a:-1",
        "a b",
        "a\0b",
        "a\x7f",
        "\uff11\uff12\uff17.0.0.1",
        "a:\uff18\uff10",
        "u@a",
        "a/b",
        "a%2eb",
        "[::1",
        "[a]",
        "[1]",
        "[127.0.0.1]",
        "[::1.]",
        "[64:ff9b::172.]",
        "::1",
        ".a",
        "a..b",
    ],
)
def test_authorities_that_lead_nowhere(authority: str) -> None:
    assert Origin.of("http", authority) is None


@pytest.mark.parametrize(
    "entry",
    [
        "example.com",
        "ftp://example.com",
        "https://",
        "https://exa mple.com",
        "https://a.*.example.com",
        "https://*example.com",
        "https://example.com/path",
        "https://user@example.com",
        "https://example.com:0",
        "https://example.com:65536",
        "https://example.com:x",
        "https://[::1",
        "https://[::1.]",
        "10.0.0.1/8",
        "300.0.0.0/8",
        "**",
    ],
)
def test_entries_that_are_refused(entry: str) -> None:
    assert faulty(("*", entry)) == entry
    with pytest.raises(ValueError, match="the entry"):
        Policy((entry,))


_PRIVATE = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254
    169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1
    198.19.255.255 198.51.100.1 203.0.113.12 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
    64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::
    2002:a00:1:: 2002:a9fe:a9fe::1 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1
"""

_PUBLIC = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
    172.15.255.255 172.32.0.0 192.0.1.1 193.0.0.1 198.17.255.255 198.20.0.0 223.255.255.255
    2001:4860:4860::8888 2606:4700::1111 2a00:1450::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::
"""


@pytest.mark.parametrize("text", _PRIVATE.split())
def test_private_addresses_are_closed(text: str) -> None:
    address = ip_address(text)
    assert is_private(address)
    host = f"[{text}]" if ":" in text else text
    target = origin(f"http://{host}")
    # Neither a star, nor an origin by name, nor an entry for something else opens it.
    for entries in (("*",), ("http://*",), ("http://name.test", "10.9.9.9", "http://10.9.9.8")):
        assert not Policy(entries).allows_address(target, address)
        assert not Policy(entries).allows_address(origin("http://name.test"), address)


@pytest.mark.parametrize("text", _PUBLIC.split())
def test_public_addresses_are_open(text: str) -> None:
    assert not is_private(ip_address(text))
    assert Policy(()).allows_address(origin("http://name.test"), ip_address(text))


@pytest.mark.parametrize(
    ("entries", "url", "address", "expected"),
    [
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000", "127.0.0.1", True),
        ("http://127.0.0.1:9000", "http://localhost:9000", "127.0.0.1", True),
        ("http://127.0.0.1:9000", "http://localhost:9001", "127.0.0.1", False),
        ("http://127.0.0.1:9000", "https://localhost:9000", "127.0.0.1", False),
        ("http://127.0.0.1:9000", "http://localhost:9000", "127.0.0.2", False),
        ("http://127.0.0.1:9000", "http://localhost:9000", "::ffff:127.0.0.1", False),
        ("http://[::1]:9000", "http://localhost:9000", "::1", True),
        ("10.1.0.0/16", "http://name.test", "10.1.2.3", True),
        ("10.1.0.0/16", "http://name.test", "10.2.2.3", False),
        ("10.1.2.3", "https://name.test", "10.1.2.3", True),
        ("fd00::/8", "https://name.test", "fd12::1", True),
        ("0.0.0.0/0", "https://name.test", "::1", False),
        ("http://localhost:9000", "http://localhost:9000", "127.0.0.1", False),
        ("http://*:9000", "http://localhost:9000", "127.0.0.1", False),
    ],
)
def test_entries_open_addresses(entries: str, url: str, address: str, expected: bool) -> None:
    policy = Policy(tuple(entries.split()))
    assert policy.allows_address(origin(url), ip_address(address)) is expected


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("0xa9fea9fe", "169.254.169.254"),
        ("::1", "::1"),
        ("::ffff:7f00:1", "::ffff:127.0.0.1"),
    ],
)
def test_every_way_to_write_an_address(host: str, address: str) -> None:
    assert literal_address(host) == ip_address(address)
    bracketed = f"[{host}]" if ":" in host else host
    assert origin(f"http://{bracketed}").address == ip_address(address)


@pytest.mark.parametrize(
    "host", ["localhost", "a.test", "1.2.3.4.5", "256.0.0.1", "0x", "-1", "1e3"]
)
def test_names_are_no_addresses(host: str) -> None:
    assert literal_address(host) is None


def test_an_origin_as_text() -> None:
    assert str(origin("https://A.test:443")) == "https://a.test"
    assert str(origin("http://[::1]:81")) == "http://[::1]:81"


def test_a_host_that_no_library_takes_is_no_address() -> None:
    assert literal_address("127.0.0.1\0.example.test") is None
