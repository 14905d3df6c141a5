"""The request of an ASGI scope, as the worker takes it."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

__all__ = [
    "Request",
    "authority_of",
    "client_address",
    "header_lines",
    "host_name",
    "is_host",
    "read_scope",
]


_HOST = re.compile(
    rb"(?:(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?"
)


_LINE = b"%b:%b\n".__mod__


class Request(NamedTuple):
    """What the worker gets of a request.

    Parameters:
        method: as the client wrote it.
        scheme: ``http`` or ``https``.
        authority: the server's name, without its port and in lower case.
        target: path and query as the client wrote them.
        headers: lines ``name:value``, each ended by a line feed.
        client: the client's address: ``unix:`` on a Unix socket, empty where nobody knows it.
        has_body: a body follows.
    """

    method: bytes
    scheme: bytes
    authority: bytes
    target: bytes
    headers: bytes
    client: bytes
    has_body: bool


def read_scope(scope: MutableMapping[str, Any]) -> Request | None:
    """Return the request of a scope.

    None for one that is answered with 400: no Host in HTTP/1.1, several, or one that is no
    authority (RFC 9112 section 3.2), or a line feed in a field.
    """
    hosts: list[bytes] = []
    has_body = False
    for name, value in scope["headers"]:
        if name == b"host":
            hosts.append(value)
        elif name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
            # RFC 9112 section 6.3; servers for HTTP/2 say it by a length.
            has_body = True
    authority = authority_of(hosts, scope.get("http_version"))
    headers = header_lines(scope["headers"])
    if authority is None or headers is None:
        return None
    target = scope.get("raw_path") or scope["path"].encode()
    if query := scope.get("query_string"):
        target = b"%b?%b" % (target, query)
    return Request(
        scope["method"].encode("latin-1"),
        scope.get("scheme", "http").encode("latin-1"),
        authority,
        target,
        headers,
        client_address(scope),
        has_body,
    )


def authority_of(hosts: Sequence[bytes], version: str | None) -> bytes | None:
    """Return the authority of a request from its Host fields, or None where they are wrong.

    HTTP/1.0 without a Host is for ``localhost``, as in Unit.
    """
    if len(hosts) == 1:
        return host_name(hosts[0])
    return b"localhost" if version == "1.0" and not hosts else None


def header_lines(headers: Sequence[tuple[bytes, bytes]]) -> bytes | None:
    """Return the lines of :attr:`Request.headers`, or None where a field has a line feed in it.

    It would give the guest a field that nobody sent.
    """
    lines = b"".join(map(_LINE, headers))
    return lines if lines.count(b"\n") == len(headers) else None


def client_address(scope: MutableMapping[str, Any]) -> bytes:
    """Return the client's address: ``unix:`` on a Unix socket, empty where nobody knows it."""
    client = scope.get("client")
    if client:
        return str(client[0]).encode("ascii", "replace")
    server = scope.get("server")
    # As the ASGI specification describes a Unix socket, and as Unit writes its clients.
    return b"unix:" if server and server[1] is None else b""


@lru_cache(maxsize=256)
def is_host(host: bytes) -> bool:
    """Whether a Host field is one that HTTP/1.1 allows: RFC 9112 section 3.2."""
    return _HOST.fullmatch(host) is not None


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
