"""Core modules that are linked among themselves become one, and nobody can tell."""

import functools
import random
import re

import pytest
import wasmtime

from tests.fuzz.choices import Choices, edited
from tests.harness.component_text import EMPTY, accepted, assemble, hurried
from tests.harness.linked import linked, run
from unit_wasm.component.format.constants import Expression, folded
from unit_wasm.component.format.moduleparts import read_parts
from unit_wasm.component.format.moduletypes import Kind
from unit_wasm.component.inspect import inspect
from unit_wasm.component.rewrite.coreitems import Instantiate, read_items
from unit_wasm.component.rewrite.coremaker import section
from unit_wasm.component.rewrite.membership import NoMerge
from unit_wasm.component.rewrite.merge import merge
from unit_wasm.wit.reader import MODULE_PREAMBLE, Reader

FIRST = """(core module $a (memory (export "memory") 1) (table (export "table") 8 funcref)
    (global (export "base") i32 (i32.const 3)) (global $n (export "n") (mut i32) (i32.const 5))
    (func $f (export "f") (param i32) (result i32) (i32.add (local.get 0) (global.get $n)))
    (elem (i32.const 0) func $f))"""
SECOND = """(core module $b (import "a" "memory" (memory 1)) (import "a" "table" (table 8 funcref))
    (import "a" "base" (global $base i32)) (import "a" "n" (global $n (mut i32)))
    (import "a" "f" (func $f (param i32) (result i32)))
    (type $t (func (param i32) (result i32)))
    (func $g (export "g") (param i32) (result i32)
      (global.set $n (i32.const 70)) (call $f (local.get 0)))
    (func (export "h") (param i32) (result i32)
      (call_indirect (type $t) (i32.load8_u (i32.const 4)) (local.get 0)))
    (elem (global.get $base) func $g $g)
    (data (i32.add (global.get $base) (i32.const 1)) "\\2a"))"""
LINKED = """(core instance $x (instantiate $a))
    (core instance $y (instantiate $b (with "a" (instance $x))))"""
LIFTED = """(func (export "g") (param "x" u32) (result u32) (canon lift (core func $y "g")))
    (func (export "h") (param "x" u32) (result u32) (canon lift (core func $y "h")))"""
HOST = '(import "host" (func $host (param "x" u32) (result u32)))'


@functools.cache
def engine() -> wasmtime.Engine:
    """An engine that compiles in a hurry, and whose code ends."""
    config = hurried()
    config.consume_fuel = True
    return wasmtime.Engine(config)


def component(*parts: str) -> bytes:
    return assemble("(component " + "\n".join(parts) + ")")


def both(data: bytes) -> int:
    """Assert that a component does the same merged; return how many core instances that has."""
    merged = merge(data)
    assert accepted(data)
    assert run(engine(), data) == run(engine(), merged)
    before, after = inspect(data, served=False), inspect(merged, served=False)
    assert (before.imports, before.exports) == (after.imports, after.exports)
    assert (before.memories, before.tables) == (after.memories, after.tables)
    assert (before.memory_sizes, before.table_sizes) == (after.memory_sizes, after.table_sizes)
    return after.core_instances


def why(*parts: str) -> str:
    """Return why a component that is accepted is not merged."""
    data = component(*parts)
    assert accepted(data)
    with pytest.raises(NoMerge) as raised:
        merge(data)
    return str(raised.value)


def test_two_modules_are_one() -> None:
    data = component(FIRST, SECOND, LINKED, LIFTED)
    assert both(data) == 1
    results = dict(run(engine(), data).results)
    # Both see one global, one table and one memory.
    assert results == {"g": 4 + 70, "h": 42 + 70}


def test_constants_of_others_are_put_in_their_places() -> None:
    """So that the table is known before anything runs, and the data can be an image."""
    merged = merge(component(FIRST, SECOND, LINKED, LIFTED))
    items = read_items(merged)
    (instance,) = (item for item in items.items if isinstance(item, Instantiate))
    module = items.items[items.modules[instance.module]]
    parts = read_parts(Reader(merged, module.start, module.end))
    assert [segment.offset for segment in parts.elements] == [((0x41, 0),), ((0x41, 3),)]
    assert [segment.offset for segment in parts.data] == [((0x41, 4),)]
    assert parts.imports == []
    # Only what the component names is exported.
    assert parts.exports == {"g": (Kind.FUNC, 1), "h": (Kind.FUNC, 2)}


