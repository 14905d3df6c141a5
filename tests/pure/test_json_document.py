"""JSON that others send, before it is a value of any type: what is none, and where."""

import json
import re

import pytest

from unit_wasm.wit.json.document import MAX_DEPTH, BadJson, read_document


@pytest.mark.parametrize(
    ("data", "message", "position"),
    [
        (b"", "expecting value", 0),
        (b'{"a": }', "expecting value", 6),
        (b"\xef\xbb\xbf{}", "without a byte order mark", 0),
        (b'{"a": "\xff"}', "this is not UTF-8", 7),
        (b"\xff\xfe{\x00}\x00", "this is not UTF-8", 0),
        (b'{"a":1,"b":{"c":1,"c":2}}', '"c" is there twice in one object', 18),
        (b'{"b":["a",{"a":"a"}],"c":"a","a":1,"\\u0061":2}', '"a" is there twice', 35),
        (b'{"a":1,"a":{"c":1,"c":2}}', '"a" is there twice', 7),
        (b'[{"a":1},{"a":1,",":[],",":"a"}, oh]', '"," is there twice', 23),
        (b'{"\xc3\xa4":1,"\xc3\xa4":1}', '"\xe4" is there twice', 7),
        (b'{"a": NaN}', "NaN is no JSON", 6),
        (b'{"NaN": NaN}', "NaN is no JSON", 8),
        (b'{"a": -Infinity}', "-Infinity is no JSON", 6),
        (b"[" * 100_000, "arrays and objects may be nested 100 levels deep", MAX_DEPTH),
        (b'{"a":' * 100_000, "arrays and objects may be nested 100 levels deep", 500),
        (b"[" + b"1" * 5000 + b"]", "this number has too many digits", 1),
        (b'["%b",%b]' % (b"1" * 5000, b"1" * 5000), "this number has too many digits", 5004),
        (b"{} {}", "extra data", 3),
        (b"[01]", "expecting ',' delimiter", 2),
    ],
)
def test_what_is_no_json(data: bytes, message: str, position: int) -> None:
    with pytest.raises(BadJson, match=re.escape(message)) as caught:
        read_document(data)
    assert caught.value.position == position


def test_brackets_in_strings_are_no_depth() -> None:
    text = json.dumps(['[{"' * 1000, "\\"])
    assert read_document(text.encode()) == json.loads(text)
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert read_document(deep.encode()) == json.loads(deep)
