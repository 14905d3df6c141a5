"""Every limit of an application: at the limit, and one over it."""

import time

import pytest

from tests.harness.direct import ERROR_PAGE, TEXT, Client
from unit_wasm.errors import ComponentError

MIB = 1 << 20
LATE = "the component did not end in time"
CPU = "the component used up its processor time"


def failure(number: int, path: str, why: str, *, trace: bool = False) -> str:
    end = "\n<backtrace>" if trace else ""
    return f"3 app: request {number}: GET {path}: {why} (<times>){end}"


# ---- Time ----


def test_a_guest_that_waits_too_long() -> None:
    with Client("sleep", timeout=0.05) as client:
        assert client.run("/sleep/1").body == b"slept\n"
        began = time.monotonic()
        answer = client.run("/sleep/3600000")
        assert time.monotonic() - began >= 0.05
        assert (answer.status, answer.headers) == (504, ERROR_PAGE)
        assert answer.body == b"504 Gateway Timeout\n"
        assert answer.log == [failure(2, "/sleep/3600000", LATE)]


def test_the_time_limit_after_the_head() -> None:
    with Client("spin", timeout=0.05) as client:
        call = client.start("/0/write", reads=False)
        client.finish(call)
        answer = client.answer(call)
        assert (answer.status, answer.how) == (200, "cut")
        assert answer.log == [failure(1, "/0/write", LATE)]


def test_waiting_costs_no_processor_time() -> None:
    with Client("sleep", cpu_timeout=0.02) as client:
        assert client.run("/sleep/60").body == b"slept\n"


def test_an_endless_loop_ends_with_its_processor_time() -> None:
    with Client("endless-loop", cpu_timeout=0.03) as client:
        began = time.monotonic()
        answer = client.run()
        assert time.monotonic() - began >= 0.03
        assert (answer.status, answer.how) == (504, "ended")
        assert answer.log == [failure(1, "/", CPU)]


def test_loops_share_the_processor() -> None:
    """A request gets its answer while endless loops run, in less than all of their time."""
    with Client("mixed", cpu_timeout=0.1) as client:
        loops = [client.start("/loop") for _ in range(4)]
        client.turn()
        call = client.start("/")
        client.until(lambda: call.done)
        assert call.body == b"hello\n"
        assert not any(loop.done for loop in loops)
        client.finish(*loops)
        assert [loop.status for loop in loops] == [504] * 4


def test_a_guest_that_asks_without_waiting_lets_others_run() -> None:
    with Client("spin") as client:
        slow, fast = client.start("/5000"), client.start("/1")
        client.until(lambda: fast.done)
        assert fast.body == b"spun\n"
        assert not slow.done
        client.gone(slow)


# ---- Exchanges in flight, and the queue ----


def test_one_more_exchange_than_slots_waits() -> None:
    with Client("sleep", max_exchanges=2, max_queue=10) as client:
        first = client.start("/sleep/30")
        second = client.start("/sleep/5")
        third = client.start("/sleep/0")
        client.turn()
        status = client.worker.status()
        assert (status["in_flight"], status["queued"]) == (2, 1)
        client.until(lambda: third.done)
        # The slot of the second became free first.
        assert second.done
        assert not first.done
        client.finish(first)
        assert [call.body for call in (first, second, third)] == [b"slept\n"] * 3


def test_the_queue_is_first_in_first_out() -> None:
    with Client("sleep", max_exchanges=1, max_queue=50) as client:
        calls = [client.start("/sleep/0") for _ in range(50)]
        ended: list[int] = []

        def all_ended() -> bool:
            ended.extend(call.id for call in calls if call.done and call.id not in ended)
            return len(ended) == len(calls)

        client.until(all_ended)
        assert ended == [call.id for call in calls]


def test_a_full_queue_refuses_at_once() -> None:
    with Client("sleep", max_exchanges=1, max_queue=2) as client:
        calls = [client.start("/sleep/20") for _ in range(4)]
        client.turn()
        refused = client.answer(calls[3])
        assert (refused.status, refused.headers) == (503, ERROR_PAGE)
        assert refused.body == b"503 Service Unavailable\n"
        assert refused.log == [failure(4, "/sleep/20", "too many requests wait for an instance")]
        assert client.worker.status()["queued"] == 2
        client.finish(*calls)
        assert [call.status for call in calls] == [200, 200, 200, 503]


def test_without_a_queue_the_limit_is_exact() -> None:
    with Client("sleep", max_exchanges=2, max_queue=0) as client:
        calls = [client.start("/sleep/20") for _ in range(3)]
        client.finish(*calls)
        assert [call.status for call in calls] == [200, 200, 503]


def test_the_wait_for_a_slot_has_a_limit() -> None:
    with Client("mixed", max_exchanges=1, queue_timeout=0.02) as client:
        busy = client.start("/wait")
        queued = client.start("/")
        client.until(lambda: queued.done)
        assert (queued.status, bytes(queued.body)) == (503, b"503 Service Unavailable\n")
        assert client.lines == [failure(2, "/", "no instance became free in time")]
        assert client.worker.status()["queued"] == 0
        client.gone(busy)
        assert client.run("/").body == b"hello\n"


def test_queued_requests_leave_in_any_order() -> None:
    """Clients that go away while they are queued, at either end and in the middle of the queue."""
    with Client("mixed", max_exchanges=1) as client:
        for left in ((0,), (4,), (2,), (0, 4), (4, 3), (0, 1, 2, 3, 4)):
            busy = client.start("/wait")
            queued = [client.start("/") for _ in range(5)]
            for index in left:
                client.gone(queued[index])
            stayed = [call for index, call in enumerate(queued) if index not in left]
            last = client.start("/")
            assert client.worker.status()["queued"] == len(stayed) + 1
            client.gone(busy)
            client.finish(*stayed, last)
            assert all(call.body == b"hello\n" for call in (*stayed, last))


