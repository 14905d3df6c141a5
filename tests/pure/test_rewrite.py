"""The byte-string rewrite: what it changes and what it refuses."""

import pytest
import wasmtime
import wasmtime.component as wc

from tests.harness.component_text import (
    EMPTY,
    NOTHING,
    STREAMS,
    accepted,
    assemble,
    guest,
    sections,
    streams_import,
)
from unit_wasm.component.rewrite.bytesmodule import scratch
from unit_wasm.component.rewrite.coremaker import section
from unit_wasm.component.rewrite.rewrite import Rewritten, rewrite
from unit_wasm.wit.reader import encode_u32

_ENGINE = wasmtime.Engine()


def _refused(text: str, reason: str, unbounded: str | None = None) -> None:
    """Assert that bytes stay lists, for ``reason``, and what is passed is bounded all the same."""
    data = assemble(text)
    outcome = rewrite(data)
    assert (outcome.rewritten, outcome.reason, outcome.unbounded) == (False, reason, unbounded)
    assert outcome.data == rewrite(data, carries=False).data
    assert accepted(outcome.data) == accepted(data)


def _streams(inside: str, functions: str = "") -> str:
    return f"(component {streams_import(functions=functions)} {inside})"


# ---- What it changes ----


@pytest.mark.parametrize("version", ["0.2.0", "0.2.12"])
def test_a_guest_is_rewritten_and_accepted(version: str) -> None:
    text = f"(component {streams_import(f'wasi:io/streams@{version}')} {guest()})"
    outcome = rewrite(assemble(text))
    assert (outcome.rewritten, outcome.reason) == (True, None)
    assert accepted(outcome.data)


def test_only_streams_change_their_types() -> None:
    outcome = rewrite(assemble(STREAMS))
    component = wc.Component(_ENGINE, outcome.data)
    kinds = {name: _function_types(item) for name, item in _imports(component).items()}
    result = "ResultType"
    assert kinds == {
        "[method]input-stream.read": (["BorrowType", "U64"], result, "String"),
        "[method]input-stream.blocking-read": (["BorrowType", "U64"], result, "String"),
        "[method]output-stream.write": (["BorrowType", "String"], result, "NoneType"),
        "[method]output-stream.blocking-write-and-flush": (
            ["BorrowType", "String"],
            result,
            "NoneType",
        ),
    }
    dump = component.type.exports(_ENGINE)["dump"].ty
    assert isinstance(dump, wc.FuncType)
    assert isinstance(dump.result, wc.ListType)


def _imports(component: wc.Component) -> dict[str, wc.FuncType]:
    streams = component.type.imports(_ENGINE)["wasi:io/streams@0.2.0"].ty
    assert isinstance(streams, wc.ComponentInstanceType)
    items = {name: item.ty for name, item in streams.exports(_ENGINE).items()}
    return {name: item for name, item in items.items() if isinstance(item, wc.FuncType)}


def _function_types(function: wc.FuncType) -> tuple[list[str], str, str]:
    result = function.result
    assert isinstance(result, wc.ResultType)
    params = [type(param).__name__ for _, param in function.params]
    return params, type(result).__name__, type(result.ok).__name__


def test_core_modules_and_custom_sections_are_copied() -> None:
    data = assemble(STREAMS) + section(0, b"\x04note" + b"kept")
    outcome = rewrite(data)
    assert outcome.rewritten
    before, after = sections(data), sections(outcome.data)
    assert [body for number, body in after if number == 0] == [
        body for number, body in before if number == 0
    ]
    modules = [body for number, body in after if number == 1]
    assert modules[0] == next(body for number, body in before if number == 1)
    assert modules[1] == scratch(returns=True)
    assert (len(modules), b"\x09unit-wasm" in modules[3]) == (4, True)


def test_it_is_done_once() -> None:
    once = rewrite(assemble(STREAMS)).data
    again = rewrite(once)
    reason = "its wasi:io/streams@0.2.0 has another [method]input-stream.read than WASI 0.2"
    assert (again.rewritten, again.reason) == (False, reason)


def test_the_same_input_gives_the_same_output() -> None:
    data = assemble(STREAMS)
    assert rewrite(data) == rewrite(bytes(bytearray(data)))


@pytest.mark.parametrize("size", [100, 127, 128, 16_383, 16_384])
def test_section_sizes_may_need_more_bytes(size: int) -> None:
    """A nested component whose size grows over a border of LEB128, inside of another."""
    inner = streams_import() + guest()
    with_outer = f"""(component {streams_import()} (component $i
      (import "{"x" * size}" (instance)) {inner}))"""
    outcome = rewrite(assemble(with_outer))
    assert outcome.rewritten
    assert accepted(outcome.data)


def test_padded_numbers_are_read() -> None:
    data = assemble(STREAMS)
    padded = bytearray(EMPTY)
    for number, body in sections(data):
        size = bytearray(encode_u32(len(body)).ljust(5, b"\0"))
        for i in range(4):
            size[i] |= 0x80
        padded += bytes([number]) + size + body
    outcome = rewrite(bytes(padded))
    assert accepted(bytes(padded))
    assert outcome.rewritten
    assert accepted(outcome.data)


