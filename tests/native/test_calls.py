"""Calls of any function of a component, on an instance that is kept: values, resources, hosts."""

import struct

import pytest

from tests.harness.calling import Caller, packed, u32
from tests.harness.direct import SLOWNESS
from unit_wasm.native.call_events import Event, MalformedValue
from unit_wasm.native.calls import HOST

COUNTER = "[constructor]counter"


class Things:
    """The host of the guest ``calls``: doubles, and notes what it is told."""

    def __init__(self) -> None:
        self.made = 0
        self.said: list[tuple[str, bytes]] = []

    def __call__(self, name: str, data: bytes) -> bytes:
        self.said.append((name, data))
        if name == "make":
            self.made += 1
            return u32(1000 + self.made)
        if name in ("note", "take"):
            return b""
        if name == "look":
            one, other = struct.unpack("<2I", data)
            return u32(one + other)
        if name == "ask":
            return u32(2 * struct.unpack("<I", data)[0] & 0xFFFFFFFF)
        return data


# ---- Values ----


def test_numbers_go_in_and_out() -> None:
    with Caller("calls") as caller:
        instance = caller.instance()
        for one, other in ((1, 2), (-1, 1), (2**31 - 1, 1), (-(2**31), 0)):
            total = (one + other + 2**31) % 2**32 - 2**31
            result = caller.call(instance, "add", struct.pack("<ii", one, other))
            assert result == struct.pack("<i", total)
        assert caller.call(instance, "nothing") == b""


def test_bytes_bytearrays_and_views_are_arguments() -> None:
    with Caller("calls") as caller:
        instance = caller.instance()
        arguments = struct.pack("<ii", 20, 22)
        for given in (arguments, bytearray(arguments), memoryview(b"x" + arguments)[1:]):
            outcome = instance.call(caller.number("add"), given)
            assert caller.finish(instance, outcome) == u32(42)


EXTREMES = struct.Struct("<?bBhHiIqQfdI")


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(False, -128, 0, -(2**15), 0, -(2**31), 0, -(2**63), 0, -0.0, float("-inf"), 0)],
        [
            (True, 127, 255, 2**15 - 1, 2**16 - 1, 2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1)
            + (1.5, 5e-324, 0x10FFFF),
            (True, 1, 2, 3, 4, 5, 6, 7, 8, float("inf"), 1e300, 0xD7FF),
            (True, 1, 2, 3, 4, 5, 6, 7, 8, 0.1, 0.1, 0xE000),
        ],
    ],
)
def test_every_primitive_comes_back(rows: list[tuple[float, ...]]) -> None:
    arguments = u32(len(rows)) + b"".join(EXTREMES.pack(*row) for row in rows)
    with Caller("calls") as caller:
        assert caller.call(caller.instance(), "numbers", arguments) == arguments


ENTRIES = [
    # red, none, no modes, ok(7)
    b"\x00" + b"\x00" + b"\x00" + b"\x00\x07",
    # green, some(circle(1.5)), read and a-third-one, err("bad")
    b"\x01" + b"\x01\x01" + struct.pack("<f", 1.5) + b"\x05" + b"\x01" + packed("bad"),
    # some(dot), all modes
    b"\x00" + b"\x01\x00" + b"\x07" + b"\x01" + packed(""),
    # some(named("h\u00e9"))
    b"\x01" + b"\x01\x02" + packed("h\u00e9\U0001f600") + b"\x02" + b"\x00\xff",
]


def test_types_with_names_come_back() -> None:
    arguments = u32(len(ENTRIES)) + b"".join(ENTRIES)
    with Caller("calls") as caller:
        assert caller.call(caller.instance(), "entries", arguments) == arguments


@pytest.mark.parametrize(
    ("function", "arguments", "offset", "why"),
    [
        ("add", b"", 0, "it ends too early"),
        ("add", u32(1) + b"\0\0\0", 4, "it ends too early"),
        ("add", u32(1, 2) + b"\0", 8, "bytes follow its end"),
        ("nothing", b"\0", 0, "bytes follow its end"),
        ("text", packed(b"\xff"), 4, "a string is not UTF-8"),
        ("text", packed(b"\xed\xa0\x80"), 4, "a string is not UTF-8"),
        ("text", u32(2) + b"x", 4, "it ends too early"),
        ("bytes", u32(2**32 - 1) + b"x", 4, "it ends too early"),
        ("pairs", u32(2**32 - 1), 4, "it ends too early"),
        ("numbers", u32(1) + b"\x02" + bytes(46), 4, "a bool is neither 0 nor 1"),
        ("numbers", u32(1) + bytes(43) + u32(0xD800), 47, "a char is no character"),
        ("numbers", u32(1) + bytes(43) + u32(0x110000), 47, "a char is no character"),
        ("entries", u32(1) + b"\x02\0\0\0\0", 4, "there is no case of that number"),
        ("entries", u32(1) + b"\0\x02\0\0\0", 5, "there is no case of that number"),
        ("entries", u32(1) + b"\0\x01\x03\0\0\0", 6, "there is no case of that number"),
        ("entries", u32(1) + b"\0\0\x08\0\0", 6, "there is no flag of that number"),
        ("entries", u32(1) + b"\0\0\0\x02\0", 7, "there is no case of that number"),
        ("[method]counter.value", u32(0), 0, "there is no such handle"),
        ("[method]counter.value", u32(1), 0, "there is no such handle"),
    ],
)
def test_malformed_arguments_do_nothing(
    function: str, arguments: bytes, offset: int, why: str
) -> None:
    with Caller("calls") as caller:
        instance = caller.instance()
        for _ in range(2):
            with pytest.raises(MalformedValue) as caught:
                caller.call(instance, function, arguments)
            assert (str(caught.value), caught.value.offset) == (f"{why}, at byte {offset}", offset)
        assert caller.call(instance, "add", u32(1, 2)) == u32(3)
        assert instance.dead is None