@pytest.mark.parametrize("part", range(4))
def test_at_random(part: int) -> None:
    instances = set()
    for seed in range(part * 20, part * 20 + 20):
        data = assemble(linked(Choices(random.Random(seed).randbytes(600))))
        before = inspect(data, served=False).core_instances
        instances.add(before - both(data))
    assert min(instances) >= 1
    assert max(instances) >= 4


def test_changed_bytes_are_accepted_as_before() -> None:
    seen = set()
    source = assemble(linked(Choices(random.Random(3).randbytes(600))))
    for seed in range(300):
        data = edited(source, Choices(random.Random(seed).randbytes(40)))
        valid = accepted(data, engine())
        try:
            merged = merge(data)
        except NoMerge:
            seen.add((False, valid))
        else:
            assert accepted(merged, engine()) == valid, data.hex()
            seen.add((True, valid))
    # Where it is not merged it is damaged, or has what is not known.
    assert seen >= {(True, True), (True, False), (False, False)}


def test_truncated_at_every_byte() -> None:
    data = component(FIRST, SECOND, LINKED, LIFTED)
    for end in range(len(data)):
        try:
            merged = merge(data[:end])
        except NoMerge:
            continue
        assert accepted(merged) == accepted(data[:end])


def test_what_is_lowered_with_a_memory_comes_after_it() -> None:
    """A module that imports it stays by itself."""
    data = component(
        HOST,
        *(FIRST, SECOND, LINKED),
        '(core func $late (canon lower (func $host) (memory (core memory $x "memory"))))',
        """(core module $c (import "" "late" (func $late (param i32) (result i32)))
             (import "y" "g" (func $g (param i32) (result i32)))
             (func (export "c") (param i32) (result i32) (call $g (call $late (local.get 0)))))
           (core instance $z (instantiate $c (with "" (instance (export "late" (func $late))))
             (with "y" (instance $y))))""",
        LIFTED,
        '(func (export "c") (param "x" u32) (result u32) (canon lift (core func $z "c")))',
    )
    assert both(data) == 2


def test_code_that_runs_at_the_start_runs_between_what_it_did() -> None:
    """What begins behind it stays by itself: it would be in the memory too early."""
    started = """(core module $s (import "a" "memory" (memory 1))
      (import "a" "n" (global $n (mut i32)))
      (func $go (global.set $n (i32.load8_u (i32.const 9)))) (start $go))
      (core instance (instantiate $s (with "a" (instance $x))))
      (core module $late (import "a" "memory" (memory 1)) (data (i32.const 9) "\\07"))
      (core instance (instantiate $late (with "a" (instance $x))))"""
    data = component(FIRST, SECOND, LINKED, started, LIFTED)
    assert both(data) == 3
    early = component(FIRST, SECOND, "(core instance $x (instantiate $a))", started, LIFTED_LATE)
    with pytest.raises(NoMerge, match="no two of its core modules can be one"):
        merge(early)


LIFTED_LATE = '(core instance $y (instantiate $b (with "a" (instance $x))))' + LIFTED


def test_a_component_that_is_instantiated_may_run_code() -> None:
    inner = "(component $inner) (instance (instantiate $inner))"
    assert "no two" in why(FIRST, SECOND, "(core instance $x (instantiate $a))", inner, LIFTED_LATE)
    assert both(component(FIRST, SECOND, LINKED, inner, LIFTED)) == 1


