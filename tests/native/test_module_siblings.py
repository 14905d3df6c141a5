"""What a worker does about processes that are gone: another worker's, and Unit's router.

The double starts each process beside the queue of one that was killed, and reports a flag that is
not cleared as a fault of the module: so every test of the module tests that too.
"""

import time

from tests.harness.components import application
from tests.harness.double import running, setup
from tests.harness.double_values import NewRequest


def test_message_that_a_killed_worker_has_taken() -> None:
    module = setup(application("hello"))
    module.start()
    module.message("READY")
    assert module.ask().whole
    module.message("QUIT")
    assert module.ended() == 0
    assert module.faults == ""


def test_router_that_has_gone_ends_an_idle_process() -> None:
    with running("hello") as module:
        assert module.ask().whole
        module.router_gone()
        assert module.ended() == 0


def test_router_that_has_gone_before_the_process_was_ready() -> None:
    """As when unitd is told to end while a worker starts."""
    with running("hello", ready=False) as module:
        module.wait(lambda: module.numbers().turns >= 1, "in its loop")
        module.router_gone()
        assert module.ended() == 0


def test_router_that_has_gone_ends_what_runs() -> None:
    """The clients have gone with it: nobody waits for the five seconds of a quit."""
    with running("sleep", MAX_EXCHANGES="1") as module:
        numbers = module.together([NewRequest(b"/sleep/60000")] * 3)
        module.wait(lambda: module.answer(numbers[2]).taken, "taken")
        begin = time.monotonic()
        module.router_gone()
        assert module.ended() == 0
        assert time.monotonic() - begin < 4
        for number in numbers:
            answer = module.answer(number)
            assert (answer.done, answer.result, answer.sent) == (1, 1, False)


def test_router_that_has_gone_after_quit() -> None:
    """As unitd does it: quit is said first."""
    with running("sleep") as module:
        number = module.begun(b"/sleep/60000")
        begin = time.monotonic()
        module.message("QUIT")
        module.wait(lambda: "quit" in module.trace, "quitting")
        module.router_gone()
        assert module.ended() == 0
        assert time.monotonic() - begin < 4
        assert (module.answer(number).done, module.answer(number).result) == (1, 1)


def test_router_that_has_gone_while_a_response_waits_for_memory() -> None:
    with running("big-response") as module:
        module.shared_memory(0)
        number = module.request(b"/60000")
        module.wait(lambda: module.ack_wanted, "out of memory")
        module.router_gone()
        assert module.ended() == 0
        assert (module.answer(number).done, module.answer(number).result) == (1, 1)


def test_router_that_has_gone_lets_work_after_the_response_end() -> None:
    with running("works-after") as module:
        assert module.ask().whole
        assert "worked after the answer" not in module.log
        module.router_gone()
        assert module.ended() == 0
        assert "worked after the answer" in module.log


# ---- Requests that were announced to one process, and are left to another ----


def test_what_it_leaves_in_the_queue_is_told_to_others() -> None:
    """Whatever there is room for has been announced to this process alone."""
    with running("sleep", ready=False, MAX_EXCHANGES="1") as module:
        module.wait(lambda: module.numbers().turns >= 1, "in its loop")
        module.sibling(room=True)
        assert module.rung() == 0
        first, second = module.request(b"/sleep/300"), module.request(b"/sleep/1")
        module.message("READY")
        module.wait(lambda: module.answer(first).taken, "taken")
        module.wait(lambda: module.rung() == 1, "another is called")
        assert module.steal() == second
        assert module.done(first).whole
        assert module.rung() == 0
        module.sibling(there=False)


def test_a_process_that_ends_tells_others_what_it_leaves() -> None:
    with running("sleep", ready=False, limit=1) as module:
        module.wait(lambda: module.numbers().turns >= 1, "in its loop")
        module.sibling(room=True)
        assert module.rung() == 0
        first, second = module.request(b"/sleep/300"), module.request()
        module.message("READY")
        module.wait(lambda: module.rung() == 1, "another is called")
        assert module.steal() == second
        assert module.done(first).whole
        module.sibling(there=False)


def test_nobody_is_called_for_nothing() -> None:
    """Where no process has room, or the queue is empty."""
    with running("sleep", MAX_EXCHANGES="1") as module:
        assert module.rung() == 0
        numbers = [module.request(b"/sleep/20") for _ in range(3)]
        assert all(module.done(number).whole for number in numbers)
        module.sibling(room=True)
        assert module.ask(b"/sleep/1").whole
        module.sibling(there=False)
        assert module.rung() == 0


def test_it_looks_when_it_is_called() -> None:
    with running("hello") as module:
        assert module.ask().whole
        module.silent()
        numbers = [module.request() for _ in range(3)]
        module.ring()
        assert all(module.done(number).whole for number in numbers)


def test_without_room_it_does_not_come() -> None:
    """It has been called, and looks as soon as there is room: no turn is for nothing."""
    with running("sleep", MAX_EXCHANGES="1") as module:
        first = module.begun(b"/sleep/200")
        module.silent()
        second = module.request(b"/sleep/1")
        module.ring()
        assert module.done(first).whole
        assert module.done(second).whole
