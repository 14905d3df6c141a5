"""Requests that wait in Unit's own queue: how long, how many, and who gets them.

tests/native/test_module_queue.py has the corners, through the double.
"""

import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.harness.http import Connection, request
from tests.harness.processes import wait_until
from tests.harness.unitd import Unit, Unitd, application, note
from tests.unitd.load import Load

BOTH = {"MAX_EXCHANGES": "2"}
CLIENTS = 12


@pytest.fixture(scope="module")
def server(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        server.configure(
            {
                "none": application("sleep", {**BOTH, "MAX_QUEUE": "0"}),
                "three": application("sleep", {**BOTH, "MAX_QUEUE": "3"}),
                "short": application("sleep", {**BOTH, "QUEUE_TIMEOUT": "300ms"}),
                "at-once": application("sleep", {**BOTH, "QUEUE_TIMEOUT": "0"}),
                "four": application("sleep", {"MAX_EXCHANGES": "1", "MAX_QUEUE": "1"}, processes=4),
            }
        )
        for name in ("none", "three", "short", "at-once", "four"):
            assert request(server[name], "GET", "/sleep/0").status == 200
        yield server


def send(client: Connection, path: str) -> None:
    client.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())


def ask(address: str, path: str, count: int = CLIENTS) -> tuple[Counter[int], float]:
    """Send requests at once: how many of each status, and the time of the last one."""
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Connection(address)) for _ in range(count)]
        for client in clients:
            send(client, path)
        statuses = Counter(client.response().status for client in clients)
    return statuses, time.monotonic() - began


@pytest.mark.parametrize(
    ("name", "served", "seconds"),
    [("none", 2, 1), ("three", 5, 3), ("short", 2, 1), ("at-once", 2, 1)],
)
def test_twelve_requests_of_a_second(server: Unitd, name: str, served: int, seconds: int) -> None:
    statuses, took = ask(server[name], "/sleep/1000")
    assert statuses == {200: served, 503: CLIENTS - served}
    assert seconds <= took < seconds + 0.9


def test_the_one_that_came_last_is_refused(server: Unitd) -> None:
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Connection(server["three"])) for _ in range(6)]
        for client in clients:
            send(client, "/sleep/500")
            time.sleep(0.03)
        began = time.monotonic()
        assert clients[5].response().status == 503
        assert time.monotonic() - began < 0.3
        assert [client.response().status for client in clients[:5]] == [200] * 5
    server.wait_for_text("GET /sleep/500: too many requests wait for an instance")


def test_four_processes_take_what_four_can(server: Unitd) -> None:
    """None keeps a request that another one could run, and each lets one wait."""
    statuses, took = ask(server["four"], "/sleep/600")
    assert statuses == {200: 8, 503: 4}
    assert 1.2 <= took < 1.7


def test_four_processes_are_not_told_to_refuse_what_one_can_take(server: Unitd) -> None:
    """Three are full for seconds; the fourth serves everybody else, one after the other."""
    with contextlib.ExitStack() as stack:
        busy = [stack.enter_context(Connection(server["four"])) for _ in range(3)]
        for client in busy:
            send(client, "/sleep/1500")
        time.sleep(0.1)
        for _ in range(40):
            assert request(server["four"], "GET", "/sleep/10").status == 200
        assert [client.response().status for client in busy] == [200] * 3


def test_load_on_four_processes_that_may_wait(unit: Unit) -> None:
    """More clients than places: nobody is refused, and all processes get their share."""
    with unit.start() as server:
        server.configure({"sleep": application("sleep", {"MAX_EXCHANGES": "2"}, processes=4)})
        with Load(server["sleep"], 24, "/sleep/5") as load:
            load.wait_for(2000)
        assert load.tally.failed == 0, str(load.tally)
        times = {}
        for pid in server.workers("sleep"):
            with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
                times[pid] = int(file.read().split()[0])
        note(f"processor time, most to least: {max(times.values()) / min(times.values()):.2f}")
        assert len(times) == 4
        assert max(times.values()) < 3 * min(times.values())


def test_a_restart_with_a_queue(unit: Unit) -> None:
    """What has been let in is served, by the processes of before."""
    with unit.start() as server:
        options = {"MAX_EXCHANGES": "1", "MAX_QUEUE": "2"}
        server.configure({"sleep": application("sleep", options, processes=2)})
        for _ in range(4):
            assert request(server["sleep"], "GET", "/sleep/0").status == 200
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(Connection(server["sleep"])) for _ in range(6)]
            for client in clients:
                send(client, "/sleep/300")
            time.sleep(0.1)
            server.restart("sleep")
            assert [client.response().status for client in clients] == [200] * 6


def test_a_worker_that_is_killed_while_requests_wait(unit: Unit) -> None:
    """What waits was not in it: only what ran in it is lost."""
    with unit.start() as server:
        server.configure({"sleep": application("sleep", {"MAX_EXCHANGES": "1"}, processes=1)})
        server.expect_alerts("exited on signal 9", "sendmsg(")
        assert request(server["sleep"], "GET", "/sleep/0").status == 200
        (pid,) = server.workers("sleep")
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(Connection(server["sleep"])) for _ in range(4)]
            for client in clients:
                send(client, "/sleep/200")
                time.sleep(0.02)
            os.kill(pid, signal.SIGKILL)
            assert [client.response().status for client in clients] == [503, 200, 200, 200]
        wait_until(lambda: server.workers("sleep") != [pid], "for a new worker")