def test_destructors_name_core_functions() -> None:
    data = component(
        *(FIRST, SECOND, LINKED),
        '(core module $d (import "y" "g" (func $g (param i32) (result i32)))'
        ' (func (export "end") (param i32) (drop (call $g (local.get 0)))))',
        '(core instance $e (instantiate $d (with "y" (instance $y))))',
        '(alias core export $e "end" (core func $end))',
        "(type $r (resource (rep i32) (dtor (core func $end))))",
        "(core func $new (canon resource.new $r)) (core func $drop (canon resource.drop $r))",
        LIFTED,
    )
    assert both(data) == 1


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([], "no two of its core modules can be one"),
        ([FIRST, "(core instance (instantiate $a))"], "no two"),
        # Twice the same module.
        (
            [FIRST, SECOND, LINKED, '(core instance (instantiate $b (with "a" (instance $x))))'],
            "no two",
        ),
        # It has a name outside.
        ([FIRST, SECOND, LINKED, '(export "module" (core module $b))'], "no two"),
        (
            [FIRST, SECOND, LINKED, "(component (alias outer 1 $b (core module $m)))"],
            "no two",
        ),
        # Two memories.
        (
            [FIRST, "(core module $b (memory 1))", "(core instance (instantiate $a))"]
            + ["(core instance (instantiate $b))"],
            "no two",
        ),
        # Instructions that name a memory of several, tags, objects.
        (
            [
                FIRST,
                '(core module $b (import "a" "memory" (memory 1)) (tag) (func))',
                LINKED,
            ],
            "no two",
        ),
        (
            [
                FIRST,
                "(core module $b (func (drop (i32.atomic.load (i32.const 0)))) (memory 1))",
                "(core instance (instantiate $b))",
            ],
            "no two",
        ),
        ([FIRST, "(core module $b (type (struct)) (func))", LINKED], "no two"),
        (
            [
                FIRST,
                '(core module $b (import "a" "memory" (memory 1))'
                " (func (drop (i32.atomic.load (i32.const 0)))))",
                LINKED,
            ],
            "it could not be read: an unknown instruction",
        ),
        # A table that is filled by a member and by another, whose order can be seen.
        (
            [
                FIRST,
                '(core module $b (import "a" "table" (table 8 funcref)) (func $f)'
                " (elem (i32.const 0) func $f) (func $s) (start $s))",
                LINKED,
                '(core module $c (import "a" "table" (table 8 funcref)))',
                '(core instance (instantiate $c (with "a" (instance $x))))',
            ],
            "no two",
        ),
    ],
)
def test_what_stays_as_it_is(parts: list[str], reason: str) -> None:
    assert reason in why(*parts)


def test_the_order_of_what_is_written_stays() -> None:
    """Module `late` waits for a function with a memory, and writes over what another wrote."""
    writes = '(import "a" "memory" (memory 1)) (data (i32.const 9) "{}")'
    reason = why(
        *(HOST, FIRST, SECOND, LINKED),
        '(core func $low (canon lower (func $host) (memory (core memory $x "memory"))))',
        '(core module $late (import "" "f" (func (param i32) (result i32)))'
        + writes.format("1")
        + ")",
        '(core instance (instantiate $late (with "a" (instance $x))'
        ' (with "" (instance (export "f" (func $low))))))',
        "(core module $other " + writes.format("2") + ")",
        '(core instance (instantiate $other (with "a" (instance $x))))',
    )
    assert reason == "the order in which a memory or a table is filled would be another"


def test_wrong_types_stay_wrong() -> None:
    """Whatever would not be linked is not merged into something that is."""
    for wrong in (
        '(import "a" "f" (func (param i64) (result i32)))',
        '(import "a" "n" (global i32))',
        '(import "a" "base" (global (mut i32)))',
        '(import "a" "memory" (memory 2))',
        '(import "a" "memory" (memory 1 1))',
        '(import "a" "table" (table 9 funcref))',
        '(import "a" "table" (table 8 externref))',
        '(import "a" "f" (memory 1))',
        '(import "a" "nothing" (func))',
        '(import "b" "f" (func))',
        '(import "a" "f" (func (param i32) (result i32)))' * 2,
    ):
        data = component(FIRST, f"(core module $b {wrong})", LINKED)
        assert not accepted(data), wrong
        with pytest.raises(NoMerge):
            merge(data)


