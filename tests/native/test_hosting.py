"""Who answers host calls: what functions do, and what becomes of them, of guests and of threads."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.harness.host_calls import GET, GONE, NONE, Calling, some
from unit_wasm.hosting.service import Context, Function, Service, Threads

LOG = logging.getLogger("unit_wasm.test_hosting")

Plain = Callable[[Context, bytes], bytes]
Waiting = Callable[[Context, bytes], Coroutine[Any, Any, bytes]]


def answering(
    client: Calling,
    call: Callable[[Context, bytes], bytes]
    | Callable[[Context, bytes], Coroutine[Any, Any, bytes]],
    *,
    threads: Threads | None = None,
    **more: Any,
) -> Service:
    function = Function("test.get", call, threads, **more)
    return Service(client.calls, {GET: function}, name="app", log=LOG)


async def slowly(context: Context, packed: bytes) -> bytes:
    import asyncio

    await asyncio.sleep(0.1)
    return NONE


def test_functions_that_wait_wait_together() -> None:
    with Calling(max_exchanges=500) as client:
        service = answering(client, slowly)
        calls = [client.start("/1/get/-/a") for _ in range(500)]
        started = time.monotonic()
        client.finish(*calls)
        assert time.monotonic() - started < 20
        assert {bytes(call.body) for call in calls} == {b"none\n"}
        service.close()


def test_an_exception_ends_its_exchange_alone(caplog: pytest.LogCaptureFixture) -> None:
    count = itertools.count()

    async def fails(context: Context, packed: bytes) -> bytes:
        if next(count) % 2:
            raise ValueError("odd")
        return NONE

    with Calling() as client, caplog.at_level(logging.ERROR):
        service = answering(client, fails)
        answers = [client.run("/1/get/-/a") for _ in range(4)]
        service.close()
    assert [answer.status for answer in answers] == [200, 500, 200, 500]
    assert "test.get: ValueError: odd" in answers[1].log[-1]
    said = [record.getMessage() for record in caplog.records]
    assert sum("ValueError: odd" in line for line in said) == 2
    assert any("Traceback" in line for line in said)
    assert not any("\n" in line for line in said)


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
@pytest.mark.parametrize("on_thread", [True, False])
def test_no_exception_ends_the_service(error: BaseException, on_thread: bool) -> None:
    raised = itertools.count()

    def plain(context: Context, packed: bytes) -> bytes:
        if next(raised) == 0:
            raise error
        return NONE

    async def waits(context: Context, packed: bytes) -> bytes:
        return plain(context, packed)

    with Calling() as client:
        threads = Threads(2, "test") if on_thread else None
        service = answering(client, plain if on_thread else waits, threads=threads)
        assert client.run("/1/get/-/a").status == 500
        assert client.run("/1/get/-/a").text == "none\n"
        service.close()


def test_a_call_is_cancelled_when_its_client_goes() -> None:
    import asyncio

    events: list[str] = []
    begun, over = threading.Event(), threading.Event()

    async def waits(context: Context, packed: bytes) -> bytes:
        context.ends.append(lambda: events.append("ended"))
        begun.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            events.append("cancelled")
            over.set()
            raise
        return NONE

    with Calling() as client:
        service = answering(client, waits)
        call = client.start("/1/get/-/a")
        client.settle()
        assert begun.wait(30)
        client.gone(call)
        client.settle()
        assert over.wait(30)
        service.close()
    assert sorted(events) == ["cancelled", "ended"]


def test_closing_does_not_wait_for_threads_and_nobody_is_touched_later() -> None:
    held, begun = threading.Event(), threading.Event()

    def blocks(context: Context, packed: bytes) -> bytes:
        begun.set()
        held.wait()
        return NONE

    threads = Threads(1, "test")
    with Calling() as client:
        service = answering(client, blocks, threads=threads)
        call = client.start("/1/get/-/a")
        client.settle()
        assert begun.wait(30)
        service.close()
        client.fails(call, GONE)
    # The worker is gone; the thread goes on now.
    held.set()
    threads.pool.shutdown(wait=True)


def test_a_function_that_holds_up_the_loop_does_not_hold_up_the_end(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, begun, over = threading.Event(), threading.Event(), threading.Event()

    async def computes(context: Context, packed: bytes) -> bytes:
        context.ends.append(over.set)
        begun.set()
        held.wait()
        return NONE

    monkeypatch.setattr("unit_wasm.hosting.service._STOP_TIME", 0.05)
    with Calling() as client, caplog.at_level(logging.ERROR):
        service = answering(client, computes)
        call = client.start("/1/get/-/a")
        client.settle()
        assert begun.wait(30)
        service.close()
        client.fails(call, GONE)
    # The worker is gone; the loop goes on now, and has nothing of it.
    held.set()
    assert over.wait(30)
    said = [record.getMessage() for record in caplog.records]
    assert said == ["app: a function of the host does not come to its end, and is left behind"]


def test_a_call_with_a_time_of_its_own() -> None:
    held = threading.Event()

    def blocks(context: Context, packed: bytes) -> bytes:
        held.wait()
        return NONE

    with Calling() as client:
        service = answering(
            client, blocks, threads=Threads(1, "test"), timeout=0.2, late=some(b"late")
        )
        calls = [client.start("/1/get/-/a") for _ in range(3)]
        client.finish(*calls)
        assert {bytes(call.body) for call in calls} == {b"some: late\n"}
        held.set()
        assert client.run("/1/get/-/a").text == "none\n"
        service.close()


def test_a_number_that_is_no_function() -> None:
    with Calling() as client:
        service = Service(client.calls, {}, name="app", log=LOG)
        client.fails(client.start("/1/get/-/a"), "there is no function 1")
        service.close()
        service.close()


def test_contexts_do_not_stay() -> None:
    with Calling() as client:
        service = answering(client, slowly)
        for _ in range(3):
            client.run("/1/get/-/a")
        deadline = time.monotonic() + 30
        while service._contexts and time.monotonic() < deadline:
            client.turn()
        assert service._contexts == {}
        service.close()
