"""Our worker without a server: what an exchange costs beside sockets and HTTP."""

from __future__ import annotations

import time

import measure

from compare.cases import ALL_BYTES, PATTERN
from compare.results import Results

ALONE = "alone"
MIB = 1 << 20
_HELLO = 400
_ECHO = 40


def alone(results: Results, rounds: int, seconds: float) -> None:
    """Measure hello beside the same calls from plain C, in turn, and echoes of 1 MiB."""
    until = time.monotonic() + seconds
    plain = measure.Plain("hello", count=_HELLO, keep=0)
    hello, echo = measure.guest_worker("hello"), measure.guest_worker("echo")
    bodies = {"echo_mb": PATTERN * (MIB // 16), "echo_random_mb": ALL_BYTES * (MIB // 256)}
    try:
        hello.loopback(_HELLO)
        for number in range(rounds):
            if number and time.monotonic() > until:
                break
            results.add(ALONE, "plain", hello_us=plain.median())
            results.add(ALONE, "embedded", hello_us=hello.loopback(_HELLO).median / 1000)
            for name, body in bodies.items():
                done = echo.loopback(_ECHO, method="POST", body=body)
                rate = done.body_bytes / done.nanoseconds * 1000
                results.add(ALONE, "embedded", **{name: rate})
    finally:
        plain.close()
        hello.close()
        echo.close()
