"""Exchanges of every kind in large numbers: memory and descriptors stay as they are."""

import pytest

from tests.harness.direct import Client
from tests.harness.processes import alone, descriptors, memory

COUNT = 3000
WARM = 1000
GROWTH = 3 << 20
"""Bytes: less than one per exchange and kind would be 3,000 * 1 KiB."""

FAST = [
    *("/", "/trap", "/no-set", "/error", "/hog", "/later/trap", "/later/return", "/later/drop"),
    *("/later/too-long", "/later/too-short"),
]


def run(client: Client, path: str, count: int) -> None:
    result = client.worker.loopback(count, parallel=16, path=path)
    assert result.exchanges + result.failed == count
    client.lines.clear()


@pytest.mark.no_asan
@pytest.mark.parametrize("path", FAST)
@alone
def test_many_exchanges(path: str) -> None:
    with Client("mixed", max_memory=2 << 20, max_exchanges=16) as client:
        run(client, path, WARM)
        memory_before, descriptors_before = memory(), descriptors()
        run(client, path, COUNT)
        assert memory() - memory_before < GROWTH
        assert descriptors() == descriptors_before


@pytest.mark.no_asan
@pytest.mark.parametrize("path", ["/loop", "/later/loop", "/deep"])
@alone
def test_fewer_slow_exchanges(path: str) -> None:
    with Client("mixed", cpu_timeout=0.001, max_exchanges=16) as client:
        run(client, path, 50)
        memory_before, descriptors_before = memory(), descriptors()
        run(client, path, 200)
        assert memory() - memory_before < GROWTH
        assert descriptors() == descriptors_before


@pytest.mark.no_asan
@alone
def test_a_burst_gives_its_memory_back() -> None:
    """A slot that kept its memory would hold 300 KiB of this guest."""
    with Client("sleep", max_exchanges=500) as client:
        client.worker.loopback(64, parallel=64, path="/sleep/20")
        before = memory()
        result = client.worker.loopback(500, parallel=500, path="/sleep/100")
        assert (result.exchanges, result.failed) == (500, 0)
        assert memory() - before < 500 * (100 << 10)


@pytest.mark.no_asan
@alone
def test_many_clients_that_go_away() -> None:
    with Client("big-response", body_buffer=8192, max_exchanges=16) as client:

        def some(count: int) -> None:
            for _ in range(count):
                call = client.start("/100000", reads=False)
                client.turn()
                client.gone(call)

        some(WARM)
        memory_before, descriptors_before = memory(), descriptors()
        some(COUNT)
        assert memory() - memory_before < GROWTH
        assert descriptors() == descriptors_before


@pytest.mark.no_asan
@alone
def test_a_large_body_with_a_slow_reader_takes_no_memory() -> None:
    """64 clients that do not read hold 64 windows, whatever the guests want to send."""
    with Client("big-response", body_buffer=65536, max_exchanges=64) as client:
        calls = [client.start("/100000000", reads=False) for _ in range(64)]
        client.settle()
        before = memory()
        client.settle()
        assert all(len(call.body) == 65536 for call in calls)
        assert memory() - before < GROWTH
        for call in calls:
            client.gone(call)


@pytest.mark.no_asan
@alone
def test_workers_come_and_go() -> None:
    def some(count: int) -> None:
        for _ in range(count):
            with Client("hello") as client:
                assert client.run().status == 200

    some(5)
    memory_before, descriptors_before = memory(), descriptors()
    some(20)
    assert memory() - memory_before < GROWTH
    assert descriptors() == descriptors_before
