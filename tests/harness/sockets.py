"""Programs for the guest ``sockets``, and peers of it on loopback."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.harness.direct import PATIENCE, Call, Client

HOST = "127.0.0.1"
V6 = "0:0:0:0:0:0:0:1"

BOTH = pytest.mark.parametrize(("version", "host", "name"), [(4, HOST, HOST), (6, "::1", V6)])
"""Runs a test with both versions: where a peer is, and what the guest calls that."""

LOOPBACK = ("127.0.0.0/8", "::1", "tcp:*:*", "udp:*:*", "listen:*:*")
"""All of this machine, and of the network."""


def program(*lines: str) -> bytes:
    """Return a program as the body of a request."""
    return "\n".join(line for part in lines for line in part.splitlines()).encode()


def results(client: Client, *lines: str) -> list[str]:
    """Run a program; return what came of each command."""
    answer = client.run("/", method="POST", body=program(*lines))
    assert (answer.status, answer.how) == (200, "ended"), answer
    return answer.text.splitlines()


def begun(client: Client, *lines: str) -> Call:
    """Begin with a program, as far as it comes now; its results are the text of its answer."""
    call = client.start("/", method="POST", body=program(*lines))
    client.settle()
    return call


def trapped(client: Client, *lines: str) -> str:
    """Run a program that ends with a trap; return its line in the log."""
    answer = client.run("/", method="POST", body=program(*lines))
    assert answer.status == 500
    return answer.log[0]


def pattern(size: int) -> bytes:
    """Return what the guest writes with ``write-many``, and expects of ``read-all``."""
    return bytes((i * 167 + 13) & 0xFF for i in range(size))


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM, host: str = "127.0.0.1") -> int:
    """Return a port that nobody has."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as found:
        found.bind((host, 0))
        return int(found.getsockname()[1])


@contextmanager
def peer(serve: Callable[[socket.socket], None], host: str = "127.0.0.1") -> Iterator[int]:
    """Listen on a port, which is yielded, and serve one connection on a thread.

    Raises:
        AssertionError: what serves has not ended, or has failed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    failures: list[BaseException] = []

    def run() -> None:
        try:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(PATIENCE)
                serve(connection)
        except BaseException as error:
            failures.append(error)

    with socket.socket(family) as listener:
        listener.settimeout(PATIENCE)
        listener.bind((host, 0))
        listener.listen()
        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join(PATIENCE)
    assert not thread.is_alive()
    assert failures == []


@contextmanager
def udp_peer(host: str = "127.0.0.1") -> Iterator[socket.socket]:
    """Yield a socket of UDP that is bound to a port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as found:
        found.settimeout(PATIENCE)
        found.bind((host, 0))
        yield found
