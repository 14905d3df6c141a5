"""Values of WIT types as JSON: what is read, what is written, what is refused, and the schemas."""

import json
import math
import random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.fuzz.choices import Choices
from tests.harness.wit_values import random_type, random_value
from unit_wasm.wit import model as wit
from unit_wasm.wit.json.document import read_document
from unit_wasm.wit.json.faults import MAX_FAULTS, Fault, Faults
from unit_wasm.wit.json.reader import arguments_reader, value_reader
from unit_wasm.wit.json.schema import Schemas, why_not
from unit_wasm.wit.json.writer import value_writer
from unit_wasm.wit.values import Chosen, Err, Ok, Some

P = wit.PRIMITIVES
COLOR = wit.TypeDef("color", "a:b/c", wit.Enum(("red", "dark-blue")))
RIGHTS = wit.TypeDef("rights", "a:b/c", wit.Flags(("read", "write", "run")))
SHAPE = wit.TypeDef(
    "shape",
    "a:b/c",
    wit.Variant(
        (wit.Case("circle", P["f64"]), wit.Case("nothing"), wit.Case("maybe", wit.Option(P["u8"])))
    ),
)
PERSON = wit.TypeDef(
    "person",
    "a:b/c",
    wit.Record(
        (
            wit.Field("first-name", P["string"]),
            wit.Field("age", wit.Option(P["u8"])),
            wit.Field("type", COLOR),
        )
    ),
)
BYTES = wit.List(P["u8"])
HANDLE = wit.TypeDef("handle", "a:b/c", wit.Resource())


def read(type: Any, text: str) -> Any:
    return value_reader(type)(read_document(text.encode()))


def validates(type: Any, text: str, check: bool = True) -> bool:
    """Tell whether the schema accepts a text."""
    schemas = Schemas(lambda definition: definition.name, "#/$defs/")
    schema = {**schemas.of(type), "$defs": schemas.named}
    if check:
        Draft202012Validator.check_schema(schema)
    return bool(Draft202012Validator(schema).is_valid(json.loads(text)))


