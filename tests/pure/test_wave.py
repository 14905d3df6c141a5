"""WAVE, the text of component values, both ways.

tests/data/wave.json has cases that were tried with wasm-wave: a function of one parameter, a text,
and what is written for it, or where it is wrong; tests/data/wave.hex has the functions.
"""

import functools
import json
import math
import struct
import time
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest

from tests.harness.server import ROOT
from unit_wasm.wit import model as wit
from unit_wasm.wit import read_world
from unit_wasm.wit.floats import float_text, read_f32, to_f32
from unit_wasm.wit.values import Chosen, Err, Ok, Some
from unit_wasm.wit.wave import read_call, read_value
from unit_wasm.wit.wave_lexer import WaveError
from unit_wasm.wit.wave_writer import value_text

DATA = ROOT / "tests" / "data"
CASES: list[dict[str, Any]] = json.loads((DATA / "wave.json").read_text())
U8, STRING, F32, F64 = (wit.PRIMITIVES[name] for name in ("u8", "string", "f32", "f64"))


@functools.cache
def params() -> dict[str, list[wit.Type]]:
    """Return the types of the parameters of each function."""
    (item,) = read_world(bytes.fromhex((DATA / "wave.hex").read_text())).exports
    assert isinstance(item.value, wit.Interface)
    return {
        function.label: [param.type for param in function.params]
        for function in item.value.functions
    }


def of(name: str) -> wit.Type:
    """Return the type of that function's parameter."""
    (type,) = params()[name]
    return type


def said(function: str | None, text: str) -> str | list[int]:
    """Return what is written for a value or a call, or where it is wrong."""
    call = text if function is None else f"{function}({text})"
    before = 0 if function is None else len(function) + 1
    try:
        name, values = read_call(call, lambda name: params()[name])
    except WaveError as error:
        assert error.fault == "caller"
        return [place - before for place in error.span]
    return " | ".join(map(value_text, params()[name], values))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['function']}-{case['text'][:30]}")
def test_a_case(case: dict[str, Any]) -> None:
    expected = case["written"] if case["ok"] else case["span"]
    assert said(case["function"], case["text"]) == expected


def test_there_are_cases() -> None:
    assert len(CASES) == 257
    assert sum(case["ok"] for case in CASES) == 130


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case["ok"] and case["function"]],
    ids=lambda c: c["text"][:30],
)
def test_what_is_written_is_read(case: dict[str, Any]) -> None:
    type = of(case["function"])
    value = read_value(type, case["written"])
    assert value_text(type, value) == case["written"]


# ---- Values ----


@pytest.mark.parametrize(
    ("function", "text", "value"),
    [
        ("bool", "true", True),
        ("s32", "-5", -5),
        ("f64", "1.5", 1.5),
        ("char", "'\\u{1f30a}'", "\N{WATER WAVE}"),
        ("str", '"a\\nb"', "a\nb"),
        ("list", "[1, 2]", [1, 2]),
        ("tup", '(1, "a")', (1, "a")),
        ("rec", "{y: 2, x: 1}", {"x": 1, "y": 2}),
        ("arec", "{:}", {"a": None, "b": None}),
        ("var", "circle(1.5)", Chosen("circle", 1.5)),
        ("var", "nothing", Chosen("nothing")),
        ("enm", "%none", "none"),
        ("flg", "{exec, read}", frozenset({"read", "exec"})),
        ("opt", "none", None),
        ("opt", "1", Some(1)),
        ("optopt", "some(none)", Some(None)),
        ("res", "7", Ok(7)),
        ("res", 'err("x")', Err("x")),
        ("res0", "err", Err()),
    ],
)
def test_values_in_python(function: str, text: str, value: Any) -> None:
    found = read_value(of(function), text)
    assert found == value
    assert type(found) is type(value)


def test_a_list_of_a_certain_length() -> None:
    four = wit.List(U8, 2)
    assert read_value(four, "[1, 2]") == [1, 2]
    with pytest.raises(WaveError, match="^this list has 2 elements$") as error:
        read_value(four, "[1, 2, 3]")
    assert error.value.span == (0, 9)


@pytest.mark.parametrize(
    "type",
    [
        wit.Own(wit.TypeDef("r", "a:b/c", wit.Resource())),
        wit.Stream(U8),
        wit.PRIMITIVES["error-context"],
        wit.Option(wit.Stream()),
    ],
    ids=["own", "stream", "error-context", "option"],
)
def test_what_cannot_be_written_down(type: wit.Type) -> None:
    with pytest.raises(WaveError, match="cannot be written down$") as error:
        read_value(type, "1")
    assert error.value.span == (0, 1)
    with pytest.raises(TypeError):
        value_text(type, Some(1))


@pytest.mark.parametrize(
    ("type", "value"),
    [
        (U8, "1"),
        (U8, True),
        (U8, 256),
        (STRING, 1),
        (wit.PRIMITIVES["char"], "ab"),
        (wit.List(U8), 1),
        (wit.Tuple((U8,)), (1, 2)),
        (wit.Enum(("a",)), "b"),
        (wit.Flags(("a",)), {"b"}),
        (wit.Option(U8), 1),
        (wit.Result(U8), Ok("x")),
    ],
)
def test_values_that_are_of_another_type(type: wit.Type, value: Any) -> None:
    with pytest.raises(TypeError):
        value_text(type, value)


# ---- Errors ----


