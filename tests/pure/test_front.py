"""The front: what it imports, that it exports the same, and which components get none."""

import random
from typing import Any

import pytest
import wasmtime
import wasmtime.component as wc

from tests.harness.component_text import (
    EMPTY,
    STREAMS,
    accepted,
    assemble,
    boundaries,
    streams_import,
)
from unit_wasm.component.rewrite.coremaker import section, vector
from unit_wasm.component.rewrite.front import put_front
from unit_wasm.component.rewrite.frontmaker import NoFront
from unit_wasm.component.rewrite.typetable import encode_s33
from unit_wasm.wit.arena import MAX_DEPTH, Arena, Defined, Func, Id
from unit_wasm.wit.binary import read_component
from unit_wasm.wit.reader import Reader, encode_u32

_ENGINE = wasmtime.Engine()

_READ, _BLOCKING_READ = "[method]input-stream.read", "[method]input-stream.blocking-read"
_WRITE, _BLOCKING_WRITE = (
    "[method]output-stream.write",
    "[method]output-stream.blocking-write-and-flush",
)
_ROWS = {
    ("wasi:io/error", "error"): 0,
    ("wasi:io/streams", "input-stream"): 1,
    ("wasi:io/streams", "output-stream"): 2,
    ("wasi:io/streams", _READ): 30,
    ("wasi:io/streams", _BLOCKING_READ): 31,
    ("wasi:io/streams", _WRITE): 32,
    ("wasi:io/streams", _BLOCKING_WRITE): 33,
    ("wasi:clocks/shapes", "look"): 40,
    ("wasi:clocks/shapes", "thing"): 41,
}

_SHAPES = """(component
  (import "wasi:clocks/shapes@0.2.1" (instance $shapes
    (export "thing" (type $thing (sub resource)))
    (export "same" (type (eq $thing)))
    (type $color (enum "red" "green"))
    (export "color" (type $color-out (eq $color)))
    (type $rights (flags "read" "write"))
    (export "rights" (type $rights-out (eq $rights)))
    (type $point (record (field "x" s32) (field "color" $color-out)))
    (export "point" (type $point-out (eq $point)))
    (type $text string)
    (export "text" (type $text-out (eq $text)))
    (type $own (own $thing))
    (type $borrow (borrow $thing))
    (type $pair (tuple $point-out float64))
    (type $pairs (list $pair))
    (type $maybe (option $rights-out))
    (type $result (result $own))
    (type $nothing (result))
    (export "look" (func (param "a" $borrow) (param "b" $pairs) (param "c" $maybe)
      (param "d" $text-out) (param "e" $nothing) (result $result)))))
  (alias export $shapes "look" (func $look))
  (alias export $shapes "thing" (type $thing))
  (export $thing-out "thing" (type $thing))
  (instance $inline (export "thing" (type $thing-out)))
  (export "of-inline" (instance $inline)))"""


def _front(text: str) -> bytes:
    """Return the front of a component, which libwasmtime accepts."""
    data = assemble(text)
    assert accepted(data)
    front = put_front(data, _ROWS).data
    assert accepted(front)
    assert data in front
    return front


