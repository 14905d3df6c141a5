"""How calls and instances end: traps, limits, cancelling, closing in every order, threads."""

import gc
import re
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.harness.calling import Caller, packed, u32
from tests.harness.direct import SLOWNESS
from tests.harness.processes import wait_until
from unit_wasm.native.call_events import Event, MalformedValue
from unit_wasm.native.calls import FAILED, HOST, SLICE, WAITING, Instance

BUSY = "another thread is in a call of the instance"


# ---- Failures ----


def test_a_trap_ends_the_instance_and_says_where() -> None:
    with Caller("calls") as caller:
        instance = caller.instance()
        failure = caller.failure(instance, "trap")
        assert (failure.end, failure.status) == ("trap-unreachable", None)
        assert failure.message == "wasm trap: wasm `unreachable` instruction executed"
        lines = failure.backtrace.splitlines()
        assert len(lines) == 1
        assert re.fullmatch(r" *0: +0x[0-9a-f]+ - main!<wasm function \d+>", lines[0])
        assert instance.dead == failure
        for attempt in (
            partial(caller.begin, instance, "nothing"),
            partial(instance.answer, b""),
            partial(instance.fail, "x"),
            instance.go_on,
        ):
            with pytest.raises(ValueError, match=re.escape(f"is dead: {failure.message}")):
                attempt()
        instance.wait()


def test_an_exhausted_stack() -> None:
    with Caller("calls") as caller:
        failure = caller.failure(caller.instance(), "deep")
        assert failure.end == "trap-stack"
        assert failure.message == "wasm trap: call stack exhausted"


@pytest.mark.parametrize(("argument", "status"), [(b"\0", 0), (b"\x01", 1)])
def test_exit(argument: bytes, status: int) -> None:
    with Caller("calls") as caller:
        failure = caller.failure(caller.instance(), "exits", argument)
        assert (failure.end, failure.status) == ("exit", status)


def test_what_cannot_be_instantiated() -> None:
    with Caller("cannot-start") as caller:
        instance = caller.instance()
        outcome = caller.finish(instance, instance.call(0, b""))
        assert not isinstance(outcome, bytes)
        assert outcome.end == "cannot-start"
        assert instance.dead == outcome


# ---- Limits ----


def test_the_processor_time_of_a_call() -> None:
    with Caller("calls", cpu_timeout=0.03) as caller:
        instance = caller.instance()
        began = time.monotonic()
        failure = caller.failure(instance, "loop")
        assert time.monotonic() - began >= 0.03
        assert (failure.end, failure.message) == (
            "cpu-timeout",
            "the component used up its processor time",
        )
        assert caller.slices >= 1


def test_processor_time_is_that_of_one_call() -> None:
    with Caller("calls", cpu_timeout=0.05) as caller:
        instance = caller.instance()
        for _ in range(5):
            caller.call(instance, "busy", u32(20 * SLOWNESS))


def test_the_time_of_a_call() -> None:
    with Caller("calls", timeout=0.03) as caller:
        instance = caller.instance()
        failure = caller.failure(instance, "loop")
        assert (failure.end, failure.message) == ("timeout", "the component did not end in time")


def over(seconds: float) -> None:
    """Wait until a limit of time is over that counts already."""
    end = time.monotonic() + seconds * SLOWNESS
    wait_until(lambda: time.monotonic() > end, "for a limit of time to be over")


def test_a_late_answer_that_lets_the_guest_return_is_taken() -> None:
    with Caller("calls", timeout=0.03) as caller:
        instance = caller.instance()
        outcome = caller.settled(instance, caller.begin(instance, "asks", u32(1)))
        assert isinstance(outcome, Event)
        assert outcome.kind == HOST
        over(0.03)
        assert caller.finish(instance, instance.answer(u32(2))) == u32(2)


def test_a_call_has_all_its_time_however_old_the_instance_is() -> None:
    with Caller("calls", timeout=0.05) as caller:
        instance = caller.instance()
        caller.call(instance, "nothing")
        over(0.05)
        caller.call(instance, "busy", u32(1))


