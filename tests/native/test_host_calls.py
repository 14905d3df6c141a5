"""Host calls: every way in which a call, its guest and those who answer can end, in every order."""

import itertools
import select
from collections.abc import Callable

import pytest

from tests.harness.direct import Call, Client
from tests.harness.host_calls import GONE, NONE, SET, Calling, some
from unit_wasm.hosting.packing import Reader
from unit_wasm.native.hosting import HostOrder


def test_a_call_has_its_arguments_and_the_id_of_its_request() -> None:
    with Calling(request_id_from="x-id") as client:
        call = client.start("/1/set/b/key/value", headers=[(b"x-id", b"mine")])
        client.settle()
        (order,) = client.calls.orders()
        reader = Reader(order.arguments)
        assert (reader.string(), reader.string(), reader.bytes()) == ("b", "key", b"value")
        assert (order.function, order.request, order.drops) == (SET, "mine", ())
        assert client.calls.answer(order.id, order.serial, b"\0")
        client.finish(call)
        assert call.body == b"set\n"
        assert [each.ended for each in client.calls.orders()] == [True]


def test_calls_of_one_instance_come_one_after_the_other() -> None:
    with Calling() as client:
        call = client.start("/2/increment/b/n/1/3")
        for number in range(1, 4):
            client.settle()
            (order,) = client.calls.orders()
            assert order.serial == number
            client.calls.answer(order.id, order.serial, b"\0" + number.to_bytes(8, "little"))
        client.finish(call)
        assert call.body == b"3\n"


def test_each_instance_has_a_number_that_is_never_used_again() -> None:
    with Calling() as client:
        seen = set()
        for _ in range(5):
            call, order = client.asks()
            client.calls.answer(order.id, order.serial, NONE)
            client.finish(call)
            seen.add(order.id)
            assert [(each.id, each.ended) for each in client.calls.orders()] == [(order.id, True)]
            assert not client.calls.answer(order.id, order.serial, NONE)
        assert len(seen) == 5


def test_an_answer_to_another_call_answers_nobody() -> None:
    with Calling() as client:
        call, order = client.asks("/2/increment/b/n/1/2")
        one = b"\0" + bytes(8)
        assert not client.calls.answer(order.id, order.serial + 1, one)
        assert not client.calls.answer(order.id, 0, one)
        assert not client.calls.answer(order.id + (1 << 32), order.serial, one)
        assert not client.calls.answer(0, order.serial, one)
        assert not client.calls.answer((1 << 64) - 1, order.serial, one)
        assert client.calls.answer(order.id, order.serial, one)
        assert not client.calls.answer(order.id, order.serial, one)
        assert not client.calls.fail(order.id, order.serial, "too late")
        client.settle()
        (second,) = client.calls.orders()
        assert (second.id, second.serial) == (order.id, order.serial + 1)
        assert not client.calls.answer(order.id, order.serial, one)
        assert client.calls.answer(order.id, second.serial, one)
        client.finish(call)
        assert call.body == b"0\n"


# ---- Answers that are wrong ----


@pytest.mark.parametrize(
    "packed",
    [
        *(b"", b"\0", b"\0\1", b"\0\1\1\0\0\0", b"\0\1\2\0\0\0a", b"\0\1\xff\xff\xff\xffa"),
        *(b"\0\0\0", some(b"a") + b"\0", b"\1", b"\1\2", b"\1\3", b"\1\0\0", b"\1\2\1\0\0\0"),
        *(b"\1\2\1\0\0\0\xff", b"\1\3\0\0\0\0"),
    ],
)
def test_what_is_no_packed_value(packed: bytes) -> None:
    with Calling() as client:
        call, order = client.asks()
        client.calls.answer(order.id, order.serial, packed)
        client.fails(call, "a host function has answered with no packed value of its type")
        second, order = client.asks()
        client.calls.answer(order.id, order.serial, some(b"x"))
        client.finish(second)
        assert second.body == b"some: x\n"


LISTS = [
    b"\0\xff\xff\xff\xff",
    b"\0\1\0\0\0\1\0\0\0",
    b"\0\1\0\0\0\1\0\0\0\xff\0",
    b"\0\0\0\0\0\1\1\0\0\0",
]


@pytest.mark.parametrize("packed", LISTS)
@pytest.mark.parametrize("path", ["/1/list/b", "/2/list/b"])
def test_lists_that_are_wrong(path: str, packed: bytes) -> None:
    with Calling() as client:
        call, order = client.asks(path)
        client.calls.answer(order.id, order.serial, packed)
        client.finish(call)
        assert "with no packed value of its type" in client.lines[-1]