def test_large_bytes() -> None:
    data = packed(bytes(range(256)) * 4096)
    with Caller("calls") as caller:
        instance = caller.instance()
        for _ in range(3):
            assert caller.call(instance, "bytes", data) == data


def test_values_that_take_too_much_memory_are_refused() -> None:
    with Caller("calls", max_host_memory=8 << 20) as caller:
        instance = caller.instance()
        with pytest.raises(MalformedValue, match="its values take too much memory"):
            caller.call(instance, "bytes", packed(bytes(9 << 20)))
        assert caller.call(instance, "bytes", packed(b"x")) == packed(b"x")


def test_memory_of_the_guest_is_freed_after_each_call() -> None:
    """What post-return frees: the guest's own function is called."""
    with Caller("calls") as caller:
        instance = caller.instance()
        for _ in range(100):
            caller.call(instance, "bytes", packed(bytes(60_000)))
        assert caller.call(instance, "used") == u32(1024)


# ---- The host's functions ----


def test_the_host_is_asked_and_answers() -> None:
    with Caller("calls", host := Things()) as caller:
        instance = caller.instance()
        assert caller.call(instance, "asks", u32(21)) == u32(42)
        assert caller.call(instance, "text", packed("h\u00e9")) == packed("h\u00e9")
        assert host.said == [("ask", u32(21)), ("text", packed("h\u00e9"))]
        assert caller.call(instance, "sum", u32(1000)) == u32(2 * 1000 * 1001 // 2)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"", "it ends too early, at byte 0"),
        (packed(b"\xff"), "a string is not UTF-8, at byte 4"),
        (packed("") + b"\0", "bytes follow its end, at byte 4"),
    ],
)
def test_a_malformed_answer_may_be_given_again(answer: bytes, message: str) -> None:
    with Caller("calls", Things()) as caller:
        instance = caller.instance()
        outcome = caller.settled(instance, caller.begin(instance, "text", packed("x")))
        assert isinstance(outcome, Event)
        assert (outcome.kind, outcome.data) == (HOST, packed("x"))
        with pytest.raises(MalformedValue) as caught:
            instance.answer(answer)
        assert str(caught.value) == message
        assert caller.finish(instance, instance.answer(packed("y"))) == packed("y")


def test_a_host_function_that_fails_ends_the_instance() -> None:
    with Caller("calls", lambda name, data: f"{name} is out of order") as caller:
        instance = caller.instance()
        failure = caller.failure(instance, "asks", u32(1))
        assert (failure.end, failure.message) == ("trap-host", "ask is out of order")
        assert instance.dead == failure
        with pytest.raises(ValueError, match="the instance is dead: ask is out of order"):
            caller.call(instance, "nothing")
        assert caller.call(caller.instance(), "nothing") == b""


# ---- Resources of the host ----


def test_things_of_the_host() -> None:
    with Caller("calls", host := Things()) as caller:
        instance = caller.instance()
        assert caller.call(instance, "things", u32(2)) == u32(1001 + 1002 + 1003 + 1004)
        assert host.said == [
            ("make", u32(2)),
            ("make", u32(0)),
            ("look", u32(1001, 1002)),
            ("take", u32(1002)),
            ("make", u32(1)),
            ("make", u32(0)),
            ("look", u32(1003, 1004)),
            ("take", u32(1004)),
        ]
        thing = caller.program.resource(caller.program.resources[0], exported=False)
        assert caller.dropped == [(thing, 1001), (thing, 1003)]


def test_numbers_of_things_are_the_hosts() -> None:
    numbers = iter((0, 2**32 - 1))
    with Caller("calls") as caller:
        host = Things()
        caller.host = lambda name, data: u32(next(numbers)) if name == "make" else host(name, data)
        assert caller.call(caller.instance(), "things", u32(1)) == u32(2**32 - 1)
        assert [number for _, number in caller.dropped] == [0]


