"""Timers that are set once and looked at when they fire; with a clock of our own."""

from types import SimpleNamespace
from typing import Any, cast

from tests.harness.clock import Clock
from unit_wasm.server.http.timers import IdleTimer, SendTimer

LIMIT = 10


class Connection:
    """In the place of an HttpProtocol; notes what is done to it, and when."""

    def __init__(self) -> None:
        self.loop = Clock()
        self.listener = SimpleNamespace(limits=SimpleNamespace(send_timeout=LIMIT))
        self.waiting = 0
        self.transport = SimpleNamespace(get_write_buffer_size=lambda: self.waiting)
        self.notes: list[tuple[str, str]] = []
        self.idle = IdleTimer(cast(Any, self), LIMIT)
        self.sending = SendTimer(cast(Any, self))
        self.done: list[tuple[float, str]] = []

    def note(self, kind: str, what: str) -> None:
        self.notes.append((kind, what))

    def abort(self) -> None:
        self.done.append((self.loop.now, "abort"))

    def close(self) -> None:
        self.done.append((self.loop.now, "close"))


def test_idle_is_closed_when_its_time_is_over() -> None:
    connection = Connection()
    connection.idle.begin()
    connection.loop.until(100)
    assert connection.done == [(10, "close")]
    assert connection.loop.timers == []


def test_requests_cost_no_timer_and_move_the_end() -> None:
    connection = Connection()
    connection.idle.begin()
    for second in range(1, 8):
        connection.loop.until(second)
        connection.idle.since = None
        connection.idle.since = connection.loop.time()
        assert len(connection.loop.timers) == 1
    connection.loop.until(100)
    assert connection.done == [(17, "close")]


def test_a_busy_connection_is_not_idle() -> None:
    connection = Connection()
    connection.idle.begin()
    connection.idle.since = None
    connection.loop.until(100)
    assert (connection.done, len(connection.loop.timers)) == ([], 1)
    connection.idle.since = connection.loop.time()
    connection.loop.until(200)
    assert connection.done == [(110, "close")]


def test_stopped_timers_are_gone() -> None:
    connection = Connection()
    connection.idle.begin()
    connection.sending.begin()
    connection.idle.stop()
    connection.sending.stop()
    assert connection.loop.timers == []
    connection.loop.until(100)
    assert connection.done == []


def test_a_client_that_takes_nothing_is_cut() -> None:
    connection = Connection()
    connection.waiting = 5
    connection.sending.begin()
    connection.loop.until(9)
    connection.sending.begin()
    connection.loop.until(100)
    assert connection.done == [(10, "abort")]
    assert connection.notes == [("send", "was cut: it took nothing of a response for 10 s")]


def test_a_slow_client_is_not_cut_while_it_takes_something() -> None:
    connection = Connection()
    connection.waiting = 5
    connection.sending.begin()
    connection.loop.until(9)
    connection.waiting = 4
    connection.loop.until(100)
    assert connection.done == [(20, "abort")]


def test_a_client_that_reads_in_time_is_not_cut() -> None:
    connection = Connection()
    connection.waiting = 5
    connection.sending.begin()
    connection.loop.until(4)
    connection.sending.end()
    connection.loop.until(6)
    connection.sending.begin()
    connection.loop.until(100)
    assert connection.done == [(16, "abort")]
