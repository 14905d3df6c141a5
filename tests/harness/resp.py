"""A server that speaks Redis's protocol, as much of it as tests need, in a thread."""

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

STORES = ("sqlite", "redis")
"""Kinds of stores, see :func:`store`."""


class RespServer:
    """Hashes in memory, on a port of its own.

    ``asked`` counts commands; ``silent`` makes it answer nothing any more; ``denies`` answers
    everything with that error.
    """

    def __init__(self, port: int = 0) -> None:
        self.hashes: dict[bytes, dict[bytes, bytes]] = {}
        self.asked = 0
        self.silent = threading.Event()
        self.denies = b""
        self._lock = threading.Lock()
        self._open: set[Any] = set()
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                server._open.add(self.connection)
                while (command := _command(self.rfile)) is not None:
                    server.asked += 1
                    if not server.silent.is_set():
                        self.wfile.write(server._answer(command))
                server._open.discard(self.connection)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client is gone."""

        self._server = Server(("127.0.0.1", port), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        """For UNIT_WASM_KEYVALUE."""
        return f"redis://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Go away, with all connections."""
        import contextlib
        import socket

        self._server.shutdown()
        self._server.server_close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _answer(self, command: list[bytes]) -> bytes:
        if self.denies:
            return b"-%b\r\n" % self.denies
        name, *arguments = command
        handler: Callable[..., Any] | None = getattr(self, f"_{name.decode().lower()}", None)
        if handler is None:
            return b"-ERR unknown command\r\n"
        with self._lock:
            return _packed(handler(*arguments))

    def _client(self, *arguments: bytes) -> bytes:
        return b"OK"

    def _select(self, number: bytes) -> bytes:
        return b"OK"

    def _hash(self, name: bytes) -> dict[bytes, bytes]:
        return self.hashes.setdefault(name, {})

    def _hget(self, name: bytes, key: bytes) -> bytes | None:
        return self._hash(name).get(key)

    def _hset(self, name: bytes, *pairs: bytes) -> int:
        self._hash(name).update(zip(pairs[::2], pairs[1::2], strict=True))
        return len(pairs) // 2

    def _hdel(self, name: bytes, *keys: bytes) -> int:
        return sum(self._hash(name).pop(key, None) is not None for key in keys)

    def _hexists(self, name: bytes, key: bytes) -> int:
        return int(key in self._hash(name))

    def _hmget(self, name: bytes, *keys: bytes) -> list[bytes | None]:
        return [self._hash(name).get(key) for key in keys]

    def _hincrby(self, name: bytes, key: bytes, delta: bytes) -> int | Exception:
        try:
            number = int(self._hash(name).get(key, b"0")) + int(delta)
        except ValueError:
            return Exception("ERR hash value is not an integer")
        if not -(1 << 63) <= number < 1 << 63:
            return Exception("ERR increment or decrement would overflow")
        self._hash(name)[key] = b"%d" % number
        return number

    def _hscan(self, name: bytes, cursor: bytes, *options: bytes) -> list[Any]:
        entries = sorted(self._hash(name).items())
        start, count = int(cursor), int(options[1])
        after = start + count if start + count < len(entries) else 0
        page = entries[start : start + count]
        return [b"%d" % after, [part for pair in page for part in pair]]

    def _eval(
        self, script: bytes, count: bytes, name: bytes, key: bytes, there: bytes, *values: bytes
    ) -> list[Any]:
        found = self._hash(name).get(key)
        if found != (values[0] if there == b"1" else None):
            return [0, found]
        self._hash(name)[key] = values[1]
        return [1, None]


def _command(file: Any) -> list[bytes] | None:
    line = file.readline()
    if not line.startswith(b"*"):
        return None
    parts = []
    for _ in range(int(line[1:])):
        size = int(file.readline()[1:])
        parts.append(file.read(size + 2)[:-2])
    return parts


def _packed(value: Any) -> bytes:
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, Exception):
        return b"-%b\r\n" % str(value).encode()
    if isinstance(value, list):
        return b"*%d\r\n" % len(value) + b"".join(map(_packed, value))
    if value == b"OK":
        return b"+OK\r\n"
    return b"$%d\r\n%b\r\n" % (len(value), value)


@contextlib.contextmanager
def store(kind: str, folder: Path) -> Iterator[str]:
    """Yield where a new store of that kind is, as options name it.

    Parameters:
        kind: one of :data:`STORES`.
        folder: for a file.
    """
    if kind == "sqlite":
        yield f"sqlite:{folder}/store.db"
        return
    with RespServer() as server:
        yield server.url
