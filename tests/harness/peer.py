"""A server that says exactly the bytes that a test wants, and notes those that it gets."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"

_TIMEOUT = 30.0


class Caller:
    """One connection that somebody opened to a :class:`Peer`."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._buffer = bytearray()

    def head(self) -> bytes:
        """Return a request's head with its empty line; nothing where the caller has gone."""
        head = self.until(b"\r\n\r\n")
        return head if head.endswith(b"\r\n\r\n") else b""

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer where the caller ends before."""
        while len(self._buffer) < size and self._fill():
            pass
        return self._take(size)

    def until(self, end: bytes) -> bytes:
        """Return what comes up to ``end``, which is included."""
        while end not in self._buffer:
            if not self._fill():
                return self._take(len(self._buffer))
        return self._take(self._buffer.index(end) + len(end))

    def rest(self) -> bytes:
        """Return everything up to the end of the connection; a reset counts as one."""
        while self._fill():
            pass
        return self._take(len(self._buffer))

    def _take(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        """Break the connection instead of ending it."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def _fill(self) -> bool:
        try:
            data = self.sock.recv(1 << 16)
        except ConnectionError:
            return False
        self._buffer += data
        return bool(data)


Serve = Callable[[Caller], object]
"""What a peer does with a connection."""


def keep(caller: Caller) -> None:
    """Answer one request after the other."""
    while caller.head():
        caller.send(OK)


def once(answer: bytes, *, stay: bool = False) -> Serve:
    """Return a peer that answers one request on each connection with these bytes.

    Parameters:
        stay: then wait until the other side ends the connection.
    """

    def serve(caller: Caller) -> None:
        caller.head()
        caller.send(answer)
        if stay:
            caller.rest()

    return serve


def together(count: int) -> Serve:
    """Return a peer that answers when so many requests are there at the same time."""
    all_there = threading.Barrier(count, timeout=_TIMEOUT)

    def serve(caller: Caller) -> None:
        caller.head()
        all_there.wait()
        caller.send(OK)

    return serve


class Silent:
    """A peer that takes a request and never answers; it says what has happened."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.ended = threading.Event()

    def __call__(self, caller: Caller) -> None:
        caller.head()
        self.arrived.set()
        caller.rest()
        self.ended.set()


class Peer:
    """A server with a thread for each connection.

    Parameters:
        serve: is given each connection; it is closed when that returns.
        tls: with certificate and key, for a server that speaks TLS.
    """

    def __init__(
        self,
        serve: Serve,
        tls: ssl.SSLContext | None = None,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> None:
        self._serve = serve
        self._tls = tls
        self._listener = socket.create_server(
            ("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family
        )
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self.errors: list[BaseException] = []
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._closing = False
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self._closing:
                sock.close()
                return
            self.connections += 1
            sock.settimeout(_TIMEOUT)
            thread = threading.Thread(target=self._run, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _run(self, sock: socket.socket) -> None:
        try:
            if self._tls is not None:
                try:
                    sock = self._tls.wrap_socket(sock, server_side=True)
                except (ssl.SSLError, ConnectionError):
                    # The other side did not like the certificate.
                    return
            self._open.add(sock)
            self._serve(Caller(sock))
        except BrokenPipeError:
            pass
        except OSError as error:
            if not self._closing:
                self.errors.append(error)
        except BaseException as error:
            self.errors.append(error)
        finally:
            self._open.discard(sock)
            sock.close()

    def close(self) -> None:
        """Stop, and end every connection."""
        self._closing = True
        with socket.create_connection(self._listener.getsockname()[:2], _TIMEOUT):
            self._acceptor.join()
        self._listener.close()
        for sock in list(self._open):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()


@contextmanager
def peer(serve: Serve, tls: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """Run a peer; an error in ``serve`` fails the test."""
    server = Peer(serve, tls)
    try:
        yield server
    finally:
        server.close()
    assert server.errors == []
