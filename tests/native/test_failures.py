"""Guests that fail, each among 64 neighbours of the same worker, which must not notice."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.harness.direct import ERROR_PAGE, SLOWNESS, TEXT, Call, Client

UNREACHABLE = "the component failed: wasm trap: wasm `unreachable` instruction executed"
TRACE = "\n<backtrace>"
PAGES = {500: b"500 Internal Server Error\n", 504: b"504 Gateway Timeout\n"}

BEFORE = [
    ("/trap", 500, UNREACHABLE, TRACE),
    ("/loop", 504, "the component used up its processor time", ""),
    ("/hog", 500, UNREACHABLE, TRACE),
    ("/deep", 500, "the component failed: wasm trap: call stack exhausted", TRACE),
    ("/no-set", 500, "the component returned without calling response-outparam.set", ""),
    ("/error", 500, "the component answered with error-code DNS-timeout", ""),
    ("/wait", 504, "the component did not end in time", ""),
]

AFTER = [
    ("/later/trap", UNREACHABLE, TRACE),
    ("/later/loop", "the component used up its processor time", ""),
    ("/later/return", "the component ended without finishing its response body", ""),
    ("/later/drop", "the component dropped the response body unfinished", ""),
    ("/later/too-long", "the component wrote 11 bytes of a response body of 10 bytes", ""),
    ("/later/too-short", "the component finished a response body of 10 bytes after 6", ""),
]


class Neighbours:
    """64 requests around a failing one: half of them wait meanwhile."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._calls = [client.start(path) for path in ("/", "/slow") * 16]

    def close_in(self) -> None:
        """Start the second half."""
        self._calls += [self._client.start(path) for path in ("/slow", "/") * 16]

    def check(self) -> None:
        self._client.finish(*self._calls)
        assert len(self._calls) == 64
        for call in self._calls:
            assert (call.status, call.headers, call.how) == (200, TEXT, "ended")
            assert call.body == b"hello\n"


def failing_client(path: str) -> Client:
    limits: dict[str, dict[str, Any]] = {
        "/wait": {"timeout": 0.3 * SLOWNESS},
        "/hog": {"max_memory": 4 << 20},
    }
    return Client("mixed", max_exchanges=80, cpu_timeout=0.05, **limits.get(path, {}))


def fail_among_neighbours(path: str, line: str, check: Callable[[Call], None]) -> int:
    """Let a guest fail, twice, among neighbours that must not notice; return what was counted."""
    with failing_client(path) as client:
        for first in (1, 66):
            client.lines.clear()
            neighbours = Neighbours(client)
            call = client.start(path)
            neighbours.close_in()
            neighbours.check()
            client.finish(call)
            check(call)
            assert client.lines == [f"3 app: request {first + 32}: GET {path}: {line}"]
        return int(client.worker.status()["failures"])


@pytest.mark.parametrize(("path", "status", "why", "trace"), BEFORE)
def test_a_failure_before_the_head(path: str, status: int, why: str, trace: str) -> None:
    def check(call: Call) -> None:
        assert (call.status, call.headers, call.how) == (status, ERROR_PAGE, "ended")
        assert call.body == PAGES[status]

    assert fail_among_neighbours(path, f"{why} (<times>){trace}", check) == 2


@pytest.mark.parametrize(("path", "why", "trace"), AFTER)
def test_a_failure_after_the_head(path: str, why: str, trace: str) -> None:
    def check(call: Call) -> None:
        headers = [(b"content-length", b"10")] if "too-" in path else TEXT
        assert (call.status, call.headers, call.how) == (200, headers, "cut")
        assert call.body == b"begun\n"

    assert fail_among_neighbours(path, f"{why} (<times>){trace}", check) == 2


def test_the_first_line_has_times_and_the_others_are_frames() -> None:
    with Client("mixed") as client:
        raw: list[str] = []
        client.on_line = lambda level, line: raw.append(line)
        client.run("/trap")
    first, *frames = raw[0].split("\n")
    assert first.endswith(" ms)")
    assert frames
    for number, frame in enumerate(frames):
        assert frame.split(":")[0].strip() == str(number)
        assert " - <unknown>!<wasm function " in frame


# ---- Requests that no component ever sees ----

BAD = [
    ({"path": b"/a b"}, "a space in the target"),
    ({"path": b"/\xff"}, "no UTF-8"),
    ({"path": b"/\x7f"}, "a control character"),
    ({"path": b""}, "no target"),
    ({"authority": b""}, "no authority"),
    ({"authority": b'a b"<>'}, "no host name"),
    ({"authority": b"user@host"}, "user information"),
    ({"authority": b"\xff"}, "not ASCII"),
    ({"method": "G T"}, "no token"),
    ({"method": "G\xc9T"}, "no ASCII"),
    ({"method": ""}, "no method"),
    ({"scheme": "a b"}, "no scheme"),
    ({"headers": [(b"a b", b"1")]}, "a bad name"),
    ({"headers": [(b"", b"1")]}, "no name"),
    ({"headers": [(b"x-\xff", b"1")]}, "a name that is not ASCII"),
    ({"headers": [(b"x-a", b"a\rb")]}, "a carriage return"),
    ({"headers": [(b"x-a", b"a\0b")]}, "a NUL"),
    ({"headers": [(b"x-a", b"\x7f")]}, "a DEL"),
]


@pytest.mark.parametrize("request_", [row[0] for row in BAD], ids=[row[1] for row in BAD])
def test_a_bad_request(request_: dict[str, Any]) -> None:
    with Client("request-info") as client:
        answer = client.run(**request_)
        assert (answer.status, answer.headers, answer.how) == (400, ERROR_PAGE, "ended")
        assert answer.body == b"400 Bad Request\n"
        assert answer.log == []
        assert client.run().status == 200


@pytest.mark.parametrize("path", [b"/<>\"'`{}|\\^[]", "/é?ü=\U0001f600".encode(), b"//..//", b"*"])
def test_targets_that_browsers_send(path: bytes) -> None:
    with Client("request-info") as client:
        answer = client.run(path)
    shown = "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}" for byte in path
    )
    assert f"path-with-query: some {shown}\n" in answer.text


def test_the_last_request_does_not_show_in_a_refused_one() -> None:
    """A slot is used again: the answer to a bad request must not depend on the request before."""
    with Client("no-body") as client:
        for path in ("/", "/" + "x" * 20_000):
            assert client.run(path, method="HEAD").body == b""
            assert client.run(b"/ ").body == b"400 Bad Request\n"
        assert client.run(b"/ ", method="HEAD").body == b""
