"""Bodies between Python and a worker (csrc/python/transport.h); large ones are not copied.

Nothing of CFFI is imported here, see ``outgoing.py``.
"""

from __future__ import annotations

from typing import Any

_KEPT = 16 * 1024
"""Bodies of less bytes are copied: that is cheaper than an owner for each."""


class BodyCalls:
    """What is called for the bodies of exchanges; a part of ``Worker``."""

    _ffi: Any
    _lib: Any
    _room: Any  # a size_t *

    @property
    def _worker(self) -> Any:
        raise NotImplementedError

    def body(self, news: Any) -> bytes | memoryview:
        """Return the body of news, the last ones: its bytes, or its memory with an owner.

        Parameters:
            news: a ``uw_news_t *``.
        """
        ffi, lib = self._ffi, self._lib
        size = news.body_size
        if size >= _KEPT:
            memory = lib.uw_asgi_keep(self._worker, news)
            if memory != ffi.NULL:
                return memoryview(ffi.buffer(ffi.gc(memory, lib.uw_asgi_free_body, size), size))
        copied: bytes = ffi.unpack(news.body, size)
        return copied

    def push(self, exchange: int, data: bytes | memoryview, last: bool) -> int:
        """Give the guest bytes of the request body.

        Returns:
            How many more bytes the window takes (0: wait for ``pull``), or -1: nobody reads them.
        """
        given = data if isinstance(data, bytes) else self._ffi.from_buffer(data)
        return int(self._lib.uw_asgi_push(self._worker, exchange, given, len(data), last))

    def room(self, exchange: int, most: int) -> memoryview | None:
        """Return memory for up to so many bytes of the request body, instead of :meth:`push`.

        It is valid until the next call of this worker, which is to be :meth:`arrived`.

        Returns:
            None: nobody reads them, or there is no room.
        """
        memory = self._lib.uw_asgi_room(self._worker, exchange, most, self._room)
        if memory == self._ffi.NULL:
            return None
        return memoryview(self._ffi.buffer(memory, self._room[0]))

    def arrived(self, exchange: int, size: int, last: bool) -> int:
        """Say that so many bytes are in the memory of :meth:`room`. Returns what push() does."""
        return int(self._lib.uw_asgi_arrived(self._worker, exchange, size, last))

    def source(self, exchange: int, descriptor: int, left: int) -> bool:
        """Let the guest read its body from a socket in the next turn, where nobody else does.

        Parameters:
            left: bytes of the body that are still to be read from there.

        Returns:
            Whether it does; then :meth:`sources` says after the turn what it has read.
        """
        return bool(self._lib.uw_asgi_source(self._worker, exchange, descriptor, left))

    def sources(self, count: int) -> list[tuple[int, int]]:
        """Return what became of all of these, in their order: to be called right after the turn.

        Returns:
            How many bytes were read, and what :meth:`push` would return.
        """
        sources = self._lib.uw_asgi_sources(self._worker)
        return [(sources[i].read, sources[i].room) for i in range(count)]

    def sent(self, exchange: int, size: int, descriptor: int = -1, chunked: bool = False) -> None:
        """Say that ``size`` bytes of the response body have left for the client.

        Parameters:
            descriptor: a socket that has all of them: the guest may write to it, until bytes are
                to be sent again, or :meth:`gone` is said. -1: it may not.
            chunked: what it writes is sent in chunks.
        """
        self._lib.uw_asgi_sent(self._worker, exchange, size, descriptor, chunked)

    def sent_directly(self, exchange: int) -> int:
        """Return how many bytes were sent in that way since the last call, with their frames."""
        return int(self._lib.uw_asgi_sent_directly(self._worker, exchange))
