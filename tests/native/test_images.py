"""Large memories that begin as images: every instance finds its memory as it was at first."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.harness.direct import Client
from tests.harness.growing import growing, numbers
from tests.harness.processes import alone
from unit_wasm.native.limits import limits_of

KIB, MIB = 1 << 10, 1 << 20
TO_SOME, TO_ALL, GROWN, TRAPS, NEVER_ENDS = range(5)
"""How the guest `stains` ends."""

LEVERS: list[dict[str, Any]] = [
    {},
    {"without": "written"},
    {"without": "scan"},
    {"without": "images"},
    {"without": "small-memory"},
    {"pooling": False},
    {"keep_memory": 0},
    {"keep_memory": 256 * KIB},
    {"keep_slots": 1},
]


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


@pytest.mark.parametrize("levers", LEVERS)
def test_many_at_once(levers: dict[str, Any]) -> None:
    choices = random.Random(2)
    seen = set()
    modes = (TO_SOME, TO_ALL, GROWN, TRAPS, NEVER_ENDS)
    with Client("stains", max_exchanges=64, cpu_timeout=0.01, **levers) as client:
        for _ in range(2):
            calls = [client.start(f"/{choices.choice(modes)}/{seed}") for seed in range(40)]
            # Some go while they run.
            for call in calls[::9]:
                client.gone(call)
            left = [call for number, call in enumerate(calls) if number % 9]
            client.finish(*left)
            seen |= {bytes(call.body).decode() for call in left if call.status == 200}
    assert len(seen) == 1
    assert seen.pop().startswith("wrong: 0, ")


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


TABLES = """(memory 20) (table $t 4 10 funcref) (global $g (mut i32) (i32.const 0))
  (data (i32.const 0) "first") (data (i32.const 1000000) "last") (data $p "passive")
  (elem $e func $one) (func $one)
  (func $sum (result i32) (local $at i32) (local $sum i32)
    (loop $l
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31))
        (i32.load8_u (local.get $at))))
      (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1)))
        (i32.mul (memory.size) (i32.const 65536)))))
    (local.get $sum))
  (func (export "run") (result i32) (local $found i32)
    (local.set $found (call $sum))
    (memory.init $p (i32.const 70000) (i32.const 0) (i32.const 7))
    (local.set $found (i32.xor (local.get $found) (call $sum)))
    (local.set $found (i32.add (local.get $found) (global.get $g)))
    (local.set $found (i32.add (local.get $found)
      (i32.add (table.size $t) (i32.eqz (ref.is_null (table.get $t (i32.const 1)))))))
    (drop (memory.grow (i32.const 2)))
    (memory.fill (i32.const 0) (i32.const 0xAA) (i32.mul (memory.size) (i32.const 65536)))
    (memory.copy (i32.const 5) (i32.const 9) (i32.const 100000))
    (data.drop $p)
    (table.init $t $e (i32.const 1) (i32.const 0) (i32.const 1))
    (elem.drop $e)
    (drop (table.grow $t (ref.func $one) (i32.const 3)))
    (global.set $g (i32.const 77))
    (i32.and (local.get $found) (i32.const 0x3FFFFFFF)))"""
"""Counts what it finds of memory, passive data, table and global together, then changes all."""


@pytest.mark.parametrize("levers", LEVERS)
def test_tables_globals_and_passive_data_too(levers: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "tables.wat"
    path.write_text(growing([TABLES]))
    with Client(path, **levers) as client:
        for _ in range(20):
            assert numbers(client.run().text) == [expected()]


@cache
def expected() -> int:
    """Return what the module finds in a fresh instance."""
    memory = bytearray(20 << 16)
    memory[:5], memory[1_000_000:1_000_004] = b"first", b"last"
    before = checksum(memory)
    memory[70_000:70_007] = b"passive"
    return (before ^ checksum(memory)) + 4 & 0x3FFFFFFF


def checksum(data: bytes | bytearray) -> int:
    found = 0
    for byte in data:
        found = found * 31 + byte & 0xFFFFFFFF
    return found


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
