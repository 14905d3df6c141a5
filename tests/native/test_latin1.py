"""The codecs of byte strings and the check of UTF-8, against Python's own codecs.

Buffers are exactly as long as documented, so that the sanitizers see a byte too much.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from unit_wasm._native import ffi, lib

if TYPE_CHECKING:
    from unit_wasm._native import Array

BLOCK = 32
"""UW_BLOCK in guest/latin1.c: where the loops change their way."""


def pack(data: bytes) -> bytes:
    """What C gives a guest that reads these bytes."""
    ascii_only = bool(lib.uw_latin1_is_ascii(exact(data), len(data)))
    assert ascii_only == data.isascii()
    size = lib.uw_packed_size(len(data), ascii_only)
    text = ffi.new("uint8_t[]", size)
    lib.uw_pack(exact(data), len(data), ascii_only, text)
    return bytes(ffi.buffer(text, size))


def unpack(text: bytes) -> bytes:
    """Read the form that csrc/guest/latin1.h describes."""
    assert text.isascii()
    form, text = text[0], text[1:]
    if form == 0:
        return text
    assert len(text) % 8 == 0
    data = bytearray()
    for start in range(0, len(text), 8):
        high = text[start + 7]
        data += bytes(text[start + i] | (high >> i & 1) << 7 for i in range(7))
    missing = form - 1
    assert missing in range(7)
    assert data.endswith(bytes(missing))
    return bytes(data[: len(data) - missing])


def decode(utf8: bytes) -> bytes | None:
    """UTF-8 to Latin-1 as C does it; None where it refuses."""
    out = ffi.new("uint8_t[]", len(utf8))
    size = lib.uw_latin1_from_utf8(exact(utf8), len(utf8), out)
    return None if size < 0 else bytes(ffi.buffer(out, size))


def exact(data: bytes) -> Array[int]:
    """A copy without the zero that Python puts behind its bytes."""
    return ffi.new("uint8_t[]", data)


def expected(utf8: bytes) -> bytes | None:
    """What Python makes of UTF-8 that must be Latin-1."""
    try:
        return utf8.decode("utf-8").encode("latin-1")
    except UnicodeError:
        return None


def is_utf8(data: bytes) -> bool:
    """Whether Python takes the bytes for UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def check_both_ways(samples: Iterable[bytes]) -> None:
    for data in samples:
        utf8 = data.decode("latin-1").encode("utf-8")
        assert unpack(pack(data)) == data
        assert decode(utf8) == data


def test_every_byte_alone_and_in_every_place_of_a_block() -> None:
    check_both_ways(bytes([byte]) for byte in range(256))
    for byte in (0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF):
        for size, place in itertools.product((BLOCK, BLOCK + 1, 2 * BLOCK), range(2 * BLOCK)):
            if place < size:
                check_both_ways([b"a" * place + bytes([byte]) + b"a" * (size - place - 1)])


def test_all_bytes_at_once() -> None:
    check_both_ways([bytes(range(256)), bytes(range(255, -1, -1)), bytes(range(256)) * 17])


@pytest.mark.parametrize("alphabet", [range(128), range(128, 256), range(256)])
def test_random_bytes_of_every_size(alphabet: range) -> None:
    source = random.Random(1)
    check_both_ways(bytes(source.choices(alphabet, k=size)) for size in range(101))


def test_mixed_runs_across_block_borders() -> None:
    source = random.Random(2)
    for _ in range(500):
        runs = (
            source.choice((b"x", b"\xe9", b"\x80x", bytes(source.choices(range(256), k=3))))
            * source.randrange(2 * BLOCK)
            for _ in range(6)
        )
        check_both_ways([b"".join(runs)])


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", b"\0"),
        (b"plain", b"\0plain"),
        (b"\x80", b"\x07\0\0\0\0\0\0\0\x01"),
        (b"abcdef\xff", b"\x01abcdef\x7f\x40"),
        (b"\xe9234567\xe9", b"\x07i234567\x01i\0\0\0\0\0\0\x01"),
    ],
)
def test_the_packed_form(data: bytes, text: bytes) -> None:
    assert pack(data) == text


WRONG = [
    b"\x80",  # a tail alone
    b"\xbf",
    b"\xc2",  # a lead alone
    b"\xc3",
    b"\xc2a",  # a lead and no tail
    b"\xc2\xc2",
    b"\xc0\x80",  # overlong NUL
    b"\xc1\xbf",
    b"\xc4\x80",  # U+0100, the first that is no Latin-1
    b"\xdf\xbf",
    b"\xe0\xa0\x80",
    b"\xed\xa0\x80",  # a surrogate
    b"\xf0\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xff",
    b"\xc2\x80\x80",
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_latin1_is_refused_everywhere(wrong: bytes) -> None:
    for before, after in itertools.product((0, 1, BLOCK - 1, BLOCK, BLOCK + 1), repeat=2):
        assert decode(b"a" * before + wrong + b"a" * after) is None


def test_random_utf8_is_judged_as_python_does() -> None:
    source = random.Random(3)
    pieces = [*WRONG, b"a", b"\xc2\x80", b"\xc3\xbf", "ÿ".encode() * BLOCK, b"b" * BLOCK]
    for _ in range(3000):
        sample = b"".join(source.choices(pieces, k=source.randrange(6)))
        assert decode(sample) == expected(sample)


# ---- Whether text is UTF-8 ----


def valid(data: bytes) -> bool:
    return bool(lib.uw_utf8_valid(exact(data), len(data)))


def test_every_sequence_of_two_bytes() -> None:
    for pair in itertools.product(range(256), repeat=2):
        assert valid(bytes(pair)) == is_utf8(bytes(pair)), pair


def test_longer_sequences_at_their_borders() -> None:
    leads = (0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5)
    tails = (0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0)
    for lead, count in itertools.product(leads, (2, 3)):
        for rest in itertools.product(tails, repeat=count):
            sample = bytes([lead, *rest])
            assert valid(sample) == is_utf8(sample), sample


def test_characters_of_every_length_and_their_beginnings() -> None:
    for number in (0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF):
        encoded = chr(number).encode()
        assert valid(encoded)
        assert valid(b"a" + encoded + b"z")
        for size in range(1, len(encoded)):
            assert not valid(encoded[:size])
            assert not valid(encoded[:size] + b"z")


def test_no_text_is_utf8() -> None:
    assert valid(b"")
