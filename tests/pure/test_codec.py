"""Values of Python as packed values and back; what is wrong is said with its place."""

import json
import random
from typing import Any

import pytest

from tests.fuzz.choices import Choices
from tests.fuzz.targets.values import round_trip, wrong_objects
from tests.harness.server import ROOT
from tests.harness.wit_values import random_type, random_value
from unit_wasm.api.classes import Classes
from unit_wasm.errors import CallError, ComponentError
from unit_wasm.wit import model as wit
from unit_wasm.wit import read_world
from unit_wasm.wit.codec import Codec
from unit_wasm.wit.codec_packer import MAX_PARTS
from unit_wasm.wit.codec_shapes import PLAIN, Shapes
from unit_wasm.wit.mistakes import explain
from unit_wasm.wit.values import Chosen, Err, Ok, Some
from unit_wasm.wit.wave import read_value
from unit_wasm.wit.wave_writer import value_text

U8, U32, S8, F32, BOOL, CHAR, STRING = (
    wit.PRIMITIVES[name] for name in ("u8", "u32", "s8", "f32", "bool", "char", "string")
)


def types() -> dict[str, wit.Type]:
    """The type of the parameter of each function of tests/data/wave.hex."""
    data = bytes.fromhex((ROOT / "tests" / "data" / "wave.hex").read_text())
    (item,) = read_world(data).exports
    assert isinstance(item.value, wit.Interface)
    return {
        function.label: function.params[0].type
        for function in item.value.functions
        if len(function.params) == 1
    }


def pack(type: wit.Type, value: Any, shapes: Shapes = PLAIN, context: Any = None) -> bytes:
    return Codec(shapes).packer([type])((value,), context)


def read(type: wit.Type, data: bytes, shapes: Shapes = PLAIN, context: Any = None) -> Any:
    (value,) = Codec(shapes).reader([type])(data, context)
    return value


