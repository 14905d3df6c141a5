"""The host's tables of functions have exactly what the WIT of WASI 0.2.12 has.

The WIT files come from the npm package that also builds the guests (tools/guest_toolchains.py). A
missing row would keep components from linking; an extra one, or one with another count, can never
be called.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.wit import Function, Interface, WitError, read_wit, read_wit_folder, wasi
from unit_wasm.native.worker import host_functions

EXPORTED = frozenset({"wasi:http/incoming-handler", "wasi:cli/run"})
"""What a component gives and does not take."""

EXCEPTIONS: dict[tuple[str, str], str] = {}
"""(interface, function) that is in the WIT and deliberately not in the tables -> the reason."""

FUNCTIONS_IN_WIT = 181
"""Exports included: a reader that skips something must not pass for a table that lacks it."""

SAMPLE = """
package demo:shapes@0.2.12; // one of each construct
interface shapes {
    use wasi:io/poll@0.2.12.{pollable as p};
    /* func: not one */
    @since(version = 0.2.0)
    type size = u64;
    record point { x: s32, %type: option<size>, }
    variant shape { dot, line(tuple<point, point>) }
    @unstable(feature = circles)
    resource circle {
        constructor(center: point, radius: size);
        %static: static func(a: borrow<circle>, b: list<tuple<string, u8>>,) -> result;
        @unstable(feature = areas)
        area: func() -> result<_, string>;
        move: func(to: point);
    }
    resource empty;
    %resource: func();
    count: func() -> u32;
}
interface nothing {}
world all { import shapes; export run: func(); }
"""


@pytest.fixture(scope="module")
def wit() -> dict[str, Interface]:
    """The interfaces of all WASI packages."""
    return wasi()


def table() -> dict[tuple[str, str], tuple[int, int]]:
    """(interface, function) -> numbers of parameters and results, of all rows."""
    rows = host_functions()
    found = {(row.interface, row.name): (row.params, row.results) for row in rows}
    assert len(found) == len(rows), "a function is in the tables twice"
    return found


def test_tables_are_those_of_the_wit(wit: dict[str, Interface]) -> None:
    expected = {
        (name, function.name): (function.params, function.results)
        for name, interface in wit.items()
        if name not in EXPORTED
        for function in interface.functions
    }
    found = table()
    missing = expected.keys() - found.keys() - EXCEPTIONS.keys()
    extra = found.keys() - expected.keys()
    common = found.keys() & expected.keys()
    other = {row: (found[row], expected[row]) for row in common if found[row] != expected[row]}
    assert not sorted(missing), "the tables lack these"
    assert not sorted(extra), "the WIT does not have these"
    assert not other, "(parameters, results): ours, then the WIT's"


def test_exceptions_are_needed(wit: dict[str, Interface]) -> None:
    in_wit = {(name, function.name) for name in wit for function in wit[name].functions}
    assert EXCEPTIONS.keys() <= in_wit - table().keys()
    assert all(EXCEPTIONS.values())


def test_refused_functions_do_not_wait() -> None:
    assert not [row for row in host_functions() if row.refused and row.waits]


def test_reader_finds_all_of_wasi(wit: dict[str, Interface]) -> None:
    assert wit.keys() >= EXPORTED
    assert sum(len(interface.functions) for interface in wit.values()) == FUNCTIONS_IN_WIT
    assert sum(len(interface.resources) for interface in wit.values()) == 25


def test_reader_knows_every_construct() -> None:
    shapes = Interface(
        functions=[
            Function("[constructor]circle", 2, 1),
            Function("[static]circle.static", 2, 1),
            Function("[method]circle.area", 1, 1),
            Function("[method]circle.move", 2, 0),
            Function("resource", 0, 0),
            Function("count", 0, 1),
        ],
        resources=["circle", "empty"],
        variants={"shape": {"dot": "", "line": "tuple<point,point>"}},
    )
    assert read_wit(SAMPLE) == {"demo:shapes/shapes": shapes, "demo:shapes/nothing": Interface()}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the text ends too early"),
        ("interface x {}", "expected 'package', not 'interface'"),
        ("package a:b; interface x { f: func()", "the text ends too early"),
        ("package a:b; interface x { f: async func(); }", "expected 'func', not 'async'"),
        ("package a:b; interface x { f: func() -> (a: u8, b: u8); }", "the result of f is none"),
        ("package a:b; interface x { 7: func(); }", "expected a name, not '7'"),
        ("package a:b; ?", "unexpected '\\?'"),
        ("package a:b; interface x { variant v { a(b } }", "the text ends too early"),
        ("package a:b; func", "unexpected 'func' in package a:b"),
    ],
)
def test_reader_refuses_what_it_does_not_know(text: str, reason: str) -> None:
    with pytest.raises(WitError, match=reason):
        read_wit(text)


def test_reader_refuses_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(WitError, match="there are no interfaces"):
        read_wit_folder(tmp_path)
