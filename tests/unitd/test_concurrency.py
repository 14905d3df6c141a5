"""Many exchanges in one process: who waits for whom, and who does not."""

import itertools
import statistics
import threading
import time
from collections.abc import Iterator

import pytest

from tests.harness.exchanges import go_on_after_the_response
from tests.harness.http import Connection, request
from tests.harness.processes import memory, stays, wait_until
from tests.harness.unitd import Unit, Unitd, application, note
from tests.unitd.load import Load, burst, sleep_together

pytestmark = pytest.mark.slow

MIB = 1 << 20


@pytest.fixture(scope="module")
def shared(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        server.configure(
            {
                "hello": application("hello"),
                "sleep": application("sleep", {"MAX_EXCHANGES": "1000"}),
                "limited": application("sleep", {"MAX_EXCHANGES": "100"}),
                "spin": application("spin"),
                "events": application("events"),
                "mixed": application("mixed", {"CPU_TIMEOUT": "1s"}),
                "big": application("big-response", limits={"shm": 10 * MIB}),
                "works-after": application("works-after"),
            },
            # Longer than any test: nothing is cut because a client takes its time.
            send_timeout=100,
        )
        for name in ("hello", "mixed", "works-after"):
            request(server[name])
        for name in ("sleep", "limited", "spin", "events"):
            request(server[name], "GET", "/0")
        request(server["big"], "GET", "/2000000")
        # A process keeps the map that its first fibers need.
        burst(server["sleep"], 20, "/sleep/1")
        yield server


def test_500_sleepers_in_one_process(server: Unitd) -> None:
    sleep_together(server["sleep"], "/sleep/100", "in one process")


def test_limit_of_exchanges(server: Unitd) -> None:
    """Five waves of a hundred: none fails, and no more than the limit run at once."""
    tally, took = burst(server["limited"], 500, "/sleep/100")
    note(f"500 x 100 ms, 100 at once: {took * 1000:.0f} ms")
    assert tally.statuses == {200: 500}, str(tally)
    assert 0.5 <= took < 3


def test_processor_hogs_beside_hello(server: Unitd) -> None:
    """Guests that compute share the process with one that answers at once."""
    with Load(server["spin"], 4, "/200"), Load(server["spin"], 1, "/0") as load:
        load.wait_for(60)
    median, worst = load.tally.percentile(0.5), load.tally.percentile(0.99)
    note(f"beside four hogs: median {median * 1000:.1f} ms, p99 {worst * 1000:.1f} ms")
    assert load.tally.failed == 0
    assert median < 0.06


def test_endless_loops_beside_hello(server: Unitd) -> None:
    with Load(server["mixed"], 4, "/loop") as loops, Load(server["mixed"], 1, "/") as load:
        load.wait_for(20)
        loops.wait_for(4)
    note(f"beside four loops: median {load.tally.percentile(0.5) * 1000:.1f} ms")
    assert load.tally.failed == 0
    assert set(loops.tally.statuses) == {504}


def stall(client: Connection, size: int) -> None:
    client.send(b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % size)
    client.read(1000)


def small_answers(client: Connection) -> list[float]:
    """Return how long each of fifty answers took, in seconds, that need no shared memory."""
    times = []
    for _ in range(50):
        started = time.monotonic()
        assert client.get("/500").body == (b"0123456789abcdef" * 32)[:500]
        times.append(time.monotonic() - started)
    return times


def test_stalled_client(server: Unitd) -> None:
    """One client takes all shared memory of the process; who needs none does not notice."""
    size = 40 * MIB
    pid = server.worker("big")
    with Connection(server["big"]) as stalled, Connection(server["big"]) as other:
        calm = small_answers(other)
        stall(stalled, size)
        wait_until(lambda: memory(pid, "RssShmem") > 9 * MIB, "for the memory to be full")
        times = small_answers(other)
        median, before = statistics.median(times), statistics.median(calm)
        note(
            f"beside a stalled client: median {median * 1000:.1f} ms, at most"
            f" {max(times) * 1000:.1f} ms; median without it {before * 1000:.1f} ms"
        )
        assert max(times) < 1
        # On a machine that others use too, it is slow without the stalled client as well.
        assert median < 10 * max(before, 0.005)
        # It waits for acknowledgements, and does not ask for them.
        ticks = cpu(pid)
        stays(lambda: cpu(pid) - ticks <= 5, "idle", 0.5)
        # Those that need shared memory go on when the client reads.
        other.send(b"GET /200000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        whole = stalled.read_until(b"\r\n0\r\n\r\n")
        assert len(whole) + 1000 > size
        assert len(other.response().body) == 200_000


def test_stalled_client_that_goes_away(server: Unitd) -> None:
    pid = server.worker("big")
    with Connection(server["big"]) as stalled:
        stall(stalled, 40 * MIB)
        wait_until(lambda: memory(pid, "RssShmem") > 9 * MIB, "for the memory to be full")
    for _ in range(3):
        assert len(request(server["big"], "GET", "/3000000").body) == 3_000_000


def cpu(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_slow_client_beside_others(server: Unitd) -> None:
    """1 KiB/s for one, as fast as ever for the others."""
    done = threading.Event()

    def read_slowly() -> None:
        with Connection(server["big"]) as client:
            stall(client, 2 * MIB)
            while not done.wait(0.1):
                client.read(100)

    slow = threading.Thread(target=read_slowly)
    slow.start()
    with Load(server["big"], 4, "/20000") as load:
        load.wait_for(300)
    done.set()
    slow.join()
    note(f"beside a slow client: median {load.tally.percentile(0.5) * 1000:.1f} ms")
    assert load.tally.failed == 0, str(load.tally)
    assert load.tally.percentile(0.99) < 1


def test_events_arrive_at_once(server: Unitd) -> None:
    with Connection(server["events"]) as client:
        client.send(b"GET /4/300 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = client.read_until(b"\r\n\r\n")
        assert b"text/event-stream" in head
        times = []
        for index in range(4):
            client.read_until(b"data: %d\n\n" % index)
            times.append(time.monotonic())
        client.read_until(b"0\r\n\r\n")
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    note(f"between events: {[round(gap * 1000) for gap in gaps]} ms")
    # One that a busy machine has held back is followed by one that comes too early.
    assert sum(gaps) > 0.8
    assert sorted(gaps)[1] < 0.5


def test_guest_goes_on_after_its_response(server: Unitd) -> None:
    before = server.log.count("worked after the answer")
    go_on_after_the_response(server["works-after"])
    wait_until(
        lambda: server.log.count("worked after the answer") == before + 5, "for the guests to end"
    )


def test_client_that_goes_away(server: Unitd) -> None:
    """Unit does not say so: the guest ends by itself, and nothing is left."""
    for _ in range(20):
        with Connection(server["sleep"]) as client:
            client.send(b"GET /sleep/50 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert request(server["sleep"], "GET", "/sleep/0").status == 200


def test_long_load_leaves_nothing(server: Unitd) -> None:
    pid = server.worker("hello")
    with Load(server["hello"]) as load:
        load.wait_for(2000)
        before = memory(pid, "RssAnon")
        load.wait_for(6000)
        grown = memory(pid, "RssAnon") - before
    note(f"after 6000 requests: {grown / 1024:+.0f} KiB")
    assert load.tally.failed == 0, str(load.tally)
    assert grown < 2 * MIB
