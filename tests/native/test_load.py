"""Components as Python objects: calls, values, objects of the component, and their ends."""

import copy
import gc
import inspect
import math
import pickle
import pydoc
import random
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.choices import Choices
from tests.harness.echo_component import PADDING, echo_component
from tests.harness.loading import EXAMPLES, Things, load_guest, options
from tests.harness.wit_values import packed, random_type, random_value
from unit_wasm import CallError, Err, Ok, Trap, load


def test_functions_are_attributes() -> None:
    with load_guest() as calls:
        assert calls.add(1, 2) == 3
        assert calls.add(one=1, other=-2) == -1
        assert calls.nothing() is None
        assert calls.text("abc") == "ABC"
        assert calls.bytes(bytearray(b"\0\xff")) == b"\0\xff"
        assert calls.bytes([1, 2]) == b"\1\2"
        assert calls.pairs([("a", 1), ("\U0001f30a", 2**32 - 1)]) == [
            ("a", 1),
            ("\U0001f30a", 2**32 - 1),
        ]


def test_numbers_keep_their_bounds() -> None:
    low = (False, -128, 0, -(2**15), 0, -(2**31), 0, -(2**63), 0, -math.inf, -math.inf, "\0")
    high = (True, 127, 255, 2**15 - 1, 2**16 - 1, 2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1)
    with load_guest() as calls:
        rows = [low, (*high, math.inf, 5e-324, "\U0010ffff")]
        assert calls.numbers(rows) == rows
        ((*_, narrow, wide, _),) = calls.numbers([(*low[:9], math.nan, math.nan, "a")])
        assert math.isnan(narrow)
        assert math.isnan(wide)


def test_types_are_classes() -> None:
    with load_guest() as calls:
        counters = calls.counters
        entry = counters.Entry(
            counters.Color.GREEN,
            counters.Shape_Circle(2.0),
            counters.Modes.READ | counters.Modes.A_THIRD_ONE,
            Ok(3),
        )
        other = counters.Entry(counters.Color.RED, None, counters.Modes(0), Err("no"))
        assert counters.entries([entry, other]) == [entry, other]
        assert counters.Shape == (counters.Shape_Dot | counters.Shape_Circle | counters.Shape_Named)
        assert calls["test:calls/counters@1.0.0"].Color is counters.Color
        assert calls["test:calls/counters"].Color is counters.Color


def test_an_object_of_the_component() -> None:
    things = Things()
    with load_guest(host=[things, {"ask": int}]) as calls:
        counter = calls.counters.Counter(5)
        assert counter.value() == 5
        with calls.counters.Counter(start=7) as other:
            merged = calls.counters.Counter.merge(counter, other)
        assert merged.value() == 12
        with pytest.raises(CallError, match=r"^self: borrow<counter> is expected, not <Counter"):
            counter.value()
        with pytest.raises(CallError, match="it is given away, and used in the same call"):
            calls.counters.Counter.merge(merged, merged)
        assert merged.value() == 12
        assert things.noted == [5, 7]
        merged.close()
        merged.close()
        assert things.noted == [5, 7, 12]


def test_an_object_that_nobody_has_ends_before_the_next_call() -> None:
    things = Things()
    with load_guest(host=[things, {"ask": int}]) as calls:
        assert calls.counters.Counter(5).value() == 5
        gc.collect()
        calls.nothing()
        assert things.noted == [5]


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_what_is_part_of_an_instance_is_not_copied(duplicate: Callable[[Any], Any]) -> None:
    things = Things()
    with load_guest(host=[things, {"ask": int}]) as calls:
        counter = calls.counters.Counter(5)
        for one in (calls, calls.counters, calls.add, counter, counter.value):
            with pytest.raises(TypeError, match="^cannot copy or pickle "):
                duplicate(one)
        gc.collect()
        assert counter.value() == 5
        assert things.noted == []
        counter.close()
        assert things.noted == [5]


def test_an_object_without_a_handle() -> None:
    with load_guest() as calls:
        nothing = object.__new__(calls.counters.Counter)
        with pytest.raises(CallError, match=r"^self: borrow<counter> is expected, not <Counter"):
            nothing.value()
        nothing.close()
        assert repr(nothing) == "<Counter of a component, closed or given away>"


