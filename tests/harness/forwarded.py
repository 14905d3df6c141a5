"""What ``client_ip`` and ``forwarded`` of a listener make of a request, in Unit and here."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.harness.http import Connection


@dataclass(frozen=True)
class Row:
    """A listener's members, what a proxy at 127.0.0.1 sends, and what the component is told."""

    members: dict[str, Any]
    fields: list[tuple[str, str]]
    address: str
    scheme: str = field(default="http")


def _ip(source: Any, **more: Any) -> dict[str, Any]:
    return {"client_ip": {"source": source, "header": "X-Real-Ip", **more}}


def _both(**more: Any) -> dict[str, Any]:
    return {"forwarded": {"source": "127.0.0.1", **more}}


_SENT = [("x-real-ip", "192.0.2.7")]
_CHAIN = [("X-Real-IP", "192.0.2.1, 192.0.2.2 ,10.0.0.3")]
_PROXIES = ["127.0.0.1", "10.0.0.0/8"]

ROWS: list[Row] = [
    # Who is believed.
    Row({}, _SENT, "127.0.0.1"),
    Row(_ip("127.0.0.1"), _SENT, "192.0.2.7"),
    Row(_ip("127.0.0.0/8"), _SENT, "192.0.2.7"),
    Row(_ip("127.9.9.9/8"), _SENT, "192.0.2.7"),
    Row(_ip("0.0.0.0/0"), _SENT, "192.0.2.7"),
    Row(_ip("126.0.0.0-127.0.0.1"), _SENT, "192.0.2.7"),
    Row(_ip("127.0.0.1:1-65535"), _SENT, "192.0.2.7"),
    Row(_ip("*:1-65535"), _SENT, "192.0.2.7"),
    Row(_ip(["10.0.0.1", "127.0.0.1"]), _SENT, "192.0.2.7"),
    Row(_ip("!10.0.0.1"), _SENT, "192.0.2.7"),
    Row(_ip("!unix"), _SENT, "192.0.2.7"),
    Row(_ip(["!10.0.0.1", "127.0.0.0/8"]), _SENT, "192.0.2.7"),
    Row(_ip([]), _SENT, "127.0.0.1"),
    Row(_ip("10.0.0.0/8"), _SENT, "127.0.0.1"),
    Row(_ip("127.0.0.2-127.0.0.9"), _SENT, "127.0.0.1"),
    Row(_ip("127.0.0.1:1"), _SENT, "127.0.0.1"),
    Row(_ip("::/0"), _SENT, "127.0.0.1"),
    Row(_ip("unix"), _SENT, "127.0.0.1"),
    Row(_ip("!127.0.0.1"), _SENT, "127.0.0.1"),
    Row(_ip(["127.0.0.0/8", "!127.0.0.1"]), _SENT, "127.0.0.1"),
    Row(_ip(["!10.0.0.1", "10.0.0.2"]), _SENT, "127.0.0.1"),
    # What is believed.
    Row(_ip("127.0.0.1"), [], "127.0.0.1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "")], "127.0.0.1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "somebody")], "127.0.0.1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "0.0.0.0")], "127.0.0.1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "::")], "127.0.0.1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "192.0.2.256")], "127.0.0.1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "192.0.2.7:0")], "127.0.0.1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "192.0.2.7:65536")], "127.0.0.1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "unix:/x")], "127.0.0.1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "[::1]")], "127.0.0.1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "192.0.2.7:81")], "192.0.2.7"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "2001:DB8:0::1")], "2001:db8::1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "[2001:db8::1]:81")], "2001:db8::1"),
    Row(_ip("127.0.0.1"), [("x-real-ip", "192.0.2.7,")], "192.0.2.7"),
    Row(_ip("127.0.0.1"), _CHAIN, "10.0.0.3"),
    Row(_ip("127.0.0.1"), [*_SENT, ("x-real-ip", "192.0.2.8")], "192.0.2.8"),
    Row(_ip("127.0.0.1"), [*_SENT, ("x-real-ip", "x")], "127.0.0.1"),
    # Through several proxies.
    Row(_ip(_PROXIES, recursive=True), _CHAIN, "192.0.2.2"),
    Row(_ip("127.0.0.1", recursive=True), _CHAIN, "10.0.0.3"),
    Row(_ip("0.0.0.0/0", recursive=True), _CHAIN, "192.0.2.1"),
    Row(_ip(_PROXIES, recursive=True), [("x-real-ip", "x, 10.0.0.3")], "10.0.0.3"),
    Row(_ip(_PROXIES, recursive=True), [*_SENT, ("x-real-ip", "10.0.0.3")], "192.0.2.7"),
    Row(_ip(_PROXIES, recursive=True), [("x-real-ip", "10.0.0.4 10.0.0.3")], "10.0.0.4"),
    # The newer member, and both.
    Row(_both(client_ip="x-real-ip"), _SENT, "192.0.2.7"),
    Row(_both(client_ip="x-real-ip", source="10.0.0.1"), _SENT, "127.0.0.1"),
    Row(_both(protocol="X-Proto"), [*_SENT, ("x-proto", "https")], "127.0.0.1", "https"),
    Row(_both(protocol="x-proto"), [("x-proto", "HTTPS")], "127.0.0.1", "https"),
    Row(_both(protocol="x-proto"), [("x-proto", "on")], "127.0.0.1", "https"),
    Row(_both(protocol="x-proto"), [("x-proto", "http")], "127.0.0.1"),
    Row(_both(protocol="x-proto"), [("x-proto", "wss")], "127.0.0.1"),
    Row(
        _both(protocol="x-proto"), [("x-proto", "https"), ("x-proto", "http")], "127.0.0.1", "https"
    ),
    Row(_both(protocol="x-proto", source="10.0.0.1"), [("x-proto", "https")], "127.0.0.1"),
    Row(
        _both(client_ip="x-real-ip", protocol="x-proto", source=_PROXIES, recursive=True),
        [*_CHAIN, ("x-proto", "https")],
        "192.0.2.2",
        "https",
    ),
    Row(
        {**_both(client_ip="x-other"), **_ip("192.0.2.7")},
        [("x-other", "192.0.2.7"), ("x-real-ip", "192.0.2.9")],
        "192.0.2.9",
    ),
]


def client(address: str, *rows: Row) -> list[tuple[str, str]]:
    """Send the requests of rows over one connection to the guest ``request-info``.

    Its client address is told as ``x-told``.
    """
    found = []
    with Connection(address) as connection:
        for row in rows:
            lines = "".join(f"{name}: {value}\r\n" for name, value in row.fields)
            connection.send(f"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode())
            text = connection.response().body.decode()
            told = re.search("^header x-told: (.*)$", text, re.MULTILINE)
            scheme = re.search("^scheme: (.*)$", text, re.MULTILINE)
            assert told is not None, text
            assert scheme is not None, text
            found.append((told[1], scheme[1].lower()))
    return found
