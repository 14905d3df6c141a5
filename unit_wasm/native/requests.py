"""What clients of the embedded server send, as csrc/python/requests.h reads it.

A :class:`RequestReader` gets the bytes of one connection as they arrive and gives the heads and
bodies of its requests. It does no I/O and reads no clock. It never reads ahead: what follows a
request stays bytes until it is asked for.
"""

from __future__ import annotations

from http import HTTPStatus
from struct import Struct
from typing import Any

from unit_wasm._native import ffi, lib

UNKNOWN = -1
"""The length of a body in chunks."""

_HEAD, _TARGET = Struct("=Q8I"), Struct("=4I")
"""``uw_request_head_t``, and the end of it, which tells more about some targets."""

_MINOR: int = lib.UW_REQUEST_MINOR
_CLOSE: int = lib.UW_REQUEST_CLOSE
_CHUNKED: int = lib.UW_REQUEST_CHUNKED
_CONTINUE: int = lib.UW_REQUEST_CONTINUE
_HOST: int = lib.UW_REQUEST_HOST
_PATH: int = lib.UW_REQUEST_PATH
_ABSOLUTE: int = lib.UW_REQUEST_ABSOLUTE
_USUAL = _MINOR | _HOST

_VIEWED = 16 * 1024
"""Bytes of a body of which a view is cheaper than a copy."""

_read_head = lib.uw_request_head


