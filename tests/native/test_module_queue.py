"""Requests that wait in Unit's queue, which all workers share: how long, how many, and for whom.

Through the double; tests/unitd/test_queue.py has the same in a real Unit, with several processes.
"""

import re
import time

import pytest

from tests.harness.double import Module, running

FULL = "too many requests wait for an instance"
LATE = "no instance became free in time"


def statuses(module: Module, numbers: list[int]) -> list[int]:
    return [module.done(number).status for number in numbers]


def sentences(module: Module) -> list[str]:
    """Return what the log says of each request that failed."""
    return re.findall(r"request \d+: GET \S+: (.*?) \(", module.log)


def together(module: Module, path: bytes, count: int) -> list[int]:
    """Send requests so quickly that none of them ends meanwhile."""
    return [module.request(path) for _ in range(count)]


# ---- How many ----


@pytest.mark.parametrize("most", [0, 1, 3, 9])
def test_what_is_more_than_may_wait(most: int) -> None:
    """The newest ones are refused, and at once; those that wait get their turn, in their order."""
    with running("sleep", MAX_EXCHANGES="2", MAX_QUEUE=str(most)) as module:
        began = time.monotonic()
        numbers = together(module, b"/sleep/500", 12)
        taken = 2 + most
        assert statuses(module, numbers[taken:]) == [503] * (12 - taken)
        assert not any(module.answer(number).done for number in numbers[:taken])
        assert statuses(module, numbers[:taken]) == [200] * taken
        assert time.monotonic() - began >= 0.5 * (taken / 2)
        assert sentences(module) == [FULL] * (12 - taken)
        assert module.done(numbers[-1]).body == b"503 Service Unavailable\n"
        assert module.ask(b"/sleep/1").status == 200


def test_one_more_than_may_wait_comes_later() -> None:
    """It is refused, and not the one that waits."""
    with running("sleep", MAX_EXCHANGES="1", MAX_QUEUE="1") as module:
        first = module.begun(b"/sleep/400")
        second = module.request(b"/sleep/1")
        module.turned()
        assert not module.answer(second).taken
        assert module.ask(b"/sleep/2").status == 503
        assert module.numbers().waiting == 1
        assert statuses(module, [first, second]) == [200, 200]


def test_a_place_that_becomes_free_is_given_away_again() -> None:
    with running("sleep", MAX_EXCHANGES="1", MAX_QUEUE="1") as module:
        for _ in range(3):
            numbers = together(module, b"/sleep/100", 3)
            assert statuses(module, numbers) == [200, 200, 503]


def test_what_unit_has_taken_back_does_not_wait() -> None:
    with running("sleep", MAX_EXCHANGES="1", MAX_QUEUE="2") as module:
        first = module.begun(b"/sleep/500")
        waiting = together(module, b"/sleep/1", 2)
        module.turned()
        assert module.take_back(waiting[0])
        later = together(module, b"/sleep/2", 2)
        assert statuses(module, [first, waiting[1], *later]) == [200, 200, 200, 503]
        assert not module.answer(waiting[0]).taken


def test_many_that_are_refused_behind_one_that_waits() -> None:
    """They leave holes in the queue, which would fill it: the one that waits has to leave it."""
    with running("sleep", MAX_EXCHANGES="1", MAX_QUEUE="1") as module:
        first = module.request(b"/sleep/3000")
        second = module.request(b"/sleep/1")
        module.wait(lambda: module.answer(first).taken, "taken")
        for _ in range(30):
            assert statuses(module, together(module, b"/sleep/2", 50)) == [503] * 50
        assert module.answer(second).taken
        assert statuses(module, [first, second]) == [200, 200]


# ---- How long ----


def test_what_waits_for_too_long() -> None:
    with running("sleep", MAX_EXCHANGES="2", QUEUE_TIMEOUT="200ms") as module:
        began = time.monotonic()
        numbers = together(module, b"/sleep/1000", 12)
        assert statuses(module, numbers[2:]) == [503] * 10
        assert time.monotonic() - began >= 0.2
        assert not any(module.answer(number).done for number in numbers[:2])
        assert statuses(module, numbers[:2]) == [200] * 2
        assert sentences(module) == [LATE] * 10