@pytest.mark.parametrize("encoding", ["utf8", "utf16", "latin1+utf16"])
def test_the_encoding_of_other_functions_stays(encoding: str) -> None:
    text = _streams(
        guest()
        + f"""(func (export "greet") (result string)
        (canon lift (core func $user-dump-2) (memory $memory) string-encoding={encoding}))"""
    )
    text = text.replace(
        '(func (export "greet")',
        """(core module $g (func (export "g") (result i32) (i32.const 0)))
        (core instance $g (instantiate $g))
        (alias core export $g "g" (core func $user-dump-2))
        (func (export "greet")""",
    )
    outcome = rewrite(assemble(text))
    assert outcome.rewritten
    assert accepted(outcome.data)


@pytest.mark.parametrize("encoding", ["utf8", "utf16", "latin1+utf16"])
def test_the_encoding_of_a_stream_function_is_replaced(encoding: str) -> None:
    inside = f"""
      (core module $m (memory (export "m") 1))
      (core instance $m (instantiate $m))
      (core func $w (canon lower (func $write) (memory (core memory $m "m"))
        string-encoding={encoding}))"""
    outcome = rewrite(assemble(_streams(inside)))
    assert outcome.rewritten
    assert accepted(outcome.data)


def test_a_list_of_a_named_byte_is_a_list_of_bytes() -> None:
    text = STREAMS.replace("(type $bytes (list u8))", "(type $u8 u8) (type $bytes (list $u8))")
    outcome = rewrite(assemble(text))
    assert outcome.rewritten
    assert accepted(outcome.data)


# ---- What it refuses ----


def test_nothing_to_rewrite() -> None:
    _refused("(component)", NOTHING)
    only_others = f"(component {streams_import('wasi:io/streams@0.3.0')} {guest()})"
    _refused(only_others, NOTHING)
    no_bytes = """(component (import "wasi:io/streams@0.2.0" (instance
      (export "output-stream" (type $o (sub resource)))
      (export "[method]output-stream.subscribe" (func (param "self" (borrow $o)))))))"""
    _refused(no_bytes, NOTHING)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it could not be read: a component ends in its first 8 bytes at offset 0x0"),
        (b"\0asm", "it could not be read: a component ends in its first 8 bytes at offset 0x0"),
        (
            b"\0asm\x01\0\0\0",
            "it could not be read: a component does not start as one at offset 0x0",
        ),
        (
            EMPTY + b"\x01\x08\0asm\x0d\0\x01\0",
            "it could not be read: a core module does not start as one at offset 0xa",
        ),
        (
            EMPTY + b"\x04\x01\0",
            "it could not be read: a component ends in its first 8 bytes at offset 0xa",
        ),
        (EMPTY + b"\x0d\x00", "it could not be read: unknown section 13 at offset 0xa"),
        (EMPTY + b"\x07\x02\x01\x01", "it could not be read: an unknown type 0x01 at offset 0xb"),
        (EMPTY + b"\x09\x00", "it uses a start section, which the rewrite does not carry"),
        (EMPTY + b"\x0c\x00", "it uses a value section, which the rewrite does not carry"),
        (
            EMPTY + b"\x06\x05\x01\x02\x00\x00\x00",
            "it uses values, which the rewrite does not carry",
        ),
        (EMPTY + b"\x08\x02\x01\x2e", "it uses the unknown canonical function 0x2e"),
        (EMPTY + b"\x08\x03\x01\x00\x01", "it lifts or lowers something that is not a function"),
        (
            EMPTY + b"\x08\x06\x01\x01\x00\x00\x01\x0a",
            "it uses the unknown canonical option 0x0a",
        ),
        (
            EMPTY + b"\x08\x06\x01\x00\x00\x00\x00\x00",
            "its core func 0 is used before it is there",
        ),
        (EMPTY + b"\x02\x04\x01\x00\x00\x00", "its core module 0 is used before it is there"),
    ],
)
def test_bytes_that_come_back(data: bytes, reason: str) -> None:
    assert rewrite(data) == Rewritten(data, False, reason, reason)


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("(type (stream u8))", "streams"),
        ("(type (future u8))", "futures"),
        ("(type (func async))", "async functions"),
        ("(type error-context)", "error-context"),
        ("(type (list error-context))", "error-context"),
    ],
)
def test_types_of_wasi_03(inside: str, what: str) -> None:
    reason = f"it uses {what}, which the rewrite does not carry"
    _refused(f"(component {inside} {streams_import()} {guest()})", reason)


@pytest.mark.parametrize(
    "inside",
    ["(type (map string u32))", "(type (list u8 4))", "(type (list char))", "(type (list string))"],
)
def test_other_types_are_left_alone(inside: str) -> None:
    data = assemble(f"(component {inside} {streams_import()} {guest()})")
    outcome = rewrite(data)
    assert outcome.rewritten
    # The definition comes first in the first type section, after its number, size and count.
    assert outcome.data[11:].startswith(_definition(inside))


def _definition(text: str) -> bytes:
    return assemble(f"(component {text})")[11:]


