"""Listener addresses."""

import pytest

from unit_wasm.config.address import Address, parse_address
from unit_wasm.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("*:8080", Address("0.0.0.0", 8080), "http://0.0.0.0:8080"),
        ("127.0.0.1:0", Address("127.0.0.1", 0), "http://127.0.0.1:0"),
        ("127.0.0.1:65535", Address("127.0.0.1", 65535), "http://127.0.0.1:65535"),
        ("[::1]:80", Address("::1", 80), "http://[::1]:80"),
        ("[0:0::0:1]:80", Address("::1", 80), "http://[::1]:80"),
        ("unix:/run/x.sock", Address(path="/run/x.sock"), "unix:/run/x.sock"),
        ("unix:x:1", Address(path="x:1"), "unix:x:1"),
        ("unix:@x", Address(path="@x"), "unix:@x"),
        ("unix:@/run/x", Address(path="@/run/x"), "unix:@/run/x"),
        ("unix:./@x", Address(path="./@x"), "unix:./@x"),
        ("unix:@" + "a" * 106, Address(path="@" + "a" * 106), "unix:@" + "a" * 106),
        ("unix:" + "a" * 107, Address(path="a" * 107), "unix:" + "a" * 107),
    ],
)
def test_addresses(text: str, address: Address, shown: str) -> None:
    assert parse_address(text) == address
    assert str(address) == shown


NO_IP = "has no usable IP address"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "has no port", 'write "*:8080", "127.0.0.1:8080", "[::1]:8080" or "unix:/path"'),
        ("8080", "has no port", 'write "*:8080", "127.0.0.1:8080", "[::1]:8080" or "unix:/path"'),
        ("*:", "has no usable port", "allowed: 0 to 65535"),
        ("*:x", "has no usable port", "allowed: 0 to 65535"),
        ("*:-1", "has no usable port", "allowed: 0 to 65535"),
        ("*:\u0665", "has no usable port", "allowed: 0 to 65535"),
        ("*:65536", "has no usable port", "allowed: 0 to 65535"),
        ("*:4294967295", "has no usable port", "allowed: 0 to 65535"),
        (":80", NO_IP, "names are not resolved"),
        ("localhost:80", NO_IP, "names are not resolved"),
        ("1.2.3:80", NO_IP, "names are not resolved"),
        ("::1:80", NO_IP, "an IPv6 address is written in brackets"),
        ("[127.0.0.1]:80", NO_IP, "names are not resolved"),
        ("127.0.0.1\0:80", NO_IP, "names are not resolved"),
    ],
)
def test_not_an_address(text: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_address(text, pointer="/listeners/x")
    assert caught.value.message == f'the address "{text}" {message}'
    assert caught.value.hint == hint
    assert caught.value.pointer == "/listeners/x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("unix:", "the Unix socket has no path"),
        ("unix:@", "the Unix socket has no path"),
        ("unix:@" + "a" * 107, "the path of the Unix socket is longer than 107 bytes"),
        ("unix:a\0b", "the Unix socket has no path"),
        ("unix:" + "a" * 108, "the path of the Unix socket is longer than 107 bytes"),
        ("unix:" + "ä" * 54, "the path of the Unix socket is longer than 107 bytes"),
    ],
)
def test_not_a_path(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_address(text)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "name", "is_file"),
    [
        ("unix:/run/x", "/run/x", True),
        ("unix:@\u00e9", b"\0\xc3\xa9", False),
        ("[::1]:80", ("::1", 80), False),
    ],
)
def test_what_the_system_calls_it(text: str, name: object, is_file: bool) -> None:
    address = parse_address(text)
    assert (address.socket_name, address.is_file) == (name, is_file)
