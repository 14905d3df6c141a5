"""Exchanges that are tried on each kind of server, and what has to come of them."""

import hashlib
import random
import threading
import time

from tests.harness.http import Connection, request

MIB = 1 << 20
PATTERN = b"0123456789abcdef"
ALL_BYTES = bytes(i * 167 + 13 & 0xFF for i in range(256))
"""What the guest big-response repeats."""

ECHOES = ("echo", "echo-py", "echo-js")
"""The guests that send a body back."""

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"

FORGED = "203.0.113.9"
"""A client's address that only the client says is one."""


def stream_through(address: str, count: int) -> None:
    """Send so many MiB, all of them different, and read the same bytes while they are sent."""
    piece = random.Random(1).randbytes(MIB)
    sent, received = hashlib.sha256(), hashlib.sha256()

    def send(client: Connection) -> None:
        client.send(HEAD + b"Content-Length: %d\r\n\r\n" % (count * MIB))
        for index in range(count):
            part = piece[index:] + piece[:index]
            sent.update(part)
            client.send(part)

    with Connection(address) as client:
        sender = threading.Thread(target=send, args=(client,))
        sender.start()
        assert client.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 OK\r\n")
        for part in client.chunks():
            received.update(part)
        sender.join()
    assert received.digest() == sent.digest()


def answer_with_each_status(client: Connection) -> None:
    """Ask the guest ``status-codes`` for statuses that are fine."""
    for status in (200, 201, 299, 400, 404, 418, 500, 503, 599):
        response = client.get(f"/{status}")
        assert (response.status, response.body) == (status, b"ok %d\n" % status)


def answer_without_bodies(client: Connection) -> None:
    """Ask the guest ``no-body`` for statuses that have none, with and without a length."""
    lengths = {
        "/204": None,
        "/204/5": None,
        "/205": "0",
        "/205/5": "0",
        "/304": None,
        "/304/5": "5",
    }
    for path, length in lengths.items():
        response = client.get(path)
        assert (response.status, response.body) == (int(path[1:4]), b"")
        assert response.field("transfer-encoding") is None
        assert response.field("content-length") == length
    response = client.get("/200")
    assert (response.status, response.body) == (200, b"a body\n")


def go_on_after_the_response(address: str) -> None:
    """Ask the guest ``works-after`` five times: it takes 200 ms after its answer."""
    started = time.monotonic()
    with Connection(address) as client:
        for _ in range(5):
            assert client.get().body == b"answered\n"
        # Nobody waits for it.
        assert time.monotonic() - started < 0.9


def client_address(address: str, *forged: str) -> list[str]:
    """Return what the guest ``request-info`` is told of its client.

    Parameters:
        forged: what the client itself says, in one field each.
    """
    fields = dict(zip(("X-Forwarded-For", "x-forwarded-for"), forged, strict=False))
    lines = request(address, fields=fields).body.decode().splitlines()
    return [line for line in lines if line.startswith("header x-")]