@pytest.mark.parametrize("waiting", [0, 1, 2])
def test_who_comes_when_the_queue_has_moved_on(waiting: int) -> None:
    """The last one that waited has its place now, or others wait still."""
    with Client("mixed", max_exchanges=1) as client:
        first, second = client.start("/wait"), client.start("/wait")
        others = [client.start("/") for _ in range(waiting)]
        client.gone(first)
        client.turn()
        others += [client.start("/") for _ in range(2)]
        assert client.worker.status()["queued"] == waiting + 2
        client.gone(second)
        client.finish(*others)
        assert [call.body for call in others] == [b"hello\n"] * (waiting + 2)


# ---- Memory, tables, handles ----


def test_memory_ends_at_its_limit() -> None:
    """The guest counts what it has: more than a step below the limit it would have got more."""
    for limit in (8 * MIB, 16 * MIB):
        with Client("memory-hog", max_memory=limit) as client:
            size = int(client.run().text.removeprefix("bytes: "))
            assert limit - MIB < size <= limit


@pytest.mark.parametrize("pooling", [True, False])
def test_a_component_that_needs_more_memory_at_its_start(pooling: bool) -> None:
    with pytest.raises(ComponentError) as caught:
        Client("hello", max_memory=64 << 10, pooling=pooling)
    assert caught.value.message == (
        "an instance of the component begins with 192KiB of memory, and UNIT_WASM_MAX_MEMORY "
        "allows 64KiB"
    )
    assert caught.value.hint == "raise UNIT_WASM_MAX_MEMORY (--max-memory)"


def test_a_component_that_traps_at_its_start() -> None:
    with Client("cannot-start") as client:
        why = "the component cannot start: wasm trap: wasm `unreachable` instruction executed"
        for number in (1, 2):
            answer = client.run()
            assert (answer.status, answer.body) == (500, b"500 Internal Server Error\n")
            assert answer.log == [failure(number, "/", why, trace=True)]


def test_handles_at_the_limit_and_over_it() -> None:
    with Client("many-handles", max_handles=20) as client:
        # The request and the response-outparam count as well.
        assert client.run("/18").body == b"18\n"
        answer = client.run("/19")
        assert answer.status == 500
        why = "the component failed: resource table has no free keys (limit 20)"
        assert answer.log == [failure(2, "/19", why, trace=True)]
        assert client.run("/18").body == b"18\n"


def test_many_handles_and_their_places_used_again() -> None:
    with Client("many-handles", max_handles=50_002) as client:
        assert client.run("/50000").body == b"50000\n"
        assert client.run("/50000").body == b"50000\n"


# ---- Header bytes ----

LIMIT = 2048
OVERHEAD = 32


def test_headers_of_a_request_at_the_limit_and_over_it() -> None:
    with Client("request-info", max_header_bytes=LIMIT) as client:
        size = LIMIT - len("x-long")
        assert client.run(headers=[(b"x-long", b"v" * size)]).status == 200
        answer = client.run(headers=[(b"x-long", b"v" * (size + 1))])
        assert (answer.status, answer.headers) == (431, ERROR_PAGE)
        assert answer.body == b"431 Request Header Fields Too Large\n"
        # A client's fault is no line in the log.
        assert answer.log == []


def test_many_small_headers_of_a_request() -> None:
    count = LIMIT // 4  # each is "x-N" and "1"
    headers = [(b"x-%d" % (number % 10), b"1") for number in range(count)]
    with Client("request-info", max_header_bytes=LIMIT) as client:
        assert client.run(headers=headers).text.count("header x-") == count
        assert client.run(headers=[*headers, *headers]).status == 431


@pytest.mark.parametrize("way", ["set", "list", "clone"])
def test_fields_of_a_guest_at_the_limit_and_over_it(way: str) -> None:
    with Client("fields-limit", max_header_bytes=LIMIT) as client:
        size = LIMIT - OVERHEAD - 1
        assert client.run(f"/{way}/{size}").body == b"1\n"
        path = f"/{way}/{size + 1}"
        answer = client.run(path)
        assert answer.status == 500
        why = "the component failed: total size of fields exceeds limit"
        assert answer.log == [failure(2, path, why, trace=True)]


def test_a_clone_counts_what_it_copied() -> None:
    with Client("fields-limit", max_header_bytes=LIMIT) as client:
        headers = [(b"x-big", b"v" * (LIMIT - 1000))]
        left = 1000 - 2 * OVERHEAD - len("x-big") - len("x")
        assert client.run(f"/clone/{left}", headers=headers).body == b"2\n"
        assert client.run(f"/clone/{left + 1}", headers=headers).status == 500


def test_many_small_fields_of_a_guest() -> None:
    with Client("headers-many", max_header_bytes=LIMIT) as client:
        count = LIMIT // (OVERHEAD + len("x-00"))
        assert client.run(f"/{count}/0").status == 200
        assert client.run(f"/{2 * count}/0").status == 500


def test_headers_over_the_wire_have_their_own_limit() -> None:
    """A guest may have the request's headers, whatever it is allowed itself."""
    with Client("request-info") as client:
        answer = client.run(headers=[(b"x-large", b"v" * 60_000)])
        assert (answer.status, answer.headers, len(answer.body) > 60_000) == (200, TEXT, True)
