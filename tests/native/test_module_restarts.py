"""A restart by Unit's control API, seen from a worker of before: its queue of requests is closed.

What is in there, only the workers of before can take out; through the double.
"""

import pytest

from tests.harness.double import running


def test_a_restart_takes_what_is_in_the_queue() -> None:
    """Whatever the limit; libunit would never look there again. Then the process ends by itself."""
    with running("sleep", MAX_EXCHANGES="2") as module:
        numbers = [module.request(b"/sleep/30") for _ in range(6)]
        module.close_shared()
        assert module.ended() == 0
        assert all(module.answer(number).whole for number in numbers)


@pytest.mark.parametrize("message", [None, "QUIT", "QUIT_LATER"])
def test_a_restart_takes_what_comes_late(message: str | None) -> None:
    """A thread of the router was on its way to the queue; quit is not looked at before it."""
    with running("hello") as module:
        assert module.ask().whole
        module.close_shared()
        if message is not None:
            module.message(message)
        module.turned()
        late = module.request()
        assert module.ended() == 0
        assert module.answer(late).whole


def test_a_restart_beside_a_long_exchange() -> None:
    """It does not spin meanwhile."""
    with running("sleep") as module:
        number = module.begun(b"/sleep/300")
        module.close_shared()
        assert module.ended() == 0
        assert module.answer(number).whole
        assert module.numbers().turns < 200