def test_components_inside() -> None:
    """Whether or not modules of the one around them become one."""
    inner = "(component $inner " + FIRST + SECOND + LINKED + LIFTED + ")"
    outside = """(instance $one (instantiate $inner)) (instance $two (instantiate $inner))
      (export "g" (func $one "g")) (export "h" (func $two "h"))"""
    assert both(component(inner, outside)) == 2
    others = FIRST + SECOND + LINKED.replace("$x", "$ox").replace("$y", "$oy")
    assert both(component(others, inner, outside)) == 3
    # What an inner one takes from outside stays there.
    taken = inner.replace(FIRST, "(alias outer 1 $a (core module $a))")
    data = component(FIRST, taken, outside)
    assert accepted(data)
    with pytest.raises(NoMerge):
        merge(data)
    assert both(component(FIRST, taken, inner.replace("$inner", "$more"), outside)) == 4


def test_constants_are_calculated_as_code_does() -> None:
    for opcode, add, bits in ((0x41, 0x6A, 32), (0x42, 0x7C, 64)):
        most, half = (1 << (bits - 1)) - 1, 1 << (bits - 1)
        for left, right, made in ((most, 1, -half), (-half, -1, most), (3, -5, -2)):
            steps = ((opcode, left), (opcode, right), (add, b""))
            assert folded(steps) == ((opcode, made),)
        assert folded(((opcode, half // 2), (opcode, 6), (add + 2, b""))) == ((opcode, -half),)
    # What is no constant, or of two types, stays for libwasmtime to judge.
    others: list[Expression] = [
        ((0x23, 0),),
        ((0x41, 1), (0x42, 1), (0x6A, b"")),
        ((0x41, 1), (0x41, 2)),
    ]
    for other in others:
        assert folded(other) == other


def test_a_constant_may_not_change() -> None:
    changing = """(core module $b (import "a" "table" (table 8 funcref))
      (import "a" "n" (global $n (mut i32))) (func $f) (elem (global.get $n) func $f))"""
    data = component(FIRST, changing, LINKED)
    assert not accepted(data)
    with pytest.raises(NoMerge, match="a constant that may change"):
        merge(data)


def test_references_to_functions_are_declared_as_before() -> None:
    """Only exports declare $f; in the merged module they are no exports any more."""
    told = """(core module $b (import "a" "table" (table $t 8 funcref)) (import "a" "f" (func $f
      (param i32) (result i32))) (func $q (export "q") (param i32) (result i32) (i32.const 33))
      (func (export "g") (param i32) (result i32) (table.set $t (i32.const 7) (ref.func $q))
        (call_indirect $t (param i32) (result i32) (i32.const 1) (i32.const 7)))
      (export "h" (func $f)))"""
    data = component(FIRST, told, LINKED, LIFTED)
    assert both(data) == 1
    assert run(engine(), data).results[0] == ("g", 33)
    # Without an export of $q it is no component, though others would be declared.
    wrong = data.replace(b"\x01q\x00\x01", b"\x01q\x00\x02")
    assert wrong != data
    assert not accepted(wrong)
    with pytest.raises(NoMerge, match="a reference to a function that is not declared"):
        merge(wrong)


def test_names_are_kept_for_backtraces() -> None:
    data = component(FIRST, SECOND, LINKED, LIFTED)
    merged = merge(data)
    assert re.search(rb"\x04name.*\x01f.*\x01g", merged, re.DOTALL)


def test_time_is_linear() -> None:
    """A module of 18 MB takes moments; what is no code at all, or has one long function, too."""
    body = b"\x00" + b"\x41\x01\x1a" * 400_000 + b"\x0b"
    for code in (body, b"\x00" + b"\x06" * 1_200_000, b"\x00" + b"\x0e\xff\xff\xff\xff\x0f" * 9):
        size = len(code)
        encoded = bytes((size & 127 | 128, size >> 7 & 127 | 128, size >> 14 & 127))
        module = MODULE_PREAMBLE + section(1, b"\x01\x60\0\0") + section(3, b"\x01\0")
        module += section(10, b"\x01" + encoded + code + b"")
        data = EMPTY + section(1, module) + section(1, MODULE_PREAMBLE)
        data += section(2, b"\x02\x00\x00\x00\x00\x01\x00")
        try:
            assert accepted(merge(data), engine())
        except NoMerge as error:
            assert code is not body, error
