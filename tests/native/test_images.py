"""Large memories that begin as images: every instance finds its memory as it was at first."""

import random
import re
from pathlib import Path
from typing import Any

import pytest

from tests.harness.direct import Client
from tests.harness.growing import growing, numbers
from tests.harness.processes import alone
from tests.harness.stains import (
    GROWN,
    LEVERS,
    NEVER_ENDS,
    TO_ALL,
    TO_SOME,
    TRAPS,
)
from tests.soak.memories import AT_ONCE, GUESTS, soak
from unit_wasm.native.limits import limits_of

KIB, MIB = 1 << 10, 1 << 20


def held() -> int:
    """Return the bytes of mapped images that this process has written to, and holds."""
    size, of_image = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            of_image = line.split()[1] == "rw-p" and line.endswith(".cwasm")
        elif of_image and line.startswith("Anonymous:"):
            size += int(line.split()[1]) * KIB
    return size


def test_which_memories_are_our_own() -> None:
    for without, own, images in (("nothing", True, True), ("images", False, False)):
        with Client("stains", without=without) as client:
            assert limits_of(client.prepared.info, client.options).own_memories is own
            assert (client.prepared.images != 0) is images
    with Client("hello") as client:
        assert client.prepared.images == 0


@pytest.mark.parametrize("levers", LEVERS)
def test_one_after_the_other(levers: dict[str, Any]) -> None:
    choices = random.Random(1)
    seen = set()
    with Client("stains", cpu_timeout=0.02, **levers) as client:
        for seed in range(60):
            mode = choices.choice((TO_SOME, TO_SOME, TO_ALL, GROWN, TRAPS, NEVER_ENDS))
            answer = client.run(f"/{mode}/{seed}")
            if mode in (TRAPS, NEVER_ENDS):
                assert answer.status == (500 if mode == TRAPS else 504)
            else:
                assert answer.status == 200
                seen.add(answer.text)
    assert len(seen) == 1
    assert re.fullmatch(r"wrong: 0, pages: \d+\n", seen.pop())


@pytest.mark.parametrize("guest", GUESTS)
@pytest.mark.parametrize("at_once", AT_ONCE)
@pytest.mark.parametrize("levers", LEVERS)
def test_every_instance_is_a_fresh_one(
    guest: str, at_once: int, levers: dict[str, Any], tmp_path: Path
) -> None:
    """`make soak-memories` has a million of them."""
    # Enough of the processor for the slowest machine that runs this beside others.
    assert soak(guest, {"cpu_timeout": 0.2, **levers}, at_once, 130, tmp_path) > 90


def test_more_instances_than_a_slot_keeps_its_memory_for() -> None:
    with Client("stains") as client:
        texts = {client.run(f"/{TO_SOME}/{seed}").text for seed in range(600)}
    assert len(texts) == 1
    assert texts.pop().startswith("wrong: 0, ")


@alone
@pytest.mark.parametrize(
    ("without", "keeps"), [("nothing", True), ("scan", True), ("written", False)]
)
def test_what_was_written_stays_where_the_kernel_tells_it(without: str, keeps: bool) -> None:
    """In both ways of telling it; what is held is what a guest has written to, and not more."""
    with Client("stains", without=without) as client:
        for seed in range(3):
            assert client.run(f"/{TO_ALL}/{seed}").text.startswith("wrong: 0, ")
            assert 600 * KIB < held() < 2 * MIB if keeps else held() == 0


def test_what_a_slot_keeps_is_bounded() -> None:
    for keep in (64 * KIB, 8 * MIB):
        with Client("stains", keep_memory=keep) as client:
            client.run(f"/{TO_ALL}/1")
            assert held() == 0 if keep == 64 * KIB else 600 * KIB < held() < 2 * MIB
    one = 0
    for slots in (1, 2, 8):
        with Client("stains", keep_slots=slots, cpu_timeout=0.02) as client:
            run_at_once(client, 4)
            one = one or held()
            assert one * 0.9 * min(slots, 4) < held() < one * 1.1 * min(slots, 4)


def run_at_once(client: Client, count: int) -> None:
    """Let so many instances be there at the same time."""
    calls = [client.start(f"/{NEVER_ENDS}/{seed}") for seed in range(count)]
    client.finish(*calls)
    assert {call.status for call in calls} == {504}


@alone
def test_what_nobody_uses_is_given_back() -> None:
    """After 5 to 10 seconds, and then there is nothing more to do."""
    with Client("stains") as client:
        client.run(f"/{TO_SOME}/1")
        assert held() > 100 * KIB
        client.until(lambda: held() == 0)
        assert client.run(f"/{TO_ALL}/1").text.startswith("wrong: 0, ")


def test_two_images_in_one_component(tmp_path: Path) -> None:
    """Each memory begins with its own."""
    module = """(memory {0}) (data (i32.const {1}) "{2}")
      (func (export "run") (result i32) (local $found i32)
        (local.set $found (i32.load (i32.const {1})))
        (memory.fill (i32.const 0) (i32.const 1) (i32.const 600000))
        (local.get $found))"""
    path = tmp_path / "two.wat"
    path.write_text(growing([module.format(10, 400_000, "abc"), module.format(12, 500_000, "xyz")]))
    with Client(path) as client:
        assert client.prepared.info.images == (10 << 16, 12 << 16)
        for _ in range(5):
            found = numbers(client.run().text)
            assert found == [int.from_bytes(b"abc\0", "little"), int.from_bytes(b"xyz\0", "little")]