class Refused(Exception):
    """A request that is not to be served.

    Parameters:
        status: what the client gets, where it can still get something.
        reason: for the log, what it has done; None: its status says enough.
    """

    def __init__(self, status: HTTPStatus, reason: str | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.reason = reason


class Scratch:
    """Where the C code writes what it has read, until Python has taken it.

    One is enough for any number of readers, as long as they are on one thread.
    """

    __slots__ = ("body_size", "done", "head", "head_values", "room", "size", "values")

    def __init__(self) -> None:
        self.head = ffi.new("uw_request_head_t *")
        self.head_values = ffi.buffer(self.head)
        self.body_size = ffi.new("size_t *")
        self.done = ffi.new("bool *")
        self.size = 0
        self.room: Any = None
        self.values: Any = None
        self.reserve(1 << 16)

    def reserve(self, size: int) -> None:
        """Make room for so many bytes."""
        if size > self.size:
            self.size = size
            self.room = ffi.new("uint8_t[]", size)
            self.values = ffi.buffer(self.room)


class RequestReader:
    """Reads the requests of one connection.

    Parameters:
        scratch: shared by all readers of the thread.

    Attributes:
        method, url, version: as the client wrote them; a later version than 1.1 is ``1.1``.
        target: path and query, as an application gets them.
        text: for each field a line feed, its name in lower case, a line feed and its value.
        host: value of the Host field; None: there is none.
        authority: of the target; None: it has none.
        keep_alive: the client keeps the connection.
        expects_continue: it waits for ``100 Continue``.
        length: of the body: that which was declared, 0 or :data:`UNKNOWN`.
        complete: all of the body has been read.
        data: empty where everything has been read.
    """

    __slots__ = (
        "_at",
        "_chunks",
        "_left",
        "_scratch",
        "_seen",
        "authority",
        "complete",
        "data",
        "expects_continue",
        "host",
        "keep_alive",
        "length",
        "method",
        "target",
        "text",
        "url",
        "version",
    )

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self.data = b""
        self._at = 0  # what is before it has been read
        self._seen = 0  # what is before it was there when a head was last looked for
        self._left = 0  # of a body with a length
        self._chunks: Any = None
        self.method = self.url = self.target = self.text = b""
        self.version = "1.1"
        self.host: bytes | None = None
        self.authority: bytes | None = None
        self.keep_alive = True
        self.expects_continue = False
        self.length = 0
        self.complete = True

    def feed(self, data: bytes) -> None:
        """Take bytes as they arrive."""
        if self.data:
            self.data = self.data[self._at :] + data
            self._seen = max(0, self._seen - self._at)
            self._at = 0
        else:
            self.data = data

    @property
    def waiting(self) -> int:
        """How many bytes have not been read."""
        return len(self.data) - self._at

    @property
    def blank(self) -> bool:
        """Whether these are nothing but empty lines."""
        return not self.data[self._at :].strip(b"\r\n")

    def _take(self, end: int) -> None:
        if end < len(self.data):
            self._at = self._seen = end
        else:
            # A connection that waits for its next request keeps nothing of the last.
            self.data = b""
            self._at = self._seen = 0

    def read_head(self, limit: int) -> bool:
        """Read the head of a request; False where it is not complete.

        Parameters:
            limit: bytes that it may have.

        Raises:
            Refused: it is not good HTTP, or too large. Nothing can be read after it.
        """
        data, at, scratch = self.data, self._at, self._scratch
        size = len(data)
        if size - at > scratch.size:
            scratch.reserve(size - at)
        outcome = _read_head(data, at, size, self._seen, limit, scratch.head, scratch.room)
        if outcome != 1:
            if outcome:
                raise Refused(HTTPStatus(-outcome))
            self._seen = size
            return False
        (length, taken, method, method_end, target_end, host, host_end, text_size, flags) = (
            _HEAD.unpack_from(scratch.head_values)
        )
        self.method = data[method:method_end]
        self.url = self.target = data[method_end + 1 : target_end]
        self.host = data[host:host_end]
        self.text = scratch.values[:text_size]
        self.authority = None
        if flags == _USUAL:
            self.version = "1.1"
            self.keep_alive = True
            self.expects_continue = False
            self.length = 0
        else:
            self._read_flags(flags, length)
        if flags & _PATH:
            self._read_target(data, flags)
        if taken == size:
            self.data = b""
            self._seen = 0
        else:
            self._take(at + taken)
        return True

    def _read_target(self, data: bytes, flags: int) -> None:
        path, path_end, authority, authority_end = _TARGET.unpack_from(
            self._scratch.head_values, _HEAD.size
        )
        self.target = data[path:path_end]
        if flags & _ABSOLUTE:
            self.authority = data[authority:authority_end]
            if not self.target.startswith(b"/"):
                # RFC 9112, section 3.2.4.
                asterisk = self.method == b"OPTIONS" and not self.target
                self.target = b"*" if asterisk else b"/" + self.target

    def _read_flags(self, flags: int, length: int) -> None:
        self.version = "1.1" if flags & _MINOR else "1.0"
        # HTTP/1.0 knows no connections that stay, but by an extension that we do not speak.
        self.keep_alive = flags & (_MINOR | _CLOSE) == _MINOR
        self.expects_continue = flags & _CONTINUE != 0
        if not flags & _HOST:
            self.host = None
        self._left = length
        self.length = UNKNOWN if flags & _CHUNKED else length
        if flags & _CHUNKED:
            self._chunks = ffi.new("uw_chunks_t *")
        self.complete = self.length == 0

    @property
    def left(self) -> int:
        """How many bytes of a body are to come of which all that has come was read; 0: unknown."""
        return 0 if self.data or self.length == UNKNOWN else self._left

    def took(self, size: int) -> None:
        """Note that so many bytes of :attr:`left` were read by somebody else."""
        self._left -= size
        self.complete = self._left == 0

    def read_body(self, limit: int) -> bytes | memoryview:
        """Return what has come of the body since the last call, and set :attr:`complete`.

        Parameters:
            limit: bytes of extensions and trailers that a body in chunks may have.

        Raises:
            Refused: it is not good HTTP, or more than that. Nothing can be read after it.
        """
        data, at = self.data, self._at
        if self.length == UNKNOWN:
            return self._read_chunks(limit)
        body: bytes | memoryview = data
        if at or self._left < len(data):
            end = at + self._left
            body = data[at:end] if len(data) - at < _VIEWED else memoryview(data)[at:end]
        self._take(at + len(body))
        self._left -= len(body)
        self.complete = self._left == 0
        return body

    def _read_chunks(self, limit: int) -> bytes:
        data, at, scratch = self.data, self._at, self._scratch
        size = len(data)
        scratch.reserve(size - at)
        end = lib.uw_chunks_read(
            *(self._chunks, data, at, size, limit), *(scratch.room, scratch.body_size, scratch.done)
        )
        if end < 0:
            reason = None
            if -end == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
                reason = f"its chunk extensions and trailers have more than {limit} bytes"
            raise Refused(HTTPStatus(-end), reason)
        self._take(end)
        self.complete = scratch.done[0]
        body: bytes = scratch.values[: scratch.body_size[0]]
        return body
