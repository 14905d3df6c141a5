"""The request of an ASGI scope, as the worker takes it."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, NamedTuple

__all__ = ["Request", "client_address", "host_name", "read_scope"]


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
    authority (RFC 9112 section 3.2), or a line feed in a field. HTTP/1.0 without a Host is for
    ``localhost``, as in Unit.
    """
    host: bytes | None = None
    hosts = 0
    has_body = False
    parts: list[bytes] = []
    for name, value in scope["headers"]:
        parts += (name, b":", value, b"\n")
        if name == b"host":
            hosts += 1
            host = value
        elif name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
            # RFC 9112 section 6.3; servers for HTTP/2 say it by a length.
            has_body = True
    if hosts == 1:
        authority = host_name(host)
    else:
        old = not hosts and scope.get("http_version") == "1.0"
        authority = b"localhost" if old else None
    headers = b"".join(parts)
    # A line feed in a name or value would give the guest a field that nobody sent.
    if authority is None or headers.count(b"\n") != len(scope["headers"]):
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


def client_address(scope: MutableMapping[str, Any]) -> bytes:
    """Return the client's address: ``unix:`` on a Unix socket, empty where nobody knows it."""
    client = scope.get("client")
    if client:
        return str(client[0]).encode("ascii", "replace")
    server = scope.get("server")
    # As the ASGI specification describes a Unix socket, and as Unit writes its clients.
    return b"unix:" if server and server[1] is None else b""


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
