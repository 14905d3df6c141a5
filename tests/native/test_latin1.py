"""The forms of bytes in strings and the check of UTF-8, against plain readings of both.

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

GROUP = 112
"""Bytes that are packed together."""


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
    text, form = text[:-1], text[-1]
    if form == 0:
        return text
    groups, missing = groups_of(text), form - 1
    assert missing in range(GROUP)
    assert groups.endswith(bytes(missing))
    return groups[: len(groups) - missing]


def groups_of(text: bytes) -> bytes:
    """Unpack whole groups."""
    assert len(text) % (GROUP + 16) == 0
    data = bytearray()
    for start in range(0, len(text), GROUP + 16):
        highs = text[start + GROUP : start + GROUP + 16]
        data += bytes(
            text[start + i] | (highs[i % 16] >> (6 - i // 16) & 1) << 7 for i in range(GROUP)
        )
    return bytes(data)


def written(data: bytes) -> bytes:
    """The packed form of bytes that a guest writes: it ends otherwise."""
    text = pack(data)
    assert text[-1] != 0
    return text[:-1] + bytes([text[-1] - 1]) + MARK


MARK = b"\xc2\x80"
ANNOUNCED = b"\xc2\x81"
PLAIN, PACKED, COMING, WRONG = range(4)


def carried(text: bytes) -> tuple[int, bytes | int]:
    """What C takes a string for that a guest writes: how, and the bytes or their number."""
    size = ffi.new("size_t *")
    how = lib.uw_carried(exact(text), len(text), size)
    if how == PLAIN:
        assert size[0] == len(text)
        return how, text
    if how != PACKED:
        return how, size[0] if how == COMING else 0
    out = ffi.new("uint8_t[]", size[0])
    lib.uw_unpack(exact(text), out, size[0])
    return how, bytes(ffi.buffer(out, size[0]))


def exact(data: bytes) -> Array[int]:
    """A copy without the zero that Python puts behind its bytes."""
    return ffi.new("uint8_t[]", data)


def is_utf8(data: bytes) -> bool:
    """Whether Python takes the bytes for UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def check_both_ways(samples: Iterable[bytes]) -> None:
    for data in samples:
        assert unpack(pack(data)) == data
        if data.isascii():
            assert carried(data) == (PLAIN, data)
        else:
            assert carried(written(data)) == (PACKED, data)


def test_every_byte_alone_and_in_every_place_of_a_block() -> None:
    check_both_ways(bytes([byte]) for byte in range(256))
    for byte in (0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF):
        for size, place in itertools.product((BLOCK, BLOCK + 1, 2 * BLOCK), range(2 * BLOCK)):
            if place < size:
                check_both_ways([b"a" * place + bytes([byte]) + b"a" * (size - place - 1)])


def test_a_high_bit_in_every_place_of_a_group() -> None:
    check_both_ways(bytes(0xFF if i == place else 0x55 for i in range(120)) for place in range(120))


def test_all_bytes_at_once() -> None:
    check_both_ways([bytes(range(256)), bytes(range(255, -1, -1)), bytes(range(256)) * 17])


@pytest.mark.parametrize("alphabet", [range(128), range(128, 256), range(256)])
def test_random_bytes_of_every_size(alphabet: range) -> None:
    source = random.Random(1)
    check_both_ways(bytes(source.choices(alphabet, k=size)) for size in range(2 * GROUP + 2))


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
        (b"plain", b"plain\0"),
        (b"\x80", bytes(112) + b"\x40" + bytes(15) + b"\x70"),
        (bytes(111) + b"\xff", bytes(111) + b"\x7f" + bytes(15) + b"\x01" + b"\x01"),
        (b"\xe9" * 112, b"i" * 112 + b"\x7f" * 16 + b"\x01"),
    ],
)
def test_the_packed_form(data: bytes, text: bytes) -> None:
    assert pack(data) == text


@pytest.mark.parametrize("size", [1, 0x7F, 0x80, 57_233, 1 << 20, (1 << 32) - 1])
def test_bytes_that_are_announced(size: int) -> None:
    digits = bytes(size >> 7 * i & 0x7F for i in range(5))
    assert carried(digits + ANNOUNCED) == (COMING, size)


@pytest.mark.parametrize(
    "text",
    [
        b"\x80",
        b"\xff",
        MARK,
        ANNOUNCED,
        b"\x00" + ANNOUNCED,
        bytes(4) + ANNOUNCED,
        bytes(6) + ANNOUNCED,
        bytes(127) + b"\x00" + MARK,
        bytes(129) + b"\x00" + MARK,
        bytes(128) + b"\x70" + MARK,
        bytes(128) + b"\xff" + MARK,
        b"\x01" + MARK,
        bytes(128) + b"\x00" + b"\xc3\x80",
        bytes(128) + b"\x00" + b"\xc2\x82",
        "é".encode(),
    ],
)
def test_strings_of_no_known_form(text: bytes) -> None:
    assert carried(text)[0] == WRONG


def test_nothing_packed() -> None:
    assert carried(b"\0" + MARK) == (PACKED, b"")
    assert carried(b"") == (PLAIN, b"")


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
