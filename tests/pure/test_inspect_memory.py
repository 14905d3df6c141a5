"""What the memories and tables of a component may have, and whether it may have objects."""

import pytest

from tests.harness.component_text import assemble
from unit_wasm.component.format.sizes import COUNT_LIMIT, Part, Sizes
from unit_wasm.component.info import ComponentInfo
from unit_wasm.component.inspect import inspect

_INSTANCE = "(core instance (instantiate $m))"
_PAGE = 64 << 10


def of_module(fields: str) -> ComponentInfo:
    return inspect(assemble(f"(component (core module $m {fields}) {_INSTANCE})"))


def pages(sizes: Sizes) -> list[Part]:
    return [
        (minimum // _PAGE, None if maximum is None else maximum // _PAGE, count)
        for minimum, maximum, count in sizes.parts
    ]


@pytest.mark.parametrize(
    ("memories", "sizes"),
    [
        ("", []),
        ("(memory 0)", [(0, None, 1)]),
        ("(memory 3)", [(3, None, 1)]),
        ("(memory 3 500)", [(3, 500, 1)]),
        ("(memory 200 200)", [(200, 200, 1)]),
        ("(memory 1 9) (memory 17) (memory 1 9)", [(1, 9, 2), (17, None, 1)]),
        ('(import "" "m" (memory 99)) (memory 2)', [(2, None, 1)]),
        ("(memory 2) (memory i64 30) (memory 40)", [(2, None, 1), (30, None, 1), (40, None, 1)]),
        ("(memory i64 5 0x1000000000000)", [(5, 1 << 48, 1)]),
        ("(memory 1 9 shared)", [(1, 9, 1)]),
    ],
)
def test_memories(memories: str, sizes: list[Part]) -> None:
    info = of_module(memories)
    assert pages(info.memory_sizes) == sizes
    assert info.memories == sum(count for _, _, count in sizes)


def test_pages_of_other_sizes() -> None:
    sizes = of_module("(memory 70000 (pagesize 1)) (memory 1 2)").memory_sizes
    assert sizes.parts == ((70000, None, 1), (_PAGE, 2 * _PAGE, 1))


@pytest.mark.parametrize(
    ("tables", "sizes"),
    [
        ("", []),
        ("(table 0 funcref)", [(0, None, 1)]),
        ("(table 7 7 funcref) (table 1 funcref)", [(7, 7, 1), (1, None, 1)]),
        ("(table 7 funcref) (table 7 funcref)", [(7, None, 2)]),
        ("(table i64 9 10 funcref)", [(9, 10, 1)]),
        ('(import "" "t" (table 9 funcref)) (table 2 funcref)', [(2, None, 1)]),
        (
            "(func $f) (elem declare func $f) "
            "(table 3 (ref func) (ref.func $f)) (table 4 funcref (ref.null func)) "
            "(table 5 funcref)",
            [(3, None, 1), (4, None, 1), (5, None, 1)],
        ),
    ],
)
def test_tables(tables: str, sizes: list[Part]) -> None:
    info = of_module(tables)
    assert list(info.table_sizes.parts) == sizes
    assert info.tables == sum(count for _, _, count in sizes)


@pytest.mark.parametrize(
    ("fields", "heap"),
    [
        ("(memory 1) (table 1 funcref) (global i32 (i32.const 1))", False),
        ("(type $f (func (param i32 f64 v128) (result funcref))) (table 1 (ref null $f))", False),
        ("(global f64 (f64.const 1)) (global i64 (i64.const -9))", False),
        ("(global f32 (f32.const 1)) (global i32 (i32.add (i32.const 1) (i32.const 2)))", False),
        ('(import "" "g" (global $g i32)) (global i32 (global.get $g))', False),
        ("(global funcref (ref.null func))", False),
        ("(tag)", True),
        ('(import "" "t" (tag))', True),
        ("(type (struct (field i32)))", True),
        ("(type (array i8))", True),
        ("(table 1 externref)", True),
        ('(import "" "t" (table 1 externref))', True),
        ("(global (mut externref) (ref.null extern))", True),
        ('(import "" "g" (global anyref))', True),
        ("(func (param externref))", True),
        ("(func (result exnref) unreachable)", True),
        ("(table 1 (ref null any))", True),
    ],
)
def test_whether_there_may_be_objects(fields: str, heap: bool) -> None:
    assert of_module(fields).heap is heap


def test_only_what_is_instantiated_counts() -> None:
    text = """(component
      (core module $unused (memory 50) (tag))
      (core module $m (memory 2) (table 3 funcref))
      (component $inner (core module $m (memory 5)) (core instance (instantiate $m)))
      (core instance (instantiate $m)) (core instance (instantiate $m))
      (instance (instantiate $inner)))"""
    info = inspect(assemble(text))
    assert pages(info.memory_sizes) == [(2, None, 2), (5, None, 1)]
    assert info.table_sizes.parts == ((3, None, 2),)
    assert not info.heap


# ---- Sums ----


@pytest.mark.parametrize(
    ("parts", "limit", "each"),
    [
        ((), 100, 100),
        (((10, None, 1),), 100, 100),
        (((10, None, 1),), 10, 10),
        (((10, None, 1),), 9, None),
        (((10, 20, 1),), 100, 100),
        (((10, None, 2),), 100, 50),
        (((10, None, 2),), 101, 50),
        (((10, None, 1), (1, 5, 3)), 100, 85),
        (((10, 30, 2), (0, None, 1)), 100, 40),
        (((60, None, 1), (1, None, 1)), 100, None),
        (((60, None, 1), (1, None, 1)), 120, 60),
        (((60, 60, 1), (1, 30, 1)), 90, 90),
        (((0, None, COUNT_LIMIT),), 100, 0),
    ],
)
def test_what_each_may_have(parts: tuple[Part, ...], limit: int, each: int | None) -> None:
    sizes = Sizes(parts)
    assert sizes.each(limit) == each
    if sizes.minimum <= limit:
        assert sizes.each(sizes.needed) is not None


def test_many_different_limits_are_not_told_apart() -> None:
    sizes = Sizes.of((size, 2 * size, 1) for size in range(1, 1001))
    assert (sizes.count, sizes.largest) == (1000, 1000)
    assert 0 <= sizes.minimum - 500_500 < 1000
    assert len((sizes + Sizes(((7, 7, 1),))).parts) <= 3
