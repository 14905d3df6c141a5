"""What a caller, a function of the host or a signal does wrong stays its own fault."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.harness.direct import guest_path
from tests.harness.loading import EXAMPLES, Things, ask, awaited, load_guest, options
from tests.harness.server import ROOT
from unit_wasm import CallError, HostFunctionError, Trap, host, load, load_async
from unit_wasm.errors import ConfigError


class Mute(Exception):
    """An exception that does not say what it is."""

    def __str__(self) -> str:
        raise LookupError("there is no text")


async def endless(number: int) -> int:
    await asyncio.Event().wait()
    return number


# ---- Functions of the host ----


def test_an_exception_without_a_text() -> None:
    error = Mute()

    def raises(number: int) -> int:
        raise error

    with load_guest(host=[Things, {"ask": raises}]) as calls:
        with pytest.raises(HostFunctionError) as caught:
            calls.asks(1)
        said = str(caught.value).splitlines()[0]
        assert said == "the host function ask: Mute: its text cannot be made (LookupError)"
        assert caught.value.__cause__ is error


_CLOSES = """
from tests.harness.loading import Thing, Things, ask, load_guest

class Open(Thing):
    def close(self):
        super().close()
        raise ValueError(f"{self.number} stays open")

class Opens(Things):
    def make(self, number):
        self.made.append(Open(number))
        return self.made[-1]

things = Opens()
with load_guest(host=[things, ask]) as calls:
    print(calls.things(1), calls.add(1, 2))
    calls.keeps(7)
print([one.closed for one in things.made])
"""


def test_an_object_that_cannot_be_closed_is_reported() -> None:
    # With the hook of the interpreter itself, which pytest replaces.
    done = subprocess.run(
        [sys.executable, "-c", _CLOSES], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert done.stdout.splitlines() == ["1 3", "[1, 0, 1]"]
    lines = done.stderr.splitlines()
    said = [line for line in lines if line.startswith("ValueError")]
    assert said == [f"ValueError: {number} stays open" for number in (1, 7)]
    assert sum(line.startswith("Exception ignored in") for line in lines) == 2
    assert done.returncode == 0


def test_a_function_that_does_not_end_in_the_time_of_the_call() -> None:
    with load_guest(host=[Things, {"ask": endless}], timeout=0.2) as calls:
        with pytest.raises(HostFunctionError) as caught:
            calls.asks(1)
        said = str(caught.value).splitlines()[0]
        assert said == "the host function ask: TimeoutError: it did not end within 0.2 s"
        assert isinstance(caught.value.__cause__, TimeoutError)


@awaited
async def test_a_function_that_is_awaited_and_does_not_end() -> None:
    host = [Things, {"ask": endless}]
    path = guest_path("calls")
    async with await load_async(path, host=host, options=options(), timeout=0.2) as calls:
        with pytest.raises(HostFunctionError, match="TimeoutError: it did not end within 0.2"):
            await calls.asks(1)


def test_a_time_that_is_over_in_the_function_itself() -> None:
    async def late(number: int) -> int:
        raise TimeoutError("of its own")

    with (
        load_guest(host=[Things, {"ask": late}]) as calls,
        pytest.raises(HostFunctionError, match="ask: TimeoutError: of its own"),
    ):
        calls.asks(1)


@awaited
async def test_an_async_function_where_an_event_loop_waits() -> None:
    """A coroutine that nobody awaits would be a warning, which fails the test."""

    async def later(number: int) -> int:
        return number

    with load_guest(host=[Things, {"ask": later}]) as calls:
        with pytest.raises(HostFunctionError) as caught:
            calls.asks(1)
        assert str(caught.value.__cause__) == (
            "an async def cannot be awaited where an event loop waits for the component "
            "(load the component with load_async())"
        )


# ---- Signals ----


@pytest.mark.parametrize("error", [ValueError, UnicodeError, TimeoutError])
def test_a_handler_that_raises_any_error_ends_the_call(error: type[Exception]) -> None:
    def handler(number: int, frame: Any) -> None:
        raise error("of the handler")

    before = signal.signal(signal.SIGUSR1, handler)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1))
    try:
        with load_guest() as calls:
            timer.start()
            with pytest.raises(error, match="^of the handler$"):
                calls.loop()
            with pytest.raises(CallError, match=f"its call was interrupted by {error.__name__}"):
                calls.add(1, 2)
    finally:
        timer.join()
        signal.signal(signal.SIGUSR1, before)


# ---- What is given to load() ----


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"env": ["A=B"]}, TypeError, "env is list, and no mapping of names to values"),
        ({"env": {"A": 5}}, TypeError, "env has int in it, and no text"),
        ({"env": {5: "A"}}, TypeError, "env has int in it, and no text"),
        (
            {"env": {"": "x"}},
            ConfigError,
            "/environment: an environment variable has an empty name",
        ),
        ({"args": "-v"}, TypeError, "args is one text, and no list of them"),
        ({"args": [5]}, TypeError, "args has int in it, and no text"),
        ({"args": ["a\0b"]}, ConfigError, "an argument in args has a zero byte"),
        ({"dirs": "/srv"}, TypeError, "dirs is one text, and no list of them"),
        ({"dirs": [5]}, TypeError, "dirs has int in it, and no text"),
        ({"outgoing": "*"}, TypeError, "outgoing is one text, and no list of them"),
        ({"keyvalue": 5}, TypeError, "keyvalue is int, and no text"),
        ({"log": 5}, TypeError, "log is int, and no logger"),
        ({"observe": 5}, TypeError, "observe is int, and no function"),
        ({"options": 5}, TypeError, "options is int, and no Options"),
    ],
)
def test_arguments_of_another_type(given: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        load_guest(**given)
    assert str(caught.value) == said


def test_a_component_is_no_sequence() -> None:
    with load_guest(host=[Things(), ask]) as calls:
        with pytest.raises(TypeError, match="is not iterable"):
            list(calls)
        with pytest.raises(TypeError, match="is not a container"):
            assert "add" in calls
        assert calls.add(1, 2) == 3


_NAMES = """
(component
  (core module $m (func (export "add") (param i32 i32) (result i32)
    local.get 0 local.get 1 i32.add))
  (core instance $i (instantiate $m))
  (func $f (param "self" u32) (param "class" u32) (result u32) (canon lift (core func $i "add")))
  (func $g (param "args" u32) (param "kwargs" u32) (result u32)
    (canon lift (core func $i "add")))
  (export "close" (func $f))
  (export "print" (func $f))
  (export "lambda" (func $g)))