@pytest.mark.parametrize(
    ("function", "text", "message"),
    [
        ("rec", "{x: 1}", "the record has no field 'y'"),
        ("rec", "{x: 1, z: 2}", "the record has no field 'y', and has 'z'"),
        ("rec", "{x: 1, y: 2, z: 3}", "'z' is no field of the record"),
        ("enm", "green", "'green' is no case of the enum"),
        ("flg", "{reed}", "'reed' is no flag of them"),
        ("var", "circle", "'circle' needs a value"),
        ("u8", "256", "u8 is a whole number from 0 to 255"),
        ("list", "[1 2]", "'2' stands where ',' or ']' is expected"),
        ("list", "[1", "the end stands where ',' or ']' is expected"),
        ("str", '"abc', 'the closing " is missing'),
        ("str", "1", "this is no string"),
        ("list", "1", "this is no list<u8>"),
        ("rec", "1", "this is no record"),
        ("enm", "none", "the case 'none' is written '%none'"),
        ("enm", "ok(1)", "the case 'ok' is written '%ok'"),
        ("enm", "some(1)", "this is no enum"),
        ("enm", "nan", "this is no enum"),
        ("var", "some(1)", "the case 'some' is written '%some'"),
        ("var", 'err("a")', "the case 'err' is written '%err'"),
        ("var", "true", "this is no variant"),
    ],
)
def test_errors_say_what_is_wrong(function: str, text: str, message: str) -> None:
    with pytest.raises(WaveError) as error:
        read_value(of(function), text)
    assert str(error.value) == message


def test_half_of_a_surrogate_pair() -> None:
    with pytest.raises(WaveError) as error:
        read_value(STRING, '"\u00e9\ud800"')
    assert error.value.span == (3, 6)


def test_a_number_of_a_million_digits_is_refused_at_once() -> None:
    with pytest.raises(WaveError):
        read_value(U8, "1" * 1_000_000)
    assert read_value(F32, "1" * 1_000_000) == math.inf
    assert read_value(F64, "0." + "0" * 1_000_000 + "1") == 0


@pytest.mark.parametrize("value", ["", ": 1"], ids=["flags", "record"])
def test_many_names_are_looked_through_once(value: str) -> None:
    text = ", ".join(f"a{number}{value}" for number in range(30_000))
    began = time.process_time()
    with pytest.raises(WaveError, match=r"is no (u8|flag)"):
        read_value(U8, f"{{{text}}}")
    # Some tenths of a second; to compare each with all before it took ten seconds.
    assert time.process_time() - began < 5
    with pytest.raises(WaveError, match="'a7' is there twice"):
        read_value(U8, f"{{{text}, a7{value}}}")


@pytest.mark.parametrize(("depth", "fine"), [(99, True), (100, False)])
def test_nesting(depth: int, fine: bool) -> None:
    type: wit.Type = wit.List(U8)
    for _ in range(depth - 1):
        type = wit.List(type)
    text = "[" * depth + "]" * depth
    if fine:
        assert value_text(type, read_value(type, text)) == text
    else:
        with pytest.raises(WaveError, match="nested deeper than 99"):
            read_value(type, text)


# ---- Calls ----


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("f()", "f"),
        ("iface.f()", "iface.f"),
        ("ns:pkg/iface.f()", "ns:pkg/iface.f"),
        ("ns:pkg/iface.f@1.2.3-rc.1+x ()", "ns:pkg/iface.f@1.2.3-rc.1+x"),
        ("f@0.2.0() \n", "f@0.2.0"),
    ],
)
def test_names_of_calls(text: str, name: str) -> None:
    asked: list[str] = []

    def types(function: str) -> Sequence[wit.Type]:
        asked.append(function)
        return ()

    assert read_call(text, types) == (name, [])
    assert asked == [name]


# ---- Floats ----


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("0", 0x00000000),
        ("-0", 0x80000000),
        ("1e-45", 0x00000001),
        ("7.006492321624085e-46", 0x00000000),
        ("7.006492321624086e-46", 0x00000001),
        ("3.4028235e38", 0x7F7FFFFF),
        ("340282356779733661637539395458142568447", 0x7F7FFFFF),
        ("340282356779733661637539395458142568448", 0x7F800000),
        ("-1e39", 0xFF800000),
        # Half between two numbers of 32 bits, as a number of 64 bits; and a bit more or less.
        ("16777217", 0x4B800000),
        ("16777217.000000001", 0x4B800001),
        ("16777216.999999999", 0x4B800000),
        ("16777219", 0x4B800002),
        ("16777218.999999999", 0x4B800001),
    ],
)
def test_numbers_of_32_bits_are_rounded_once(text: str, bits: int) -> None:
    assert struct.unpack("<I", struct.pack("<f", read_f32(text)))[0] == bits


def test_the_shortest_text_of_32_bits() -> None:
    """It reads back, and no text with fewer digits does."""
    for bits in [
        *range(1, 2**31 - 2**23, 9_999_991),
        1,
        2,
        0x7F7FFFFF,
        *(n << 23 for n in range(255)),
    ]:
        number = struct.unpack("<f", struct.pack("<I", bits))[0]
        text = float_text(number, narrow=True)
        assert read_f32(text) == number
        digits = len(text.replace(".", "").strip("0"))
        if digits > 1:
            shorter = f"{number:.{digits - 2}e}"
            assert read_f32(shorter) != number
        assert "e" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e21, "1000000000000000000000"),
        (0.1, "0.1"),
        (-0.0, "-0"),
        (100.0, "100"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_numbers_without_an_exponent(value: float, text: str) -> None:
    assert value_text(F64, value) == text
    assert value_text(F32, value) == text


def test_a_number_that_has_more_bits_is_rounded_first() -> None:
    assert value_text(F32, 0.1) == "0.1"
    assert value_text(F32, 1e39) == "inf"


def test_to_f32() -> None:
    assert to_f32(0.1) == float(Fraction(13421773, 134217728))
    assert to_f32(1e39) == math.inf
    assert to_f32(-1e39) == -math.inf