def test_an_object_belongs_to_its_instance() -> None:
    with load_guest() as one, load_guest() as other:
        counter = one.counters.Counter(1)
        with pytest.raises(CallError, match="borrow<counter> is expected"):
            other.counters.Counter.value(counter)
        assert counter.value() == 1


def test_a_destructor_that_traps_ends_the_instance() -> None:
    with load_guest() as calls:
        counter = calls.counters.Counter(666)
        with pytest.raises(Trap) as caught:
            counter.close()
        assert caught.value.end == "trap-unreachable"
        with pytest.raises(CallError, match="^the instance is dead: "):
            calls.add(1, 2)


def test_what_is_shown_is_wit() -> None:
    with load(EXAMPLES / "adder.wat", options=options()) as add:
        assert repr(add) == "<component adder.wat\n  add: func(a: s32, b: s32) -> s32>"
        assert repr(add.add) == "<add: func(a: s32, b: s32) -> s32>"
        assert add._repr_html_() == (
            "<b>component adder.wat</b><pre>add: func(a: s32, b: s32) -&gt; s32</pre>"
        )
        assert add.add._repr_html_() == "<code>add: func(a: s32, b: s32) -&gt; s32</code>"
        assert str(inspect.signature(add.add)) == "(a: 'int', b: 'int') -> 'int'"
        text = pydoc.plain(pydoc.render_doc(add.add))
        assert "add(a: 'int', b: 'int') -> 'int'\n    WIT: add: func(a: s32, b: s32) -> s32" in text
        assert "add: func(a: s32, b: s32) -> s32" in pydoc.plain(pydoc.render_doc(add))
        assert "add" in dir(add)
        with pytest.raises(AttributeError, match=r'exports no adf \(did you mean "add"\?\)'):
            add.adf  # noqa: B018


def test_an_interface_by_its_short_name_and_its_full_one() -> None:
    with load(EXAMPLES / "calculator.wat", options=options()) as component:
        arithmetic = component.arithmetic
        assert arithmetic.divide(7, 2) == 3
        assert component["docs:calculator/arithmetic@1.0.0"].divide(9, -3) == -3
        assert component["docs:calculator/arithmetic"].divide(9, 3) == 3
        assert component["arithmetic"].divide(8, 3) == 2
        with pytest.raises(Err) as caught:
            arithmetic.divide(1, 0)
        assert caught.value.value is arithmetic.Fault.DIVISION_BY_ZERO
        with pytest.raises(CallError, match="the component has no interface sub"):
            component["sub"]


@pytest.mark.parametrize(
    ("args", "kwargs", "text"),
    [
        ((1,), {}, "other is missing: add: func(one: s32, other: s32) -> s32"),
        ((1, 2, 3), {}, "add: func(one: s32, other: s32) -> s32 takes 2 arguments, not 3"),
        ((1,), {"one": 2}, "one is given twice: add: func(one: s32, other: s32) -> s32"),
        ((1,), {"two": 2}, "two is no parameter of add: func(one: s32, other: s32) -> s32"),
        ((1, "2"), {}, "other: s32 (-2147483648 to 2147483647) is expected, not '2'"),
        ((1, 2**31), {}, "other: s32 (-2147483648 to 2147483647) is expected, not 2147483648"),
        ((1.0, 2), {}, "one: s32 (-2147483648 to 2147483647) is expected, not 1.0"),
    ],
)
def test_a_wrong_call_does_no_harm(
    args: tuple[Any, ...], kwargs: dict[str, Any], text: str
) -> None:
    with load_guest() as calls:
        with pytest.raises(CallError) as caught:
            calls.add(*args, **kwargs)
        assert (str(caught.value), caught.value.fault) == (text, "caller")
        assert calls.add(1, 2) == 3


def test_a_failure_says_what_has_failed_and_the_instance_is_dead() -> None:
    with load_guest() as calls:
        with pytest.raises(Trap) as caught:
            calls.trap()
        assert (caught.value.end, caught.value.fault) == ("trap-unreachable", "component")
        assert "unreachable" in caught.value.message
        assert "main!" in caught.value.backtrace
        for _ in range(2):
            with pytest.raises(CallError, match=r"^the instance is dead: .*unreachable"):
                calls.add(1, 2)


