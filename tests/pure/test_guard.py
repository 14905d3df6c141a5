"""The guard: what a component may pass in one call, for every form that an argument may have."""

import functools
from collections.abc import Iterable
from typing import Any

import pytest
import wasmtime
import wasmtime.component as wc

from tests.harness.component_text import accepted, assemble, streams_import
from unit_wasm.component.rewrite.guard import MOST_VALUES, REFUSES
from unit_wasm.component.rewrite.rewrite import NOTHING_TO_REWRITE, rewrite

_ENGINE = wasmtime.Engine()
_WASI = "wasi:test/calls@0.2.0"
_TEXT = MOST_VALUES * 32
"""Bytes of text that one call may pass."""


def _guest(params: str, core: str, arguments: str, data: str = "", encoding: str = "utf8") -> str:
    """Return what is inside of a component that imports ``$f`` and calls it in its export ``go``.

    Parameters:
        params: of ``f``.
        core: its core parameters.
        arguments: what it passes.
        data: core data segments of its memory, which has 24 MiB.
    """
    return f"""
  (core module $libc (memory (export "memory") 384) {data})
  (core instance $libc (instantiate $libc))
  (core func $lowered (canon lower (func $f) (memory (core memory $libc "memory"))
    string-encoding={encoding}))
  (core module $user
    (import "" "f" (func $f (param {core})))
    (func (export "go") (call $f {arguments})))
  (core instance $user (instantiate $user (with "" (instance (export "f" (func $lowered))))))
  (func (export "go") (canon lift (core func $user "go")))"""


def _import(params: str, name: str = _WASI, variant: str = "") -> str:
    named = f'(type $a {variant}) (export "v" (type $v (eq $a)))' if variant else ""
    return f"""
  (import "{name}" (instance $i {named} (export "f" (func {params}))))
  (alias export $i "f" (func $f))"""


def _component(params: str, *rest: str, variant: str = "", **more: str) -> str:
    """Return the component; ``$v`` in parameters is a variant."""
    return f"(component {_import(params, variant=variant)} {_guest(params, *rest, **more)})"


def _words(at: int, *values: int) -> str:
    """Return a data segment of numbers of 32 bits."""
    text = "".join(f"\\{byte:02x}" for value in values for byte in value.to_bytes(4, "little"))
    return f'(data (i32.const {at}) "{text}")'


def _constants(values: Iterable[int], types: str) -> str:
    pairs = zip(values, types.split(), strict=True)
    return " ".join(f"({kind}.const {value})" for value, kind in pairs)


def _runs(text: str, name: str = _WASI) -> bool:
    """Whether the guarded component gets its call through; the original does."""
    original = assemble(text)
    outcome = rewrite(original)
    assert (outcome.rewritten, outcome.reason) == (False, NOTHING_TO_REWRITE)
    assert outcome.unbounded is None
    assert _trap(original, name) is None
    said = _trap(outcome.data, name)
    if said is not None:
        frame = said.partition("wasm backtrace:")[2].strip().splitlines()[0]
        assert frame.endswith(f"unit-wasm!{REFUSES}"), said
    return said is None


def _trap(data: bytes, name: str) -> str | None:
    component, store, linker = _compiled(data), wasmtime.Store(_ENGINE), wc.Linker(_ENGINE)
    calls: list[Any] = []
    with linker.root() as root, root.add_instance(name) as instance:
        instance.add_func("f", lambda _store, *arguments: calls.append(len(arguments)))
    function = linker.instantiate(store, component).get_func(store, "go")
    assert function is not None
    try:
        function(store)
    except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
        assert calls == []
        return str(error)
    assert len(calls) == 1
    return None


@functools.cache
def _compiled(data: bytes) -> wc.Component:
    return wc.Component(_ENGINE, data)