def test_waiting_ends_with_its_time() -> None:
    with Caller("calls-wait") as caller:
        instance = caller.instance()
        began = time.monotonic()
        assert caller.call(instance, "nap", struct.pack("<Q", 30_000_000)) == b""
        assert time.monotonic() - began >= 0.03


def test_waiting_can_be_looked_at_in_between() -> None:
    with Caller("calls-wait") as caller:
        instance = caller.instance()
        outcome = caller.settled(
            instance, caller.begin(instance, "nap", struct.pack("<Q", 1_000_000_000))
        )
        assert isinstance(outcome, Event)
        assert outcome.kind == WAITING
        began = time.monotonic()
        instance.wait(0.01)
        assert time.monotonic() - began >= 0.01
        early = caller.settled(instance, instance.go_on())
        assert isinstance(early, Event)
        assert early.kind == WAITING
        assert caller.finish(instance, early) == b""


def test_waiting_for_too_long() -> None:
    with Caller("calls-wait", timeout=0.05) as caller:
        instance = caller.instance()
        began = time.monotonic()
        failure = caller.failure(instance, "nap", struct.pack("<Q", 10**12))
        assert time.monotonic() - began >= 0.05
        assert failure.end == "timeout"


# ---- One call at a time ----


def test_a_call_in_a_call() -> None:
    with Caller("calls") as caller:
        instance = caller.instance()
        with pytest.raises(ValueError, match="the instance has not been started"):
            instance.answer(b"")
        outcome = caller.settled(instance, caller.begin(instance, "asks", u32(1)))
        assert isinstance(outcome, Event)
        assert outcome.kind == HOST
        for attempt in (partial(caller.begin, instance, "nothing"), instance.go_on):
            with pytest.raises(ValueError, match="a call of the instance waits for an answer"):
                attempt()
        assert caller.finish(instance, instance.answer(u32(7))) == u32(7)
        with pytest.raises(ValueError, match="the instance is in no call"):
            instance.answer(u32(7))
        with pytest.raises(ValueError, match="the instance is in no call"):
            instance.fail("why")


def test_a_call_while_a_slice_is_over() -> None:
    with Caller("calls") as caller:
        instance = caller.instance()
        caller.call(instance, "nothing")
        outcome = caller.begin(instance, "loop")
        assert outcome == Event(SLICE)
        with pytest.raises(ValueError, match="a call of the instance is not over"):
            caller.begin(instance, "nothing")
        assert instance.go_on() == Event(SLICE)


def test_there_is_no_such_function() -> None:
    with Caller("calls") as caller:
        instance = caller.instance()
        with pytest.raises(ValueError, match="there is no function of that number"):
            caller.finish(instance, instance.call(10_000, b""))


def test_another_thread_cannot_enter_and_may_cancel() -> None:
    with Caller("calls-wait", timeout=60) as caller:
        instance = caller.instance()
        caller.call(instance, "nap", struct.pack("<Q", 0))
        outcome = caller.begin(instance, "nap", struct.pack("<Q", 10**12))
        outcome = caller.settled(instance, outcome)

        def is_waiting() -> bool:
            with pytest.raises(ValueError, match="call of the instance") as caught:
                caller.begin(instance, "nap")
            return str(caught.value) == BUSY

        with ThreadPoolExecutor() as pool:
            ended = pool.submit(caller.finish, instance, outcome)
            wait_until(is_waiting, "for the other thread to wait in the call")
            with pytest.raises(ValueError, match=BUSY):
                instance.close()
            instance.cancel()
        failure = ended.result()
        assert not isinstance(failure, bytes)
        assert (failure.end, failure.message) == ("client-gone", "the call was cancelled")


def test_cancelling_a_loop_from_another_thread() -> None:
    with Caller("calls", timeout=60, cpu_timeout=60) as caller:
        instance = caller.instance()
        caller.call(instance, "nothing")

        def cancel() -> None:
            wait_until(lambda: caller.slices > 0, "for the guest to loop")
            instance.cancel()

        with ThreadPoolExecutor() as pool:
            pool.submit(cancel)
            assert caller.failure(instance, "loop").end == "client-gone"