def test_limits_end_a_call() -> None:
    with load_guest(timeout=0.1) as calls:
        with pytest.raises(Trap) as caught:
            calls.loop()
        assert caught.value.end in ("timeout", "cpu-timeout")
    with load_guest(max_memory="1M") as calls, pytest.raises(Trap):
        calls.bytes(bytes(2 << 20))


def test_exit_is_a_failure_with_a_status() -> None:
    with load_guest() as calls:
        with pytest.raises(Trap) as caught:
            calls.exits(Err())
        assert (caught.value.end, caught.value.status) == ("exit", 1)


def test_one_call_at_a_time() -> None:
    with load_guest() as calls:
        started = threading.Event()

        def run() -> Any:
            started.set()
            return calls.busy(400)

        refused = 0
        with ThreadPoolExecutor() as pool:
            busy = pool.submit(run)
            started.wait()
            while not busy.done():
                try:
                    calls.add(1, 2)
                except CallError as error:
                    assert "in a call already" in str(error)
                    refused += 1
        assert refused > 0
        assert busy.result() is None
        assert calls.add(1, 2) == 3


def test_closed() -> None:
    calls = load_guest()
    counter = calls.counters.Counter(1)
    calls.close()
    calls.close()
    with pytest.raises(CallError, match="the component is closed"):
        calls.add(1, 2)
    counter.close()


def test_closing_ends_the_call_of_another_thread() -> None:
    calls = load_guest()
    with ThreadPoolExecutor() as pool:
        call = pool.submit(calls.loop)
        while calls._instance.native._call is not None or not calls._instance.native._ready:
            pass
        calls.close()
    assert isinstance(call.exception(), CallError | Trap)
    with pytest.raises(CallError, match="the component is closed"):
        calls.add(1, 2)


def test_closing_ends_all_calls_of_fresh_instances() -> None:
    calls = load_guest(fresh=True)

    def run(_: int) -> str:
        with pytest.raises(Trap) as caught:
            calls.loop()
        return caught.value.end

    with ThreadPoolExecutor(3) as pool:
        ends = pool.map(run, range(3))
        while len(calls._instance._runs) < 3:
            pass
        calls.close()
    assert [*ends] == ["client-gone"] * 3
    assert not calls._instance._runs
    with pytest.raises(CallError, match="the component is closed"):
        calls.add(1, 2)


def test_fresh_instances_keep_nothing() -> None:
    with load_guest(fresh=True) as calls:
        assert [calls.sum(3) for _ in range(20)] == [60] * 20
        with pytest.raises(Trap):
            calls.trap()
        assert calls.add(1, 2) == 3
        with pytest.raises(CallError, match=r"live in an instance \(load the component without"):
            calls.counters.Counter  # noqa: B018
    with pytest.raises(CallError, match="the component is closed"):
        calls.add(1, 2)


def test_fresh_instances_of_many_threads() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        _run_many_threads()
    finally:
        sys.setswitchinterval(interval)


def _run_many_threads() -> None:
    with load_guest(fresh=True) as calls:
        with ThreadPoolExecutor(8) as pool:
            found = pool.map(lambda number: [calls.sum(number) for _ in range(100)], range(8))
        assert [*found] == [[10 * n * (n + 1) // 2] * 100 for n in range(8)]


def test_nothing_is_left_of_what_nobody_has() -> None:
    calls = load_guest()
    calls.counters.Counter(1)
    running = weakref.ref(calls._instance)
    del calls
    gc.collect()
    assert running() is None


def test_random_types_survive_the_way_through_a_guest(tmp_path: Path) -> None:
    for seed in range(3):
        choices = Choices(random.Random(seed).randbytes(6000))
        types = [random_type(choices, 3, exotic=False) for _ in range(30)]
        path = tmp_path / f"echo{seed}.wasm"
        path.write_bytes(echo_component(types))
        with load(path, options=options()) as component:
            for number, type in enumerate(types):
                echo = getattr(component, f"echo_{number}")
                signature = echo._signature
                own = signature.types[0]
                for _ in range(6):
                    data = packed(type, random_value(choices, type))
                    (value,) = signature._codec.reader([own])(data, None)
                    assert signature._codec.packer([own])((_echoed(echo, value),), None) == data


def _echoed(echo: Any, value: Any) -> Any:
    try:
        result = echo(value, PADDING)
    except Err as error:
        return error
    return Ok(result) if echo._signature.raises else result