ACCEPTED: list[tuple[Any, str, Any, str]] = [
    # type, text, value, as it is written
    (P["bool"], "true", True, "true"),
    (P["u8"], "255", 255, "255"),
    (P["u8"], "1.0", 1, "1"),
    (P["u8"], "1e2", 100, "100"),
    (P["u8"], "-0", 0, "0"),
    (P["u8"], "-0.0", 0, "0"),
    (P["s8"], "-128", -128, "-128"),
    (P["u64"], "18446744073709551615", 2**64 - 1, '"18446744073709551615"'),
    (P["u64"], '"18446744073709551615"', 2**64 - 1, '"18446744073709551615"'),
    (P["u64"], "9007199254740991", 2**53 - 1, "9007199254740991"),
    (P["u64"], "9007199254740993", 2**53 + 1, '"9007199254740993"'),
    (P["u64"], "9007199254740991.0", 2**53 - 1, "9007199254740991"),
    (P["s64"], "-9223372036854775808", -(2**63), '"-9223372036854775808"'),
    (P["s64"], '"-9223372036854775808"', -(2**63), '"-9223372036854775808"'),
    (P["s64"], "-9007199254740991", -(2**53) + 1, "-9007199254740991"),
    (P["f64"], "0.1", 0.1, "0.1"),
    (P["f64"], "5e-324", 5e-324, "5e-324"),
    (P["f64"], "1", 1.0, "1.0"),
    (P["f64"], '"Infinity"', math.inf, '"Infinity"'),
    (P["f64"], '"-Infinity"', -math.inf, '"-Infinity"'),
    (P["f64"], "1e308", 1e308, "1e+308"),
    (P["f32"], "0.1", 0.10000000149011612, "0.1"),
    (P["f32"], "16777217", 16777216.0, "16777216.0"),
    (P["f32"], "16777217.0000000001", 16777218.0, "16777218.0"),
    (P["f32"], "3.4028235e38", 3.4028234663852886e38, "3.4028235e+38"),
    (P["f32"], "1e-45", 1.401298464324817e-45, "1e-45"),
    (P["char"], '"\\ud83c\\udf0a"', "\U0001f30a", '"\U0001f30a"'),
    (P["char"], '"\\u0000"', "\0", '"\\u0000"'),
    (P["string"], '"\\u0000 \\u00e9 \u20ac"', "\0 \u00e9 \u20ac", '"\\u0000 \u00e9 \u20ac"'),
    (P["string"], '""', "", '""'),
    (BYTES, "[]", b"", '""'),
    (BYTES, '""', b"", '""'),
    (BYTES, '"AAH/"', b"\0\1\xff", '"AAH/"'),
    (BYTES, '"/w=="', b"\xff", '"/w=="'),
    (BYTES, "[0, 255.0, 1e1]", b"\0\xff\n", '"AP8K"'),
    (wit.List(P["u8"], 2), '"AAE="', b"\0\1", '"AAE="'),
    (wit.List(P["bool"]), "[true, false]", [True, False], "[true,false]"),
    (wit.List(P["string"], 1), '["a"]', ["a"], '["a"]'),
    (wit.Tuple((P["u8"], P["string"])), '[1, "a"]', (1, "a"), '[1,"a"]'),
    (
        PERSON,
        '{"type": "dark-blue", "first-name": "Ada"}',
        {"first-name": "Ada", "age": None, "type": "dark-blue"},
        '{"first-name":"Ada","age":null,"type":"dark-blue"}',
    ),
    (COLOR, '"red"', "red", '"red"'),
    (RIGHTS, '["run", "read"]', frozenset({"read", "run"}), '["read","run"]'),
    (RIGHTS, "[]", frozenset(), "[]"),
    (wit.Option(P["u8"]), "null", None, "null"),
    (wit.Option(P["u8"]), "5", Some(5), "5"),
    (wit.Option(wit.Option(P["u8"])), "null", None, "null"),
    (wit.Option(wit.Option(P["u8"])), '{"some": null}', Some(None), '{"some":null}'),
    (wit.Option(wit.Option(P["u8"])), '{"some": 5}', Some(Some(5)), '{"some":5}'),
    (
        wit.Option(wit.Option(wit.Option(P["bool"]))),
        '{"some": {"some": true}}',
        Some(Some(Some(True))),
        '{"some":{"some":true}}',
    ),
    (SHAPE, '{"circle": 1.5}', Chosen("circle", 1.5), '{"circle":1.5}'),
    (SHAPE, '{"nothing": null}', Chosen("nothing"), '{"nothing":null}'),
    (SHAPE, '"nothing"', Chosen("nothing"), '{"nothing":null}'),
    (SHAPE, '{"maybe": null}', Chosen("maybe", None), '{"maybe":null}'),
    (wit.Result(P["u8"], P["string"]), '{"ok": 1}', Ok(1), '{"ok":1}'),
    (wit.Result(P["u8"], P["string"]), '{"err": "no"}', Err("no"), '{"err":"no"}'),
    (wit.Result(None, COLOR), '"ok"', Ok(), '{"ok":null}'),
    (wit.Result(), '"err"', Err(), '{"err":null}'),
    (wit.Map(P["string"], P["u8"]), '{"a": 1, "b": 2}', {"a": 1, "b": 2}, '{"a":1,"b":2}'),
    (wit.Map(P["string"], P["u8"]), '[["a", 1], ["b", 2]]', {"a": 1, "b": 2}, '{"a":1,"b":2}'),
    (wit.Map(P["u8"], P["bool"]), "[[1, true]]", {1: True}, "[[1,true]]"),
    (wit.TypeDef("name", "x:y/z", wit.Alias(COLOR)), '"red"', "red", '"red"'),
]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: f"{case[1][:40]}-{case[3][:20]}")
def test_what_is_accepted(case: tuple[Any, str, Any, str]) -> None:
    type, text, value, written = case
    found = read(type, text)
    assert (found, found.__class__) == (value, value.__class__)
    assert value_writer(type)(found) == written
    assert read(type, written) == value
    assert validates(type, text)
    assert validates(type, written)


def test_numbers_that_no_equality_tells() -> None:
    for type in (P["f32"], P["f64"]):
        assert math.isnan(read(type, '"NaN"'))
        assert value_writer(type)(math.nan) == '"NaN"'
        for text in ("-0.0", "-0", "-0e5"):
            assert math.copysign(1.0, read(type, text)) == -1.0
        assert value_writer(type)(-0.0) == "-0.0"


