"""Workers come and go under load, and no request is lost."""

import json
import os
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.harness.http import Connection, request
from tests.harness.processes import memory, wait_until
from tests.harness.unitd import Unit, Unitd, application, note
from tests.unitd.load import Load

pytestmark = pytest.mark.slow


@pytest.fixture
def server(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        yield server


def wait_for_others(server: Unitd, name: str, old: list[int]) -> None:
    """Wait until an application has as many workers again, and none of the old ones.

    And until Unit knows that they have started: a restart before that is one of the things that
    docs/unit.md warns of.
    """

    def replaced() -> bool:
        new = server.workers(name)
        if len(new) != len(old) or set(new) & set(old):
            return False
        status = json.loads(server.ask("GET", f"/status/applications/{name}").body)
        return bool(status["processes"]["starting"] == 0)

    wait_until(replaced, "for new workers")


def test_restart_under_load(server: Unitd) -> None:
    # A thread of the router wakes a process whose port another has closed: docs/unit.md.
    server.expect_alerts("failed (9: Bad file descriptor)")
    server.configure({"hello": application("hello", processes=2)}, threads=None)
    with Load(server["hello"]) as load:
        load.wait_for(300)
        for _ in range(5):
            before = server.workers("hello")
            server.restart("hello")
            wait_for_others(server, "hello", before)
            load.wait_for(300)
    note(load.tally)
    assert load.tally.failed == 0, str(load.tally)


def test_restart_with_requests_in_flight(server: Unitd) -> None:
    server.configure({"sleep": application("sleep")})
    request(server["sleep"], "GET", "/sleep/0")
    clients = [Connection(server["sleep"]) for _ in range(50)]
    for client in clients:
        client.send(b"GET /sleep/700 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    # A later one has been answered: these are all in the worker.
    request(server["sleep"], "GET", "/sleep/100")
    old = server.worker("sleep")
    server.restart("sleep")
    statuses = [client.response().status for client in clients]
    for client in clients:
        client.sock.close()
    assert statuses == [200] * 50
    wait_until(lambda: old not in server.workers("sleep"), "for the old worker to end")
    assert request(server["sleep"], "GET", "/sleep/0").status == 200


def test_restart_does_not_wait_for_ever(server: Unitd) -> None:
    """A guest that goes on is cut when the grace time of 5 s is over."""
    server.configure({"sleep": application("sleep")})
    request(server["sleep"], "GET", "/sleep/0")
    with Connection(server["sleep"]) as client:
        client.send(b"GET /sleep/50000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        request(server["sleep"], "GET", "/sleep/50")
        old = server.worker("sleep")
        started = time.monotonic()
        server.restart("sleep")
        wait_until(lambda: old not in server.workers("sleep"), "for the old worker", 10)
        assert 4 < time.monotonic() - started < 7
        assert client.response().status in (500, 503)
    assert request(server["sleep"], "GET", "/sleep/0").status == 200


def test_new_component_under_load(server: Unitd) -> None:
    server.configure({"a": application("hello", processes=2)}, threads=None, wildcard=True)
    with Load(server["a"]) as load:
        load.wait_for(300)
        for name in ("counter", "hello", "hello-wat", "counter"):
            old = server.workers("a")
            server.put("/config/applications/a", application(name, processes=2))
            wait_for_others(server, "a", old)
            load.wait_for(300)
    note(load.tally)
    assert load.tally.failed == 0, str(load.tally)
    assert request(server["a"]).body == b"1\n"


def test_bad_component_under_load(server: Unitd) -> None:
    server.configure({"a": application("hello")}, threads=None)
    with Load(server["a"]) as load:
        load.wait_for(300)
        pid = server.worker("a")
        server.refuses("/config/applications/a", application("core-module"))
        load.wait_for(300)
    assert load.tally.failed == 0, str(load.tally)
    assert server.worker("a") == pid


def test_turnover_under_load(server: Unitd) -> None:
    # Unit's own, with a C application too: docs/unit.md.
    server.expect_alerts("read signalfd")
    server.configure(
        {"hello": application("hello", processes=4, limits={"requests": 1000})}, threads=None
    )
    with Load(server["hello"]) as load:
        load.wait_for(10_000)
    started = server.log.count('"hello" application started')
    note(f"{load.tally}, {started} workers")
    assert started >= 8
    assert load.tally.failed == 0, str(load.tally)


def test_kill_under_load(server: Unitd) -> None:
    """What was in flight in the killed worker is lost, and nothing else."""
    connections = 64
    server.configure({"hello": application("hello")}, threads=None)
    server.expect_alerts("exited on signal 9", "sendmsg(")
    with Load(server["hello"], connections) as load:
        load.wait_for(300)
        for _ in range(3):
            worker = server.worker("hello")
            os.kill(worker, signal.SIGKILL)
            killed = time.monotonic()
            load.wait_for(4 * connections)
            # The killed one may have answered what each connection had asked, no more.
            after = [moment for moment in load.tally.answered if moment > killed]
            note(f"answers again after {(after[connections] - killed) * 1000:.0f} ms")
    note(load.tally)
    assert load.tally.failed <= 3 * connections
    assert load.tally.statuses[200] > 600


def test_kill_one_of_two(server: Unitd) -> None:
    server.configure({"hello": application("hello", processes=2)}, threads=None)
    server.expect_alerts("exited on signal 9", "sendmsg(")
    with Load(server["hello"], 16) as load:
        load.wait_for(300)
        os.kill(server.workers("hello")[0], signal.SIGKILL)
        load.wait_for(600)
    note(load.tally)
    assert load.tally.failed <= 16
    wait_until(lambda: len(server.workers("hello")) == 2, "for the other worker")


def test_end_in_the_middle(server: Unitd) -> None:
    """SIGTERM: Unit closes its connections; every process goes, whatever runs in it."""
    server.configure(
        {
            "mixed": application("mixed", processes=2),
            "big": application("big-response", limits={"shm": 10 << 20}),
        }
    )
    clients = [Connection(server["mixed"]) for _ in range(20)]
    for index, client in enumerate(clients):
        path = b"/wait" if index % 2 else b"/loop"
        client.send(b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % path)
    with Connection(server["big"]) as stalled:
        stalled.send(b"GET /50000000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        stalled.read(1000)
        request(server["mixed"])
        started = time.monotonic()
        server.expect_alerts("sendmsg(")
        server.stop()
        took = time.monotonic() - started
        note(f"gone after {took:.2f} s")
        # What runs has no use for the five seconds of a quit: its clients are gone.
        assert took < 4
    for client in clients:
        client.sock.close()


def test_end_lets_work_after_the_response_end(server: Unitd) -> None:
    server.configure({"works-after": application("works-after")})
    assert request(server["works-after"]).body == b"answered\n"
    server.stop()
    assert server.log.count("worked after the answer") == 1


def test_restart_with_a_stalled_client(server: Unitd) -> None:
    """A response that waits for shared memory at quit is whole, and the worker ends."""
    server.configure(
        {"big": application("big-response", limits={"shm": 10 << 20})}, send_timeout=30
    )
    size = 24 << 20
    with Connection(server["big"]) as client:
        client.send(b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % size)
        client.read(1000)
        wait_until(lambda: memory(server.worker("big"), "RssShmem") > 9 << 20, "to be filled")
        old = server.worker("big")
        done = threading.Thread(target=server.restart, args=("big",))
        done.start()
        rest = client.read_until(b"\r\n0\r\n\r\n")
        done.join()
        assert len(rest) + 1000 > size
    wait_until(lambda: old not in server.workers("big"), "for the old worker to end")
    # Unit's log has an alert where it is ended while a prototype starts.
    assert request(server["big"], "GET", "/16").body == b"0123456789abcdef"


def test_four_processes_share(server: Unitd) -> None:
    """Where all have enough to do: the busiest has at most twice what the idlest has."""
    server.configure({"log": application("log", processes=4)}, threads=None)
    pids = {str(pid) for pid in server.workers("log")}
    assert len(pids) == 4
    # On a machine that others use too, one of them may get less of a processor for a while.
    for _ in range(3):
        shares = requests_of_each(server, 2000)
        note(f"requests of each process: {sorted(shares.values())}")
        assert set(shares) == pids
        if max(shares.values()) <= 2 * min(shares.values()):
            return
    raise AssertionError(f"not shared: {shares}")


def requests_of_each(server: Unitd, count: int) -> Counter[str]:
    """Return how many requests each process answers; each guest prints one line."""
    line = re.compile(r"\[notice\] (\d+)#\d+ \[unit\] log: request \d+: stdout: x$", re.MULTILINE)
    begin = len(server.log)
    with Load(server["log"], 64, "/1/0/300") as load:
        load.wait_for(count)
    assert load.tally.failed == 0, str(load.tally)
    counted = Counter(line.findall(server.log[begin:]))
    assert sum(counted.values()) == load.tally.total
    return counted


def test_processes_come_and_go(server: Unitd) -> None:
    server.configure(
        {"sleep": application("sleep", processes={"max": 3, "spare": 1, "idle_timeout": 1})}
    )
    assert len(server.workers("sleep")) == 1
    with Load(server["sleep"], 16, "/sleep/20") as load:
        wait_until(lambda: len(server.workers("sleep")) == 3, "for more workers")
        load.wait_for(200)
    assert load.tally.failed == 0, str(load.tally)
    wait_until(lambda: len(server.workers("sleep")) == 1, "for workers to end")
    # The spare one works now, and another becomes the spare one.
    assert request(server["sleep"], "GET", "/sleep/0").status == 200
    wait_until(lambda: server.log.count('"sleep" application started') >= 4, "for a spare one")


def test_workers_on_demand(server: Unitd) -> None:
    server.configure({"hello": application("hello", processes={"max": 2, "spare": 0})})
    assert server.workers("hello") == []
    assert request(server["hello"]).body == b"Hello, WASI!\n"


def test_worker_starts_fast(server: Unitd) -> None:
    """The engine is built before the fork."""
    server.configure({"hello": application("hello-py")})
    server.expect_alerts("exited on signal 9")
    assert request(server["hello"]).status == 200
    times = []
    for _ in range(3):
        old = server.worker("hello")
        os.kill(old, signal.SIGKILL)
        killed = time.monotonic()
        wait_for_others(server, "hello", [old])
        assert request(server["hello"]).status == 200
        times.append(time.monotonic() - killed)
    note(f"first responses of new workers: {[round(took * 1000) for took in times]} ms")
    assert min(times) < 0.3
