"""Limits at the limit, one over it, and at the maximum that the option allows."""

from typing import Any

import pytest

from tests.harness.direct import ERROR_PAGE, Client
from unit_wasm.errors import ComponentError
from unit_wasm.options import OPTIONS

MIB = 1 << 20
PAGE = 64 << 10
MAXIMUM = {option.name: option.maximum for option in OPTIONS}
HELLO = b"Hello, WASI!\n"


def failure(number: int, path: str, why: str, *, trace: bool = False, method: str = "GET") -> str:
    end = "\n<backtrace>" if trace else ""
    return f"3 app: request {number}: {method} {path}: {why} (<times>){end}"


def maximum(name: str) -> int:
    found = MAXIMUM[name]
    assert found is not None
    return int(found)


# ---- Bytes of a response ----

OVER = "the component failed: the component wrote {} bytes of a response body of at most {} bytes"


def test_response_bytes_after_the_head() -> None:
    with Client("big-response", max_response_bytes=PAGE, body_buffer=PAGE) as client:
        answer = client.run(f"/{PAGE}")
        assert (answer.status, answer.how, len(answer.body), answer.log) == (200, "ended", PAGE, [])
        path = f"/{PAGE + 1}"
        answer = client.run(path)
        assert (answer.status, answer.how, len(answer.body)) == (200, "cut", PAGE)
        assert answer.log == [failure(2, path, OVER.format(PAGE + 1, PAGE), trace=True)]
        assert client.worker.metrics()["ends"] == {"ok": 1, "bad-response": 1}


def test_response_bytes_before_the_head() -> None:
    """None of the write that is too long is sent, and the client gets a status."""
    with Client("big-response", max_response_bytes=1024) as client:
        assert len(client.run("/1024").body) == 1024
        answer = client.run("/1025")
        assert (answer.status, answer.headers, answer.how) == (500, ERROR_PAGE, "ended")
        assert answer.log == [failure(2, "/1025", OVER.format(1025, 1024), trace=True)]


def test_response_bytes_that_nobody_gets_count_too() -> None:
    with Client("big-response", max_response_bytes=1024) as client:
        assert client.run("/1024", method="HEAD").status == 200
        answer = client.run("/1025", method="HEAD")
        assert answer.status == 500
        why = OVER.format(1025, 1024)
        assert answer.log == [failure(2, "/1025", why, trace=True, method="HEAD")]


def test_response_bytes_of_each_response_alone() -> None:
    with Client("big-response", max_response_bytes=1024) as client:
        for _ in range(5):
            assert len(client.run("/1000").body) == 1000


def test_response_bytes_at_the_maximum() -> None:
    with Client("big-response", max_response_bytes=maximum("max_response_bytes")) as client:
        assert len(client.run(f"/{MIB}").body) == MIB


# ---- Handles ----


def test_handles_at_the_maximum() -> None:
    """One more than that and libwasmtime would end the guest by itself."""
    most = maximum("max_handles")
    with Client("many-handles", max_handles=most) as client:
        # The request and the response-outparam count as well.
        assert client.run(f"/{most - 2}").body == b"%d\n" % (most - 2)
        path = f"/{most - 1}"
        why = f"the component failed: resource table has no free keys (limit {most})"
        assert client.run(path).log == [failure(2, path, why, trace=True)]


# ---- Tables and memories ----


@pytest.mark.parametrize("pooling", [True, False])
def test_table_elements_that_hello_has(pooling: bool) -> None:
    """Six of its own, and one through which its imports are called."""
    with Client("hello", max_table_elements=7, pooling=pooling) as client:
        assert client.run().body == HELLO


@pytest.mark.parametrize("pooling", [True, False])
def test_table_elements_one_below(pooling: bool) -> None:
    with pytest.raises(ComponentError) as caught:
        Client("hello", max_table_elements=6, pooling=pooling)
    assert str(caught.value) == (
        "an instance of the component has tables of 7 elements, and UNIT_WASM_MAX_TABLE_ELEMENTS "
        "allows 6 (raise UNIT_WASM_MAX_TABLE_ELEMENTS (--max-table-elements))"
    )


@pytest.mark.parametrize("pooling", [True, False])
def test_table_elements_at_the_maximum(pooling: bool) -> None:
    most = maximum("max_table_elements")
    with Client("hello", max_table_elements=most, pooling=pooling) as client:
        assert client.run().body == HELLO
        assert client.worker.status()["pooled"] is pooling


@pytest.mark.parametrize("pooling", [True, False])
def test_memory_that_hello_begins_with(pooling: bool) -> None:
    with Client("hello", max_memory=3 * PAGE, pooling=pooling) as client:
        assert client.run().body == HELLO
    with pytest.raises(ComponentError) as caught:
        Client("hello", max_memory=3 * PAGE - 1, pooling=pooling)
    assert str(caught.value) == (
        "an instance of the component begins with 192KiB of memory, and UNIT_WASM_MAX_MEMORY "
        "allows 196607 bytes (raise UNIT_WASM_MAX_MEMORY (--max-memory))"
    )


@pytest.mark.parametrize("pooling", [True, False])
def test_memory_at_the_maximum(pooling: bool) -> None:
    with Client("hello", max_memory=maximum("max_memory"), pooling=pooling) as client:
        assert client.run().body == HELLO


# ---- Bytes of headers, exchanges, times ----


def test_header_bytes_at_the_maximum() -> None:
    most = maximum("max_header_bytes")
    with Client("hello", max_header_bytes=most) as client:
        size = most - len("x-long")
        assert client.run(headers=[(b"x-long", b"v" * size)]).body == HELLO
        assert client.run(headers=[(b"x-long", b"v" * (size + 1))]).status == 431


@pytest.mark.no_asan  # its shadow memory lies where the pool would
def test_exchanges_in_flight_at_the_maximum() -> None:
    """The pool of so many can be had; 500 of them are used here."""
    with Client("sleep", max_exchanges=maximum("max_exchanges")) as client:
        assert client.worker.status()["pooled"] is True
        result = client.worker.loopback(500, parallel=500, path="/sleep/20")
        assert (result.exchanges, result.failed) == (500, 0)
        assert client.lines == []


def test_times_at_their_maximum() -> None:
    names = ("timeout", "cpu_timeout", "queue_timeout")
    limits: dict[str, Any] = {name: MAXIMUM[name] for name in names}
    with Client("mixed", **limits) as client:
        assert client.run("/slow").body == b"hello\n"


def test_times_at_their_minimum() -> None:
    with Client("mixed", timeout=0.001) as client:
        assert client.run("/wait").status == 504
        assert client.worker.metrics()["ends"] == {"timeout": 1}
    with Client("mixed", cpu_timeout=0.001) as client:
        assert client.run("/loop").status == 504
        assert client.worker.metrics()["ends"] == {"cpu-timeout": 1}
    with Client("mixed", queue_timeout=0.0, max_exchanges=1) as client:
        busy, queued = client.start("/wait"), client.start("/")
        client.until(lambda: queued.done)
        assert queued.status == 503
        client.gone(busy)
        assert client.worker.metrics()["ends"] == {"client-gone": 1, "queue-timeout": 1}
