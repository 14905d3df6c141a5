"""Time that the host spends for a guest is the guest's: it counts, and others get their turn."""

import select
from pathlib import Path

import pytest

from tests.harness.direct import SLOWNESS, Client
from tests.harness.straight import calls_from_list, calls_has, pauses

CPU = "the component used up its processor time"
ALONE = (
    "the component failed: the component used 100 ms of the processor in host functions without a "
    "loop or a call of its own"
)


def failure(number: int, path: str, why: str, *, trace: bool = False) -> str:
    end = "\n<backtrace>" if trace else ""
    return f"3 app: request {number}: GET {path}: {why} (<times>){end}"


@pytest.mark.parametrize("rewrite", [True, False])
def test_a_guest_that_only_calls_gives_way(tmp_path: Path, rewrite: bool) -> None:
    """It has no loop and no function that could look at the clock: the host gives way for it.

    Behind a guard it has: that is a function of its own.
    """
    guest = tmp_path / "lists.wasm"
    guest.write_bytes(calls_from_list(500, 10_000))
    with Client(guest, rewrite=rewrite, cpu_timeout=0.1 * SLOWNESS) as client:
        call = client.start()
        turns = 0
        while not call.done:
            client.turn()
            turns += 1
        assert turns > 2
        assert (call.status, client.lines) == (504, [failure(1, "/", CPU)])


def test_a_guest_that_only_calls_what_cannot_give_way(tmp_path: Path) -> None:
    """Behind a guard it can: that is a function of its own."""
    guest = tmp_path / "names.wasm"
    guest.write_bytes(calls_has(3000, 1 << 20))
    with Client(guest, rewrite=False) as client:
        answer = client.run()
        assert answer.status == 500
        assert answer.log == [failure(1, "/", ALONE, trace=True)]
        assert client.worker.metrics()["ends"] == {"trap-host": 1}


def test_a_guest_that_calls_a_little_and_never_loops(tmp_path: Path) -> None:
    """As compilers make them: far from the limit."""
    guest = tmp_path / "few.wasm"
    guest.write_bytes(calls_has(300, 16))
    with Client(guest) as client:
        answer = client.run()
        assert answer.log == [
            failure(
                1,
                "/",
                "the component failed: wasm trap: wasm `unreachable` instruction executed",
                trace=True,
            )
        ]


TOO_MANY = (
    "the component failed: a call passed more than the host takes at once: 131072 items of lists, "
    "with what is in them, or 4 MiB of text"
)


@pytest.mark.parametrize(
    "path", ["/fromlist/900000/1", "/appendname/5000000/1", "/append/200000/1", "/poll/40000/1"]
)
def test_more_than_one_call_may_pass(path: str) -> None:
    """It is refused before it is converted, in which nobody else could run."""
    with Client("hostile") as client:
        answer = client.run(path)
        assert (answer.status, answer.log) == (500, [failure(1, path, TOO_MANY, trace=True)])
        assert client.worker.metrics()["ends"] == {"trap-host": 1}
        assert client.run("/fromlist/1000/1").status == 200


def test_processor_time_counts_where_the_guest_waits_too() -> None:
    with Client("costly", cpu_timeout=0.001, timeout=0.3) as client:
        # Where others had the processor for these 3 ms it may wait, until that time is over.
        for _ in range(30):
            answer = client.run("/late/3")
            assert answer.status == 504
            if CPU in answer.log[0]:
                break
        assert f"GET /late/3: {CPU} (<times>)" in answer.log[0]


def test_to_wait_for_a_moment_pays_nothing_back(tmp_path: Path) -> None:
    """After each call it waits, and comes back when nobody else was ready in three turns."""
    guest = tmp_path / "pauses.wasm"
    guest.write_bytes(pauses(20, 32 << 20))
    with Client(guest, rewrite=False) as client:
        call = client.start()
        turns, more = 0, True
        while not call.done:
            if not more:
                select.select([client.worker.fileno()], [], [])
            more = client.turn()
            turns += 1
        # The answer leaves before what the guest had is taken away, and counted then: it may leave
        # in the turn of the last pause, which is over with the first of its three.
        client.until(lambda: client.worker.metrics()["ends"] == {"trap-unreachable": 1})
        assert turns >= 3 * 18


def test_random_bytes_of_one_call() -> None:
    with Client("costly") as client:
        assert client.run(f"/random/{256 << 10}/3").body == b"costly\n"
        size = (256 << 10) + 1
        why = (
            f"the component failed: {size} random bytes are more than one call may ask for "
            f"(limit {256 << 10})"
        )
        answer = client.run(f"/random/{size}/1")
        assert answer.log == [failure(2, f"/random/{size}/1", why, trace=True)]


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_content_lengths_that_agree(count: int) -> None:
    with Client("costly") as client:
        answer = client.run(f"/lengths/{count}")
        assert (answer.body, answer.log) == (b"short", [])
        assert answer.headers == [(b"content-length", b"5")]
