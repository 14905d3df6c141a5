"""Random walks over the worker's functions: whatever a server does, in any order, nothing breaks.

Invariant: after each step the counters fit together, and when all clients have gone no guest is
left and the worker answers as before. The sanitizers watch the rest.
"""

import random

import pytest

from tests.harness.direct import Call, Client

STEPS = 2000
PATHS = {
    "echo": ["/"],
    "splice": ["/", "/blocking"],
    "big-response": ["/0", "/5000", "/50000"],
    "mixed": ["/", "/slow", "/trap", "/no-set", "/error", "/wait", "/later/trap", "/later/drop"],
    "trailers": ["/"],
    "answers-early": ["/"],
}


class Walk:
    """Clients that do anything at any time."""

    def __init__(self, client: Client, paths: list[str], source: random.Random) -> None:
        self._client = client
        self._paths = paths
        self._source = source
        self._calls: list[Call] = []
        self._old: list[int] = [0, 1, 1 << 40]

    def step(self) -> None:
        action = self._source.choice(
            (self._begin, self._begin, self._turn, self._turn, self._push, self._sent, self._go)
        )
        action()
        status = self._client.worker.status()
        assert status["in_flight"] <= 4
        assert status["queued"] <= 4

    def _begin(self) -> None:
        path = self._source.choice(self._paths)
        method = self._source.choice(("GET", "POST", "HEAD", "B D"))
        body: list[bytes] | None = [] if self._source.random() < 0.7 else None
        self._calls.append(
            self._client.start(
                path,
                method=method,
                body=body,
                finishes=False,
                reads=self._source.random() < 0.5,
            )
        )

    def _turn(self) -> None:
        self._client.turn()

    def _number(self) -> int:
        numbers = [call.id for call in self._calls[-8:]] + self._old[-4:]
        return self._source.choice(numbers)

    def _push(self) -> None:
        size = self._source.choice((0, 1, 100, 9000))
        self._client.worker.push(self._number(), bytes(size), self._source.random() < 0.3)

    def _sent(self) -> None:
        self._client.worker.sent(self._number(), self._source.choice((0, 1, 5000, 1 << 30)))

    def _go(self) -> None:
        if self._calls:
            call = self._calls.pop(self._source.randrange(len(self._calls)))
            self._old.append(call.id)
            self._client.gone(call)

    def end(self) -> None:
        for call in self._calls:
            self._client.gone(call)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("guest", PATHS)
def test_a_random_walk(guest: str, seed: int) -> None:
    with Client(guest, max_exchanges=4, max_queue=4, body_buffer=4096) as client:
        walk = Walk(client, PATHS[guest], random.Random(seed))
        for _ in range(STEPS):
            walk.step()
        walk.end()
        client.until(lambda: client.idle)
        answer = client.run(PATHS[guest][0], method="POST", body=b"alive")
        assert (answer.status, answer.how) == (200, "ended")


@pytest.mark.parametrize("seed", range(3))
def test_a_walk_that_ends_with_the_worker(seed: int) -> None:
    with Client("mixed", max_exchanges=4, max_queue=4, body_buffer=4096) as client:
        walk = Walk(client, PATHS["mixed"], random.Random(100 + seed))
        for _ in range(STEPS // 4):
            walk.step()


def test_timers_in_any_order() -> None:
    """The heap of timers: sleeps of random length, a third of them given up."""
    source = random.Random(7)
    with Client("sleep", max_exchanges=300) as client:
        times = [source.randrange(1, 60) for _ in range(300)]
        calls = [client.start(f"/sleep/{time}") for time in times]
        client.turn()
        for index in range(0, 300, 3):
            client.gone(calls[index])
        left = {
            call.id: time
            for index, (call, time) in enumerate(zip(calls, times, strict=True))
            if index % 3
        }
        ended: list[int] = []

        def all_ended() -> bool:
            ended.extend(
                call.id for call in calls if call.done and call.id in left and call.id not in ended
            )
            return len(ended) == len(left)

        client.until(all_ended)
        assert client.worker.status()["failures"] == 0
        assert client.worker.status()["cancelled"] == 100
