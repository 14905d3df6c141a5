"""The head of a request: what the callbacks of the HTTP parser make of it."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from unit_wasm.asgi_scope import NO_HOST, SEVERAL_HOSTS, checked_host
from unit_wasm.server.cycle import UNKNOWN

if TYPE_CHECKING:
    from unit_wasm.server.listener import Listener

__all__ = ["HeadReader", "Refused", "path_and_query"]

_REQUEST_LINE_REST = len(b"  HTTP/1.1\r\n")
_FIELD_REST = len(b": \r\n")
_NOTED = frozenset((b"connection", b"content-length", b"transfer-encoding", b"expect"))
_SLASH, _FRAGMENT, _QUERY = b"/#?"


class Refused(Exception):
    """Raised inside a parser callback: stop here and answer with this status."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class HeadReader(HttpToolsProtocol):
    """A connection as far as the heads of its requests go.

    What is here of a head belongs to the one that is being read; a Cycle takes it over.

    Parameters:
        listener: where it was accepted; holds the application and the limits.

    Attributes:
        fields: names, in lower case, and values in turns.
        host: that of them; None: there is none.
        length: of the body: that which is declared, 0 or UNKNOWN.
    """

    # What is read and written for each request; an instance that has many more attributes than the
    # base class gives it would be slow.
    __slots__ = (
        "_connection_said",
        "_head_least",
        "_head_most",
        "_in_head",
        "_noted",
        "_timer",
        "authority",
        "fields",
        "host",
        "length",
        "listener",
        "method",
        "target",
        "version",
    )

    # The parser does not call what is not there.
    on_message_begin = None  # type: ignore[assignment]

    def __init__(self, listener: Listener) -> None:
        super().__init__(config=listener.uvicorn_config, server_state=listener.state, app_state={})
        self.listener = listener
        self.method = b""
        self.version = ""
        self.target = b""
        self.authority = b""
        self._timer: asyncio.TimerHandle | None = None
        # Bytes of the head so far: the chunk in which it began may hold the end of the request
        # before it, so the exact number lies between these two.
        self._head_least = 0
        self._head_most = 0
        self._in_head = True
        self.url = b""
        self.fields: list[bytes] = []
        self.host: bytes | None = None
        self._forget_noted()

    def _forget_noted(self) -> None:
        """Prepare for the next head after one that had a field of those in ``_NOTED``."""
        self._noted = False
        self.length = 0
        self.expect_100_continue = False
        self._connection_said = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return  # a trailer
        name = name.lower()
        fields = self.fields
        fields.append(name)
        fields.append(value)
        if name == b"host":
            self.host = value if self.host is None else SEVERAL_HOSTS
        elif name in _NOTED:
            self._note(name, value)

    def _note(self, name: bytes, value: bytes) -> None:
        self._noted = True
        if name == b"connection":
            self._connection_said = True
        elif name == b"expect":
            self.expect_100_continue = value.lower() == b"100-continue"
        elif name == b"transfer-encoding":
            self.length = UNKNOWN
        elif self.length != UNKNOWN:
            self.length = int(value)

    def _complete_head(self) -> bool:
        """Check the head and read what is in it; whether the client keeps the connection.

        Raises:
            Refused: the request is not to be answered.
        """
        self._in_head = False
        if self._timer is not None:
            self._stop_timer()
        parser = self.parser
        self.method = parser.get_method()
        keep_alive = parser.should_keep_alive()
        # Where the client says nothing, only HTTP/1.1 keeps the connection.
        known = keep_alive and not self._connection_said
        self.version = version = "1.1" if known else parser.get_http_version()
        if self._head_most > self.listener.limits.max_header_bytes:
            self._check_head_size()
        host = self.host
        authority = checked_host(host) if host is not None else self._without_host()
        if authority is None:
            raise Refused(HTTPStatus.BAD_REQUEST)
        self.authority = authority
        self.target = path_and_query(self.url)
        return keep_alive and version != "1.0"

    def _without_host(self) -> bytes | None:
        return None if self.version == "1.1" else NO_HOST.get(self.version, b"")

    def _check_head_size(self) -> None:
        size = len(self.method) + len(self.url) + _REQUEST_LINE_REST + len(b"\r\n")
        size += sum(map(len, self.fields)) + len(self.fields) // 2 * _FIELD_REST
        if size > self.listener.limits.max_header_bytes:
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def path_and_query(target: bytes) -> bytes:
    """Return what an application gets of a request's target.

    Parameters:
        target: as the HTTP parser has read it.

    Raises:
        httptools.HttpParserInvalidURLError: it is none, or the authority form of CONNECT.
        Refused: it has no path.
    """
    if target[0] == _SLASH and target[-1] != _QUERY and _FRAGMENT not in target:
        # Parsing would give the same: the HTTP parser lets nothing else through that is special.
        return target
    url = httptools.parse_url(target)
    if url.path is None:
        raise Refused(HTTPStatus.BAD_REQUEST)
    return b"%b?%b" % (url.path, url.query) if url.query else url.path