REFUSED: list[tuple[Any, str, str]] = [
    (P["bool"], "1", "1 is not true or false"),
    (P["bool"], '"true"', '"true" is not true or false'),
    (P["u8"], "256", "256 is not a whole number from 0 to 255"),
    (P["u8"], "-1", "-1 is not a whole number from 0 to 255"),
    (P["u8"], "true", "true is not a whole number from 0 to 255"),
    (P["u8"], '"1"', '"1" is not a whole number from 0 to 255'),
    (P["u8"], "1.5", "1.5 is not a whole number from 0 to 255"),
    (
        P["u8"],
        "1.00000000000000000001",
        "1.00000000000000000001 is not a whole number from 0 to 255",
    ),
    (P["u8"], "null", "null is not a whole number from 0 to 255"),
    (P["u64"], "18446744073709551616", "18446744073709551616 is not a whole number from 0 to 1844"),
    (P["u64"], "1.8e19", "1.8e19 may have been rounded: write all digits"),
    (P["u64"], '"01"', '"01" is not a whole number from 0 to 18446744073709551615'),
    (P["u64"], '"-1"', '"-1" is not a whole number from 0 to 18446744073709551615'),
    (P["u64"], '"1 "', '"1 " is not a whole number from 0 to 18446744073709551615'),
    (P["u64"], '"\u0661"', '"\u0661" is not a whole number from 0 to 18446744073709551615'),
    (P["f64"], "1e400", "1e400 is not a number of 64 bits"),
    (P["f64"], "9" * 400, f"{'9' * 60}... is not a number of 64 bits"),
    (P["f64"], '"nan"', '"nan" is not a number of 64 bits'),
    (P["f64"], "true", "true is not a number of 64 bits"),
    (P["f32"], "1e39", "1e39 is not a number of 32 bits"),
    (P["f32"], "340282356779733661637539395458142568448", "34028235677973366163753939545814256844"),
    (P["f32"], f"0.{'1' * 2000}", f"0.{'1' * 58}... is not a number of 32 bits"),
    (P["char"], '""', '"" is not a string of one character'),
    (P["char"], '"e\\u0301"', '"e\u0301" is not a string of one character'),
    (P["char"], "5", "5 is not a string of one character"),
    (P["char"], '"\\ud800"', '"\\ud800" is not a string of one character'),
    (P["string"], "5", "5 is not a string"),
    (P["string"], '"a\\udc00"', "half of a surrogate pair is no character"),
    (BYTES, '"AAH"', '"AAH" is not base64 as it is written here'),
    (BYTES, '"AA-_"', '"AA-_" is not base64 as it is written here'),
    (BYTES, '"/x=="', '"/x==" is not base64 as it is written here'),
    (BYTES, '"AA H/"', '"AA H/" is not base64 as it is written here'),
    (BYTES, "[256]", "256 is not a whole number from 0 to 255"),
    (BYTES, "5", "5 is not an array"),
    (wit.List(P["u8"], 2), '"AA=="', "1 bytes are not 2"),
    (wit.List(P["u8"], 2), "[1]", "1 elements are not 2"),
    (wit.Tuple((P["u8"], P["u8"])), "[1]", "[1] is not an array of 2 values"),
    (wit.Tuple((P["u8"], P["u8"])), "[1, 2, 3]", "[1, 2, 3] is not an array of 2 values"),
    (COLOR, '"green"', '"green" is none of red, dark-blue'),
    (COLOR, "null", "null is none of red, dark-blue"),
    (RIGHTS, '["read", "read"]', '"read" is there twice'),
    (RIGHTS, '["fly"]', '"fly" is none of read, write, run'),
    (RIGHTS, '{"read": true}', '{"read": true} is not an array of names'),
    (wit.Option(P["u8"]), '"a"', '"a" is not a whole number from 0 to 255'),
    (wit.Option(wit.Option(P["u8"])), "5", '5 is not null or {"some": ...}'),
    (SHAPE, '"circle"', "circle needs a value"),
    (SHAPE, '{"nothing": 1}', "nothing has no value: it is null"),
    (SHAPE, '{"circle": 1, "nothing": null}', "is not an object of one member"),
    (SHAPE, "{}", "{} is not an object of one member, which is one of circle, nothing, maybe"),
    (wit.Result(P["u8"]), '"ok"', "ok needs a value"),
    (wit.Map(P["u8"], P["u8"]), '{"1": 1}', '{"1": 1} is not an array of pairs'),
    (wit.Map(P["u8"], P["u8"]), "[[1, 1], [1, 2]]", "the key 1 is there twice"),
    (PERSON, "[]", "[] is not an object"),
]
# What a schema has no words for.
NOT_IN_SCHEMA = ("[[1, 1], [1, 2]]", "1.8e19", '"\\ud800"', '"a\\udc00"', "1e400", "9" * 400)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[1][:40]}")
def test_what_is_refused(case: tuple[Any, str, str]) -> None:
    type, text, message = case
    with pytest.raises(Faults) as caught:
        read(type, text)
    (fault,) = caught.value.faults
    assert message in fault.message
    exact = text not in NOT_IN_SCHEMA and "00000000001" not in text and "1" * 1000 not in text
    assert not exact or not validates(type, text)


