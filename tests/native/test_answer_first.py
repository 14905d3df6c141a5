"""The answer of a large guest leaves before its instance is torn down, which takes longer."""

import itertools
import time

import pytest

from tests.harness.direct import Call, Client

LARGE = "hello-py"


def answered(client: Client, call: Call) -> None:
    """Run until the answer is there, and no turn more."""
    while not call.done:
        client.turn()


def in_flight(client: Client) -> int:
    return int(client.worker.status()["in_flight"])


def test_the_instance_is_still_there_when_its_answer_is() -> None:
    with Client(LARGE) as client:
        call = client.start()
        answered(client, call)
        assert call.how == "ended"
        assert bytes(call.body).startswith(b"Hello")
        assert in_flight(client) == 1
        # There is something to do, and it does not wait for a descriptor.
        client.turn()
        assert in_flight(client) == 0
        assert not client.turn()


def test_a_small_instance_is_torn_down_at_once() -> None:
    with Client("hello") as client:
        call = client.start()
        answered(client, call)
        assert in_flight(client) == 0


def test_it_takes_no_place_from_the_next_request() -> None:
    with Client(LARGE, max_exchanges=1, max_queue=0) as client:
        for _ in range(3):
            call = client.start()
            answered(client, call)
            assert call.status == 200
            assert in_flight(client) == 1


def test_one_at_a_time() -> None:
    """Not more instances are there at once than without it."""
    with Client(LARGE, max_exchanges=1, max_queue=8) as client:
        calls = [client.start() for _ in range(5)]
        client.finish(*calls)
        assert [call.status for call in calls] == [200] * 5
        status = client.worker.status()
        assert (status["in_flight"], status["queued"]) == (0, 0)


def test_the_turn_ends_with_a_guest_that_took_long() -> None:
    """Its answer does not wait for those of the next ones."""
    with Client("echo-py") as client:
        calls = [client.start(method="POST", body=[b"a"], finishes=False) for _ in range(3)]
        client.settle()
        for call in calls:
            client.send(call, b"b", last=True)
        seen = [0]
        while not all(call.done for call in calls):
            client.turn()
            seen.append(sum(call.done for call in calls))
        assert [
            later - earlier for earlier, later in itertools.pairwise(seen) if later > earlier
        ] == [1] * 3
        assert [call.body for call in calls] == [b"ab"] * 3
        client.finish()


def test_several_that_end_in_one_turn() -> None:
    """One instance is left to be torn down later, not one for each."""
    timeout = 1.0
    with Client("echo-py", timeout=timeout) as client:
        calls = [client.start(method="POST", body=[], finishes=False) for _ in range(3)]
        late = time.monotonic() + timeout
        client.settle()
        time.sleep(max(0, late - time.monotonic()))
        client.until(lambda: all(call.done for call in calls))
        assert in_flight(client) == 1
        client.turn()
        assert in_flight(client) == 0


def test_a_broken_answer_is_told_first_too() -> None:
    with Client("echo-py", timeout=1.0) as client:
        call = client.start("/", method="POST", body=[], finishes=False)
        client.until(lambda: call.done)
        assert call.how == "cut"
        assert in_flight(client) == 1
        client.turn()
        assert in_flight(client) == 0


def test_a_client_that_goes_right_after_its_answer() -> None:
    with Client("echo-py") as client:
        call = client.start("/", method="POST", body=[b"some"], finishes=False)
        client.settle()
        client.send(call, b"more", last=True)
        answered(client, call)
        assert in_flight(client) == 1
        client.worker.gone(call.id)
        assert in_flight(client) == 0
        client.finish()
        metrics = client.worker.metrics()
        assert metrics["duration"]["count"] == 1
        assert client.run().status is not None


@pytest.mark.parametrize("turns", [0, 1])
def test_the_worker_ends_right_after_an_answer(turns: int) -> None:
    client = Client(LARGE)
    with client:
        answered(client, client.start())
        assert in_flight(client) == 1
        for _ in range(turns):
            client.turn()


def test_everything_is_counted_once() -> None:
    with Client(LARGE) as client:
        for _ in range(4):
            assert client.run().status == 200
        metrics = client.worker.metrics()
        assert metrics["duration"]["count"] == 4
        assert metrics["cpu"]["count"] == 4
        assert metrics["instantiation"]["count"] == 4
        assert metrics["responses"] == {"200": 4}
        assert metrics["ends"] == {"ok": 4}
