"""What a guest may say in a request of its own: all that is accepted is sent as it is.

The guest outgoing-parts makes a request of bytes that a test has chosen. What its host functions
let through must pass the client's own checks, and be on the wire what it was: nothing is refused
later on, with an ``internal-error`` that no guest could do anything about.
"""

import ipaddress
import random
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import h11
import pytest

from tests.harness.direct import Client
from tests.harness.outgoing import Asked, Peer
from unit_wasm.outgoing.errors import OutgoingError
from unit_wasm.outgoing.head import build, origin_of, trailer_fields

Pieces = Sequence[tuple[str, bytes]]

TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+\-.]{0,63}")
VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
NAME = re.compile(rb"(?P<host>\[[^\]]*\]|[A-Za-z0-9\-._~!$&'()*+,;=]+)(?::(?P<port>[0-9]{1,5}))?")
FORBIDDEN = frozenset(
    (
        *(b"host", b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization"),
        *(b"proxy-connection", b"transfer-encoding", b"upgrade", b"http2-settings"),
    )
)


@dataclass
class Outcome:
    """What the guest says of each piece, how its request ended, and what was asked for."""

    marks: list[str]
    end: str
    asked: Asked | None


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client("outgoing-parts", outgoing=True) as made:
        yield made


def run(client: Client, pieces: Pieces) -> Outcome:
    """Let the guest make a request of these, and answer it."""
    body = b"".join(
        letter.encode() + struct.pack("<H", len(data)) + data for letter, data in pieces
    )
    call = client.start(method="POST", body=body)
    peer = Peer(client)
    peer.settle()
    asked = peer.asked[0] if peer.asked else None
    if asked is not None:
        asked.answer(204)
    client.finish(call)
    peer.take()
    assert client.lines == []
    *marks, end = bytes(call.body).decode().split("\n")
    return Outcome(marks, end, asked)


ASKED: Pieces = [("s", b"http"), ("a", b"peer.test"), ("p", b"/")]


def sent(asked: Asked) -> tuple[h11.Request, list[tuple[bytes, bytes]]]:
    """Return the head and the trailers as a server reads them from the client's bytes."""
    request = build(asked.head, None, bool(asked.trailers))
    sender, reader = h11.Connection(h11.CLIENT), h11.Connection(h11.SERVER)
    wire = sender.send(request)
    wire += sender.send(h11.Data(data=bytes(asked.body))) if asked.body else b""
    chunked = (b"transfer-encoding", b"chunked") in request.headers
    end = h11.EndOfMessage(headers=trailer_fields(asked.trailers or []) if chunked else [])
    wire += sender.send(end)
    reader.receive_data(wire)
    head = reader.next_event()
    assert isinstance(head, h11.Request)
    while not isinstance(event := reader.next_event(), h11.EndOfMessage):
        assert isinstance(event, h11.Data), event
    return head, list(event.headers)


def fields_of(head: h11.Request) -> list[tuple[bytes, bytes]]:
    """Return what came from the guest."""
    ours = (b"host", b"transfer-encoding", b"unit-wasm-hops")
    return [(name, value) for name, value in head.headers if name not in ours]


# ---- White space around values ----

BLANKS = [
    (b"Bearer ", b"Bearer"),
    (b"Bearer\t", b"Bearer"),
    (b" \t a \t b\t ", b"a \t b"),
    (b" ", b""),
    (b"\t\t", b""),
    (b"\xff ", b"\xff"),
]


@pytest.mark.parametrize("letter", ["v", "w", "l"])
@pytest.mark.parametrize(("given", "kept"), BLANKS)
def test_blanks_around_a_value_are_no_part_of_it(
    client: Client, letter: str, given: bytes, kept: bytes
) -> None:
    outcome = run(client, [("n", b"Authorization"), (letter, given), *ASKED])
    assert (outcome.marks, outcome.end) == (["-"] * 4, "status 204")
    assert outcome.asked is not None
    assert outcome.asked.head.headers == [(b"authorization", kept)]
    assert fields_of(sent(outcome.asked)[0]) == [(b"authorization", kept)]


@pytest.mark.parametrize(("given", "kept"), BLANKS)
def test_nor_of_a_trailer(client: Client, given: bytes, kept: bytes) -> None:
    outcome = run(client, [("n", b"x-sum"), ("t", given), ("b", b"abc"), *ASKED])
    assert (outcome.marks, outcome.end) == (["-"] * 4, "status 204")
    assert outcome.asked is not None
    assert outcome.asked.trailers == [(b"x-sum", kept)]
    assert sent(outcome.asked)[1] == [(b"x-sum", kept)]


@pytest.mark.parametrize("letter", ["v", "w", "l"])
def test_a_length_with_blanks_is_that_length(client: Client, letter: str) -> None:
    length = ("n", b"Content-Length"), (letter, b" \t003 ")
    outcome = run(client, [*length, ("b", b"abc"), *ASKED])
    assert (outcome.marks, outcome.end) == (["-"] * 4, "status 204")
    assert outcome.asked is not None
    assert outcome.asked.head.headers == [(b"content-length", b"3")]


@pytest.mark.parametrize(("name", "value"), [(b"content-length", b"7"), (b"Content-Length", b"8")])
def test_a_trailer_never_frames(client: Client, name: bytes, value: bytes) -> None:
    """Two of them that differ were refused by the client's own library."""
    trailers = [("n", b"content-length"), ("t", b"7"), ("n", name), ("t", value), ("n", b"x-a")]
    outcome = run(client, [*trailers, ("t", b"1"), ("b", b"abc"), *ASKED])
    assert (outcome.marks, outcome.end) == (["-"] * 6, "status 204")
    assert outcome.asked is not None
    assert sent(outcome.asked)[1] == [(b"x-a", b"1")]


# ---- The line ----


@pytest.mark.parametrize(
    "authority",
    [
        *(b"peer.test\0", b"\0peer.test", b"peer\0.test", b"peer.test:80\0", b"peer.test:\x0080"),
        *(
            b"[::1\0",
            b"[::1\0:80",
            b"[\0]",
            b"[::1\0]",
            b"[::1]\0",
            b"[::1]x",
            b"[::1",
            b"[]",
            b"[",
        ),
        *(
            b"[12345]",
            b"[1.2.3.4]",
            b"[::1%25eth0]",
            b"[v1.a]",
            b"[:::]",
            b"[::1]:",
            b"[::1]:65536",
        ),
        *(b"", b":80", b"a:", b"a:b", b"a:080:1", b"a b", b"a\tb", b"a/b", b"a?b", b"a#b", b"a@b"),
        *(
            b"user@peer.test",
            b"a\rb",
            b"a\nb",
            b"a\x7f",
            b"\xc3\xa9.test",
            b"a%00",
            b"a\\b",
            b"a[b]",
        ),
        *(b'a"b', b"a<b", b"a{b}", b"a|b", b"a^b", b"a`b", b"peer.test:65536", b"peer.test:999999"),
    ],
)
def test_an_authority_that_is_none(client: Client, authority: bytes) -> None:
    outcome = run(client, [("s", b"http"), ("a", authority), ("p", b"/")])
    assert (outcome.marks, outcome.asked) == (["-", "refused", "-"], None)
    assert outcome.end == "handle: HTTP-request-URI-invalid"


@pytest.mark.parametrize(
    "authority",
    [
        *(b"peer.test", b"PEER.test:8080", b"peer.test.", b"a_b-c~d.test", b"127.0.0.1:1"),
        *(b"[::1]", b"[2001:DB8::1]:8080", b"[::ffff:192.0.2.1]:443", b"a!$&'()*+,;=b", b"a:00080"),
    ],
)
def test_an_authority_is_sent_as_it_is(client: Client, authority: bytes) -> None:
    outcome = run(client, [("s", b"http"), ("a", authority), ("p", b"/")])
    assert (outcome.marks, outcome.end) == (["-"] * 3, "status 204")
    assert outcome.asked is not None
    assert dict(sent(outcome.asked)[0].headers)[b"host"] == authority
    assert str(origin_of(outcome.asked.head))


@pytest.mark.parametrize("scheme", [b"HTTP", b"Http", b"hTTP"])
def test_the_case_of_a_scheme_means_nothing(client: Client, scheme: bytes) -> None:
    outcome = run(client, [("s", scheme), ("a", b"peer.test"), ("p", b"/")])
    assert outcome.asked is not None
    assert outcome.asked.head.scheme == b"http"


# ---- Anything ----

ODD = "\0\t\n\r\x0b\x0c \x1f !\"#$%&'*+,-./0:;<=>?@A[\\]^_`az{|}~\x7f\x85\xa0\xe9\u2028"
BYTES = [*ODD.encode(), 0x80, 0xFF, 0x20, 0x09]
EXAMPLES = 600


class Chance:
    """Makes parts of requests; always the same ones.

    Parameters:
        seed: of what is random.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def text(self) -> bytes:
        return "".join(self._random.choices(ODD, k=self._random.randrange(9))).encode()

    def value(self) -> bytes:
        return bytes(self._random.choices(BYTES, k=self._random.randrange(9)))

    def usually(self, good: bytes, *before: bytes) -> bytes:
        """Return what is good, or, once in three times, any text behind one of these."""
        if self._random.randrange(3):
            return good
        return self._random.choice((b"", *before)) + self.text()

    def authority(self) -> bytes:
        found = self.usually(b"peer.test", b"[", b"[::1", b"peer.test:")
        return found + b"]" if found.startswith(b"[") and self._random.randrange(2) else found

    def field(self) -> tuple[bytes, str, bytes]:
        name = self.usually(self._random.choice((b"X-a", b"x-A", *sorted(FORBIDDEN))))
        return name, self._random.choice("vw"), self.value()

    def fields(self) -> list[tuple[bytes, str, bytes]]:
        return [self.field() for _ in range(self._random.randrange(4))]


def is_authority(text: bytes) -> bool:
    match = NAME.fullmatch(text)
    if match is None or int(match["port"] or 0) > 65535:
        return False
    host = match["host"].decode()
    if not host.startswith("["):
        return True
    try:
        return "%" not in host and bool(ipaddress.IPv6Address(host[1:-1]))
    except ValueError:
        return False


def is_path(text: bytes) -> bool:
    return not any(byte <= 0x20 or byte in b"#<>\x7f" for byte in text)


def mark(fine: bool) -> str:
    return "-" if fine else "refused"


def check(client: Client, seed: int) -> None:
    chance = Chance(seed)
    method, scheme = chance.usually(b"GET"), chance.usually(b"http")
    authority, path = chance.authority(), chance.usually(b"/", b"/", b"?")
    fields = chance.fields()
    pieces = [piece for name, how, value in fields for piece in (("n", name), (how, value))]
    outcome = run(client, [*pieces, ("m", method), ("s", scheme), ("a", authority), ("p", path)])
    expected, kept = expected_fields(fields)
    lines = [bool(TOKEN.fullmatch(method)), bool(SCHEME.fullmatch(scheme))]
    lines += [is_authority(authority), is_path(path)]
    assert outcome.marks == expected + [mark(fine) for fine in lines]
    if outcome.asked is None:
        assert outcome.end in ("handle: HTTP-protocol-error", "handle: HTTP-request-URI-invalid")
        return
    assert all(lines[2:])
    head = outcome.asked.head
    assert head.headers == kept
    assert head.method == (method if lines[0] else b"GET")
    assert head.authority == authority
    try:
        origin_of(head)
    except OutgoingError as error:
        assert error.code in ("HTTP-protocol-error", "HTTP-request-URI-invalid")
        return
    line, _ = sent(outcome.asked)
    assert (line.method, fields_of(line)) == (head.method, kept)


def expected_fields(
    fields: list[tuple[bytes, str, bytes]],
) -> tuple[list[str], list[tuple[bytes, bytes]]]:
    """Return what the guest says of these fields, and what is left of them."""
    expected: list[str] = []
    kept: list[tuple[bytes, bytes]] = []
    for name, how, value in fields:
        if not TOKEN.fullmatch(name):
            expected.append("invalid-syntax")
        elif name.lower() in FORBIDDEN:
            expected.append("forbidden")
        elif not VALUE.fullmatch(value):
            expected.append("invalid-syntax")
        else:
            expected.append("-")
            kept = [pair for pair in kept if how == "v" or pair[0] != name.lower()]
            kept.append((name.lower(), value.strip(b" \t")))
    return expected, kept


def test_whatever_is_accepted_is_sent_as_it_is(client: Client) -> None:
    for seed in range(EXAMPLES):
        check(client, seed)