def _types(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return imports and exports of a component, by their names."""
    described = wc.Component(_ENGINE, data).type
    imports, exports = described.imports(_ENGINE), described.exports(_ENGINE)
    return (
        {name: item.ty for name, item in imports.items()},
        {name: item.ty for name, item in exports.items()},
    )


def _shape(described: Any) -> Any:
    """Return a type as values that can be compared."""
    if isinstance(described, wc.ComponentInstanceType):
        items = described.exports(_ENGINE).items()
        return {name: _shape(item.ty) for name, item in items}
    if isinstance(described, wc.FuncType):
        return [(name, _shape(param)) for name, param in described.params], _shape(described.result)
    if isinstance(described, wc.ResultType):
        return "result", _shape(described.ok), _shape(described.err)
    if isinstance(described, wc.ListType | wc.OptionType):
        inside = described.element if isinstance(described, wc.ListType) else described.payload
        return type(described).__name__, _shape(inside)
    if isinstance(described, wc.TupleType):
        return "tuple", [_shape(item) for item in described.elements]
    if isinstance(described, wc.RecordType):
        return "record", [(name, _shape(item)) for name, item in described.fields]
    if isinstance(described, wc.VariantType):
        return "variant", [(name, _shape(item)) for name, item in described.cases]
    if isinstance(described, wc.EnumType | wc.FlagsType):
        return type(described).__name__, list(described.names)
    return type(described).__name__


# ---- What it is ----


def test_functions_and_resources_are_imported_by_rows() -> None:
    text = f"""(component {streams_import()}
      (instance $nothing) (export "nothing" (instance $nothing)))"""
    imports, exports = _types(_front(text))
    assert {name: type(item).__name__ for name, item in imports.items()} == {
        "h0": "ResourceType",
        "h1": "ResourceType",
        "h2": "ResourceType",
        "h30": "FuncType",
        "h31": "FuncType",
        "h32": "FuncType",
        "h33": "FuncType",
    }
    before, same = _types(assemble(text))
    streams = _shape(before["wasi:io/streams@0.2.0"])
    assert [_shape(imports[f"h{row}"]) for row in (30, 31, 32, 33)] == [
        streams[name] for name in (_READ, _BLOCKING_READ, _WRITE, _BLOCKING_WRITE)
    ]
    assert list(exports) == list(same) == ["nothing"]


def test_every_kind_of_type() -> None:
    before, same = _types(assemble(_SHAPES))
    imports, exports = _types(_front(_SHAPES))
    assert sorted(imports) == ["h40", "h41"]
    assert _shape(imports["h40"]) == _shape(before["wasi:clocks/shapes@0.2.1"])["look"]
    assert _shape(exports["of-inline"]) == _shape(same["of-inline"]) == {"thing": "ResourceType"}


def test_two_versions_share_their_imports() -> None:
    text = f"""(component {streams_import()}
      (import "wasi:io/error@0.2.3" (instance (export "error" (type (sub resource))))))"""
    imports, _ = _types(_front(text))
    assert sorted(imports) == ["h0", "h1", "h2", "h30", "h31", "h32", "h33"]


@pytest.mark.parametrize("index", [0, 63, 64, 127, 128, 8191, 8192, 16383, 16384, 2**31 - 1])
def test_indexes_of_types_are_signed(index: int) -> None:
    encoded = encode_s33(index)
    assert Reader(encoded).s33() == index
    shorter = encoded[:-2] + bytes([encoded[-2] & 0x7F]) if len(encoded) > 1 else b""
    assert not shorter or Reader(shorter).s33() != index


_RECENT = """(component
  (import "wasi:clocks/shapes@0.2.1" (instance
    (export "thing" (type $thing (sub resource)))
    (type $own (own $thing))
    (type $numbers (list u16 4))
    (type $pieces (stream u8))
    (type $ends (stream))
    (type $later (future $own))
    (type $done (future))
    (type $names (map string $numbers))
    (type $failed (result $names (error error-context)))
    (export "look" (func async (param "a" $pieces) (param "b" $ends) (param "c" $later)
      (param "d" $done) (result $failed))))))"""


def _expanded(arena: Arena, type: Any) -> Any:
    """Return a type as values that can be compared, resources by where they are first used."""
    if not isinstance(type, Id):
        return type
    if type.space == "r":
        return "resource"
    of: Defined | Func = (
        arena.funcs[type.number] if type.space == "f" else arena.defined[type.number]
    )
    if isinstance(of, Defined) and of.kind == "primitive":
        return of.parts[0]
    kind = (of.kind, of.length) if isinstance(of, Defined) else ("func", of.is_async)
    return kind, of.labels, [_expanded(arena, part) for part in of.parts]


@pytest.mark.parametrize("text", [_RECENT, _SHAPES])
def test_types_are_written_as_they_are_read(text: str) -> None:
    data = assemble(text)
    arena = Arena()
    component = read_component(data, arena)
    written = read_component(put_front(data, _ROWS).data, arena)
    (interface,) = component.imports.values()
    assert interface.id is not None
    before = arena.instances[interface.id.number].exports["look"]
    assert _expanded(arena, written.imports["h40"].id) == _expanded(arena, before.id)


def test_an_interface_may_be_imported_by_two_names() -> None:
    text = """(component
      (type $twice (instance (export "error" (type (sub resource)))))
      (import "wasi:io/error@0.2.0" (instance (type $twice)))
      (import "wasi:io/error@0.2.1" (instance (type $twice))))"""
    imports, _ = _types(_front(text))
    assert sorted(imports) == ["h0"]


def test_types_of_components_are_no_hindrance() -> None:
    imports, _ = _types(_front(f"(component {streams_import()} (type (component)))"))
    assert sorted(imports) == ["h0", "h1", "h2", "h30", "h31", "h32", "h33"]


# ---- What gets none ----


def _look(type_text: str) -> str:
    return f"""(component (import "wasi:clocks/shapes@0.2.0"
      (instance (export "look" (func {type_text})))))"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(component)", "it imports nothing"),
        (
            '(component (import "run" (func)))',
            "it imports run, which is no interface",
        ),
        (
            '(component (import "wasi:io/poll@0.2.0" (instance (export "poll" (func)))))',
            "it imports poll of wasi:io/poll@0.2.0, which the host lacks",
        ),
        (
            """(component (import "wasi:io/error@0.2.0"
              (instance (export "problem" (type (sub resource))))))""",
            "it imports problem of wasi:io/error, which the host lacks",
        ),
        (
            """(component (import "wasi:io/error@0.2.0" (instance
              (export "inner" (instance (export "error" (type (sub resource))))))))""",
            "it imports inner of wasi:io/error@0.2.0, no function and no type",
        ),
        (
            f"""(component {streams_import()} (core module $none)
              (export "none" (core module $none)))""",
            "it exports none, no function, type or interface",
        ),
    ],
)
def test_none_for(text: str, reason: str) -> None:
    data = assemble(text)
    assert accepted(data)
    with pytest.raises(NoFront) as found:
        put_front(data, _ROWS)
    # Where it is says the assembler.
    assert str(found.value).partition(" at offset ")[0] == reason


