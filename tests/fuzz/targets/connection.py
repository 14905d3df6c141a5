"""Invariant: however the bytes of a connection are cut into pieces, they are the same requests,
bodies and refusal, those that a plain reading of the RFC finds; nothing else is raised, and no more
is kept than has come.

The inputs are the bytes, after two that say how they are cut and which limit they have. The plain
reading looks at all of them at once, with regular expressions, and knows no states.
"""

import contextlib
import random
import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from tests.fuzz.choices import Choices, edited
from unit_wasm.native.requests import UNKNOWN, Refused, RequestReader, Scratch
from unit_wasm.native.types import text_fields

_LIMITS = (40, 90, 300, 1 << 16)
_PARTS = (
    *(b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" ", b"\t", b":", b",", b";", b'"', b"\\", b"0\r\n"),
    *(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"Host: b\r\n", b"Connection: close\r\n", b"0"),
    *(b"1\r\nx\r\n",),
    *(b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"Expect: 100-continue\r\n"),
    *(b"chunked", b"gzip, ", b"http://", b"*", b"OPTIONS ", b"CONNECT ", b"HTTP/1.0", b"HTTP/2.0"),
    *(b"5;a=b\r\nhello\r\n", b"T: u\r\n", b"\x00", b"\x7f", b"\x80", b"?", b"#", b"@", b"%"),
)  # fmt: skip


def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
    """Return one to three seeds, changed here and there."""
    data = b"".join(choices.pick(seeds)[2:] for _ in range(1 + choices.below(3)))
    for _ in range(choices.below(4)):
        at = choices.below(len(data) + 1)
        data = data[:at] + choices.pick(_PARTS) + data[at + choices.below(4) :]
    if choices.chance(2):
        data = edited(data, choices)
    return bytes([choices.byte(), choices.byte()]) + data


# ---- A plain reading ----

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_VALUE = rb"[\t\x20-\x7e\x80-\xff]*"
_HEAD = re.compile(
    rb"(?:\r\n)*(%b) ([!-~]+) HTTP/([0-9])\.([0-9])\r\n((?:[^\r\n]*\r\n)*?)\r\n" % _TOKEN
)
_FIELD = re.compile(rb"(%b):(%b)" % (_TOKEN, _VALUE))
_ABSOLUTE = re.compile(rb"https?://([^/?#]*)(.*)", re.I)
_QUOTED = rb'"(?:[^"\\\0-\x08\x0a-\x1f\x7f]|\\[\t\x20-\x7e\x80-\xff])*"'
_EXTENSION = rb"(?:[ \t]*;(?:[!#-'*+\-.0-9A-Z^-z|~=;\x20\t]|%b)*)?" % _QUOTED
_CHUNK = re.compile(rb"(0*)([0-9a-fA-F]{1,16})(%b)\r\n" % _EXTENSION)
_TRAILERS = re.compile(rb"((?:%b:%b\r\n)*)\r\n" % (_TOKEN, _VALUE))

Outcome = tuple[Any, ...]


class _Unclear(Exception):
    """The plain reading has no answer: something is bad, too large, or not complete."""


def _plain(data: bytes, limit: int) -> Iterator[Outcome]:
    """Yield the requests that are complete and good, up to the first that is not."""
    at = 0
    with contextlib.suppress(_Unclear):
        while True:
            head = _HEAD.match(data, at)
            if head is None or head.end() - at > limit:
                return
            at = head.end()
            yield from _plain_request(head, data, at, limit)
            at = _plain_end(head, data, at, limit)


def _need(condition: object) -> None:
    if not condition:
        raise _Unclear


def _plain_fields(head: re.Match[bytes]) -> list[tuple[bytes, bytes]]:
    lines = head[5].split(b"\r\n")[:-1]
    found = [_FIELD.fullmatch(line) for line in lines]
    _need(all(found))
    return [(one[1].lower(), one[2].strip(b" \t")) for one in found if one is not None]


