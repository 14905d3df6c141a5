"""Who gets the processor: guests that are ready now and then, and guests that never wait."""

import threading
from dataclasses import dataclass

import pytest

from tests.harness.direct import Call, Client
from tests.harness.double_values import ffi, lib

US = 1_000
MS = 1_000_000
QUIET = 3
"""UW_EXECUTOR_QUIET in base/executor.h."""


@dataclass
class Shares:
    short_runs: int
    short_time: int
    quanta: int
    quantum_time: int

    @property
    def short_share(self) -> float:
        return self.short_time / (self.short_time + self.quantum_time)


def run(
    *, shorts: int, cost: int, spinners: int, quantum: int, rest: int = 0, turns: int = 100_000
) -> Shares:
    """Run the executor with tasks that only say what they use; no clock is asked."""
    shares = ffi.new("double_shares_t *")
    assert lib.double_shares(shorts, cost, spinners, quantum, rest, turns, shares) == 0
    return Shares(shares.short_runs, shares.short_time, shares.quanta, shares.quantum_time)


@pytest.mark.parametrize("spinners", [1, 2, 8, 32, 1000])
@pytest.mark.parametrize("cost", [1 * US, 10 * US, 1 * MS])
@pytest.mark.parametrize("quantum", [10 * MS, 12 * MS])
def test_32_neighbours_get_half_of_their_fair_share(spinners: int, cost: int, quantum: int) -> None:
    shares = run(shorts=32, cost=cost, spinners=spinners, quantum=quantum)
    fair = 32 / (32 + spinners)
    # One round of neighbours more or less is what a whole number of turns allows.
    assert shares.short_share >= fair / 2 - 0.001
    # They run in every turn, and the spinners are not forgotten.
    assert shares.short_runs == 32 * 100_000
    assert shares.quanta > 0


def test_one_spinner_gets_what_is_left() -> None:
    """A quantum of 10 ms is paid back by 160 ms: the 5,000 turns of 320 us after it."""
    shares = run(shorts=32, cost=10 * US, spinners=1, quantum=10 * MS, turns=50_000)
    assert shares.quanta == 50_000 * 320 * US // (160 * MS)
    assert round(shares.short_share, 3) == round(16 / 17, 3)


def test_a_spinner_alone_has_the_processor() -> None:
    """Its next quantum comes when nothing was ready in three turns."""
    shares = run(shorts=0, cost=0, spinners=1, quantum=10 * MS, turns=3000)
    assert shares.quanta == 3000 // QUIET
    assert shares.short_runs == 0


def test_neighbours_that_leave_the_processor_do_not_keep_it() -> None:
    """They are there in one turn of ten: the spinners get the others."""
    shares = run(shorts=32, cost=10 * US, spinners=4, quantum=10 * MS, rest=10, turns=10_000)
    assert shares.short_runs == 32 * 1000
    assert 2 * 1000 <= shares.quanta <= 4 * 1000


def test_spinners_share_alike() -> None:
    """Without anybody else each of them gets every 50th quantum, and the same in the end."""
    with Client("mixed", cpu_timeout=0.05) as client:
        loops = [client.start("/loop") for _ in range(8)]
        client.finish(*loops)
        assert [loop.status for loop in loops] == [504] * 8
        assert client.worker.metrics()["ends"] == {"cpu-timeout": 8}


def test_neighbours_of_a_spinning_guest() -> None:
    """Both sides are measured by the same clock, by which the executor shares."""
    with Client("mixed", max_exchanges=64) as client:
        spinner = client.start("/loop")
        client.turn()
        used = 0.0
        while used < 0.5:
            calls = [client.start("/") for _ in range(32)]
            client.until(lambda calls=calls: all(call.done for call in calls))  # type: ignore[misc]
            assert all(call.body == b"hello\n" for call in calls)
            used = client.worker.metrics()["cpu"]["seconds"]
        assert not spinner.done
        client.gone(spinner)
        assert client.worker.metrics()["cpu"]["seconds"] - used < used


def test_a_guest_that_computes_for_more_than_a_quantum() -> None:
    """It is interrupted again and again, and goes on where it was."""
    with Client("compute") as client:
        calls = [client.start() for _ in range(4)]
        client.finish(*calls)
        assert [bytes(call.body) for call in calls] == [b"78498\n"] * 4


def test_a_guest_that_has_lost_the_processor_keeps_its_quantum() -> None:
    """Here in a host function that sleeps: ticks pass, and no processor time."""

    def stall(_level: int, _line: str) -> None:
        threading.Event().wait(0.05)

    with Client("log") as client:
        client.on_line = stall
        # Each of them has its first 8 KiB logged at once, then loops, and meets the tick; the rest
        # of its line is logged when it ends.
        client.finish(client.start("/8193/0/1"), client.start("/8193/0/1"))
        pieces = [(line.split(": ")[1], len(line.split(": ")[3])) for line in client.lines]
        assert pieces == [
            ("request 1", 8192),
            ("request 1", 1),
            ("request 2", 8192),
            ("request 2", 1),
        ]


# ---- Whose turn it is after a wait ----

STALL = 0.3


class Naps(Client):
    """The guest naps; logging the first line of the first request takes long."""

    def __init__(self) -> None:
        super().__init__("naps")
        self.on_line = self._stall

    def _stall(self, _level: int, _line: str) -> None:
        if self.lines == [said(1, 0)]:
            threading.Event().wait(STALL)

    def who_is_first(self, first: Call, number: int, nap: int = 60) -> list[str]:
        """Have ``first`` and one more wake at once, and return what they log then.

        Parameters:
            first: it naps.
            number: of the other request.
            nap: of both, in milliseconds.
        """
        other = self.start(f"/{nap}")
        self.until(lambda: said(number, 0) in self.lines)
        threading.Event().wait(nap / 1000)
        before = len(self.lines)
        self.finish(first, other)
        return self.lines[before:]


def said(request: int, line: int) -> str:
    return f"6 app: request {request}: stderr: {line}"


def test_who_has_used_more_than_a_slice_comes_after_those_that_have_not() -> None:
    with Naps() as client:
        first = client.start("/60")
        client.until(lambda: said(1, 0) in client.lines)
        assert client.who_is_first(first, 2) == [said(2, 1), said(1, 1)]


def test_who_has_waited_for_longer_than_that_does_not() -> None:
    with Naps() as client:
        first = client.start("/600")
        client.until(lambda: said(1, 0) in client.lines)
        assert client.who_is_first(first, 2, nap=600) == [said(1, 1), said(2, 1)]


def test_what_it_has_used_is_forgotten_with_the_wait() -> None:
    with Naps() as client:
        first = client.start("/1/60")
        client.until(lambda: said(1, 1) in client.lines)
        assert client.who_is_first(first, 2) == [said(1, 2), said(2, 1)]


def test_what_it_has_used_does_not_burden_the_next_in_its_place() -> None:
    with Naps() as client:
        client.run("/")
        first = client.start("/60")
        client.until(lambda: said(2, 0) in client.lines)
        assert client.who_is_first(first, 3) == [said(2, 1), said(3, 1)]
