"""What the host holds for an exchange has a limit; each drop gives back, and the end does."""

from typing import Any

import pytest

from tests.harness.direct import Client
from tests.harness.outgoing import Peer
from tests.harness.processes import memory

MIB = 1 << 20
LIMIT = 2 * MIB
TOO_MUCH = (
    "the component failed: the exchange holds more than {} bytes of the host's memory "
    "(UNIT_WASM_MAX_HOST_MEMORY)"
)

# A kind, a number of them that fits into the limit, how many do not, and the size of each.
KINDS = [
    ("fields", 20, 40, 60_000),
    ("clones", 20, 40, 60_000),
    ("requests", 8, 15, 60_000),
    ("bodies", 10, 20, 120_000),
    ("pollables", 2000, 30_000, 0),
    ("sent", 10, 40, 60_000),
]
kinds = pytest.mark.parametrize(("kind", "fits", "many", "size"), KINDS, ids=[k[0] for k in KINDS])


def failure(number: int, path: str, why: str, *, trace: bool = True) -> str:
    end = "\n<backtrace>" if trace else ""
    return f"3 app: request {number}: GET {path}: {why} (<times>){end}"


def costly(**options: int) -> Client:
    settings: dict[str, Any] = {"max_handles": 100_000, "max_outgoing": 1000, "cpu_timeout": 300.0}
    settings |= {"timeout": 600.0, "max_host_memory": LIMIT, **options}
    return Client("costly", outgoing=True, **settings)


@kinds
def test_one_exchange_holds_too_much(kind: str, fits: int, many: int, size: int) -> None:
    with costly() as client:
        path = f"/hold/{kind}/{many}/{size}"
        answer = client.run(path)
        assert answer.status == 500
        assert answer.log == [failure(1, path, TOO_MUCH.format(LIMIT))]
        assert client.worker.metrics()["ends"] == {"trap-host": 1}
        assert client.run(f"/hold/{kind}/{fits}/{size}").body == b"costly\n"


@kinds
def test_what_is_dropped_is_given_back(kind: str, fits: int, many: int, size: int) -> None:
    with costly() as client:
        assert client.run(f"/churn/{kind}/{2 * many}/{size}").body == b"costly\n"


def test_what_is_refused_is_given_back() -> None:
    with costly() as client:
        assert client.run("/churn/refused/80/60000").body == b"costly\n"


@kinds
def test_what_an_exchange_held_is_given_back(kind: str, fits: int, many: int, size: int) -> None:
    """Each of them runs in the same slot as the one before."""
    with costly() as client:
        for _ in range(20):
            assert client.run(f"/hold/{kind}/{fits}/{size}").body == b"costly\n"
            client.run(f"/hold/{kind}/{many}/{size}")
        assert client.worker.metrics()["ends"] == {"ok": 20, "trap-host": 20}


def test_what_one_call_passes_counts() -> None:
    """Where bytes do not cross packed they are copied for the call."""
    least = 8 * ((1 << 17) + (64 << 10))
    with Client("hostile", rewrite=False, max_host_memory=MIB) as client:
        path = "/append/2000000/1"
        assert client.run(path).log == [failure(1, path, TOO_MUCH.format(least))]
        assert client.run("/append/1000/1").status == 200


def test_each_exchange_has_a_limit_of_its_own() -> None:
    with costly() as client:
        held = [client.start("/keep/clones/20/60000") for _ in range(4)]
        client.settle()
        path = "/hold/clones/40/60000"
        greedy, other = client.start(path), client.start("/")
        client.until(lambda: greedy.done and other.done)
        assert client.lines == [failure(5, path, TOO_MUCH.format(LIMIT))]
        assert (greedy.status, bytes(other.body)) == (500, b"costly\n")
        assert not any(call.done for call in held)
        for call in held:
            client.gone(call)


def test_orders_that_the_client_has_fetched_count() -> None:
    """It copies them, and keeps them while the request is on its way."""
    with costly() as client:
        peer = Peer(client)
        call = client.start("/keep/sent/10/60000")
        while len(peer.asked) < 10:
            peer.settle()
        client.gone(call)
        peer.settle()
        assert all(asked.cancelled for asked in peer.asked)

        # What is fetched while the next ones are made is not less for that.
        path = "/hold/sent/40/60000"
        call = client.start(path)
        while not call.done:
            peer.client.turn()
            peer.take()
        assert client.lines == [failure(2, path, TOO_MUCH.format(LIMIT))]


def test_responses_that_nobody_reads_count() -> None:
    """The client writes them from its own thread, where nothing of the guest can be ended."""
    with costly() as client:
        peer = Peer(client)
        path = "/keep/sent/30/0"
        call = client.start(path)
        while len(peer.asked) < 30:
            peer.settle()
        for asked in peer.asked:
            asked.respond(200, [(b"x", b"v" * 50_000)])
            asked.push(b"x" * 100_000)
        client.finish(call)
        assert call.status == 500
        assert client.lines == [failure(1, path, TOO_MUCH.format(LIMIT), trace=False)]
        peer.settle()
        assert client.run("/hold/sent/10/60000").body == b"costly\n"


def test_not_less_than_eight_windows_and_heads() -> None:
    """Or an honest guest could not even send one response on."""
    least = 8 * ((1 << 20) + (64 << 10))
    with costly(max_host_memory=MIB, body_buffer=MIB) as client:
        assert client.run("/hold/clones/100/60000").body == b"costly\n"
        path = "/hold/clones/140/60000"
        assert client.run(path).log == [failure(2, path, TOO_MUCH.format(least))]


@pytest.mark.no_asan
def test_memory_goes_back_to_the_kernel() -> None:
    with Client("costly", max_handles=100_000) as client:
        client.run("/hold/clones/900/60000")
        before = memory()
        for _ in range(3):
            calls = [client.start("/keep/clones/900/60000") for _ in range(3)]
            client.settle()
            assert memory() - before > 100 * MIB
            for call in calls:
                client.gone(call)
        client.until(lambda: memory() - before < 16 * MIB)
