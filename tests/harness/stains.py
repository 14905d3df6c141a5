"""Instances that change all they have, and tell what they find at their start.

The guest `stains` does it in C and ends in several ways; TABLES is a core module for what C has
not: globals, a table, passive segments, bulk memory.
"""

import struct
from functools import cache
from typing import Any

from tests.harness.growing import growing, numbers

MODES = TO_SOME, TO_ALL, GROWN, TRAPS, NEVER_ENDS = range(5)
"""How the guest `stains` ends: its path is /MODE/SEED."""

LEVERS: list[dict[str, Any]] = [
    {},
    {"without": "written"},
    {"without": "scan"},
    {"without": "faults"},
    {"without": "images"},
    {"without": "small-memory"},
    {"without": "merge"},
    {"pooling": False},
    {"keep_memory": 0},
    {"keep_memory": 256 << 10},
    {"keep_slots": 1},
]
"""Options that say how memories become what they were: libwasmtime's pools, ours, no pool."""

PAGES, LAST = 8, 500_000

TABLES = f"""(memory {PAGES}) (table $t 4 10 funcref) (global $g (mut i32) (i32.const 0))
  (data (i32.const 0) "first") (data (i32.const {LAST}) "last") (data $p "passive")
  (elem $e func $one) (func $one)
  (func $sum (result i64) (local $at i32) (local $sum i64)
    (loop $l
      (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31))
        (i64.load (local.get $at))))
      (br_if $l (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8)))
        (i32.mul (memory.size) (i32.const 65536)))))
    (local.get $sum))
  (func (export "run") (result i32) (local $found i64)
    (local.set $found (call $sum))
    (memory.init $p (i32.const 70000) (i32.const 0) (i32.const 7))
    (local.set $found (i64.xor (local.get $found) (call $sum)))
    (local.set $found (i64.add (local.get $found) (i64.extend_i32_u (global.get $g))))
    (local.set $found (i64.add (local.get $found) (i64.extend_i32_u
      (i32.add (table.size $t) (i32.eqz (ref.is_null (table.get $t (i32.const 1))))))))
    (drop (memory.grow (i32.const 2)))
    (memory.fill (i32.const 0) (i32.const 0xAA) (i32.mul (memory.size) (i32.const 65536)))
    (memory.copy (i32.const 5) (i32.const 9) (i32.const 100000))
    (data.drop $p)
    (table.init $t $e (i32.const 1) (i32.const 0) (i32.const 1))
    (elem.drop $e)
    (drop (table.grow $t (ref.func $one) (i32.const 3)))
    (global.set $g (i32.const 77))
    (i32.wrap_i64 (i64.and (local.get $found) (i64.const 0x3FFFFFFF))))"""
"""Counts what it finds of memory, passive data, table and global together, then changes all."""


def tables_text() -> str:
    """Return a component whose answers are :func:`fresh_numbers`."""
    return growing([TABLES])


@cache
def fresh_numbers() -> list[int]:
    """Return what TABLES finds in a fresh instance."""
    memory = bytearray(PAGES << 16)
    memory[:5], memory[LAST : LAST + 4] = b"first", b"last"
    before = _checksum(memory)
    memory[70_000:70_007] = b"passive"
    return [(before ^ _checksum(memory)) + 4 & 0x3FFFFFFF]


def _checksum(data: bytes | bytearray) -> int:
    found = 0
    for (word,) in struct.iter_unpack("<Q", data):
        found = found * 31 + word & 0xFFFFFFFFFFFFFFFF
    return found


def is_fresh(guest: str, text: str) -> bool:
    """Whether an answer is that of a fresh instance.

    Parameters:
        guest: ``stains`` or ``tables``.
    """
    if guest == "tables":
        return numbers(text) == fresh_numbers()
    return text.startswith("wrong: 0, pages: ")
