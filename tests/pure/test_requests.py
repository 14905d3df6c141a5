"""Reading requests: what does not need a server to be seen. The rest is in tests/live."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from unit_wasm._native import ffi
from unit_wasm.native.requests import _HEAD, _TARGET, UNKNOWN, Refused, RequestReader, Scratch
from unit_wasm.native.types import text_fields

LIMIT = 1 << 16


@pytest.fixture(scope="module")
def scratch() -> Scratch:
    return Scratch()


@pytest.fixture
def reader(scratch: Scratch) -> RequestReader:
    return RequestReader(scratch)


def read(reader: RequestReader, data: bytes, limit: int = LIMIT) -> RequestReader:
    reader.feed(data)
    assert reader.read_head(limit)
    return reader


def test_the_head_is_as_c_has_it(reader: RequestReader) -> None:
    """Each member of the struct has a value that no other has."""
    read(
        reader,
        b"\r\nPOST http://auth:1/path?q# HTTP/1.1\r\nHost: \t h:2\t\r\nContent-Length: 77\r\n"
        b"Connection: close\r\nExpect: 100-Continue\r\nX:\r\n\r\nrest",
    )
    assert (reader.method, reader.url) == (b"POST", b"http://auth:1/path?q#")
    assert (reader.target, reader.authority, reader.host) == (b"/path?q", b"auth:1", b"h:2")
    assert (reader.version, reader.length, reader.waiting) == ("1.1", 77, 4)
    assert (reader.keep_alive, reader.expects_continue, reader.complete) == (False, True, False)
    # What Host says is ignored where the target has an authority.
    assert text_fields(reader.text) == [
        *(b"host", b"auth:1", b"content-length", b"77", b"connection", b"close"),
        *(b"expect", b"100-Continue", b"x", b""),
    ]
    assert ffi.sizeof("uw_request_head_t") == _HEAD.size + _TARGET.size


def test_nothing_is_left_of_the_request_before(reader: RequestReader) -> None:
    read(reader, b"PUT http://a/b?c HTTP/1.0\r\nHost: c\r\nContent-Length: 2\r\nX: y\r\n\r\nok")
    assert reader.read_body(LIMIT) == b"ok"
    read(reader, b"GET / HTTP/1.1\r\nHost: d\r\n\r\n")
    assert (reader.authority, reader.host, reader.url, reader.target) == (None, b"d", b"/", b"/")
    assert (reader.version, reader.length, reader.complete) == ("1.1", 0, True)
    assert (reader.keep_alive, reader.expects_continue) == (True, False)
    assert text_fields(reader.text) == [b"host", b"d"]
    read(reader, b"GET / HTTP/1.0\r\n\r\n")
    assert (reader.host, reader.text, reader.keep_alive) == (None, b"", False)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (b"/", b"/"),
        (b"/?", b"/"),
        (b"/a?", b"/a"),
        (b"/a??", b"/a??"),
        (b"/a?b?", b"/a?b?"),
        (b"/#", b"/"),
        (b"/#?", b"/"),
        (b"/a#b?c", b"/a"),
        (b"/a?#b", b"/a"),
        (b"/a?b#c#d", b"/a?b"),
        (b"/a/../b//c", b"/a/../b//c"),
        (b"/%zz\"<>\\^`{|}'", b"/%zz\"<>\\^`{|}'"),
        (b"http://a", b"/"),
        (b"http://a#b", b"/"),
        (b"http://a?", b"/"),
        (b"http://a?b", b"/?b"),
        (b"http://a/b?c", b"/b?c"),
        (b"HTTPS://a/http://b", b"/http://b"),
    ],
)
def test_targets(reader: RequestReader, url: bytes, target: bytes) -> None:
    assert read(reader, b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % url).target == target
    assert reader.url == url


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n", b"\r\n ", b"\n\t", b"\r\n\r", b"\0\n"])
def test_no_line_feed_is_in_what_is_read(scratch: Scratch, end: bytes) -> None:
    """A worker takes a request as lines; ``ComponentCycle`` does not look for more of them."""
    head = b"GET /a?b HTTP/1.1\r\nHost: h\r\nAb: c d\r\nEf:\r\n\r\n"
    for at in range(len(head)):
        reader = RequestReader(scratch)
        reader.feed(head[:at] + end + head[at:])
        try:
            found = reader.read_head(LIMIT)
        except Refused:
            continue
        if found:
            fields = text_fields(reader.text)
            assert len(fields) % 2 == 0
            assert fields[:2] in ([b"host", b"h"], [b"host", b""], [b"ost", b"h"], []), at
            assert b"\n" not in reader.method + reader.target + b"".join(fields)


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_body_in_pieces(reader: RequestReader, size: int) -> None:
    """However it is cut, the body is the same, and what follows stays for later."""
    data = (
        b'\r\nPOST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x="\\"\r\n'.replace(
            b'"\r\n', b'""\r\n'
        )
        + b"hello\r\n0a\r\n0123456789\r\n0\r\nT: u\r\n\r\n"
    )
    after = b"GET /after HTTP/1.1\r\nHost: a\r\n\r\n"
    body, begun = b"", False
    for piece in pieces(data + after, size):
        reader.feed(piece)
        begun = begun or reader.read_head(LIMIT)
        if begun and not reader.complete:
            body += reader.read_body(LIMIT)
    assert (body, reader.length, reader.complete) == (b"hello0123456789", UNKNOWN, True)
    assert reader.waiting == len(after)
    assert reader.read_head(LIMIT)
    assert (reader.target, reader.waiting) == (b"/after", 0)


def refusal(reader: RequestReader, limit: int = LIMIT) -> tuple[HTTPStatus, str | None]:
    with pytest.raises(Refused) as caught:
        reader.read_head(limit)
    return caught.value.status, caught.value.reason


def head_of(size: int) -> bytes:
    start = b"GET / HTTP/1.1\r\nHost: a\r\nX: "
    return start + b"x" * (size - len(start) - 4) + b"\r\n\r\n"


@pytest.mark.parametrize("before", [b"", b"\r\n" * 9])
def test_a_head_has_a_limit(reader: RequestReader, before: bytes) -> None:
    read(reader, before + head_of(200 - len(before)), 200)
    reader.feed(before + head_of(201 - len(before)))
    assert refusal(reader, 200) == (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, None)


@pytest.mark.parametrize("data", [b"\r\n", b"GET / HTTP/1.1\r\nA: b\r\n", b"GET /", b"A" * 10])
def test_a_head_that_does_not_end_has_a_limit(reader: RequestReader, data: bytes) -> None:
    unended = (data + b"a" * 200 if len(data) > 2 else data * 200)[:200]
    for piece in pieces(unended, 8):
        reader.feed(piece)
        assert not reader.read_head(200)
    reader.feed(data[:1])
    reader.feed(data[1:2])
    assert refusal(reader, 200) == (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, None)


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
FRAMED = (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "its chunk extensions and trailers have more")


@pytest.mark.parametrize(
    ("data", "extra"),
    [
        (b"0\r\n" + b"a: bcd\r\n" * 12 + b"e: f", 100),
        (b"0\r\n" + b"a:\r\n" * 25 + b"\r\n", 100),
        (b"0\r\nabc: " + b"d" * 95, 100),
        (b"0\r\n" + b"n" * 100, 100),
        (b"1;" + b"a" * 99 + b"\r\nx\r\n", 100),
        (b'1;a="' + b'\\"' * 48, 100),
        (b"1;abcdefghi\r\nx\r\n" * 10, 100),
        (b"1" + b" " * 100, 100),
        (b"0" * 101, 100),
    ],
)
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_what_is_no_content_has_a_limit(
    reader: RequestReader, data: bytes, extra: int, size: int
) -> None:
    """All extensions and trailers of a body together."""

    def feed(limit: int) -> None:
        read(reader, CHUNKED)
        for piece in pieces(data, size):
            reader.feed(piece)
            reader.read_body(limit)

    feed(extra)
    reader = RequestReader(reader._scratch)
    with pytest.raises(Refused) as caught:
        feed(extra - 1)
    assert caught.value.status == FRAMED[0]
    assert str(caught.value.reason) == f"{FRAMED[1]} than {extra - 1} bytes"


def test_many_small_chunks_are_no_framing(reader: RequestReader) -> None:
    read(reader, CHUNKED + b"1\r\nx\r\n" * 10_000 + b"0\r\n\r\n")
    assert reader.read_body(0) == b"x" * 10_000
    assert reader.complete


def test_a_connection_that_waits_keeps_nothing(reader: RequestReader) -> None:
    read(reader, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n")
    reader.feed(b"x" * 300_000)
    assert len(reader.read_body(LIMIT)) == 300_000
    assert reader.data == b""
    reader.feed(b"\r\n\r\n")
    assert not reader.read_head(LIMIT)
    assert reader.blank


def test_larger_than_the_scratch(reader: RequestReader) -> None:
    """A body in one piece, and a head, of more than there was room for."""
    body = b"y" * 1_000_000
    read(reader, CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    assert reader.read_body(LIMIT) == body
    read(reader, head_of(2_000_000), 2_000_000)
    assert len(reader.text) > 1_999_000
