"""JSON text to values: what is read, and the place of what is not."""

import json

import pytest

from unit_wasm.config.document import (
    MAX_DEPTH,
    DocumentError,
    JsonValue,
    dump_document,
    parse_document,
)

GOOD = [
    "{}",
    "[]",
    "null",
    " true ",
    "-0",
    "0",
    "-1.5e-3",
    "1234567890123456789",
    '""',
    '"\\u00e9\\ud83d\\ude00\\n\\"\\\\\\/"',
    '"é\u2028"',
    '{"a": {"b": [1, 2.5, "x", null, true, false, {}, []]}, "c": ""}',
    '\r\n\t{ "a" :1 ,\n"b":[ ] }\n',
]


@pytest.mark.parametrize("text", GOOD)
def test_reads_what_json_reads(text: str) -> None:
    expected = json.loads(text)
    assert parse_document(text) == expected
    assert parse_document(text.encode()) == expected
    assert parse_document(b"\xef\xbb\xbf" + text.encode()) == expected


@pytest.mark.parametrize("text", GOOD)
def test_writes_what_it_reads(text: str) -> None:
    value = parse_document(text)
    assert parse_document(dump_document(value)) == value


def test_layout_is_that_of_unit() -> None:
    assert (
        dump_document({"a": [1], "b": {}})
        == b'{\r\n\t"a": [\r\n\t\t1\r\n\t],\r\n\t"b": {}\r\n}\r\n'
    )


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "the text is empty"),
        (" \n ", 1, 1, "the text is empty"),
        ("{", 1, 2, 'the text ends inside the object of line 1: "}" is missing'),
        ('{"a"', 1, 5, 'the text ends inside the object of line 1: "}" is missing'),
        ('{"a":', 1, 6, 'the text ends inside the object of line 1: "}" is missing'),
        ("\n[1,\n2", 3, 2, 'the text ends inside the array of line 2: "]" is missing'),
        ('{"a" 1}', 1, 6, "a colon is expected after a member name"),
        ('{"a": 1 "b": 2}', 1, 9, "a comma or a closing brace is expected here"),
        ('{"a": 1,,}', 1, 9, "a member name in double quotes is expected here"),
        ("{a: 1}", 1, 2, "a JSON value, quote, comma, colon or bracket is expected here"),
        ("[1 2]", 1, 4, "a comma or a closing bracket is expected here"),
        ("[1,,]", 1, 4, "a JSON value is expected here"),
        ("[,]", 1, 2, "a JSON value is expected here"),
        ("nul", 1, 1, "a JSON value, quote, comma, colon or bracket is expected here"),
        ("NaN", 1, 1, "a JSON value, quote, comma, colon or bracket is expected here"),
        ("1 2", 1, 3, "unexpected text after the end of the JSON value"),
        ("1.", 1, 1, "this is not a number"),
        ("01", 1, 1, "a number must not begin with a zero"),
        ("1x", 1, 1, "this is not a number"),
        ("1e999", 1, 1, "this number is too large"),
        ("12345678901234567890", 1, 1, "this number is too large"),
        ("1e-999", 1, 1, "this number is too small"),
        ("{} /* a\n", 1, 4, "this comment has no end"),
        ("{\n /* a", 2, 2, "this comment has no end"),
        ("{} // a", 1, 4, "a line feed is expected after this comment"),
        ("{} / a", 1, 4, "unexpected text after the end of the JSON value"),
        ("1" * 33, 1, 1, "a number must not have more than 32 characters"),
        ('"abc', 1, 1, "this string has no closing quote"),
        ('"a\\qb"', 1, 3, "this is not an escape that JSON knows"),
        ('"\\u12"', 1, 2, "this is not an escape that JSON knows"),
        ('"a\nb"', 1, 3, "a control character in a string must be escaped"),
        ('"\\ud83d"', 1, 1, "this string has half a surrogate pair"),
        ('{"a": 1,\n "a": 2}', 2, 2, 'duplicate member name "a"'),
        ('{"\\u0061": 1, "a": 2}', 1, 15, 'duplicate member name "a"'),
    ],
)
def test_errors_have_a_place(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_document(text)
    error = caught.value
    assert (error.message, error.line, error.column) == (message, line, column)
    assert str(error) == f"line {line}, column {column}: {message}"
    lines = text.split("\n")
    before = "\n".join([*lines[: line - 1], lines[line - 1][: column - 1]])
    assert error.offset == len(before.encode())


def test_offset_counts_bytes_and_column_counts_characters() -> None:
    with pytest.raises(DocumentError) as caught:
        parse_document('{"ä": x}'.encode())
    assert (caught.value.offset, caught.value.line, caught.value.column) == (7, 1, 7)


def test_not_utf8() -> None:
    with pytest.raises(DocumentError) as caught:
        parse_document(b'{"a":\n "\xff"}')
    assert str(caught.value) == "line 2, column 3: the text is not UTF-8"


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_depth() -> None:
    value: JsonValue = parse_document(nested(MAX_DEPTH))
    for _ in range(MAX_DEPTH - 1):
        assert isinstance(value, list)
        value = value[0]
    assert value == []
    for levels in (MAX_DEPTH + 1, 100_000):
        with pytest.raises(DocumentError) as caught:
            parse_document(nested(levels))
        assert caught.value.message == f"values are nested more than {MAX_DEPTH} levels deep"
        assert caught.value.column == MAX_DEPTH + 1


@pytest.mark.parametrize("text", GOOD)
def test_every_beginning_is_an_error_or_a_value(text: str) -> None:
    for end in range(len(text)):
        try:
            expected = json.loads(text[:end])
        except json.JSONDecodeError:
            with pytest.raises(DocumentError):
                parse_document(text[:end])
        else:
            assert parse_document(text[:end]) == expected
