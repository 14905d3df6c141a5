"""What clients that send a byte per second cost others: ``make bench-slow``; ``ARGS=SECONDS``.

So many connections send a head, or a body, one byte each second, or read a response as slowly. A
normal request, on a connection of its own each time, is measured beside them on the embedded
server. Prints median, 99th percentile and the longest; nothing is asserted. Beside them stands how
late the machine woke a process that only sleeps, at the same time: what it does to that one it
also does to a request.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from applications import serving
from compare.process import host_and_port

CONNECTIONS = 500
PAUSE = 0.02
"""Seconds between two normal requests."""

SLEEPER = """
import signal, time
ended = []
signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
longest, last = 0.0, time.monotonic()
print(flush=True)
while not ended:
    time.sleep(0.001)
    now = time.monotonic()
    longest, last = max(longest, now - last - 0.001), now
print(longest)
"""

HEAD = b"GET /hello HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
POST = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
LARGE = b"GET /100000000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
NORMAL = b"GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Kind:
    """How the slow clients behave.

    Parameters:
        application: that they ask.
        first: what they send at once.
        drips: whether they send a byte each second, or read one.
    """

    name: str
    application: str
    first: bytes
    drips: bool = True


KINDS = (
    Kind("no slow clients", "hello", b""),
    Kind("a head, byte by byte", "hello", HEAD),
    Kind("a body, byte by byte", "echo", POST),
    Kind("a response, read byte by byte", "big-response", LARGE, drips=False),
)


def connect(address: str, window: int | None = None) -> socket.socket:
    """Return a connection to an application."""
    client = socket.socket()
    client.settimeout(30)
    if window is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    client.connect(host_and_port(address))
    return client


class Slow:
    """So many slow clients, in a thread; each does something once a second.

    Parameters:
        kind: how they behave.
    """

    def __init__(self, kind: Kind, address: str) -> None:
        self._kind = kind
        self._address = address
        self._ended = threading.Event()
        count = CONNECTIONS if kind.first else 0
        self._clients = [self._open() for _ in range(count)]
        self.replaced = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _open(self) -> socket.socket:
        # A small window, so that it is the server that has to hold what is not read.
        client = connect(self._address, window=4096)
        client.sendall(self._kind.first)
        client.setblocking(False)
        return client

    def _run(self) -> None:
        count = max(1, len(self._clients))
        due = time.monotonic()
        while not self._ended.is_set():
            for index in range(len(self._clients)):
                # Spread over the second, as real ones would be.
                due += 1 / count
                if self._ended.wait(max(0, due - time.monotonic())):
                    return
                self._act(index)
            if not self._clients:
                self._ended.wait()

    def _act(self, index: int) -> None:
        client = self._clients[index]
        try:
            done = client.send(b"x") if self._kind.drips else len(client.recv(1))
        except BlockingIOError:
            return
        except OSError:
            done = 0
        if not done:
            # The server has had enough of it; another one takes its place.
            client.close()
            self._clients[index] = self._open()
            self.replaced += 1

    def close(self) -> None:
        """End the thread and close the connections."""
        self._ended.set()
        self._thread.join()
        for client in self._clients:
            client.close()


def normal(address: str) -> float:
    """Return the milliseconds of a normal request, from connecting to the end."""
    began = time.perf_counter()
    with connect(address) as client:
        client.sendall(NORMAL)
        answer = b""
        while part := client.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    return (time.perf_counter() - began) * 1000


class Sleeper:
    """A process that sleeps for a millisecond again and again, and knows how late it woke."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", SLEEPER]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def longest(self) -> float:
        """End it; returns how many milliseconds too late it was at worst."""
        self._process.terminate()
        return float(self._process.communicate()[0]) * 1000


def measure(kind: Kind, seconds: float) -> str:
    """Measure beside one kind of slow clients, on a server of its own; return a line."""
    with serving(("hello", "echo", "big-response")) as (_, addresses):
        slow, sleeper = Slow(kind, addresses[kind.application]), Sleeper()
        try:
            time.sleep(1)
            end = time.monotonic() + seconds
            times = []
            while time.monotonic() < end:
                times.append(normal(addresses["hello"]))
                time.sleep(PAUSE)
        finally:
            slow.close()
            woken = sleeper.longest()
    times.sort()
    late = times[int(len(times) * 0.99)]
    return (
        f"{kind.name:32}{len(times):6} requests  median {statistics.median(times):7.2f} ms"
        f"  p99 {late:7.2f} ms  longest {times[-1]:7.2f} ms"
        f"  (a sleeper {woken:.2f} ms)  {slow.replaced} cut by the server"
    )


def main() -> None:
    """Measure all of them."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    for kind in KINDS:
        print(measure(kind, seconds), flush=True)


if __name__ == "__main__":
    main()
