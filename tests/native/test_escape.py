"""What a log shows of others' text: C and Python agree, character by character."""

import json
import sys
import unicodedata

import pytest

from unit_wasm._native import ffi, lib
from unit_wasm.escape import escape, escape_json


def in_c(data: bytes, room: int | None = None) -> bytes:
    room = 4 * len(data) if room is None else room
    text = ffi.new("char[]", max(1, room))
    return bytes(ffi.buffer(text, lib.uw_escape(data, len(data), text, room)))


def escaped(data: bytes) -> str:
    return escape(data.decode("utf-8", "surrogateescape"))


def bytewise(data: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in data)


BLOCK = 256


def test_both_say_the_same_of_every_character() -> None:
    for block in range(0, sys.maxunicode + 1, BLOCK):
        text = "".join(map(chr, range(block, block + BLOCK)))
        data = text.encode("utf-8", "surrogatepass")
        assert in_c(data) == escaped(data).encode(), hex(block)
        if block != 0xDC00:
            # There are those that stand for bytes, in Python alone.
            assert in_c(data) == escape(text).encode(), hex(block)


def test_what_unicode_calls_invisible_is_not_passed_on() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and character != "\t":
            assert in_c(character.encode()) == bytewise(character.encode()), hex(code)


@pytest.mark.parametrize(
    "code",
    [
        *(0x00, 0x0A, 0x0D, 0x1B, 0x7F, 0x80, 0x85, 0x9B, 0x9F, 0xAD, 0x034F, 0x061C, 0x115F),
        *(0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2060),
        *(
            0x2066,
            0x2069,
            0x206F,
            0x3164,
            0xFE00,
            0xFEFF,
            0xFFA0,
            0xFFF9,
            0xE0001,
            0xE0041,
            0xE01EF,
        ),
    ],
)
def test_unsafe(code: int) -> None:
    data = chr(code).encode()
    assert in_c(b"a" + data + b"b") == b"a" + bytewise(data) + b"b"
    assert json.loads(escape_json(f'"{chr(code)}"' if code >= 0x20 else '""')) in ("", chr(code))
    assert escape_json(chr(code)).isascii()


@pytest.mark.parametrize(
    "text", ["", "a\tb", "é ü ß", "日本語", "\u26a0\ufe0f", "\U0001f600", "\\x1b"]
)
def test_safe(text: str) -> None:
    assert in_c(text.encode()) == text.encode()
    assert escape(text) == text


@pytest.mark.parametrize(
    "data",
    [
        *(
            b"\xff",
            b"\x80",
            b"\xc3",
            b"\xc3a",
            b"\xc0\x80",
            b"\xe2\x80",
            b"\xe2\x80a",
            b"\xe2\x28\xa1",
        ),
        *(
            b"\xed\xa0\x80",
            b"\xf0\x9f\x98",
            b"\xf0\x80\x80\x80",
            b"\xf4\x90\x80\x80",
            b"\xf8\x88\x80",
        ),
        *(b"\xc3\xa9\xc3", b"a\xffb\xc2\x9bc", b"\xfe\xff\n", bytes(range(256))),
    ],
)
def test_no_utf8(data: bytes) -> None:
    assert in_c(data) == escaped(data).encode()
    assert in_c(data).decode().isprintable() or b"\t" in in_c(data)


@pytest.mark.parametrize("room", range(12))
def test_what_does_not_fit(room: int) -> None:
    """Nothing is cut in its middle: a character, or the \\xNN of one."""
    shown = in_c("aé\u202eb".encode(), room)
    assert len(shown) <= room
    assert shown in (b"", b"a", "aé".encode())
