"""Components in an event loop: awaited, beside others, cancelled."""

import asyncio
from typing import Any

import pytest

from tests.harness.direct import guest_path
from tests.harness.loading import Things, ask, awaited, options
from unit_wasm import CallError, HostFunctionError, Trap, load_async


async def loaded(**given: Any) -> Any:
    given.setdefault("host", [Things(), ask])
    return await load_async(guest_path("calls"), options=options(), **given)


@awaited
async def test_functions_are_awaited() -> None:
    async with await loaded() as calls:
        assert await calls.add(1, 2) == 3
        assert await calls.text("abc") == "ABC"
        assert await calls.sum(4) == 100
        with pytest.raises(CallError, match="other is missing"):
            await calls.add(1)


@awaited
async def test_objects_of_the_component() -> None:
    things = Things()
    async with await loaded(host=[things, ask]) as calls:
        async with await calls.counters.Counter(5) as counter:
            assert await counter.value() == 5
        assert things.noted == [5]
        one, other = await calls.counters.Counter(1), await calls.counters.Counter(2)
        merged = await calls.counters.Counter.merge(one, other)
        assert await merged.value() == 3
        await merged.aclose()
        assert things.noted == [5, 1, 2, 3]


@awaited
async def test_functions_of_the_host_run_in_the_loop() -> None:
    loop = asyncio.get_running_loop()

    class Here(Things):
        async def text(self, text: str) -> str:
            await asyncio.sleep(0)
            assert asyncio.get_running_loop() is loop
            return text + "!"

        def note(self, number: int) -> None:
            assert asyncio.get_running_loop() is loop

    async with await loaded(host=[Here, ask]) as calls:
        assert await calls.text("a") == "a!"
        await (await calls.counters.Counter(1)).aclose()


@awaited
async def test_others_have_their_turns_while_a_guest_computes() -> None:
    async with await loaded() as calls:
        task = asyncio.ensure_future(calls.busy(300))
        turns = 0
        while not task.done():
            await asyncio.sleep(0.005)
            turns += 1
        await task
        assert turns > 3


@awaited
async def test_cancelling_ends_the_guest() -> None:
    async with await loaded() as calls:
        task = asyncio.ensure_future(calls.loop())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(CallError, match="interrupted by CancelledError"):
            await calls.add(1, 2)


@awaited
async def test_cancelling_again_while_the_guest_comes_to_its_end() -> None:
    async with await loaded() as calls:
        call = asyncio.ensure_future(calls.loop())
        await asyncio.sleep(0.05)
        while not call.done():
            call.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await call
        with pytest.raises(CallError, match="its call was interrupted by CancelledError"):
            await calls.add(1, 2)


@awaited
async def test_cancelling_while_the_host_waits() -> None:
    waiting = asyncio.Event()

    async def forever(number: int) -> int:
        waiting.set()
        await asyncio.Event().wait()
        return number

    async with await loaded(host=[Things, {"ask": forever}]) as calls:
        task = asyncio.ensure_future(calls.asks(1))
        await waiting.wait()
        with pytest.raises(CallError, match="in a call already"):
            await calls.add(1, 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@awaited
async def test_failures() -> None:
    async def bad(number: int) -> int:
        raise KeyError(number)

    async with await loaded(host=[Things, {"ask": bad}]) as calls:
        with pytest.raises(HostFunctionError) as caught:
            await calls.asks(1)
        assert isinstance(caught.value.__cause__, KeyError)
    async with await loaded() as calls:
        with pytest.raises(Trap):
            await calls.trap()


@awaited
async def test_fresh_instances_at_once() -> None:
    async def slow(number: int) -> int:
        await asyncio.sleep(0.01)
        return 10 * number

    async with await loaded(host=[Things, {"ask": slow}], fresh=True) as calls:
        assert await asyncio.gather(*map(calls.asks, range(8))) == [
            10 * number for number in range(8)
        ]
