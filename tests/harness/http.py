"""A byte-level HTTP/1.1 client: sends exactly what a test gives and reads exactly one response."""

import json
import re
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

TIMEOUT = 20.0
"""Seconds without a byte after which a test fails; nothing is expected to take this long."""


class TruncatedError(Exception):
    """The connection ended inside a response.

    Parameters:
        received: what came of the part that was being read.
    """

    def __init__(self, received: bytes) -> None:
        super().__init__(f"the connection ended after {received[-200:]!r}")
        self.received = received


@dataclass(frozen=True)
class Response:
    """One response; field names are in lower case, in the order in which they came."""

    status: int
    reason: str
    fields: tuple[tuple[str, str], ...]
    body: bytes

    def field(self, name: str) -> str | None:
        """Return the value of a field, None where it is absent; repeats fail the test."""
        values = [value for field, value in self.fields if field == name]
        assert len(values) <= 1, f"{name} is repeated: {values}"
        return values[0] if values else None

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


class Connection:
    """A connection to ``http://HOST:PORT``, ``unix:PATH`` or ``unix:@NAME``; a context manager.

    Parameters:
        address: as the server prints it after "listening on".
    """

    def __init__(self, address: str) -> None:
        self._buffer = bytearray()
        if address.startswith("unix:"):
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.settimeout(TIMEOUT)
            try:
                # An abstract socket's name begins with a zero byte.
                self.sock.connect(re.sub("^@", "\0", address.removeprefix("unix:")))
            except OSError:
                self.sock.close()
                raise
        else:
            host, _, port = address.removeprefix("http://").rpartition(":")
            host = host.strip("[]").replace("0.0.0.0", "127.0.0.1")
            self.sock = socket.create_connection((host, int(port)), timeout=TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def reset(self) -> None:
        """Close with a reset: nobody can take it for the end of what is sent."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def send(self, data: bytes) -> None:
        """Send all bytes."""
        self.sock.sendall(data)

    def get(self, target: str = "/") -> Response:
        """Send a GET request and return its response."""
        self.send(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return self.response()

    def response(self, method: str = "GET") -> Response:
        """Read one response to a request with this method.

        Raises:
            TruncatedError: the connection ended before the response did.
        """
        head = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, *reason = head[0].split(" ", 2)
        assert version == "HTTP/1.1", head[0]
        fields = tuple(
            (name.lower(), value.strip())
            for name, _, value in (line.partition(":") for line in head[1:-2])
        )
        response = Response(int(status), reason[0] if reason else "", fields, b"")
        if method == "HEAD" or response.status in (204, 304) or response.status < 200:
            return response
        return Response(response.status, response.reason, fields, self._body(response))

    def _body(self, response: Response) -> bytes:
        if response.field("transfer-encoding") == "chunked":
            return b"".join(self.chunks())
        length = response.field("content-length")
        return self.rest() if length is None else self.read(int(length))

    def chunks(self) -> Iterator[bytes]:
        """Read a body in chunks, one by one; after the last one comes no trailer."""
        while size := int(self.read_until(b"\r\n"), 16):
            yield self.read(size)
            assert self.read(2) == b"\r\n"
        assert self.read(2) == b"\r\n"

    def read(self, size: int) -> bytes:
        """Read exactly this many bytes."""
        while len(self._buffer) < size:
            self._more()
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def read_until(self, mark: bytes) -> bytes:
        """Read up to and including a mark."""
        begin = 0
        while (found := self._buffer.find(mark, begin)) < 0:
            # What was searched once, but for a mark that has come in part, is not searched again.
            begin = max(0, len(self._buffer) - len(mark) + 1)
            self._more()
        return self.read(found + len(mark))

    def rest(self) -> bytes:
        """Read until the server closes, whether it ends cleanly or with a reset."""
        try:
            while True:
                self._more()
        except (TruncatedError, ConnectionResetError):
            data = bytes(self._buffer)
            self._buffer.clear()
            return data

    def _more(self) -> None:
        data = self.sock.recv(1 << 16)
        if not data:
            raise TruncatedError(bytes(self._buffer))
        self._buffer += data


def request(
    address: str,
    method: str = "GET",
    target: str = "/",
    body: bytes | None = None,
    fields: dict[str, str] | None = None,
) -> Response:
    """Send one request on a connection of its own and return the response."""
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    with Connection(address) as connection:
        connection.send("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        return connection.response(method)


def at_once(address: str, count: int, path: str = "/") -> list[int]:
    """Send that many requests side by side and return their statuses."""
    with ThreadPoolExecutor(count) as pool:
        return [*pool.map(lambda _: request(address, "GET", path).status, range(count))]
