"""The request of an ASGI scope, as the worker takes it."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Any, NamedTuple

from unit_wasm.patterns import pattern

# RFC 3986, section 3.2; an address of a version later than 6 is none that anybody knows.
_HOST = pattern(
    rb"(?:(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*|\[([0-9A-Fa-f:.]+)\])(?::([0-9]*))?"
)
_MAX_PORT = 65535


NO_HOST = {"1.0": b"localhost"}
"""The authority of a request without a Host field, by its version, as in Unit; none: it is bad."""

REQUEST_ID = "request_id"
"""What an application tells by ``state`` of a scope: the id that the request has in its log."""

SEVERAL_HOSTS = b"["
"""Stands for Host fields of which there is more than one: nothing is called that."""


class Request(NamedTuple):
    """What the worker gets of a request.

    Parameters:
        head: see :func:`request_head`.
        has_body: a body follows.
    """

    head: bytes
    has_body: bool


def read_scope(scope: MutableMapping[str, Any]) -> Request | None:
    """Return the request of a scope.

    None for one that is answered with 400: no Host in HTTP/1.1, several, or one that is no
    authority (RFC 9112 section 3.2), or a line feed in a field.
    """
    host: bytes | None = None
    has_body = False
    fields: list[bytes] = []
    for name, value in scope["headers"]:
        fields += name, value
        if name == b"host":
            host = value if host is None else SEVERAL_HOSTS
        elif name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
            # RFC 9112 section 6.3; servers for HTTP/2 say it by a length.
            has_body = True
    version = scope.get("http_version", "")
    found = NO_HOST.get(version) if host is None else checked_host(host.strip(b" \t"))
    authority = found or None
    if authority is None:
        return None
    target = scope.get("raw_path") or scope["path"].encode()
    if query := scope.get("query_string"):
        target = b"%b?%b" % (target, query)
    scheme = scope.get("scheme", "http").encode("latin-1")
    method = scope["method"].encode("latin-1")
    head = request_head(method, scheme, authority, target, client_address(scope), fields)
    return None if head is None else Request(head, has_body)


def request_head(
    method: bytes,
    scheme: bytes,
    authority: bytes,
    target: bytes,
    client: bytes,
    fields: list[bytes],
) -> bytes | None:
    """Return a request as the worker takes it: all of these, with a line feed between any two.

    None where there is one inside of them: the guest would get a field that nobody sent.

    Parameters:
        method: as the client wrote it.
        scheme: ``http`` or ``https``.
        authority: the server's name, without its port and in lower case.
        target: path and query as the client wrote them.
        client: the client's address: ``unix:`` on a Unix socket, empty where nobody knows it.
        fields: names and values in turns.
    """
    head = b"\n".join([method, scheme, authority, target, client, *fields])
    return head if head.count(b"\n") == len(fields) + 4 else None


def field_pairs(fields: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Return names and values in turns as pairs of them."""
    return list(zip(fields[::2], fields[1::2], strict=True))


def client_address(scope: MutableMapping[str, Any]) -> bytes:
    """Return the client's address: ``unix:`` on a Unix socket, empty where nobody knows it."""
    client = scope.get("client")
    if client:
        return str(client[0]).encode("ascii", "replace")
    server = scope.get("server")
    # As the ASGI specification describes a Unix socket, and as Unit writes its clients.
    return b"unix:" if server and server[1] is None else b""


@lru_cache(maxsize=256)
def checked_host(host: bytes) -> bytes | None:
    """Return the name in a Host field; empty where it is empty.

    None for one that HTTP/1.1 does not allow: RFC 9112 section 3.2.
    """
    return (host_name(host) or b"") if _is_host(host) else None


def _is_host(host: bytes) -> bool:
    parts = _HOST.fullmatch(host)
    if parts is None:
        return False
    address, port = parts[1], (parts[2] or b"").lstrip(b"0")
    if len(port) > 5 or int(port or b"0") > _MAX_PORT:
        return False
    try:
        return address is None or IPv6Address(address.decode()).scope_id is None
    except ValueError:
        return False


@lru_cache(maxsize=256)
def host_name(host: bytes) -> bytes | None:
    """Return the name in a Host field, or None where it is none."""
    name, port = host.strip(), b""
    if name.startswith(b"["):
        end = name.find(b"]")
        if end < 0:
            return None
        name, port = name[: end + 1], name[end + 1 :]
    elif b":" in name:
        name, _, port = name.partition(b":")
        port = b":" + port
    if port and (port[:1] != b":" or not (port[1:].isdigit() or port == b":")):
        return None
    return name.lower() or None