def test_it_does_not_wait_at_all() -> None:
    with running("sleep", MAX_EXCHANGES="1", QUEUE_TIMEOUT="0") as module:
        numbers = together(module, b"/sleep/300", 4)
        assert statuses(module, numbers) == [200, 503, 503, 503]
        assert sentences(module) == [LATE] * 3


def test_each_waits_since_it_came() -> None:
    with running("sleep", MAX_EXCHANGES="1", QUEUE_TIMEOUT="400ms") as module:
        first = module.begun(b"/sleep/500")
        early = module.request(b"/sleep/1")
        # It looks every 10 ms.
        module.turned(20)
        late = module.request(b"/sleep/2")
        assert statuses(module, [early, late, first]) == [503, 200, 200]


def test_the_time_limit_counts_from_the_arrival() -> None:
    """The one that waits for 300 ms has 600 ms left, too few for the 700 that it sleeps."""
    with running("sleep", MAX_EXCHANGES="1", TIMEOUT="900ms") as module:
        began = time.monotonic()
        numbers = [module.request(b"/sleep/300"), module.request(b"/sleep/700")]
        assert statuses(module, numbers) == [200, 504]
        assert time.monotonic() - began >= 0.9


# ---- Others that could take it ----


def test_a_sibling_that_has_a_place_is_given_time_to_take_it() -> None:
    with running("sleep", MAX_EXCHANGES="1", MAX_QUEUE="0", QUEUE_TIMEOUT="0") as module:
        first = module.begun(b"/sleep/300")
        module.sibling(room=True)
        second = module.request(b"/sleep/1")
        module.turned()
        assert module.steal() == second
        assert module.done(first).status == 200
        assert not module.answer(second).taken
        assert module.log == ""
        module.sibling(there=False)


def test_a_sibling_that_has_been_killed_takes_nothing() -> None:
    """Its place among the workers stays as it was until another one starts."""
    with running("sleep", MAX_EXCHANGES="1", MAX_QUEUE="0", QUEUE_TIMEOUT="0") as module:
        first = module.begun(b"/sleep/600")
        module.sibling(room=True)
        began = time.monotonic()
        assert module.ask(b"/sleep/1").status == 503
        assert time.monotonic() - began >= 0.1
        assert not module.answer(first).done
        assert module.done(first).status == 200
        module.sibling(there=False)


def test_what_may_wait_is_that_of_all_workers() -> None:
    with running("sleep", MAX_EXCHANGES="1", MAX_QUEUE="2") as module:
        assert module.ask(b"/sleep/1").status == 200
        module.sibling()
        numbers = together(module, b"/sleep/100", 7)
        assert statuses(module, numbers) == [200] * 5 + [503] * 2
        module.sibling(there=False)


# ---- Ends ----


def test_a_restart_takes_all_that_wait() -> None:
    """They were let in; no other worker of this queue may be there any more."""
    with running("sleep", MAX_EXCHANGES="1", MAX_QUEUE="1") as module:
        assert module.ask(b"/sleep/1").status == 200
        module.sibling()
        first = module.begun(b"/sleep/100")
        waiting = together(module, b"/sleep/1", 2)
        module.turned()
        module.close_shared()
        assert module.ended() == 0
        assert [module.answer(number).status for number in [first, *waiting]] == [200] * 3


def test_quit_leaves_what_waits_to_others() -> None:
    with running("sleep", MAX_EXCHANGES="1", QUEUE_TIMEOUT="100ms") as module:
        first = module.begun(b"/sleep/300")
        second = module.request(b"/sleep/1")
        module.message("QUIT")
        assert module.ended() == 0
        assert module.answer(first).status == 200
        assert not module.answer(second).taken


def test_the_last_request_of_a_process() -> None:
    """It takes none out of the queue that libunit would not hand over."""
    with running("sleep", limit=2, MAX_EXCHANGES="1", MAX_QUEUE="0") as module:
        numbers = together(module, b"/sleep/200", 5)
        assert module.ended() == 0
        assert sorted(module.answer(number).status for number in numbers) == [0, 0, 0, 200, 503]
        assert [module.answer(number).taken for number in numbers].count(True) == 2
