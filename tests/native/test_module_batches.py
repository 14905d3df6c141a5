"""Answers that leave together, and the messages to the router; through the double.

The double reads a queue only when something has come through its socket, as the router does. So a
test that gets its answer has seen that the router was told; and the double notes a fault when the
module waits while the router does not know of everything, and for each message that is in the
queue itself, where one in the socket could overtake it.
"""

from collections.abc import Sequence

import pytest

from tests.harness.double import Module, running
from tests.harness.double_values import NewRequest, ffi, lib

MICROSECOND = 1_000
BACKOFF, ANSWERS, KEPT_FOR, LONG = 16, 32, 500 * MICROSECOND, 1_000 * MICROSECOND
"""Of csrc/unit/batch.h."""

BEGIN = 1_000_000_000


def keeps(gaps: Sequence[int | None]) -> list[bool]:
    """Return which answers are kept; None stands for the end of the turn, where they leave."""
    times, now = [BEGIN], BEGIN
    for gap in gaps:
        now += gap or 0
        times.append(0 if gap is None else now)
    kept = ffi.new("bool[]", len(gaps))
    lib.double_keeps(times, len(times), kept)
    return [bool(kept[i]) for i, gap in enumerate(gaps) if gap is not None]


# ---- The rule ----


def test_the_first_answers_of_a_process_are_not_kept() -> None:
    short = 20 * MICROSECOND
    assert keeps([short, None] * (BACKOFF + 4)) == [False] * BACKOFF + [True] * 4


def test_how_many_are_kept() -> None:
    known = [1] * BACKOFF
    assert keeps(known + [1] * (ANSWERS + 1))[BACKOFF:] == [True] * ANSWERS + [False]
    assert keeps([*known, *[1] * ANSWERS, None, 1])[BACKOFF:] == [True] * (ANSWERS + 1)


def test_how_long_they_are_kept() -> None:
    known = [1] * BACKOFF
    half = KEPT_FOR // 2
    assert keeps([*known, 1, half, half])[BACKOFF:] == [True, True, True]
    assert keeps([*known, 1, half, half + 1])[BACKOFF:] == [True, True, False]


def test_beside_guests_that_take_long_nothing_is_kept() -> None:
    known = [1] * BACKOFF
    long = LONG + 1
    assert keeps([*known, LONG])[BACKOFF:] == [True]
    assert keeps([*known, long])[BACKOFF:] == [False]
    assert keeps([*known, long, *[1] * BACKOFF, 1])[BACKOFF:] == [False] * (BACKOFF + 1) + [True]
    assert not any(keeps([*known, long, *[*[1] * (BACKOFF - 1), long] * 5]))


# ---- Messages ----


def sends(module: Module) -> tuple[int, int, int]:
    """Return the numbers of calls, of notices and of all messages so far."""
    numbers = module.numbers()
    return numbers.sends, numbers.notices, numbers.datagrams


def test_a_small_answer_is_one_message_with_its_end() -> None:
    """The acknowledgement is one of its own, before the guest runs."""
    with running("hello") as module:
        seen = []
        for _ in range(3 * BACKOFF):
            before = sends(module)
            answer = module.ask()
            assert answer.whole
            # Where the machine is busy, a quantum may end in the middle, and the head leaves early.
            if answer.header(b"content-length") is not None:
                seen.append(tuple(b - a for a, b in zip(before, sends(module), strict=True)))
        assert set(seen) == {(2, 0, 2)}


@pytest.mark.no_asan  # there every guest takes long, and nothing is kept for those
def test_answers_leave_together() -> None:
    """Eight acknowledgements with one call, then eight answers."""
    with running("hello") as module:
        seen = set()
        for _ in range(100):
            before = sends(module)
            numbers = module.together([NewRequest() for _ in range(8)])
            assert all(module.done(number).whole for number in numbers)
            seen.add(tuple(b - a for a, b in zip(before, sends(module), strict=True)))
            if (2, 0, 16) in seen:
                break
        # Where the machine is busy, a guest takes long, and its neighbours leave before.
        assert (2, 0, 16) in seen


def calls_for(size: int) -> set[int]:
    """Return how many calls eight answers of that size took, in some rounds."""
    seen = set()
    with running("big-response") as module:
        for _ in range(40):
            before = sends(module)
            numbers = module.together([NewRequest(b"/%d" % size) for _ in range(8)])
            assert all(len(module.done(number).body) == size for number in numbers)
            seen.add(sends(module)[0] - before[0])
    return seen


@pytest.mark.no_asan  # as above
def test_large_answers_do_not_wait_for_others() -> None:
    """Each has a call of its own; those that are just small enough share one."""
    assert min(calls_for(16384)) < 8 < min(calls_for(16385))


def test_more_than_can_be_held() -> None:
    with running("big-response") as module:
        for _ in range(4):
            numbers = module.together([NewRequest(b"/700") for _ in range(100)])
            answers = [module.done(number) for number in numbers]
            assert all(answer.whole and len(answer.body) == 700 for answer in answers)


def test_answers_in_several_messages() -> None:
    """They are kept too, and leave in their order."""
    with running("big-response") as module:
        for _ in range(20):
            numbers = module.together([NewRequest(b"/3000") for _ in range(8)])
            assert all(len(module.done(number).body) == 3000 for number in numbers)
        assert module.faults == ""


def test_an_answer_does_not_wait_for_a_guest_that_computes() -> None:
    with running("spin") as module:
        for _ in range(BACKOFF):
            assert module.ask(b"/0").whole
        short = module.together([*[NewRequest(b"/0")] * 4, NewRequest(b"/300")])
        long = short.pop()
        for number in short:
            assert module.done(number).whole
        assert module.done(long).whole
        ends = [line for line in module.trace if line.startswith("done")]
        assert ends[-1] == f"done {long} 0"


def test_what_is_kept_at_quit_leaves() -> None:
    with running("hello") as module:
        for _ in range(20):
            module.together([NewRequest() for _ in range(8)])
        module.message("QUIT")
        assert module.ended() == 0
        assert all(answer.whole for answer in module.answers().values() if answer.taken)


def test_a_message_that_cannot_be_sent() -> None:
    """The router has gone: that is said, and the process goes on until it is told to end."""
    with running("hello") as module:
        assert module.ask().whole
        module.fail("SENDMSG")
        module.ask()
        module.ask()
        assert module.log.splitlines() == [
            "[warn] a message to the router cannot be sent: Broken pipe"
        ]


def test_a_thread_of_the_router_without_a_way_to_it() -> None:
    """There is no memory for a queue of ours: libunit writes into the thread's."""
    with running("hello") as module:
        module.wait(lambda: module.numbers().turns >= 1, "in its loop")
        module.fail("MEMFD")
        for _ in range(3):
            assert module.ask().whole
        assert module.log.splitlines() == [
            "[alert] no queue for a thread of the router: Too many open files"
        ]


def test_a_second_thread_of_the_router() -> None:
    with running("hello") as module:
        assert module.ask().whole
        module.message("NEW_PORT")
        for _ in range(3):
            assert module.ask().whole
        assert module.numbers().ports == 5