def mistake(type: wit.Type, value: Any, shapes: Shapes = PLAIN) -> CallError:
    """Return what is said of a value that is wrong."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the codec raises what comes first
        pack(type, value, shapes)
    return explain(["v"], [type], [value], shapes, lambda t, x: pack(t, x, shapes), caught.value)


@pytest.mark.parametrize(
    ("type", "value", "data"),
    [
        (BOOL, True, "01"),
        (S8, -1, "ff"),
        (U32, 258, "02010000"),
        (wit.PRIMITIVES["u64"], 1 << 63, "0000000000000080"),
        (F32, 1.5, "0000c03f"),
        (CHAR, "\U0001f30a", "0af30100"),
        (STRING, "é", "02000000c3a9"),
        (wit.List(U8), b"\1\2", "020000000102"),
        (wit.List(U32), [1], "0100000001000000"),
        (wit.List(STRING), ["a"], "010000000100000061"),
        (wit.List(U8, 2), b"\1\2", "0102"),
        (wit.Map(U8, BOOL), {7: False}, "010000000700"),
        (wit.Tuple((U8, STRING, U8)), (1, "a", 2), "01010000006102"),
        (wit.Option(U8), None, "00"),
        (wit.Option(U8), Some(5), "0105"),
        (wit.Option(wit.Option(U8)), Some(None), "0100"),
        (wit.TypeDef("e", "", wit.Enum(("a", "b"))), "b", "01"),
        (wit.TypeDef("f", "", wit.Flags(tuple("abcdefghi"))), frozenset("ai"), "0101"),
        (wit.TypeDef("f", "", wit.Flags(tuple("abc"))), frozenset("c"), "04"),
    ],
)
def test_packed(type: wit.Type, value: Any, data: str) -> None:
    assert pack(type, value) == bytes.fromhex(data)
    assert read(type, bytes.fromhex(data)) == value


def test_a_function_has_its_values_one_after_the_other() -> None:
    codec = Codec(PLAIN)
    assert codec.packer([U8, STRING, U8])((1, "ab", 3), None) == b"\1\2\0\0\0ab\3"
    assert codec.reader([U8, STRING, U8])(b"\1\2\0\0\0ab\3", None) == (1, "ab", 3)
    assert codec.packer([])((), None) == b""
    assert codec.reader([])(b"", None) == ()


def test_many_cases_take_more_bytes() -> None:
    for count, width in ((256, 1), (257, 2), (65536, 2), (65537, 4)):
        labels = tuple(f"c{number}" for number in range(count))
        type = wit.TypeDef("e", "", wit.Enum(labels))
        assert pack(type, labels[-1]) == (count - 1).to_bytes(width, "little")


def test_random_types_and_values() -> None:
    for seed in range(400):
        choices = Choices(random.Random(seed).randbytes(300))
        type = random_type(choices, 4)
        round_trip(type, random_value(choices, type))


def test_what_is_deep_or_large_is_written_in_functions() -> None:
    type: wit.Type = U8
    value: Any = 1
    for _ in range(30):
        type, value = wit.Option(wit.List(type, 1)), Some([value])
    assert len(round_trip(type, value)) == 31
    wide = wit.Tuple((wit.Tuple((STRING,) * 40),) * 3)
    round_trip(wide, (("a",) * 40,) * 3)


def test_a_type_that_says_much_in_few_words_is_refused() -> None:
    type: wit.Type = U8
    for _ in range(30):
        type = wit.Tuple((type, type))
    with pytest.raises(ComponentError, match=f"more than {MAX_PARTS} parts"):
        Codec(PLAIN).packer([type])
    with pytest.raises(ComponentError, match=f"more than {MAX_PARTS} parts"):
        Codec(PLAIN).reader([type])


@pytest.mark.parametrize(
    "type", [wit.Stream(U8), wit.PRIMITIVES["error-context"], wit.List(wit.Stream(U8))]
)
def test_what_cannot_travel(type: wit.Type) -> None:
    for make in (Codec(PLAIN).packer, Codec(PLAIN).reader):
        with pytest.raises(ComponentError, match=r"a value of [a-z<>0-9-]+ cannot be passed on"):
            make([type])


def test_objects_have_the_shapes_of_componentize_py() -> None:
    given, shapes = types(), Classes("m")

    def made(name: str, text: str) -> Any:
        value = read(given[name], pack(given[name], read_value(given[name], text)), shapes)
        assert pack(given[name], value, shapes) == pack(given[name], read_value(given[name], text))
        return value

    assert repr(made("rec", "{x: 1, y: -2}")) == "Pt(x=1, y=-2)"
    assert repr(made("var", "circle(1.5)")) == "Shape_Circle(value=1.5)"
    assert repr(made("var", "nothing")) == "Shape_Nothing()"
    assert repr(made("enm", "dark-blue")) == "<Color.DARK_BLUE: 1>"
    assert repr(made("flg", "{read, a-1-b}")) == "<Perm.READ|A_1_B: 17>"
    assert made("opt", "none") is None
    assert made("opt", "some(3)") == 3
    assert made("optopt", "some(none)") == Some(None)
    assert made("res", "ok(1)") == Ok(1)
    assert made("res", 'err("no")') == Err("no")
    assert made("list", "[1, 2]") == b"\1\2"
    assert made("krec", "{none: true, nan: 0, some: 1}").none is True


def test_any_object_with_these_attributes_is_a_record() -> None:
    class Point:
        x = 1
        y = 2

    assert pack(types()["rec"], Point(), Classes("m")) == b"\1\0\0\0\2\0\0\0"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("list", [1, 256], "v[1]: u8 (0 to 255) is expected, not 256"),
        ("list", [True], "v[0]: u8 (0 to 255) is expected, not True"),
        ("list", "ab", "v: list<u8> is expected, not 'ab'"),
        ("list", 3, "v: list<u8> is expected, not 3"),
        ("str", "\ud800", r"v: string is expected, not '\ud800'"),
        ("str", b"a", "v: string is expected, not b'a'"),
        ("lists", "abc", "v: list<string> is expected, not 'abc'"),
        ("tup", (1,), "v: tuple<u8, string> is expected, not (1,)"),
        ("tup", (1, 2), "v[1]: string is expected, not 2"),
        ("rec", (1, 2), "v: pt (a record of x, y) is expected, not (1, 2)"),
        ("optopt", 3, "v: option<option<u8>> is expected, not 3"),
        ("res", 3, "v: result<u8, string> is expected, not 3"),
        ("res", Ok("a"), "v.value: u8 (0 to 255) is expected, not 'a'"),
        ("res0", Ok(1), "v: result is expected, not Ok(value=1)"),
        ("enm", "red", "v: color (Color.RED, Color.DARK_BLUE, Color.NONE, Color.OK, Color.HTTP) "
                       "is expected, not 'red'"),
        ("flg", 1, "v: perm (flags of read, write, exec, none, a-1-b) is expected, not 1"),
    ],
)  # fmt: skip
def test_a_wrong_object(name: str, value: Any, text: str) -> None:
    error = mistake(types()[name], value, Classes("m"))
    assert (str(error), error.fault) == (text, "caller")
    assert error.parameter == text.partition(":")[0]


def test_a_wrong_part_of_an_object() -> None:
    shapes = Classes("m")
    type = types()["drec"]
    value = read(type, pack(type, read_value(type, "{inner: {id: 1}, tags: []}")), shapes)
    value.inner.nick = 5
    assert str(mistake(type, value, shapes)) == "v.inner.nick: string is expected, not 5"


def test_a_number_too_long_to_be_written_down() -> None:
    text = "v: u8 (0 to 255) is expected, not a number of 16610 bits"
    assert str(mistake(types()["opt"], 10**5000, Classes("m"))) == text


def test_a_list_in_itself_and_an_endless_range_end() -> None:
    loop: list[Any] = []
    loop.append(loop)
    for shapes in (PLAIN, Classes("m")):
        for value in (loop, range(1 << 62), iter([1])):
            for type in (
                wit.List(wit.List(wit.List(U8))),
                wit.List(U32),
                wit.List(STRING),
                wit.Tuple((U8,)),
                U8,
                STRING,
            ):
                wrong_objects(type, value, shapes)
                with pytest.raises(Exception):  # noqa: B017, PT011 - whatever comes first
                    pack(type, value, shapes)


@pytest.mark.parametrize(
    ("type", "data"),
    [
        (BOOL, b"\2"),
        (CHAR, b"\0\xd8\0\0"),
        (CHAR, b"\0\0\x11\0"),
        (STRING, b"\1\0\0\0\xff"),
        (STRING, b"\2\0\0\0a"),
        (wit.List(U8), b"\xff\xff\xff\xff"),
        (wit.List(U32), b"\xff\xff\xff\xff\0\0\0\0"),
        (wit.List(STRING), b"\xff\xff\xff\xff\0\0\0\0"),
        (wit.Map(U8, U8), b"\xff\xff\xff\xff\0\0"),
        (wit.Option(U8), b"\2\0"),
        (U8, b""),
        (U8, b"\0\0"),
        (wit.TypeDef("e", "", wit.Enum(("a", "b"))), b"\2"),
        (wit.TypeDef("f", "", wit.Flags(("a", "b"))), b"\4"),
    ],
)
def test_malformed_bytes(type: wit.Type, data: bytes) -> None:
    for shapes in (PLAIN, Classes("m")):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever comes first
            read(type, data, shapes)
        assert not isinstance(caught.value, MemoryError | AttributeError | NameError)


def test_handles_are_told_to_the_context() -> None:
    resource = wit.TypeDef("r", "a:b/c", wit.Resource())
    other = wit.TypeDef("r", "a:b/d", wit.Alias(resource))

    class Context:
        def __init__(self) -> None:
            self.calls: list[Any] = []

        def _note(self, *call: Any) -> Any:
            self.calls.append(call)
            return 9

        def give(self, resource: wit.TypeDef, value: Any) -> Any:
            return self._note("give", resource, value)

        def lend(self, resource: wit.TypeDef, value: Any) -> Any:
            return self._note("lend", resource, value)

        def take(self, resource: wit.TypeDef, number: int) -> Any:
            return self._note("take", resource, number)

        def borrow(self, resource: wit.TypeDef, number: int) -> Any:
            return self._note("borrow", resource, number)

    context = Context()
    assert (
        pack(wit.Tuple((wit.Own(other), wit.Borrow(resource))), ("x", "y"), PLAIN, context)
        == b"\t\0\0\0" * 2
    )
    assert read(
        wit.Tuple((wit.Own(other), wit.Borrow(resource))), b"\5\0\0\0\6\0\0\0", PLAIN, context
    ) == (
        9,
        9,
    )
    assert context.calls == [
        ("give", resource, "x"),
        ("lend", resource, "y"),
        ("take", resource, 5),
        ("borrow", resource, 6),
    ]


def test_every_case_of_wave() -> None:
    cases = json.loads((ROOT / "tests" / "data" / "wave.json").read_text())
    given, seen = types(), 0
    for case in cases:
        if case["ok"] and case["function"] in given:
            type = given[case["function"]]
            data = pack(type, read_value(type, case["text"]))
            assert value_text(type, read(type, data)) == case["written"]
            seen += 1
    assert seen > 100


def test_cases_whose_names_are_one_in_python() -> None:

    type = wit.TypeDef("v", "", wit.Variant((wit.Case("http2", U8), wit.Case("http-2", U8))))
    shapes = Classes("m")
    assert pack(type, read(type, b"\1\5", shapes), shapes) == b"\1\5"
    assert [made.__name__ for made in shapes.of(type)] == ["V_Http2", "V_Http2_"]
    assert pack(type, Chosen("http-2", 5)) == b"\1\5"
