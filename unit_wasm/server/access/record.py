"""One request with its response, as the variables of the access log see it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from unit_wasm.serving.request import host_name

Fields = Sequence[tuple[bytes, bytes]]


@dataclass(slots=True)
class Record:
    """What is known when the last byte has been written, or the connection is cut.

    Parameters:
        remote: the client's address; ``unix:`` on a Unix socket.
        status: of the response; 499 where the client went away before there was one, as in nginx.
        sent: bytes of the response after its head, framing included, as Unit counts.
        seconds: since the head of the request was complete.
        method: None where the request could not be read.
        target: as the client wrote it.
        version: ``1.1`` or ``1.0``.
        path: decoded.
        query: without its question mark.
        headers: of the request, names in lower case.
        response_headers: those of the application.
        connection: the ``connection`` field of the response, or None.
        chunked: whether the response was.
        wall: seconds since 1970.
        id: of the request, where an application has given it one.
    """

    remote: bytes
    status: int
    sent: int = 0
    seconds: float = 0.0
    method: bytes | None = None
    target: bytes = b""
    version: str = "1.1"
    path: str = ""
    query: bytes = b""
    headers: Fields = ()
    response_headers: Fields = ()
    connection: bytes | None = None
    chunked: bool = False
    wall: float = field(default_factory=time.time)
    id: bytes | None = None

    def value(self, name: str) -> bytes | None:
        """Return what a variable stands for; None where there is no such thing."""
        known = _VALUES.get(name)
        if known is not None:
            return known(self)
        for prefix, find in _PREFIXES:
            if name.startswith(prefix):
                return find(self, name[len(prefix) :])
        return None

    def _id(self) -> bytes:
        """That of a request that was refused before an application got it is in no other place."""
        if self.id is None:
            self.id = os.urandom(16).hex().encode()
        return self.id

    def _request_line(self) -> bytes | None:
        if self.method is None:
            return None
        return b"%b %b HTTP/%b" % (self.method, self.target, self.version.encode())

    def _host(self) -> bytes | None:
        host = _first(self.headers, b"host")
        return host_name(host) if host else None

    def _content_length(self) -> bytes | None:
        return _first(self.response_headers, b"content-length")

    def _header(self, name: str) -> bytes | None:
        return _first(self.headers, _field_name(name))

    def _response_header(self, name: str) -> bytes | None:
        return _first(self.response_headers, _field_name(name))

    def _argument(self, name: str) -> bytes | None:
        """The last one counts, as in Unit."""
        return _last(self.query.split(b"&"), name.encode(), unquote_to_bytes)

    def _cookie(self, name: str) -> bytes | None:
        pairs = (
            pair.strip(b" \t")
            for key, value in self.headers
            if key == b"cookie"
            for pair in value.split(b";")
        )
        return next(
            (pair[len(name) + 1 :] for pair in pairs if pair.startswith(name.encode() + b"=")), None
        )


def _field_name(name: str) -> bytes:
    return name.lower().replace("_", "-").encode()


def _first(fields: Fields, name: bytes) -> bytes | None:
    return next((value for key, value in fields if key.lower() == name), None)


def _last(pairs: Iterable[bytes], name: bytes, decode: Callable[[bytes], bytes]) -> bytes | None:
    found = None
    for pair in pairs:
        key, _, value = pair.partition(b"=")
        if decode(key.replace(b"+", b" ")) == name:
            found = decode(value.replace(b"+", b" "))
    return found


def _time_local(wall: float) -> bytes:
    local = time.localtime(wall)
    month = _MONTHS[local.tm_mon - 1]
    return time.strftime(f"%d/{month}/%Y:%H:%M:%S %z", local).encode()


# strftime would ask the locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_VALUES: dict[str, Callable[[Record], bytes | None]] = {
    "body_bytes_sent": lambda record: str(record.sent).encode(),
    "dollar": lambda record: b"$",
    "host": Record._host,
    "method": lambda record: record.method,
    "remote_addr": lambda record: record.remote,
    "request_id": Record._id,
    "request_line": Record._request_line,
    "request_time": lambda record: f"{record.seconds:.3f}".encode(),
    "request_uri": lambda record: None if record.method is None else record.target,
    "response_header_connection": lambda record: record.connection,
    "response_header_content_length": Record._content_length,
    "response_header_transfer_encoding": lambda record: b"chunked" if record.chunked else None,
    "status": lambda record: b"%03d" % record.status,
    "time_local": lambda record: _time_local(record.wall),
    "uri": lambda record: None if record.method is None else record.path.encode("utf-8", "replace"),
}

_PREFIXES: tuple[tuple[str, Callable[[Record, str], bytes | None]], ...] = (
    ("response_header_", Record._response_header),
    ("header_", Record._header),
    ("arg_", Record._argument),
    ("cookie_", Record._cookie),
)