def test_a_failure_is_said_escaped_and_short() -> None:
    with Calling() as client:
        call, order = client.asks()
        client.calls.fail(order.id, order.serial, "no\n\x1b[31m" + "x" * 500)
        client.finish(call)
        assert "no\\x0a\\x1b[31mxxx" in client.lines[-1]
        assert len(client.lines[-1].partition("\n")[0]) < 400
        call, order = client.asks()
        client.calls.fail(order.id, order.serial, "")
        client.fails(call, "the host function has failed")


# ---- Limits ----


def test_an_answer_is_on_the_account_of_the_exchange() -> None:
    with Calling(max_host_memory=4 << 20) as client:
        call, order = client.asks("/1/get/-/a")
        client.calls.answer(order.id, order.serial, some(b"x" * (5 << 20)))
        client.finish(call)
        assert "the exchange holds more than 4194304 bytes" in client.lines[-1]
        assert call.status == 500


def test_the_time_of_the_exchange_ends_a_call() -> None:
    with Calling(timeout=0.2) as client:
        call, order = client.asks()
        client.finish(call)
        assert call.status == 504
        assert [(each.id, each.ended) for each in client.calls.orders()] == [(order.id, True)]
        assert not client.calls.answer(order.id, order.serial, NONE)


# ---- Ends ----


def _answer(client: Calling, call: Call, order: HostOrder) -> None:
    client.calls.answer(order.id, order.serial, NONE)


def _fail(client: Calling, call: Call, order: HostOrder) -> None:
    client.calls.fail(order.id, order.serial, "failed")


STEPS: dict[str, Callable[[Calling, Call, HostOrder], None]] = {
    "answer": _answer,
    "fail": _fail,
    "gone": lambda client, call, order: client.gone(call),
    "close": lambda client, call, order: client.calls.close(),
    "settle": lambda client, call, order: client.settle(),
    "fetch": lambda client, call, order: list(client.calls.orders()).clear(),
}


@pytest.mark.parametrize("steps", list(itertools.permutations(STEPS, 4)), ids="-".join)
def test_every_order_of_ends(steps: tuple[str, ...]) -> None:
    """And the worker is closed with whatever is left; another request is answered, or refused."""
    with Calling() as client:
        call, order = client.asks()
        for step in steps:
            STEPS[step](client, call, order)
        client.settle()
        if "close" in steps:
            second = client.start("/1/get/-/a")
            client.finish(second)
            assert GONE in client.lines[-1]
        else:
            list(client.calls.orders())
            second, order = client.asks()
            assert client.calls.answer(order.id, order.serial, NONE)
            client.finish(second)
            assert second.body == b"none\n"


@pytest.mark.parametrize("fetched", [True, False])
@pytest.mark.parametrize("gone", [True, False])
def test_the_worker_is_closed_with_calls_on_their_way(fetched: bool, gone: bool) -> None:
    with Calling() as client:
        calls = [client.start("/1/get/-/a") for _ in range(3)]
        client.settle()
        if fetched:
            assert len(list(client.calls.orders())) == 3
        if gone:
            client.gone(calls[0])
            client.settle()


def test_a_call_that_nobody_has_fetched_is_forgotten_with_its_guest() -> None:
    with Calling() as client:
        call = client.start("/1/get/-/a")
        client.settle()
        client.gone(call)
        client.settle()
        assert list(client.calls.orders()) == []


def test_close_fails_what_is_on_its_way_and_what_comes() -> None:
    with Calling() as client:
        calls = [client.start("/1/get/-/a") for _ in range(3)]
        client.settle()
        client.calls.close()
        client.finish(*calls)
        assert [call.status for call in calls] == [500] * 3
        assert all(GONE in line for line in client.lines)
        client.fails(client.start("/1/get/-/a"), GONE)


def test_the_descriptor_is_readable_while_there_are_orders() -> None:
    with Calling() as client:
        fd = client.calls.fileno()
        assert not select.select([fd], [], [], 0)[0]
        client.start("/1/get/-/a")
        client.settle()
        assert select.select([fd], [], [], 0)[0]
        assert len(list(client.calls.orders())) == 1
        assert not select.select([fd], [], [], 0)[0]


def test_without_a_store_there_are_no_calls() -> None:
    with Client("keyvalue") as client:
        calls = client.worker.host_calls()
        assert calls.fileno() == -1
        assert list(calls.orders()) == []
        assert not calls.answer(1, 1, b"")
        assert not calls.fail(1, 1, "")
        calls.close()
