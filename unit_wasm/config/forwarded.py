"""``client_ip`` and ``forwarded`` of a listener, with the addresses that Unit reads there."""

from __future__ import annotations

import ipaddress
from typing import TypeAlias

from unit_wasm.config.document import JsonObject, JsonValue
from unit_wasm.config.proxies import PORT_MAX, Forwarded, Pattern
from unit_wasm.config.schema import array, boolean, either, members, string
from unit_wasm.errors import ConfigError

_Kind: TypeAlias = "type[ipaddress.IPv4Address] | type[ipaddress.IPv6Address]"

_HINT = "write 10.0.0.0/8, 192.0.2.1-192.0.2.9, ::1, unix, or one of them behind a !"


def _pattern(value: JsonValue, pointer: str) -> Pattern:
    """Read an address of a ``source``."""
    text = string(value, pointer)
    try:
        return _parsed(text.removeprefix("!"), negative=text.startswith("!"))
    except ValueError:
        raise ConfigError(
            f'"{text}" does not say which addresses are meant', pointer=pointer, hint=_HINT
        ) from None


def _parsed(text: str, *, negative: bool) -> Pattern:
    if text == "unix":
        return Pattern(negative, -1)
    if text.startswith("*:"):
        return Pattern(negative, 0, ports=_ports(text[2:]))
    bare, port = text, None
    make: _Kind
    if text.startswith("["):
        bare, bracket, port = text[1:].rpartition("]:")
        make = ipaddress.IPv6Address
        if not bracket:
            raise ValueError(text)
    elif text.count(":") > 1:
        make = ipaddress.IPv6Address
    else:
        bare, colon, port = text.partition(":")
        port = port if colon else None
        make = ipaddress.IPv4Address
    first, last = _range(bare, make)
    version = 4 if make is ipaddress.IPv4Address else 6
    return Pattern(negative, version, first, last, (0, PORT_MAX) if port is None else _ports(port))


def _range(text: str, make: _Kind) -> tuple[int, int]:
    start, dash, end = text.partition("-")
    if dash:
        first, last = int(make(start)), int(make(end))
        if first > last:
            raise ValueError(text)
        return first, last
    start, slash, bits = text.partition("/")
    first = int(make(start))
    if not slash:
        return first, first
    rest = (32 if make is ipaddress.IPv4Address else 128) - _number(bits)
    if rest < 0:
        raise ValueError(text)
    return first >> rest << rest, first | ((1 << rest) - 1)


def _ports(text: str) -> tuple[int, int]:
    start, dash, end = text.partition("-")
    first = _number(start)
    last = _number(end) if dash else first
    if not first <= last <= PORT_MAX:
        raise ValueError(text)
    return first, last


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 5:
        raise ValueError(text)
    return int(text)


def _source(value: JsonValue, pointer: str) -> tuple[Pattern, ...]:
    _STRINGS(value, pointer)
    if isinstance(value, list):
        return tuple(_pattern(item, f"{pointer}/{index}") for index, item in enumerate(value))
    return (_pattern(value, pointer),)


_STRINGS = either({str: string, list: array(string)})
_CLIENT_IP = members(
    {"source": _source, "header": string, "recursive": boolean}, required=("source", "header")
)
_FORWARDED = members(
    {"source": _source, "client_ip": string, "protocol": string, "recursive": boolean},
    required=("source",),
)


def client_ip(value: JsonValue, pointer: str) -> Forwarded:
    """Check a listener's ``client_ip``, the older way to say a part of :func:`forwarded`.

    Raises:
        ConfigError: it is none.
    """
    found = _CLIENT_IP(value, pointer)
    return _forwarded(found, pointer, client_ip=_header(found, "header", pointer))


def forwarded(value: JsonValue, pointer: str) -> Forwarded:
    """Check a listener's ``forwarded``.

    Raises:
        ConfigError: it is none.
    """
    found = _FORWARDED(value, pointer)
    if "client_ip" not in found and "protocol" not in found:
        raise ConfigError('neither "client_ip" nor "protocol" is given', pointer=pointer)
    return _forwarded(
        found,
        pointer,
        client_ip=_header(found, "client_ip", pointer),
        protocol=_header(found, "protocol", pointer),
    )


def _forwarded(
    found: JsonObject, pointer: str, *, client_ip: bytes, protocol: bytes = b""
) -> Forwarded:
    source = _source(found["source"], f"{pointer}/source")
    return Forwarded(source, client_ip, protocol, found.get("recursive") is True)


def _header(found: JsonObject, name: str, pointer: str) -> bytes:
    # One that no client could send is no fault in Unit either.
    return string(found.get(name, ""), f"{pointer}/{name}").lower().encode()