def test_all_faults_are_told_with_their_places() -> None:
    params = (
        wit.Param("who", PERSON),
        wit.Param("sizes", wit.List(P["u8"])),
        wit.Param("at", wit.Option(P["u8"])),
    )
    text = b'{"who": {"first_name": 5, "type": "blue"}, "sizes": [1, 300], "of/f~": 1}'
    with pytest.raises(Faults) as caught:
        arguments_reader(params)(read_document(text))
    assert caught.value.faults == (
        Fault("who", "it is missing", "/who/first-name", "string", ""),
        Fault("who", '"blue" is none of red, dark-blue', "/who/type", "color", '"blue"'),
        Fault(
            "who",
            "there is no such field: did you mean first-name?",
            "/who/first_name",
            "",
            "5",
        ),
        Fault("sizes", "300 is not a whole number from 0 to 255", "/sizes/1", "u8", "300"),
        Fault("of/f~", "there is no such parameter", "/of~1f~0", "", "1"),
    )
    with pytest.raises(Faults) as caught:
        arguments_reader((wit.Param("sizes", wit.List(P["u8"])),))(read_document(b"[1]"))
    assert caught.value.faults == (Fault("", "[1] is not an object", "", "", "[1]"),)


def test_few_faults_are_told() -> None:
    with pytest.raises(Faults) as caught:
        read(wit.List(P["u8"]), json.dumps(["x"] * 100_000))
    assert len(caught.value.faults) == MAX_FAULTS


@pytest.mark.parametrize(
    ("param", "result", "why"),
    [
        (P["u8"], None, None),
        (wit.Own(HANDLE), None, "p: a value of handle has no form in JSON"),
        (wit.List(wit.Borrow(HANDLE)), None, "p: a value of borrow<handle> has no form in JSON"),
        (P["u8"], wit.Stream(P["u8"]), "its result: a value of stream<u8> has no form in JSON"),
        (P["error-context"], None, "p: a value of error-context has no form in JSON"),
    ],
)
def test_what_cannot_be_called(param: Any, result: Any, why: str | None) -> None:
    function = wit.Function("f", "f", wit.FunctionKind.FREE, None, (wit.Param("p", param),), result)
    assert why_not(function) == why
    for type in (param, result):
        for make in (value_reader, value_writer):
            if why is not None and type is not None and type != P["u8"]:
                with pytest.raises(TypeError, match="has no form in JSON"):
                    make(type)


def test_schemas_of_named_types_are_collected() -> None:
    schemas = Schemas(lambda definition: f"c.{definition.name}", "#/components/schemas/")
    assert schemas.arguments((wit.Param("who", PERSON), wit.Param("at", wit.Option(PERSON)))) == {
        "type": "object",
        "properties": {
            "who": {"$ref": "#/components/schemas/c.person"},
            "at": {"anyOf": [{"$ref": "#/components/schemas/c.person"}, {"type": "null"}]},
        },
        "additionalProperties": False,
        "required": ["who"],
    }
    assert list(schemas.named) == ["c.person", "c.color"]
    assert schemas.named["c.color"] == {
        "type": "string",
        "enum": ["red", "dark-blue"],
        "x-wit": "enum color {\n  red,\n  dark-blue,\n}",
    }
    assert schemas.named["c.person"]["required"] == ["first-name", "type"]


def _ordered(value: Any) -> Any:
    """Return a value as lists that compare: NaN with itself, 1 not with true."""
    if isinstance(value, dict):
        return [[name, _ordered(part)] for name, part in value.items()]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, bytes):
        return [list, *map(repr, value)]
    if isinstance(value, list | tuple):
        return [value.__class__, *map(_ordered, value)]
    if isinstance(value, Some | Ok | Err | Chosen):
        return [value.__class__, getattr(value, "case", None), _ordered(value.value)]
    return repr(value)


@pytest.mark.parametrize("seed", range(8))
def test_values_survive(seed: int) -> None:
    """JSON to a value and back is stable, and all that is written validates."""
    made = random.Random(seed)
    for _ in range(20):
        choices = Choices(made.randbytes(400))
        type = random_type(choices)
        value = random_value(choices, type)
        text = value_writer(type)(value)
        again = read(type, text)
        assert value_writer(type)(again) == text
        assert _ordered(again) == _ordered(value)
        assert validates(type, text, check=False)


def _anything(made: random.Random, depth: int = 3) -> Any:
    simple = (None, True, False, 0, 1, -1, 300, 1.5, 1.0, "", "a", "none", "x" * 3, "QQ==")
    kind = made.randrange(3) if depth else 0
    if kind == 1:
        return [_anything(made, depth - 1) for _ in range(made.randrange(3))]
    if kind == 2:
        names = made.sample(("a", "if", "b-2", "none", "ok", "err", "some"), made.randrange(3))
        return {name: _anything(made, depth - 1) for name in names}
    return made.choice(simple)


@pytest.mark.parametrize("seed", range(8))
def test_what_validates_is_accepted(seed: int) -> None:
    made = random.Random(seed)
    for _ in range(60):
        type = random_type(Choices(made.randbytes(100)), 2)
        text = json.dumps(_anything(made))
        try:
            read(type, text)
            accepted = True
        except Faults:
            accepted = False
        assert accepted == validates(type, text, check=False)