"""


def test_a_path_may_be_bytes() -> None:
    with load(os.fsencode(EXAMPLES / "adder.wat"), options=options()) as component:
        assert component.add(1, 2) == 3


def test_parameters_may_be_called_as_python_calls_its_own(tmp_path: Path) -> None:
    file = tmp_path / "names.wat"
    file.write_text(_NAMES)
    with load(file, options=options()) as component:
        assert component.print(self=1, class_=2) == 3
        assert component.close_(1, class_=2) == 3
        assert component.lambda_(kwargs=1, args=2) == 3
        with pytest.raises(CallError, match="^self is given twice: print"):
            component.print(1, self=2)


def test_more_objects_than_may_be_held() -> None:
    """It is said which limit that is; those that were closed do not count."""
    with load_guest(options=options(max_handles=16)) as calls:
        made = calls.counters.Counter
        for number in range(20):
            made(number).close()
        held = [made(number) for number in range(16)]
        with pytest.raises(Trap) as caught:
            made(16)
        assert str(caught.value) == (
            "more of its objects would be held than may be (UNIT_WASM_MAX_HANDLES raises it)"
        )
        assert len(held) == 16


@pytest.mark.parametrize("length", [400, 447, 448, 10_000])
def test_what_a_host_function_says_is_told_or_cut_visibly(length: int) -> None:
    text = "\u00e9" * (length // 2) + "x" * (length % 2)

    def raises(number: int) -> int:
        raise ValueError(f"{text}\nand more")

    given = {"test:calls/host": Things(), "ask": raises}
    with load_guest(host=given) as calls, pytest.raises(HostFunctionError) as caught:
        calls.asks(1)
    said = f"the host function ask: ValueError: {text}"
    whole = len(said.encode()) <= 480
    assert whole == (length <= 446)
    cut = said.encode()[:477].decode(errors="ignore")
    assert str(caught.value).splitlines()[0] == (said if whole else f"{cut}...")


def test_host_function_needs_a_function() -> None:
    with pytest.raises(TypeError, match="stands in front of a function, not of 5"):
        host.function(5)  # type: ignore[call-overload]