def _values(fields: Sequence[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    return [value for key, value in fields if key == name]


def _members(values: Sequence[bytes]) -> list[bytes]:
    found = (part.strip(b" \t").lower() for value in values for part in value.split(b","))
    return [part for part in found if part]


def _plain_framing(head: re.Match[bytes]) -> int:
    """Return the length of the body."""
    fields = _plain_fields(head)
    lengths, codings = _values(fields, b"content-length"), _values(fields, b"transfer-encoding")
    if codings:
        _need(not lengths and head[4] != b"0" and _members(codings) == [b"chunked"])
        return UNKNOWN
    _need(len(lengths) < 2 and all(re.fullmatch(rb"[0-9]+", length) for length in lengths))
    return int(lengths[0]) if lengths else 0


def _plain_target(head: re.Match[bytes]) -> tuple[bytes, bytes | None]:
    """Return path and query, and the authority if there is one."""
    method, url = head[1], head[2]
    _need(method != b"CONNECT")
    absolute = _ABSOLUTE.fullmatch(url)
    if url == b"*":
        _need(method == b"OPTIONS")
        return url, None
    authority, rest = (absolute[1], absolute[2]) if absolute else (None, url)
    _need(absolute is None or len(url) > url.index(b"//") + 2)
    path, _, query = rest.partition(b"#")[0].partition(b"?")
    target = path + b"?" + query if query else path
    if not target.startswith(b"/"):
        _need(absolute)
        target = b"*" if method == b"OPTIONS" and not target else b"/" + target
    return target, authority


def _plain_request(head: re.Match[bytes], data: bytes, at: int, limit: int) -> Iterator[Outcome]:
    _need(head[3] == b"1")
    fields, length = _plain_fields(head), _plain_framing(head)
    target, authority = _plain_target(head)
    hosts = _values(fields, b"host")
    new = head[4] != b"0"
    _need(len(hosts) <= 1 and (hosts or not new))
    shown = [(b"host", authority) if authority is not None and key == b"host" else (key, value)
             for key, value in fields]  # fmt: skip
    keep_alive = new and b"close" not in _members(_values(fields, b"connection"))
    expects = new and b"100-continue" in _members(_values(fields, b"expect"))
    yield (
        *("head", head[1], head[2], target, authority, hosts[0] if hosts else None),
        *(shown, "1.1" if new else "1.0", keep_alive, expects, length),
    )


def _plain_end(head: re.Match[bytes], data: bytes, at: int, limit: int) -> int:
    """Return where the body ends."""
    length = _plain_framing(head)
    if length != UNKNOWN:
        _need(at + length <= len(data))
        return at + length
    extra = 0
    while True:
        chunk = _CHUNK.match(data, at)
        _need(chunk)
        assert chunk is not None
        at = chunk.end()
        digits = chunk[2].lstrip(b"0")
        extra += len(chunk[1] + chunk[2]) - max(1, len(digits)) + len(chunk[3])
        if not digits:
            break
        size = int(digits, 16)
        _need(data[at + size : at + size + 2] == b"\r\n")
        at += size + 2
    trailers = _TRAILERS.match(data, at)
    _need(trailers)
    assert trailers is not None
    _need(extra + len(trailers[1]) <= limit)
    return trailers.end()


# ---- The reader ----


def _shown(reader: RequestReader) -> Outcome:
    fields = text_fields(reader.text)
    pairs = list(zip(fields[::2], fields[1::2], strict=True))
    assert all(re.fullmatch(_TOKEN, name) and name == name.lower() for name, _ in pairs), pairs
    assert all(re.fullmatch(_VALUE, value) for _, value in pairs), pairs
    assert re.fullmatch(rb"/[!-~]*|\*", reader.target), reader.target
    return (
        *("head", reader.method, reader.url, reader.target, reader.authority, reader.host, pairs),
        *(reader.version, reader.keep_alive, reader.expects_continue, reader.length),
    )


def _read(scratch: Scratch, pieces: Sequence[bytes], limit: int) -> list[Outcome]:
    """Return heads, and for each its body; at the end a status where something was refused."""
    reader, outcomes, come = RequestReader(scratch), [], 0
    body = b""
    try:
        for piece in pieces:
            reader.feed(piece)
            come += len(piece)
            while True:
                before = reader.waiting
                if reader.complete:
                    if not reader.read_head(limit):
                        break
                    outcomes.append(_shown(reader))
                    body = b""
                else:
                    body += reader.read_body(limit)
                if reader.complete:
                    outcomes.append(("body", body))
                assert reader.waiting <= before <= come
                if not reader.waiting:
                    break
            assert len(reader.data) <= come
            assert reader.waiting <= max(limit, before)
    except Refused as refused:
        assert refused.status in (400, 431, 501, 505), refused.status
        # What came of a body in the same piece is gone with it.
        outcomes.append(("refused", HTTPStatus(refused.status)))
    else:
        outcomes.append(("part", body if not reader.complete else b""))
    return outcomes


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Make what the readers share."""
    scratch = Scratch()

    def check(data: bytes) -> None:
        how, limit, stream = data[0], _LIMITS[data[1] % len(_LIMITS)], data[2:]
        whole = _read(scratch, [stream], limit)
        drawn = random.Random(how)
        cuts = sorted(drawn.randrange(len(stream) + 1) for _ in range(how % 7))
        some = [stream[a:b] for a, b in pairwise([0, *cuts, len(stream)])]
        single = [stream[at : at + 1] for at in range(len(stream))]
        for pieces in (some, single):
            assert _read(scratch, [piece for piece in pieces if piece], limit) == whole
        heads = [outcome for outcome in whole if outcome[0] == "head"]
        plain = list(_plain(stream, limit))
        # A good head may be followed by a body that is none; each reading says so its own way.
        assert heads[: len(plain)] == plain
        assert len(heads) == len(plain)

    yield check
