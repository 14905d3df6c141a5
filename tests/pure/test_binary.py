"""The reader of the WebAssembly binary formats."""

import pytest

from unit_wasm.wit.reader import (
    Malformed,
    Reader,
    Truncated,
    UnknownConstruct,
    encode_u32,
)

_U32 = [
    (b"\x00", 0),
    (b"\x7f", 127),
    (b"\x80\x01", 128),
    (b"\xff\x7f", 16_383),
    (b"\x80\x80\x01", 16_384),
    (b"\xff\xff\xff\xff\x0f", 2**32 - 1),
]


@pytest.mark.parametrize(("data", "value"), _U32)
def test_u32_reads_and_encodes(data: bytes, value: int) -> None:
    reader = Reader(data + b"\xaa")
    assert (reader.u32(), reader.position) == (value, len(data))
    assert encode_u32(value) == data


@pytest.mark.parametrize("data", [b"\x80\x00", b"\x80\x80\x80\x80\x00"])
def test_u32_may_be_padded(data: bytes) -> None:
    assert Reader(data).u32() == 0


@pytest.mark.parametrize("data", [data for data, _ in _U32])
def test_u32_is_truncated_at_every_byte(data: bytes) -> None:
    for end in range(len(data)):
        with pytest.raises(Truncated, match=f"^unexpected end at offset {end:#x}$"):
            Reader(data, 0, end).u32()


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff\x1f", b"\x80\x80\x80\x80\x80\x00"])
def test_u32_of_more_than_32_bits_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed, match="^a number does not fit 32 bits at offset 0x1$"):
        Reader(b"\x00" + data, 1).u32()


@pytest.mark.parametrize("value", [-1, 2**32])
def test_only_u32_is_encoded(value: int) -> None:
    with pytest.raises(ValueError, match=f"^{value} is not a u32$"):
        encode_u32(value)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x00", 0),
        (b"\x3f", 63),
        (b"\x40", -64),
        (b"\x7f", -1),
        (b"\xc0\x00", 64),
        (b"\xff\x7f", -1),
        (b"\xff\xff\xff\xff\x0f", 2**32 - 1),
        (b"\x80\x80\x80\x80\x70", -(2**32)),
    ],
)
def test_s33(data: bytes, value: int) -> None:
    assert Reader(data).s33() == value


@pytest.mark.parametrize(
    "data", [b"\x80\x80\x80\x80\x10", b"\xff\xff\xff\xff\x6f", b"\x80\x80\x80\x80\x80\x00"]
)
def test_s33_of_more_than_33_bits_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed, match="^a number does not fit 33 bits at offset 0x0$"):
        Reader(data).s33()


def test_peek_and_byte() -> None:
    reader = Reader(b"ab", 1)
    assert (reader.peek(), reader.byte(), reader.at_end()) == (0x62, 0x62, True)
    for read in (reader.peek, reader.byte):
        with pytest.raises(Truncated):
            read()


def test_name() -> None:
    reader = Reader(b"\x03a\xc3\xa9rest")
    assert (reader.name(), reader.position) == ("a\u00e9", 4)


def test_name_that_is_not_utf8() -> None:
    with pytest.raises(Malformed, match="^a name is not UTF-8 at offset 0x1$"):
        Reader(b"\x01\xff").name()


def test_skip_beyond_the_end_says_what_is_left() -> None:
    with pytest.raises(Truncated, match="^5 bytes are announced and 3 are left at offset 0x1$"):
        Reader(b"\x00abc", 1).skip(5)


def test_section_gives_a_reader_of_the_body_and_moves_on() -> None:
    reader = Reader(b"\x07\x02ab\x00\x00")
    number, body = reader.section()
    assert (number, body.position, body.end, reader.position) == (7, 2, 4, 4)
    with pytest.raises(Malformed, match="^a thing has bytes left over at offset 0x2$"):
        body.expect_end("a thing")
    body.skip(2)
    body.expect_end("a thing")


def test_a_section_does_not_read_into_the_next() -> None:
    _, body = Reader(b"\x07\x01\x80\x01").section()
    with pytest.raises(Truncated):
        body.u32()


def test_errors_are_value_errors_and_know_their_place() -> None:
    error = UnknownConstruct("unknown section 13", 0x20)
    assert isinstance(error, ValueError)
    assert (str(error), error.offset) == ("unknown section 13 at offset 0x20", 32)
