"""wasi:keyvalue of components whose functions are called: ``load(..., keyvalue=...)``."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.harness.direct import guest_path
from tests.harness.loading import options
from tests.harness.processes import PATIENCE, nothing_left_open, wait_until
from tests.harness.resp import STORES, RespServer, store
from unit_wasm import CallError, Trap, load, load_async
from unit_wasm.errors import ConfigError
from unit_wasm.hosting.keyvalue.functions import open_store

COUNTS = guest_path("counts")
TIMEOUT = 60.0

# What the guest returns of an error of the store.
DENIED, OTHER = -2, -3


@pytest.fixture(params=STORES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with store(request.param, tmp_path) as place:
        yield place


Helpers = Callable[[], list[str]]


@pytest.fixture
def helpers() -> Helpers:
    """What tells the threads that answer for a store, without those of tests before this one."""
    before = set(threading.enumerate())

    def now() -> list[str]:
        new = set(threading.enumerate()) - before
        return [each.name for each in new if each.name.startswith("unit-wasm-h")]

    return now


def test_values_stay(where: str, helpers: Helpers) -> None:
    for fresh in (False, True):
        start = 20 * fresh
        with load(COUNTS, keyvalue=where, options=options(), fresh=fresh) as component:
            assert component.count("a", 5) == start + 5
            assert component.count("b", 1) == 1 + fresh
            assert component.count("a", 15) == start + 20
            assert component.run.run() is None
    assert open_store(where, TIMEOUT).get("default", "runs") == b"2"
    assert helpers() == []


def test_without_a_store(helpers: Helpers) -> None:
    with load(COUNTS, options=options()) as component:
        assert component.count("a", 1) == DENIED
        assert helpers() == []


def test_many_threads_count_exactly(where: str) -> None:
    with load(COUNTS, keyvalue=where, options=options(max_exchanges=8), fresh=True) as component:

        def work(_: int) -> None:
            for _ in range(50):
                component.count("n", 1)

        with ThreadPoolExecutor(8) as pool:
            assert [*pool.map(work, range(8))] == [None] * 8
        assert component.count("n", 0) == 400


def test_in_an_event_loop(where: str) -> None:
    async def run() -> list[int]:
        async with await load_async(
            COUNTS, keyvalue=where, options=options(max_exchanges=8), fresh=True
        ) as component:
            return list(await asyncio.gather(*(component.count("n", 1) for _ in range(8))))

    assert sorted(asyncio.run(run())) == [*range(1, 9)]


def test_a_store_that_does_not_answer() -> None:
    with RespServer() as server:
        limits = options(keyvalue_timeout=0.3)
        with load(COUNTS, keyvalue=server.url, options=limits) as component:
            assert component.count("n", 1) == 1
            server.silent.set()
            started = time.monotonic()
            assert component.count("n", 1) == OTHER
            assert 0.25 < time.monotonic() - started < 30
            server.silent.clear()
            assert component.count("n", 1) in (2, 3)


def test_the_time_of_a_call_is_over_first(helpers: Helpers) -> None:
    with RespServer() as server:
        with load(COUNTS, keyvalue=server.url, timeout=0.3, options=options()) as component:
            server.silent.set()
            with pytest.raises(Trap, match="the component did not end in time"):
                component.count("n", 1)
            server.silent.clear()
        assert helpers() == []


def test_it_is_closed_while_a_call_waits(helpers: Helpers) -> None:
    with RespServer() as server:
        server.silent.set()
        component = load(COUNTS, keyvalue=server.url, options=options(), fresh=True)
        with ThreadPoolExecutor() as pool:
            call = pool.submit(component.count, "n", 1)
            wait_until(lambda: server.asked > 0, "for the store to be asked")
            component.close()
        server.silent.clear()
    assert isinstance(call.exception(), Trap | CallError)
    assert str(call.exception()) == "the call was cancelled"
    assert helpers() == []


def test_nothing_is_left_behind(where: str, helpers: Helpers) -> None:
    def round_() -> None:
        with load(COUNTS, keyvalue=where, options=options()) as component:
            assert component.count("n", 1) > 0

    round_()
    with nothing_left_open(PATIENCE):
        for _ in range(20):
            round_()
    assert helpers() == []


@pytest.mark.parametrize("text", ["memory:", "sqlite:", "redis://"])
def test_how_a_store_is_named(text: str) -> None:
    with pytest.raises(ConfigError, match=f'keyvalue is "{text}", which is not a store'):
        load(COUNTS, keyvalue=text, options=options())
