"""What a worker has for each exchange: it goes to the next one, and says each thing once."""

from tests.harness.direct import Client
from unit_wasm.native.types import News
from unit_wasm.serving.request import request_head


def slot(number: int) -> int:
    """Return which slot a request of that number has, from 1."""
    return number & 0xFFFFFFFF


def test_slots_are_used_again() -> None:
    with Client("hello", max_exchanges=2, max_queue=8) as client:
        numbers = set()
        for _ in range(3):
            calls = [client.start() for _ in range(5)]
            client.finish(*calls)
            assert sorted(slot(call.id) for call in calls) == [1, 2, 3, 4, 5]
            numbers |= {call.id for call in calls}
        assert len(numbers) == 15


def test_as_many_as_there_are_at_once() -> None:
    with Client("mixed", max_exchanges=1, max_queue=300) as client:
        calls = [client.start("/wait") for _ in range(200)]
        assert [slot(call.id) for call in calls] == list(range(1, 201))
        for call in reversed(calls):
            client.gone(call)
        assert client.worker.metrics()["ends"] == {"client-gone": 200}


def test_the_last_one_that_was_over_is_the_first() -> None:
    """What it has is in the processor's caches."""
    with Client("mixed") as client:
        waits = [client.start("/wait") for _ in range(3)]
        client.settle()
        for call in (waits[1], waits[0], waits[2]):
            client.gone(call)
        assert [slot(client.start("/wait").id) for _ in range(4)] == [3, 1, 2, 4]


def test_nothing_is_told_twice() -> None:
    """A guest that computes after its head has nothing new in each of its quanta."""
    with Client("mixed", cpu_timeout=0.1) as client:
        client.start("/later/loop")
        told: list[News] = []
        while client.worker.status()["in_flight"] == 1:
            client.worker.turn()
            told += client.worker.news()
        assert (told[0].status, told[0].body, told[-1].cut) == (200, b"begun\n", True)
        # Once more when the head was taken.
        assert len(told) <= 3


def test_what_the_host_refuses_is_a_failure() -> None:
    """What is the fault of the client is none."""
    with Client("mixed", max_exchanges=1, max_queue=0) as client:
        client.start("/wait")
        client.start("/full")
        head = request_head(b"GET", b"http", b"localhost", b"/call", b"", [])
        assert head is not None
        # It exports no function.
        client.worker.call(head, 0, b"")
        client.start("/a b")
        status = client.worker.status()
        assert (status["requests"], status["failures"]) == (4, 2)
        assert [line.partition(" (")[0] for line in client.lines] == [
            "3 app: request 2: GET /full: too many requests wait for an instance",
            "3 app: request 3: GET /call: the function cannot be called",
        ]


def test_what_went_wrong_first_counts() -> None:
    """Not that its client has gone then."""
    with Client("mixed") as client:
        call = client.start("/later/trap")
        while client.worker.status()["failures"] == 0:
            client.worker.turn()
        client.worker.gone(call.id)
        assert client.worker.metrics()["ends"] == {"trap-unreachable": 1}
        client.start("/wait")
        client.settle()
        client.worker.gone(client.start().id)
        assert client.worker.metrics()["ends"] == {"trap-unreachable": 1, "client-gone": 1}


def test_nothing_is_left_of_the_one_before() -> None:
    """Neither its processor time nor how it ended."""
    with Client("mixed", cpu_timeout=0.05) as client:
        assert client.run("/loop").status == 504
        call = client.start("/wait")
        client.settle()
        assert client.worker.status()["in_flight"] == 1
        client.gone(call)
        assert client.run("/").status == 200
        assert client.worker.metrics()["ends"] == {"cpu-timeout": 1, "client-gone": 1, "ok": 1}