def test_many_things_that_the_guest_keeps() -> None:
    with Caller("calls", host := Things()) as caller:
        instance = caller.instance()
        for number in range(1000):
            assert caller.call(instance, "keeps", u32(number)) == b""
        assert (host.made, caller.dropped) == (1000, [])


# ---- Resources of the guest ----


def test_a_counter_lives_until_it_is_dropped() -> None:
    with Caller("calls", host := Things()) as caller:
        instance = caller.instance()
        program = caller.program
        (counter,) = program.own
        first = caller.call(instance, COUNTER, u32(7))
        second = caller.call(instance, COUNTER, u32(8))
        assert (first, second) == (u32(1), u32(2))
        assert caller.call(instance, "[method]counter.value", first) == u32(7)
        assert caller.call(instance, "[method]counter.value", second) == u32(8)
        assert caller.finish(instance, instance.drop(counter, 1)) == b""
        assert host.said == [("note", u32(7))]
        with pytest.raises(MalformedValue, match="there is no such handle"):
            instance.drop(counter, 1)
        with pytest.raises(MalformedValue, match="there is no such handle"):
            caller.call(instance, "[method]counter.value", first)
        assert caller.call(instance, "[method]counter.value", second) == u32(8)


def test_an_owned_handle_that_is_passed_is_gone() -> None:
    with Caller("calls", host := Things()) as caller:
        instance = caller.instance()
        for value in (5, 6):
            caller.call(instance, COUNTER, u32(value))
        for twice in (u32(1, 1), u32(2, 2), u32(1, 3), u32(0, 1)):
            with pytest.raises(MalformedValue, match="there is no such handle"):
                caller.call(instance, "[static]counter.merge", twice)
        merged = caller.call(instance, "[static]counter.merge", u32(1, 2))
        assert caller.call(instance, "[method]counter.value", merged) == u32(11)
        assert host.said == [("note", u32(5)), ("note", u32(6))]
        (other,) = {1, 2} - {struct.unpack("<I", merged)[0]}
        with pytest.raises(MalformedValue, match="there is no such handle"):
            caller.call(instance, "[method]counter.value", u32(other))


def test_handles_of_another_instance_are_none() -> None:
    with Caller("calls", Things()) as caller:
        one, other = caller.instance(), caller.instance()
        assert caller.call(one, COUNTER, u32(7)) == u32(1)
        with pytest.raises(MalformedValue, match="there is no such handle"):
            caller.call(other, "[method]counter.value", u32(1))


def test_too_many_counters() -> None:
    with Caller("calls", Things(), max_handles=20) as caller:
        instance = caller.instance()
        for number in range(20):
            assert caller.call(instance, COUNTER, u32(number)) == u32(number + 1)
        failure = caller.failure(instance, COUNTER, u32(20))
        assert failure.message == (
            "more of its objects would be held than may be (UNIT_WASM_MAX_HANDLES raises it)"
        )


def test_a_destructor_that_traps_ends_the_instance() -> None:
    with Caller("calls", Things()) as caller:
        instance = caller.instance()
        (counter,) = caller.program.own
        caller.call(instance, COUNTER, u32(666))
        failure = caller.finish(instance, instance.drop(counter, 1))
        assert not isinstance(failure, bytes)
        assert failure.end == "trap-unreachable"
        assert instance.dead == failure


def test_a_destructor_that_never_ends() -> None:
    with Caller("calls", Things(), cpu_timeout=0.03) as caller:
        instance = caller.instance()
        (counter,) = caller.program.own
        caller.call(instance, COUNTER, u32(999))
        failure = caller.finish(instance, instance.drop(counter, 1))
        assert not isinstance(failure, bytes)
        assert failure.end == "cpu-timeout"


def test_without_the_rewrite_a_dropped_handle_is_forgotten() -> None:
    with Caller("calls", host := Things(), rewrite=False) as caller:
        instance = caller.instance()
        (counter,) = caller.program.own
        caller.call(instance, COUNTER, u32(7))
        assert caller.finish(instance, instance.drop(counter, 1)) == b""
        with pytest.raises(MalformedValue, match="there is no such handle"):
            caller.call(instance, "[method]counter.value", u32(1))
        assert host.said == []
        assert caller.call(instance, "add", u32(1, 2)) == u32(3)


@pytest.mark.no_asan
def test_speed_is_of_the_order_that_is_promised() -> None:
    """Not a benchmark: ten times the time that a quiet machine takes would be seen."""
    import time

    with Caller("calls") as caller:
        instance = caller.instance()
        arguments = struct.pack("<ii", 1, 2)
        caller.call(instance, "add", arguments)
        number, best = caller.number("add"), 1.0
        for _ in range(20):
            began = time.perf_counter()
            for _ in range(100):
                outcome = instance.call(number, arguments)
                if isinstance(outcome, Event):
                    caller.finish(instance, outcome)
            best = min(best, (time.perf_counter() - began) / 100)
        assert best < 30e-6 * SLOWNESS