def test_another_signature_than_wasi_02() -> None:
    text = STREAMS.replace('(param "len" u64)', '(param "len" u32)').replace(
        "(param i32 i64 i32)", "(param i32 i32 i32)"
    )
    text = text.replace("(param $count i64)", "(param $count i32)").replace(
        '"count" u64', '"count" u32'
    )
    _refused(text, "its wasi:io/streams@0.2.0 has another [method]input-stream.read than WASI 0.2")


@pytest.mark.parametrize(
    "declaration",
    [
        '(export "more" (func))',
        '(export "bytes" (type (eq $bytes)))',
        '(export "[method]output-stream.forward" (func (param "self" $borrow-output)))',
        '(export "all" (func (result (list u8))))',
    ],
)
def test_something_that_wasi_02_does_not_have(declaration: str) -> None:
    data = assemble(_streams(guest(), declaration))
    outcome = rewrite(data)
    assert outcome.rewritten
    assert accepted(outcome.data)


@pytest.mark.parametrize(
    "declaration",
    [
        '(export "reads" (type (eq $read-result)))',
        '(export "more" (func (result $read-result)))',
        '(export "more" (func (type $write)))',
        '(export "more" (func (param "x" (tuple u8 $read-result))))',
    ],
)
def test_a_type_that_something_else_has_too(declaration: str) -> None:
    reason = "its wasi:io/streams@0.2.0 has a type that other functions use too"
    _refused(_streams(guest(), declaration), reason)


def test_types_from_outside_of_the_interface() -> None:
    text = STREAMS.replace("(type $bytes (list u8))", "(alias outer 1 $far (type $bytes))")
    text = text.replace("(component", "(component (type $far (list u8))", 1)
    outcome = rewrite(assemble(text))
    assert outcome.rewritten
    assert accepted(outcome.data)


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_type_is_used_for_another_import(place: str) -> None:
    other = '(import "other" (instance (type $streams-type)))'
    if place == "after":
        text = _streams(other)
        reason = "the type of wasi:io/streams is used for another instance too"
    else:
        first = '(import "wasi:io/streams@0.2.0"'
        text = _streams("").replace(first, f"{other} {first}")
        reason = "the type of wasi:io/streams@0.2.0 is used for another instance too"
    _refused(text, reason)


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        (
            '(export "wasi:io/streams@0.2.0" (instance $streams))',
            "a component in it exports wasi:io/streams@0.2.0",
        ),
        (
            '(export "mine" (instance $streams))',
            "it exports what it imports from wasi:io/streams as mine",
        ),
        ('(export "w" (func $write))', "it exports what it imports from wasi:io/streams as w"),
        (
            '(component $c (import "x" (instance))) (instance (instantiate $c'
            ' (with "x" (instance $streams))))',
            "it passes functions of wasi:io/streams on as x",
        ),
        (
            '(instance (export "x" (instance $streams)))',
            "it passes functions of wasi:io/streams on as x",
        ),
        (
            '(instance (export "x" (func $write)))',
            "it passes functions of wasi:io/streams on as x",
        ),
        (
            '(core module $m (func (export "f"))) (core instance $k (instantiate $m))'
            ' (func $f (canon lift (core func $k "f")))'
            ' (instance $i (export "[method]output-stream.write" (func $f)))'
            ' (component $c (import "wasi:io/streams@0.2.0" (instance)))'
            ' (instance (instantiate $c (with "wasi:io/streams@0.2.0" (instance $i))))',
            "it passes functions of wasi:io/streams on as wasi:io/streams@0.2.0",
        ),
        (
            '(type (component (export "wasi:io/streams@0.2.0" (instance))))',
            "a component in it exports wasi:io/streams@0.2.0",
        ),
    ],
)
def test_streams_that_go_anywhere_else(inside: str, reason: str) -> None:
    _refused(_streams(inside), reason)


def test_a_lower_without_what_it_needs_is_left_to_the_compiler() -> None:
    memory = '(core module $m (memory (export "m") 1)) (core instance $m (instantiate $m))'
    for options, lowered, reason, unbounded in (
        (
            "",
            "write",
            "it lowers a function of wasi:io/streams with unusual options",
            "it lowers a function of the host with unusual options",
        ),
        (
            '(memory (core memory $m "m"))',
            "read",
            "it lowers a function of wasi:io/streams without realloc",
            None,
        ),
    ):
        text = _streams(f"{memory} (core func (canon lower (func ${lowered}) {options}))")
        _refused(text, reason, unbounded)
        assert not accepted(assemble(text))


def test_a_repeated_option_is_left_to_the_compiler() -> None:
    memory = '(core module $m (memory (export "m") 1)) (core instance $m (instantiate $m))'
    again = '(memory (core memory $m "m"))'
    data = assemble(_streams(f"{memory} (core func (canon lower (func $write) {again} {again}))"))
    reason = "it lowers a function of wasi:io/streams with unusual options"
    unbounded = "it lowers a function of the host with unusual options"
    assert rewrite(data) == Rewritten(data, False, reason, unbounded)
    assert not accepted(data)
