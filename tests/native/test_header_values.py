"""Blanks and tabs around a value are no part of it (RFC 9110, section 5.5), whoever has sent it.

What a component makes itself is in test_outgoing_grammar.py.
"""

import pytest

from tests.harness.direct import Client
from tests.harness.double import running
from tests.harness.outgoing import end, get

VALUES = {
    b"plain": b"plain",
    b" \t before": b"before",
    b"behind \t ": b"behind",
    b"\t in \t between ": b"in \t between",
    b" \t ": b"",
    b"": b"",
    b"\xa0\xff ": b"\xa0\xff",
}
SENT = [(b"X-Value", value) for value in VALUES]


def shown(value: bytes) -> str:
    """Return a value as the guests print it."""
    return "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}" for byte in value
    )


EXPECTED = [f"header x-value: {shown(kept)}" for kept in VALUES.values()]


@pytest.mark.parametrize("rewrite", [True, False])
def test_of_a_request(rewrite: bool) -> None:
    with Client("request-info", rewrite=rewrite) as client:
        text = client.run(headers=SENT).text
    assert [line for line in text.split("\n") if line.startswith("header ")] == EXPECTED


def test_of_a_request_in_unit() -> None:
    with running("request-info") as module:
        text = module.ask(headers=SENT).body.decode()
    assert [line for line in text.split("\n") if line.startswith("header ")] == EXPECTED


def test_of_a_response_to_a_request_of_the_component() -> None:
    client, call, peer, asked = get()
    with client:
        asked.respond(200, SENT)
        asked.push(b"", last=True, trailers=SENT)
        text = end(client, call)
        peer.take()
    values = [f"x-value: {shown(kept)}" for kept in VALUES.values()]
    assert text.split("\n") == ["status 200", *values, "|closed", "trailers:", *values, ""]


def test_they_count_against_the_limit_as_little_as_they_are_kept() -> None:
    with Client("request-info", max_header_bytes=1024) as client:
        headers = [(b"a", b"b" + b" " * 900), (b"c", b"d" + b"\t" * 900)]
        answer = client.run(headers=headers)
    assert answer.status == 200
    assert answer.text.endswith("header a: b\nheader c: d\n")