def test_none_where_versions_differ() -> None:
    text = """(component
      (import "wasi:clocks/shapes@0.2.0" (instance (export "look" (func))))
      (import "wasi:clocks/shapes@0.2.1" (instance (export "look" (func (param "a" u8))))))"""
    with pytest.raises(NoFront, match=r"^it imports a function twice, with different types$"):
        put_front(assemble(text), _ROWS)


def _nested(depth: int) -> str:
    lists = "".join(f"(type $t{i + 1} (list $t{i}))" for i in range(depth))
    return f"""(component (import "wasi:clocks/shapes@0.2.0" (instance
      (type $t0 (list u8)) {lists} (export "look" (func (param "a" $t{depth}))))))"""


def test_types_may_be_nested_deep() -> None:
    imports, _ = _types(_front(_nested(80)))
    before, _ = _types(assemble(_nested(80)))
    assert _shape(imports["h40"]) == _shape(before["wasi:clocks/shapes@0.2.0"])["look"]


def test_none_for_types_nested_too_deep() -> None:
    with pytest.raises(NoFront, match=r"^it could not be read: a type is nested deeper than 100"):
        put_front(assemble(_nested(MAX_DEPTH)), _ROWS)


# ---- What is broken ----


def _same_verdict(data: bytes) -> str:
    """Assert that a front is not accepted where the component in it is not."""
    try:
        front = put_front(data, _ROWS).data
    except NoFront:
        return "none"
    if not accepted(front):
        return "not accepted"
    assert accepted(data), data.hex()
    return "accepted"


_OF_STREAMS = ["none"] * 2 + ["accepted"] * 20
"""Without its imports a component gets no front."""


@pytest.mark.parametrize(
    ("text", "expected"), [(STREAMS, _OF_STREAMS), (_SHAPES, ["none"] * 2 + ["accepted"] * 6)]
)
def test_truncated_at_every_byte(text: str, expected: list[str]) -> None:
    """Between two sections it is a component, and has the front that is due to it."""
    data = assemble(text)
    verdicts = [_same_verdict(data[:end]) for end in range(len(data) + 1)]
    ends = boundaries(data)
    assert [verdicts[end] for end in ends] == expected
    assert {verdict for end, verdict in enumerate(verdicts) if end not in ends} == {"none"}


def test_one_byte_changed() -> None:
    rng = random.Random(20_261_122)
    verdicts = set()
    for source in (assemble(STREAMS), assemble(_SHAPES)):
        for _ in range(400):
            changed = bytearray(source)
            changed[rng.randrange(8, len(source))] = rng.choice(
                [0, 1, 2, 3, 4, 5, 0x40, 0x42, 0x68, 0x69, 0x70, 0x7F, 0xFF, rng.randrange(256)]
            )
            verdicts.add(_same_verdict(bytes(changed)))
    assert verdicts == {"none", "not accepted", "accepted"}


@pytest.mark.parametrize(
    "body",
    [
        section(7, vector([b"\x70\x7d", *(b"\x70" + encode_s33(i) for i in range(20_000))])),
        section(7, vector([b"\x42\x00"] * 20_000)),
        section(7, b"\xff\xff\xff\xff\x0f" + b"\x7d" * 20_000),
        section(10, vector([b"\0\x01a\x05\0"] * 20_000)),
        section(6, vector([b"\x03\x02\0" + encode_u32(0)] * 20_000)),
    ],
)
def test_large_and_senseless(body: bytes) -> None:
    with pytest.raises(NoFront):
        put_front(EMPTY + body, _ROWS)
