"""Our reader of JSON beside Unit's, text by text."""

import time

import pytest

from tests.harness.unit_json import MORE_THAN_UNIT, NOT_READ, NOT_UTF8, READ
from unit_wasm.config.document import (
    DocumentError,
    JsonValue,
    dump_document,
    parse_document,
)


def nested(value: JsonValue) -> int:
    """Return how deep a list of lists is."""
    levels = 1
    while isinstance(value, list) and value:
        value = value[0]
        levels += 1
    return levels


@pytest.mark.parametrize(("text", "value"), READ + MORE_THAN_UNIT, ids=repr)
def test_what_unit_reads_is_read(text: bytes, value: object) -> None:
    found = parse_document(text)
    if text.startswith(b"[[[["):
        assert nested(found) == 100
    else:
        assert (found, type(found)) == (value, type(value))
    assert parse_document(dump_document(found)) == found


@pytest.mark.parametrize("text", NOT_READ, ids=repr)
def test_what_unit_does_not_read_is_not_read(text: bytes) -> None:
    with pytest.raises(DocumentError):
        parse_document(text)


@pytest.mark.parametrize("text", NOT_UTF8, ids=repr)
def test_strings_are_text(text: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_document(text)
    assert caught.value.message == "the text is not UTF-8"


@pytest.mark.parametrize(
    "text",
    [
        b" " * 200_000,
        b"/" * 200_000,
        b"/*" * 100_000,
        b"/**/" * 50_000,
        b"//\n" * 70_000,
        b" \n" * 100_000 + b"/",
        b" /**/ //\n" * 20_000 + b"x",
        b"[" + b" //\n /* */" * 20_000,
        b"/*" + b"*" * 200_000,
        b'{"a": ' + b"/* " * 60_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_blanks_without_an_end_take_no_time(text: bytes) -> None:
    started = time.thread_time()
    with pytest.raises(DocumentError):
        parse_document(text)
    assert time.thread_time() - started < 1
