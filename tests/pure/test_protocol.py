"""Short cuts of the HTTP layer give what the long way gives."""

import pytest

from tests.harness.clock import Clock
from unit_wasm._native import ffi, lib
from unit_wasm.native.types import (
    ANSWER,
    BODY,
    CUT,
    END,
    HEAD,
    OVER,
    PRESENT_DATE,
    PRESENT_LENGTH,
    PRESENT_SERVER,
    PULL,
    WHOLE,
    answer_news,
    field_list,
)
from unit_wasm.server.http.connection_state import ConnectionState


def test_the_beginning_of_a_response(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(now=784111777.9)
    monkeypatch.setattr("unit_wasm.server.http.connection_state.time", clock)
    state = ConnectionState()
    state.set_server_field(b"us")
    date = b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    for _ in range(2):
        assert state.beginning(200) == b"HTTP/1.1 200 OK\r\nserver: us\r\n" + date
        assert state.beginning(404, PRESENT_LENGTH | PRESENT_SERVER) == (
            b"HTTP/1.1 404 Not Found\r\n" + date
        )
        assert state.beginning(200, PRESENT_DATE) == b"HTTP/1.1 200 OK\r\nserver: us\r\n"
        assert state.beginning(200, PRESENT_DATE | PRESENT_SERVER) == b"HTTP/1.1 200 OK\r\n"
        # Without a name of its own.
        assert state.beginning(299, PRESENT_DATE | PRESENT_SERVER) == b"HTTP/1.1 299 \r\n"
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
    assert (HEAD, BODY, END, CUT, PULL, WHOLE, OVER) == (
        lib.UW_NEWS_HEAD,
        lib.UW_NEWS_BODY,
        lib.UW_NEWS_END,
        lib.UW_NEWS_CUT,
        lib.UW_NEWS_PULL,
        lib.UW_NEWS_WHOLE,
        lib.UW_NEWS_OVER,
    )
    assert (PRESENT_LENGTH, PRESENT_DATE, PRESENT_SERVER) == (
        lib.UW_PRESENT_LENGTH,
        lib.UW_PRESENT_DATE,
        lib.UW_PRESENT_SERVER,
    )


def test_rows_of_answers_are_those_of_c() -> None:
    row = ffi.new("uw_whole_answer_t *", (1 << 40, 300, 200, 100, 599, 7, 63))
    assert [*ANSWER.iter_unpack(ffi.buffer(row))] == [(1 << 40, 300, 200, 100, 599, 7, 63)]


def test_an_answer_as_news() -> None:
    data = b"a: b\r\ncontent-length: 2\r\n\r\nok"
    news = answer_news((1, len(data), 6, 2, 200, 0, HEAD | BODY | END | WHOLE), data)
    assert news == (1, HEAD | BODY | END | WHOLE, 0, 200, b"a: b\r\n", b"ok")
    assert answer_news((1, 8, 6, 0, 204, 0, HEAD | END), b"a: b\r\n\r\n").body == b""
