"""Functions of Python that a component calls: who provides what, and what becomes of errors."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from typing import Any

import pytest

from tests.harness.loading import EXAMPLES, Thing, Things, ask, load_guest, options
from unit_wasm import CallError, HostFunctionError, host, load
from unit_wasm.errors import ConfigError


@host.interface("docs:keys/store")
class Kvdb:
    """The key-value store of the guide."""

    class Connection:
        def __init__(self) -> None:
            self.values: dict[str, str] = {}

        def get(self, key: str) -> str | None:
            return self.values.get(key)

        def set(self, key: str, value: str) -> None:
            self.values[key] = value


def test_an_interface_with_a_resource_and_a_function() -> None:
    said: list[str] = []
    given = [Kvdb, {"log": said.append}]
    with load(EXAMPLES / "keys.wat", host=given, options=options()) as component:
        assert component.replace_value("a", "1") is None
        # Each call of the guest makes a connection of its own.
        assert component.replace_value("a", "2") is None
    assert said == ["a", "a"]


def test_objects_of_the_host_come_and_go() -> None:
    things = Things()
    with load_guest(host=[things, ask]) as calls:
        assert calls.things(3) == 6
        assert [(one.number, one.taken, one.closed) for one in things.made] == [
            (3, False, 1),
            (0, True, 0),
            (2, False, 1),
            (0, True, 0),
            (1, False, 1),
            (0, True, 0),
        ]
        calls.keeps(9)
        assert things.made[-1].closed == 0
    assert things.made[-1].closed == 1


def test_what_the_component_holds_ends_with_it_after_a_trap() -> None:
    things = Things()
    with load_guest(host=[things, ask]) as calls:
        for number in range(5):
            calls.keeps(number)
        with pytest.raises(Exception, match="unreachable"):
            calls.trap()
        assert [one.closed for one in things.made] == [1] * 5


def test_a_class_is_made_for_each_instance_and_an_object_is_shared() -> None:
    made: list[Any] = []

    class Counted(Things):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    with load_guest(host=[Counted, ask], fresh=True) as calls:
        calls.text("a")
        calls.text("b")
    assert len(made) == 2
    shared: Any = host.interface("test:calls/host", shared=True)(Counted)
    with load_guest(host=[shared, ask], fresh=True) as calls:
        calls.text("a")
        calls.text("b")
    assert len(made) == 3


def test_an_error_of_the_host_is_the_cause() -> None:
    class Bad(Things):
        def text(self, text: str) -> str:
            raise KeyError(text)

    with load_guest(host=[Bad, ask]) as calls:
        with pytest.raises(HostFunctionError) as caught:
            calls.text("key")
        assert str(caught.value).startswith(
            "the host function text of test:calls/host@1.0.0: KeyError: 'key'"
        )
        assert isinstance(caught.value.__cause__, KeyError)
        with pytest.raises(CallError, match="the instance is dead: the host function text"):
            calls.add(1, 2)


def test_a_wrong_result_of_the_host_is_an_error_of_it() -> None:
    class Bad(Things):
        def text(self, text: str) -> Any:
            return 5

        def make(self, number: int) -> Any:
            return None

    for name, argument, said in (
        ("text", "a", "string is expected, not 5"),
        ("keeps", 1, "thing is expected, not None"),
    ):
        with load_guest(host=[Bad, ask]) as calls:
            with pytest.raises(HostFunctionError, match=said) as caught:
                getattr(calls, name)(argument)
            assert isinstance(caught.value.__cause__, CallError)


def test_a_base_exception_of_the_host_goes_through() -> None:
    class Ends(Things):
        def text(self, text: str) -> str:
            raise SystemExit(3)

    with load_guest(host=[Ends, ask]) as calls:
        with pytest.raises(SystemExit) as caught:
            calls.text("a")
        assert caught.value.code == 3
        with pytest.raises(CallError, match="interrupted by SystemExit"):
            calls.add(1, 2)


def test_the_host_cannot_call_the_instance_that_waits_for_it() -> None:
    loaded: list[Any] = []

    class Again(Things):
        def text(self, text: str) -> str:
            return str(loaded[0].add(1, 2))

    with load_guest(host=[Again, ask]) as calls:
        loaded.append(calls)
        with pytest.raises(HostFunctionError, match="in a call already"):
            calls.text("a")


def test_the_host_may_close_the_component_that_waits_for_it() -> None:
    loaded: list[Any] = []

    class Closes(Things):
        def text(self, text: str) -> str:
            loaded[0].close()
            return text

    with load_guest(host=[Closes, ask]) as calls:
        loaded.append(calls)
        for _ in range(2):
            with pytest.raises(CallError, match="^the component is closed$"):
                calls.text("a")


def test_async_functions_of_the_host() -> None:
    class Slow(Things):
        async def text(self, text: str) -> str:
            await asyncio.sleep(0)
            return text * 2

    async def later(number: int) -> int:
        await asyncio.sleep(0)
        return number + 1

    with load_guest(host=[Slow, {"ask": later}]) as calls:
        assert calls.text("ab") == "abab"
        assert calls.asks(4) == 5
        assert calls.sum(3) == 2 + 3 + 4


def test_interrupting_a_guest_that_loops() -> None:
    with load_guest() as calls:
        timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            calls.loop()
        timer.join()
        with pytest.raises(CallError, match="its call was interrupted by KeyboardInterrupt"):
            calls.add(1, 2)


def test_enums_and_variants_of_others_are_known_by_their_names() -> None:
    import enum
    from dataclasses import dataclass

    class Color(enum.Enum):
        GREEN = "anything"

    class Modes(enum.Flag):
        WRITE = 64

    @dataclass
    class Shape_Circle:
        value: float

    @dataclass
    class Entry:
        a_color: Color
        shape: Shape_Circle | None
        modes: Modes
        outcome: Any

    from unit_wasm import Ok

    with load_guest() as calls:
        counters = calls.counters
        (entry,) = counters.entries([Entry(Color.GREEN, Shape_Circle(1.0), Modes.WRITE, Ok(1))])
        assert entry == counters.Entry(
            counters.Color.GREEN, counters.Shape_Circle(1.0), counters.Modes.WRITE, Ok(1)
        )


class NoNote(Things):
    note = None  # type: ignore[assignment]


class Short(Things):
    def look(self, one: Thing) -> int:  # type: ignore[override]
        return 0


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (None, "the component imports test:calls/host@1.0.0, ask, which nothing provides"),
        ([ask], "the component imports test:calls/host@1.0.0, which nothing provides"),
        (
            {"ask": ask, "test:calls/hosd": Things},
            'the component does not import test:calls/hosd (did you mean "test:calls/host@1.0.0"?)',
        ),
        ([Things, Things(), ask], "test:calls/host@1.0.0 is provided twice"),
        ([Things, len], "len does not say what it provides (put @host.interface(...)"),
        ([NoNote, ask], "the class NoNote for test:calls/host@1.0.0 has no note"),
        (
            [Short, ask],
            "look(self, one: 'Thing') -> 'int' of the class Short for test:calls/host@1.0.0 does "
            "not fit look: func(one: borrow<thing>, other: borrow<thing>) -> u32",
        ),
        ([Things, {"ask": lambda: 1}], "<lambda>() of ask does not fit ask: func(number: u32)"),
        ([Things, {"ask": 5}], "what provides ask cannot be called"),
    ],
)
def test_what_does_not_fit_is_said_before_the_start(given: Any, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_guest(host=given) if given is not None else load_guest(host={})
    assert str(caught.value).startswith(text)


def test_a_host_may_provide_more_than_is_asked() -> None:
    with load_guest(host=[Things, ask, Kvdb]) as calls:
        assert calls.asks(1) == 10