def test_instances_on_threads_take_turns() -> None:
    with Caller("calls", timeout=60, cpu_timeout=60) as caller:

        def work(instance: Instance) -> list[bytes]:
            adds = [struct.pack("<ii", number, 1) for number in range(200)]
            results = [caller.call(instance, "add", arguments) for arguments in adds]
            caller.call(instance, "busy", u32(20))
            return results

        with ThreadPoolExecutor(4) as pool:
            found = pool.map(work, [caller.instance() for _ in range(4)])
        assert [*found] == [[struct.pack("<i", number + 1) for number in range(200)]] * 4


def test_threads_that_wait_do_not_keep_others() -> None:
    with Caller("calls-wait", timeout=60) as caller:
        nap = struct.pack("<Q", 500_000_000)
        instances = [caller.instance() for _ in range(8)]
        for instance in instances:
            caller.call(instance, "nap", struct.pack("<Q", 0))
        began = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            naps = pool.map(lambda instance: caller.call(instance, "nap", nap), instances)
        assert [*naps] == [b""] * 8
        # One after the other they would take four seconds.
        assert 0.5 <= time.monotonic() - began < 3


# ---- Closing, in every order ----


def test_closing_in_every_stage() -> None:
    with Caller("calls") as caller:
        for function, arguments in (
            (None, b""),
            ("nothing", b""),
            ("asks", u32(1)),
            ("loop", b""),
            ("trap", b""),
            ("[constructor]counter", u32(1)),
        ):
            instance = caller.instance()
            if function is not None:
                caller.settled(instance, instance.call(caller.number("nothing"), b""))
                instance.call(caller.number(function), arguments)
            instance.close()
            instance.close()
            for attempt in (
                partial(caller.begin, instance, "nothing"),
                instance.go_on,
                partial(instance.answer, b""),
                instance.wait,
            ):
                with pytest.raises(ValueError, match="the instance is closed"):
                    attempt()
            instance.cancel()


def test_a_library_that_is_closed_before_its_instances() -> None:
    with Caller("calls") as caller:
        instance = caller.instance()
        caller.library.close()
        caller.library.close()
        with pytest.raises(ValueError, match="the component is closed"):
            caller.library.instance()
        assert caller.call(instance, "add", u32(1, 2)) == u32(3)
        instance.close()


def test_forgotten_instances_are_closed() -> None:
    with Caller("calls", max_exchanges=2) as caller:
        for _ in range(10):
            instance = caller.library.instance()
            caller.call(instance, "nothing")
            del instance
            gc.collect()


def test_too_many_instances() -> None:
    with Caller("calls", max_exchanges=2) as caller:
        instances = [caller.instance() for _ in range(3)]
        for instance in instances[:2]:
            caller.call(instance, "nothing")
        for _ in range(2):
            with pytest.raises(ValueError, match="there is no room for an instance"):
                caller.call(instances[2], "nothing")
        instances[0].close()
        assert caller.call(instances[2], "add", u32(1, 2)) == u32(3)


def test_malformed_first_arguments_leave_a_usable_instance() -> None:
    with Caller("calls") as caller:
        instance = caller.instance()
        with pytest.raises(MalformedValue):
            caller.finish(instance, caller.begin(instance, "add"))
        assert caller.call(instance, "add", u32(1, 2)) == u32(3)


# ---- The log ----


def test_what_the_guest_prints_is_in_the_log() -> None:
    with Caller("calls-wait") as caller:
        instance = caller.instance()
        for _ in range(2):
            caller.call(instance, "say", packed("one\ntwo\n"))
        assert caller.log == [
            f"6 app: request call-1: stdout: {word}" for word in ("one", "two", "one", "two")
        ]


def test_failed_is_what_it_says() -> None:
    assert len({FAILED, HOST, SLICE, WAITING}) == 4
