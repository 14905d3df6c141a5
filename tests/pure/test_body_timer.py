"""When a client has left its body alone for too long; with a clock of our own."""

from dataclasses import dataclass
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, cast

from tests.harness.clock import Clock
from unit_wasm.server.http.body_timer import BodyTimer
from unit_wasm.server.http.flow import Flow

LIMIT = 10


@dataclass
class Cycle:
    more_body: bool = True
    response_complete: bool = False
    expects_continue: bool = False


class Connection:
    """In the place of an HttpProtocol; notes what is done to it, and when."""

    def __init__(self) -> None:
        self.loop = Clock()
        self.listener = SimpleNamespace(limits=SimpleNamespace(body_read_timeout=LIMIT))
        self.transport = SimpleNamespace(
            is_closing=lambda: False, pause_reading=lambda: None, resume_reading=lambda: None
        )
        self.timer = BodyTimer(cast(Any, self))
        self.flow = Flow(cast(Any, self.transport), self.timer)
        self.done: list[tuple[float, str]] = []

    def begin(self, cycle: Cycle) -> None:
        self.timer.begin(cast(Any, cycle))

    def refuse(self, status: HTTPStatus, reason: str) -> None:
        assert reason == f"nothing came of its request body for {LIMIT} s"
        self.done.append((self.loop.now, str(int(status))))


def test_nothing_comes() -> None:
    connection = Connection()
    connection.begin(Cycle())
    connection.loop.until(100)
    assert connection.done == [(10, "408")]
    assert connection.loop.timers == []


def test_each_piece_begins_anew() -> None:
    connection, cycle = Connection(), Cycle()
    for when in (0, 6, 12, 18):
        connection.loop.until(when)
        connection.timer.touch()
        connection.begin(cycle)
    connection.loop.until(100)
    assert connection.done == [(28, "408")]


def test_while_we_do_not_read_no_time_passes() -> None:
    connection = Connection()
    connection.begin(Cycle())
    connection.flow.pause_reading()
    connection.loop.until(35)
    connection.flow.resume_reading()
    connection.loop.until(100)
    assert connection.done == [(45, "408")]


def test_while_the_client_waits_for_us_no_time_passes() -> None:
    connection, cycle = Connection(), Cycle(expects_continue=True)
    connection.begin(cycle)
    connection.loop.until(35)
    cycle.expects_continue = False
    connection.timer.touch()
    connection.loop.until(100)
    assert connection.done == [(45, "408")]


def test_pieces_after_the_response_do_not_count() -> None:
    connection, cycle = Connection(), Cycle()
    connection.begin(cycle)
    connection.loop.until(5)
    connection.timer.touch()
    cycle.response_complete = True
    for when in (9, 13, 14.9):
        connection.loop.until(when)
        connection.timer.touch()
    connection.loop.until(100)
    assert connection.done == [(15, "408")]


def test_a_body_that_is_complete_has_no_time() -> None:
    connection, cycle = Connection(), Cycle()
    connection.begin(cycle)
    connection.loop.until(5)
    cycle.more_body = False
    connection.loop.until(9)
    # The timer of the body before it is used again.
    connection.begin(Cycle())
    assert len(connection.loop.timers) == 1
    connection.loop.until(100)
    assert connection.done == [(19, "408")]


def test_nothing_is_left_at_the_end() -> None:
    connection, cycle = Connection(), Cycle()
    connection.begin(cycle)
    connection.timer.stop()
    assert connection.loop.timers == []
    connection.begin(cycle)
    cycle.more_body = False
    connection.loop.until(100)
    assert connection.loop.timers == []
    assert connection.done == []
