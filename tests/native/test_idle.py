"""What wakes a worker that has nothing to do."""

from tests.harness.direct import Client
from tests.harness.processes import stays, wait_until

TRIM_DELAY = 1.0
"""UW_TRIM_DELAY of csrc/worker/heap.c."""


def test_free_memory_is_given_back_after_one_that_has_used_much() -> None:
    """A second later, and not after a small one."""
    with Client("spin") as client:
        assert client.run("/1").status == 200
        client.settle()
        stays(lambda: not client.ready, "asleep", 1.2 * TRIM_DELAY)
        assert client.run("/300").status == 200
        client.settle()
        wait_until(lambda: client.ready, "to give memory back")
