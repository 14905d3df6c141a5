"""Anything that a caller may do, in any order: nothing ends the process, or another instance."""

import random
import struct

import pytest

from tests.harness.calling import Caller, packed, u32
from unit_wasm.native.call_events import Event
from unit_wasm.native.calls import Instance

ARGUMENTS = (
    b"",
    u32(0),
    u32(1),
    u32(2),
    u32(1, 2),
    u32(2, 1),
    u32(666),
    u32(2**32 - 1),
    struct.pack("<ii", -1, 5),
    packed(b""),
    packed("h\u00e9"),
    packed(b"\xff"),
    u32(3) + b"\0" * 60,
    b"\0",
    b"\x01",
)
GOOD = {
    "add": u32(1, 2),
    "asks": u32(1),
    "sum": u32(3),
    "things": u32(2),
    "keeps": u32(1),
    "text": packed("x"),
    "bytes": packed(b"x"),
    "[constructor]counter": u32(5),
    "[method]counter.value": u32(1),
    "[static]counter.merge": u32(1, 2),
}
NOT = ("loop", "busy", "deep")
"""Take long."""


class Anybody:
    """Does to a few instances whatever comes to its mind.

    Parameters:
        seed: its mind.
    """

    def __init__(self, caller: Caller, seed: int) -> None:
        self.random = random.Random(seed)
        self.caller = caller
        self.names = [one.function.name for one in caller.program.exports]
        self.names = [name for name in self.names if name not in NOT]
        self.instances = [caller.instance() for _ in range(3)]

        self.calls = self.refusals = self.ends = 0

    def data(self) -> bytes:
        data = self.random.choice(ARGUMENTS)
        if self.random.random() < 0.1:
            data += self.random.randbytes(self.random.randrange(9))
        return data

    def step(self) -> None:
        place = self.random.randrange(len(self.instances))
        instance = self.instances[place]
        if self.random.random() < 0.02:
            instance.close()
        try:
            outcome = self.act(instance)
        except ValueError:
            self.refusals += 1
            if instance.dead or self.random.random() < 0.05:
                self.renew(place)
            return
        self.calls += 1
        if isinstance(outcome, Event) and outcome.failure is not None:
            self.ends += 1
            self.renew(place)

    def act(self, instance: Instance) -> bytes | Event:
        what = self.random.random()
        if what < 0.5:
            name = self.random.choice(self.names)
            good = GOOD.get(name, b"") if self.random.random() < 0.7 else self.data()
            return instance.call(self.caller.number(name), good)
        if what < 0.75:
            return instance.answer(self.random.choice((b"", u32(1), packed("y"), self.data())))
        if what < 0.78:
            return instance.fail("no reason")
        if what < 0.88:
            (counter,) = self.caller.program.own
            return instance.drop(counter, self.random.randrange(6))
        if what < 0.9:
            instance.wait(0)
        return instance.go_on()

    def renew(self, place: int) -> None:
        self.instances[place].close()
        self.instances[place] = self.caller.instance()
        self.caller.instances = list(self.instances)


@pytest.mark.parametrize("seed", range(4))
def test_anything_in_any_order(seed: int) -> None:
    with Caller("calls", max_handles=30, max_exchanges=3) as caller:
        anybody = Anybody(caller, seed)
        # What comes of so many steps is a matter of the machine's speed, too: a step may be
        # nothing but a turn of a guest that computes.
        steps = 0
        while steps < 3000 or anybody.calls <= 400 or anybody.refusals <= 300 or anybody.ends <= 10:
            anybody.step()
            steps += 1
            assert steps < 30_000
        for instance in anybody.instances:
            instance.close()
        assert caller.call(caller.instance(), "add", u32(1, 2)) == u32(3)
