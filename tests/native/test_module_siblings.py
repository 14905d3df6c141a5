"""What a worker does about processes that are gone: another worker's, and Unit's router.

The double starts each process beside the queue of one that was killed, and reports a flag that is
not cleared as a fault of the module: so every test of the module tests that too.
"""

from __future__ import annotations

from tests.harness.components import application
from tests.harness.double import running, setup


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


def test_router_that_has_gone_lets_what_runs_end() -> None:
    with running("sleep") as module:
        number = module.request(b"/sleep/200")
        module.wait(lambda: module.answer(number).taken, "taken")
        module.router_gone()
        assert module.ended() == 0
        assert module.answer(number).whole
