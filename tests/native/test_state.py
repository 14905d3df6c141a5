"""Each request has a fresh instance: nothing of one is seen by another."""

import pytest

from tests.harness.direct import Client


@pytest.mark.parametrize("pooling", [True, False])
def test_a_counter_stays_at_one(pooling: bool) -> None:
    with Client("counter", pooling=pooling) as client:
        for _ in range(1000):
            answer = client.run()
            assert (answer.status, answer.body) == (200, b"1\n")


@pytest.mark.parametrize("pooling", [True, False])
def test_a_counter_stays_at_one_in_parallel(pooling: bool) -> None:
    with Client("counter", pooling=pooling, max_exchanges=64) as client:
        for _ in range(16):
            calls = [client.start() for _ in range(64)]
            client.finish(*calls)
            assert [call.body for call in calls] == [b"1\n"] * 64


def test_memory_of_a_slot_is_clean() -> None:
    """What one guest has grown and written is gone for the next one in the same slot."""
    with Client("memory-hog", max_exchanges=1, max_memory=8 << 20) as client:
        first = client.run()
        for _ in range(20):
            assert client.run().body == first.body


@pytest.mark.parametrize("pooling", [True, False])
def test_no_traces_of_instances_before(pooling: bool) -> None:
    """Stack and memory of every size, below and above what a slot clears page by page."""
    with Client("traces", pooling=pooling, max_exchanges=1) as client:
        for pages in (0, 1, 5, 6, 40, 7, 0, 200, 1, 40) * 8:
            assert client.run(f"/{pages}").text == "0\n"


def test_no_traces_after_a_burst() -> None:
    """Slots that keep what they have, and those beyond that give it back."""
    with Client("traces", max_exchanges=100) as client:
        for _ in range(3):
            calls = [client.start(f"/{number % 9}") for number in range(100)]
            client.finish(*calls)
            assert [call.body for call in calls] == [b"0\n"] * 100


def test_many_sleep_at_once() -> None:
    with Client("sleep", max_exchanges=500) as client:
        calls = [client.start("/sleep/50") for _ in range(500)]
        client.finish(*calls)
        assert all(call.body == b"slept\n" for call in calls)


def test_counters_of_the_worker() -> None:
    with Client("mixed", max_exchanges=3) as client:
        assert client.worker.status() == {
            "requests": 0,
            "failures": 0,
            "cancelled": 0,
            "in_flight": 0,
            "queued": 0,
            "pooled": True,
        }
        client.run("/")
        client.run("/trap")
        client.gone(client.start("/wait"))
        calls = [client.start("/wait") for _ in range(5)]
        status = client.worker.status()
        assert (status["requests"], status["failures"], status["cancelled"]) == (8, 1, 1)
        assert (status["in_flight"], status["queued"]) == (3, 2)
        for call in calls:
            client.gone(call)
        assert client.worker.status()["cancelled"] == 6
        assert client.idle
