"""Short cuts of the HTTP layer give what the long way gives."""

from __future__ import annotations

import httptools
import pytest

from tests.harness.clock import Clock
from unit_wasm._native import ffi, lib
from unit_wasm.native_types import (
    ANSWER,
    BODY,
    CUT,
    END,
    HEAD,
    OWN_DATE,
    OWN_LENGTH,
    OWN_SERVER,
    PULL,
    WHOLE,
    answer_news,
    field_list,
)
from unit_wasm.server.connection_state import ConnectionState
from unit_wasm.server.head_reader import Refused, path_and_query

PIECES = [bytes([byte]) for byte in range(256)]
TARGETS = [
    *(b"/" + piece for piece in PIECES),
    *(b"/a" + piece + b"z" for piece in PIECES),
    *(b"/?" + piece for piece in PIECES),
    *(b"/a?x" + piece + b"z" for piece in PIECES),
    *(b"/" + one + two for one in (b"?", b"#", b"/", b"%") for two in (b"?", b"#", b"/", b"%")),
    b"*",
    b"/",
    b"a",
    b"http://a/b?c",
    b"host:80",
]


class Pieces(list[bytes]):
    """What a parser reads of the head of a request."""

    on_url = list.append

    def on_header(self, name: bytes, value: bytes) -> None:
        self.extend((name, value))


def _parsed(target: bytes) -> bytes | None:
    """Return path and query as the parser reads them."""
    url = httptools.parse_url(target)
    return b"%b?%b" % (url.path, url.query) if url.query else url.path


def _read(head: bytes) -> Pieces:
    """Return what the parser reads of a head; nothing where it refuses it."""
    pieces = Pieces()
    parser = httptools.HttpRequestParser(pieces)
    try:
        parser.feed_data(head)
    except httptools.HttpParserError:
        return Pieces()
    pieces.append(parser.get_method())
    return pieces


def test_a_target_is_what_parsing_makes_of_it() -> None:
    heads = [_read(b"GET %b HTTP/1.1\r\n\r\n" % target) for target in TARGETS]
    targets = {target for target, _ in filter(None, heads)}
    assert {bytes([byte]) for target in targets for byte in target} == set(PIECES[33:127])
    for target in targets:
        assert path_and_query(target) == _parsed(target)
    with pytest.raises(Refused):
        path_and_query(b"http://a?b")


@pytest.mark.parametrize("target", [b"/", b"/a", b"/a/b?c=d&e", b"//a", b"/a?b?c", b'/"<>`|{}^~'])
def test_usual_targets_are_not_parsed(target: bytes) -> None:
    assert path_and_query(target) is target


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n", b"\r\n ", b"\n\t", b"\r\n\r", b"\0\n"])
def test_no_line_feed_is_in_what_the_parser_reads(end: bytes) -> None:
    """A worker takes a request as lines; ``ComponentCycle`` does not look for more of them."""
    head = b"GET /a?b HTTP/1.1\r\nHost: h\r\nAb: c d\r\nEf:\r\n\r\n"
    pieces = [piece for at in range(len(head)) for piece in _read(head[:at] + end + head[at:])]
    assert b"\n" not in b"".join(pieces)
    # Where it does no harm.
    assert _read(b"\n" + head) == [b"/a?b", b"Host", b"h", b"Ab", b"c d", b"Ef", b"", b"GET"]


def test_the_beginning_of_a_response(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(now=784111777.9)
    monkeypatch.setattr("unit_wasm.server.connection_state.time", clock)
    state = ConnectionState()
    state.set_server_field(b"us")
    date = b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    for _ in range(2):
        assert state.beginning(200) == b"HTTP/1.1 200 OK\r\nserver: us\r\n" + date
        assert state.beginning(404, OWN_LENGTH | OWN_SERVER) == (
            b"HTTP/1.1 404 Not Found\r\n" + date
        )
        assert state.beginning(200, OWN_DATE) == b"HTTP/1.1 200 OK\r\nserver: us\r\n"
        assert state.beginning(200, OWN_DATE | OWN_SERVER) == b"HTTP/1.1 200 OK\r\n"
    clock.now += 1
    assert state.beginning(200) == b"HTTP/1.1 200 OK\r\nserver: us\r\n" + date.replace(b"37", b"38")
    state.set_server_field(b"they")
    assert b"server: they\r\n" in state.beginning(200)


def test_fields_of_a_head() -> None:
    assert field_list(b"") == []
    assert field_list(b"a: b\r\nc:  d: e \r\nf: \r\n") == [
        (b"a", b"b"),
        (b"c", b" d: e "),
        (b"f", b""),
    ]


def test_bits_of_news_are_those_of_c() -> None:
    assert (HEAD, BODY, END, CUT, PULL, WHOLE) == (
        lib.UW_NEWS_HEAD,
        lib.UW_NEWS_BODY,
        lib.UW_NEWS_END,
        lib.UW_NEWS_CUT,
        lib.UW_NEWS_PULL,
        lib.UW_NEWS_WHOLE,
    )
    assert (OWN_LENGTH, OWN_DATE, OWN_SERVER) == (
        lib.UW_OWN_LENGTH,
        lib.UW_OWN_DATE,
        lib.UW_OWN_SERVER,
    )


def test_rows_of_answers_are_those_of_c() -> None:
    row = ffi.new("uw_whole_answer_t *", (1 << 40, 300, 200, 100, 599, 7, 63))
    assert [*ANSWER.iter_unpack(ffi.buffer(row))] == [(1 << 40, 300, 200, 100, 599, 7, 63)]


def test_an_answer_as_news() -> None:
    data = b"a: b\r\ncontent-length: 2\r\n\r\nok"
    news = answer_news((1, len(data), 6, 2, 200, 0, HEAD | BODY | END | WHOLE), data)
    assert news == (1, HEAD | BODY | END | WHOLE, 0, 200, b"a: b\r\n", b"ok")
    assert answer_news((1, 8, 6, 0, 204, 0, HEAD | END), b"a: b\r\n\r\n").body == b""
