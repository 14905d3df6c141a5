"""A worker that ends, and what that means for those beside it and for the one in its place."""

import contextlib
import ctypes
import os
import re
import select
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.http import Connection, request
from tests.harness.processes import wait_until
from tests.harness.unitd import Unit, Unitd, application
from tests.unitd.load import Load

pytestmark = pytest.mark.slow

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
_PIDFD_GETFD = 438


@contextlib.contextmanager
def _two_workers(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        server.configure({"hello": application("hello", processes=2)})
        server.expect_alerts("exited on signal 9", "sendmsg(")
        yield server


def test_answers_in_several_messages_beside_each_other(unit: Unit) -> None:
    """All workers write into one queue of the router, where no answer may overtake its head."""
    with unit.start() as server:
        server.configure({"big": application("big-response", processes=3)})
        for size in (700, 3000):
            with Load(server["big"], 40, f"/{size}") as load:
                load.wait_for(6000)
            assert load.tally.failed == 0, str(load.tally)


def _watched(pid: int) -> dict[str, int]:
    """Return the sockets that a process reads: what they are, and their descriptors."""
    found = {}
    for name in os.listdir(f"/proc/{pid}/fd"):
        text = Path(f"/proc/{pid}/fdinfo/{name}").read_text()
        for number, events in re.findall(r"^tfd:\s*(\d+) events:\s*(\w+)", text, re.MULTILINE):
            if not int(events, 16) & select.EPOLLIN:
                continue
            link = os.readlink(f"/proc/{pid}/fd/{number}")
            if link.startswith("socket:"):
                found[link] = int(number)
    return found


def _shared_socket(pids: list[int]) -> socket.socket:
    """Return a copy of the socket that all of these processes read."""
    every = [_watched(pid) for pid in pids]
    (link,) = set.intersection(*(set(one) for one in every))
    process = os.pidfd_open(pids[0])
    try:
        copy = ctypes.CDLL(None, use_errno=True).syscall(_PIDFD_GETFD, process, every[0][link], 0)
        assert copy >= 0, os.strerror(ctypes.get_errno())
    finally:
        os.close(process)
    return socket.socket(fileno=copy)


def test_message_that_a_killed_worker_has_taken(unit: Unit) -> None:
    """The others are told of requests again when a worker has taken its place.

    The router says "there is something in the queue" once, through a socket that all workers share,
    and not again until somebody has cleared a flag beside the queue. A worker that dies after it
    has read the message and before it has cleared the flag would leave the others asleep for ever.
    Here the test takes that message itself, out of the worker's own socket, and kills the worker.
    """
    with _two_workers(unit) as server:
        for _ in range(4):
            assert request(server["hello"]).status == 200
        first, second = server.workers("hello")
        with _shared_socket([first, second]) as shared, Connection(server["hello"]) as client:
            for pid in (first, second):
                os.kill(pid, signal.SIGSTOP)
            client.send(GET)
            assert select.select([shared], [], [], 10)[0] != []
            assert len(shared.recv(100)) > 0
            os.kill(first, signal.SIGKILL)
            os.kill(second, signal.SIGCONT)
            assert client.response().status == 200
        wait_until(lambda: len(server.workers("hello")) == 2, "for a new worker")
        for _ in range(20):
            assert request(server["hello"]).status == 200


@pytest.mark.parametrize("attempt", range(10))
def test_end_while_a_worker_starts(unit: Unit, attempt: int) -> None:
    """Unit starts it although it ends, and does not tell it: none of ours may be left."""
    with _two_workers(unit) as server:
        # libunit keeps one message that nothing in the queue has announced, and here there are two
        # at times: that its sibling is gone, and that Unit ends.
        server.expect_alerts("too many port socket messages")
        assert request(server["hello"]).status == 200
        first = server.workers("hello")[0]
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: first not in server.workers("hello"), "for the worker to end")
        threading.Event().wait(attempt / 4000)
        server.stop(main_may_stay=True)