@pytest.mark.parametrize(
    ("type_", "size", "most"),
    [
        ("string", 1, _TEXT + 31),
        ("(list u8)", 1, MOST_VALUES),
        ("(list u64)", 8, MOST_VALUES),
        ("(list (tuple u8 u8))", 2, MOST_VALUES // 3),
        ("(list (option u32))", 8, MOST_VALUES // 2),
        ("(list (result u8 (error (tuple u8 u8))))", 3, MOST_VALUES // 4),
        ("(list (list u8))", 8, MOST_VALUES),
        ("(list (tuple string (list u8)))", 16, MOST_VALUES // 3),
    ],
)
def test_a_list_of_as_many_as_may_be(type_: str, size: int, most: int) -> None:
    params = f'(param "x" {type_})'
    for count, runs in ((0, True), (1, True), (most, True), (most + 1, False)):
        assert count * size < 384 << 16
        text = _component(params, "i32 i32", _constants((0, count), "i32 i32"))
        assert _runs(text) == runs, count
    # So many would be counted for minutes, if they were looked at.
    text = _component(params, "i32 i32", _constants((0, 0xFFFF_FFFF), "i32 i32"))
    assert _trap(rewrite(assemble(text)).data, _WASI)


def test_what_lists_hold_is_added_up() -> None:
    params = '(param "x" (list (list u8)))'
    half = MOST_VALUES // 2 - 1
    for lengths, runs in (
        ((half, half), True),
        ((half, half + 1), False),
        ((0, 2 * half), True),
        ((MOST_VALUES,), False),
    ):
        data = _words(64, *(part for length in lengths for part in (4096, length)))
        arguments = _constants((64, len(lengths)), "i32 i32")
        assert _runs(_component(params, "i32 i32", arguments, data)) == runs, lengths


def test_parameters_are_added_up() -> None:
    params = '(param "a" string) (param "b" u64) (param "c" (list u16))'
    core = "i32 i32 i64 i32 i32"
    for text_size, count, runs in (
        (_TEXT, 0, True),
        (0, MOST_VALUES, True),
        (32, MOST_VALUES - 1, True),
        (32, MOST_VALUES, False),
        (_TEXT, 1, False),
    ):
        arguments = _constants((0, text_size, 7, 0, count), core)
        assert _runs(_component(params, core, arguments)) == runs, (text_size, count)


@pytest.mark.parametrize("runs", [True, False])
def test_cases_share_parameters(runs: bool) -> None:
    """The address of a list is one of 64 bits where another case has such a number."""
    variant = '(variant (case "a" u64) (case "b" (list u8)) (case "c" string) (case "d"))'
    params, core = '(param "x" $v)', "i32 i64 i32"
    count = MOST_VALUES + (not runs)
    for given, expected in (
        ((1, 8, count), runs),
        ((2, 8, count), True),
        ((0, 8, 0), True),
        ((3, 0, 0), True),
    ):
        text = _component(params, core, _constants(given, core), variant=variant)
        assert _runs(text) == expected, given
    option, core = '(param "x" (option (list u8)))', "i32 i32 i32"
    assert _runs(_component(option, core, _constants((1, 8, count), core))) == runs
    assert _runs(_component(option, core, _constants((0, 0, 0), core)))


@pytest.mark.parametrize(
    ("definition", "size", "cost"),
    [
        ("(record (field NAME u8))", 1, 2 + 32),
        ("(enum NAME)", 1, 1 + 32),
        ('(variant (case NAME) (case "b"))', 1, 1 + 32),
        ('(flags NAME "b")', 1, 3 + 32),
    ],
)
def test_names_that_come_with_each_item(definition: str, size: int, cost: int) -> None:
    """A name of 1 KiB is text of 1 KiB in each."""
    named = definition.replace("NAME", f'"{"a" * 1024}"')
    params, core = '(param "x" (list $v))', "i32 i32"
    most = MOST_VALUES // cost
    for count, runs in ((most, True), (most + 1, False)):
        text = _component(params, core, _constants((64, count), core), variant=named)
        assert _runs(text) == runs


@pytest.mark.parametrize("runs", [True, False])
def test_cases_of_cases(runs: bool) -> None:
    """Which case it is may be said by a number of 64 bits, too."""
    variant = '(variant (case "a" u64) (case "b" (option (list u8))) (case "c" f64))'
    params, core = '(param "x" $v)', "i32 i64 i32 i32"
    count = MOST_VALUES + (not runs)
    for given, expected in (((1, 1, 8, count), runs), ((1, 0, 8, count), True)):
        text = _component(params, core, _constants(given, core), variant=variant)
        assert _runs(text) == expected, given


@pytest.mark.parametrize("runs", [True, False])
def test_cases_in_memory(runs: bool) -> None:
    variant = '(variant (case "a" u64) (case "b" (list u8)) (case "c" (option string)))'
    params, core = '(param "x" (list $v))', "i32 i32"
    # Each item is one value, and what its largest case is made of. The first is a list, the second
    # a number, the third says nothing of the text that it seems to have, and the last is text.
    left = MOST_VALUES - 4 * 3 - 1 + (not runs)
    items = [(1, 4096, left, 0), (0, 7, 1 << 30, 0), (2, 0, 4096, 1 << 30), (2, 1, 4096, 63)]
    data = "".join(
        _words(64 + 24 * i, case, 0, first, second, third, 0)
        for i, (case, first, second, third) in enumerate(items)
    )
    text = _component(params, core, _constants((64, 4), core), data=data, variant=variant)
    assert _runs(text) == runs


@pytest.mark.parametrize("runs", [True, False])
def test_parameters_in_memory(runs: bool) -> None:
    """More than 16 core parameters are passed by their address."""
    many = " ".join(f'(param "p{i}" u32)' for i in range(15))
    params = f'{many} (param "x" (list u8))'
    count = MOST_VALUES + (not runs)
    data = _words(64, *range(15), 4096, count)
    assert _runs(_component(params, "i32", "(i32.const 64)", data)) == runs


@pytest.mark.parametrize("encoding", ["utf8", "utf16", "latin1+utf16"])
def test_encodings_of_text(encoding: str) -> None:
    params, core = '(param "x" string)', "i32 i32"
    assert _runs(_component(params, core, _constants((0, 4096), core), encoding=encoding))
    length = _TEXT + 32
    assert not _runs(_component(params, core, _constants((0, length), core), encoding=encoding))


def test_a_length_that_says_how_text_is_encoded() -> None:
    params, core = '(param "x" string)', "i32 i32"
    tagged = _constants((0, (1 << 31) + 4096), core)
    assert _runs(_component(params, core, tagged, encoding="latin1+utf16"))


@pytest.mark.parametrize("inner", ["x", "wasi:other/name@0.2.0", _WASI])
@pytest.mark.parametrize("form", ["instance", "function"])
@pytest.mark.parametrize("runs", [True, False])
def test_a_component_inside_is_guarded_whatever_it_calls_its_import(
    inner: str, form: str, runs: bool
) -> None:
    params, core = '(param "x" (list u8))', "i32 i32"
    guest = _guest(params, core, _constants((0, MOST_VALUES + (not runs)), core))
    if form == "function":
        inner = "f"
        imported, given = f'(import "f" (func $f {params}))', '(with "f" (func $f))'
    else:
        imported, given = _import(params, inner), f'(with "{inner}" (instance $i))'
    text = f"""(component {_import(params)}
      (component $inner {imported} {guest})
      (instance $it (instantiate $inner {given}))
      (export "go" (func $it "go")))"""
    assert _runs(text) == runs


@pytest.mark.parametrize("ascribed", ["", ' (func (param "x" (list u8)))'])
def test_a_function_that_a_component_inside_hands_out(ascribed: str) -> None:
    params, core = '(param "x" (list u8))', "i32 i32"
    guest = _guest(params, core, _constants((0, MOST_VALUES + 1), core))
    text = f"""(component {_import(params).replace('(alias export $i "f" (func $f))', "")}
      (component $inner {_import(params)} (export "mine" (func $f){ascribed}))
      (instance $it (instantiate $inner (with "{_WASI}" (instance $i))))
      (alias export $it "mine" (func $f))
      {guest})"""
    assert not _runs(text)


def test_calls_between_components_are_not_bounded() -> None:
    """They are not converted by the host: libwasmtime copies what they pass, piece by piece."""
    params, core = '(param "x" (list u8))', "i32 i32"
    guest = _guest(params, core, _constants((0, 4 * MOST_VALUES), core))
    text = f"""(component
      (import "{_WASI}" (instance (export "f" (func {params}))))
      (component $callee
        (core module $m (memory (export "memory") 400)
          (func (export "r") (param i32 i32 i32 i32) (result i32) (i32.const 16))
          (func (export "f") (param i32 i32)))
        (core instance $m (instantiate $m))
        (func (export "f") {params}
          (canon lift (core func $m "f") (memory (core memory $m "memory"))
            (realloc (core func $m "r")))))
      (instance $callee (instantiate $callee))
      (component $caller (import "f" (func $f {params})) {guest})
      (instance $it (instantiate $caller (with "f" (func $callee "f"))))
      (export "go" (func $it "go")))"""
    data = assemble(text)
    outcome = rewrite(data)
    assert (outcome.data is data, outcome.unbounded) == (True, None)


def test_only_what_takes_lists_or_text_is_guarded() -> None:
    params = '(param "a" u64) (param "b" (option (tuple u8 f32)))'
    text = _component(params, "i64 i32 i32 f32", _constants((1, 1, 2, 3), "i64 i32 i32 f32"))
    data = assemble(text)
    assert rewrite(data).data is data


def test_types_that_share_their_parts_make_no_large_guard() -> None:
    """A pair of pairs of pairs: as text it would have half a million lists."""
    types = "(type $t0 (list u8))"
    for i in range(18):
        types += f"(type $t{i + 1} (tuple $t{i} $t{i}))"
    params = '(param "x" $t18)'
    text = _component(params, "i32", "(i32.const 0)").replace(
        f'(import "{_WASI}" (instance $i', f'(import "{_WASI}" (instance $i {types}'
    )
    data = assemble(text)
    assert accepted(data)
    made = rewrite(data).data
    assert accepted(made)
    assert len(made) < len(data) + 4000


@pytest.mark.parametrize(
    "beside",
    [
        "(type (stream u8))",
        "(type (future u8))",
        "(type (func async))",
        "(type $s (stream u8)) (core func (canon stream.new $s))",
        """(type $t (stream u8)) (core module $n (memory (export "m") 1))
        (core instance $n (instantiate $n))
        (core func (canon stream.read $t async (memory (core memory $n "m"))))""",
        "(core func (canon backpressure.inc))",
    ],
)
def test_what_came_after_wasi_02_is_no_way_around(beside: str) -> None:
    """libwasmtime takes it, so a component may have it and work; and bytes may not cross then."""
    params, core = '(param "x" (list u8))', "i32 i32"
    guest = _guest(params, core, _constants((0, MOST_VALUES + 1), core))
    for rest in ("", streams_import()):
        data = assemble(f"(component {beside} {_import(params)} {rest} {guest})")
        assert accepted(data)
        outcome = rewrite(data)
        assert accepted(outcome.data)
        assert (outcome.rewritten, outcome.unbounded) == (False, None)
    data = assemble(f"(component {beside} {_import(params)} {guest})")
    said = _trap(rewrite(data).data, _WASI)
    assert said is not None
    assert f"unit-wasm!{REFUSES}" in said


def test_a_function_that_is_called_asynchronously_is_not_bounded() -> None:
    """No function of the host is asynchronous."""
    text = f"""(component
      (import "{_WASI}" (instance $i (export "f" (func async (param "x" (list u8))))))
      (alias export $i "f" (func $f))
      (core module $m (memory (export "m") 1))
      (core instance $m (instantiate $m))
      (core func (canon lower (func $f) async (memory (core memory $m "m")))))"""
    data = assemble(text)
    assert accepted(data)
    outcome = rewrite(data)
    assert (outcome.data, outcome.unbounded) == (
        data,
        "it lowers a function of the host with unusual options",
    )
