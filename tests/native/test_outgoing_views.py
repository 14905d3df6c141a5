"""What a guest looks at outlives what it was taken from: tests/guests/c/outgoing-views.c.

A view into memory that was freed shows other bytes here, and is a report of the sanitizers'.
"""

import pytest

from tests.harness.direct import TEXT, Client
from tests.harness.outgoing import asks

both_forms = pytest.mark.parametrize("rewrite", [True, False], ids=["rewritten", "as built"])

VALUE = "v" * 300
TRAILERS = [(b"x-sum", VALUE.encode()), (b"x-more", b"2")]
SHOWN = f"x-sum: {VALUE}\nx-more: 2\n"


@both_forms
@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/request", f"x-mine: {VALUE}\n"),
        ("/request-out", "x-out: 1\n"),
        ("/response-out", "x-out: 2\n"),
        ("/answered", "x-out: 3\n"),
    ],
)
def test_headers_of_messages_of_its_own(path: str, shown: str, rewrite: bool) -> None:
    with Client("outgoing-views", rewrite=rewrite) as client:
        for _ in range(2):
            answer = client.run(path, headers=[(b"X-Mine", VALUE.encode())])
            assert (answer.status, answer.text, answer.log) == (200, 2 * shown, [])


@both_forms
@pytest.mark.parametrize(
    ("path", "shown"), [("/sent", "x-out: 1\n"), ("/response", f"x-their: {VALUE}\n")]
)
def test_headers_around_a_request_that_was_sent(path: str, shown: str, rewrite: bool) -> None:
    with Client("outgoing-views", rewrite=rewrite, outgoing=True) as client:
        call = client.start(path)
        peer, [asked] = asks(client)
        asked.answer(200, [(b"x-their", VALUE.encode())], b"hello")
        client.finish(call)
        peer.take()
        answer = client.answer(call)
        assert (answer.status, answer.text, answer.log) == (200, 2 * shown, [])


@both_forms
@pytest.mark.parametrize("early", [True, False], ids=["whole", "in pieces"])
def test_trailers_of_a_response(early: bool, rewrite: bool) -> None:
    """Those that were taken from a future, which was then dropped."""
    with Client("outgoing-views", rewrite=rewrite, outgoing=True) as client:
        for _ in range(2):
            call = client.start("/trailers")
            peer, [asked] = asks(client)
            asked.respond(200)
            if not early:
                asked.push(b"hel")
                peer.settle()
            asked.push(b"hello" if early else b"lo", last=True, trailers=TRAILERS)
            client.finish(call)
            peer.take()
            answer = client.answer(call)
            assert (answer.status, answer.headers) == (200, TEXT)
            assert answer.text == f"hello|closed\n{SHOWN}{SHOWN}"
        assert client.lines == []


@both_forms
def test_trailers_that_become_headers_of_the_answer(rewrite: bool) -> None:
    with Client("outgoing-views", rewrite=rewrite, outgoing=True) as client:
        call = client.start("/passed")
        peer, [asked] = asks(client)
        asked.respond(200)
        # What another server calls `host` is not passed on, as that of a request is not.
        asked.push(b"hello", last=True, trailers=[*TRAILERS, (b"Host", b"other.test")])
        client.finish(call)
        peer.take()
        assert (call.status, call.headers) == (200, TRAILERS)
        assert bytes(call.body) == f"hello|closed\n{SHOWN}host: other.test\n".encode()
        assert client.lines == []


def test_trailers_that_were_passed_on_are_given_back() -> None:
    """All exchanges run in one slot: what one of them kept would be missing in the end."""
    more = [(b"Host", b"other.test"), (b"x-large", b"v" * 40_000)]
    with Client("outgoing-views", outgoing=True, max_host_memory=1 << 20) as client:
        for _ in range(40):
            call = client.start("/passed")
            peer, [asked] = asks(client)
            asked.respond(200)
            asked.push(b"hello", last=True, trailers=more)
            client.finish(call)
            peer.take()
            assert (call.status, call.headers) == (200, more[1:])
        assert client.lines == []


@both_forms
def test_an_error_of_a_body_that_broke_off(rewrite: bool) -> None:
    with Client("outgoing-views", rewrite=rewrite, outgoing=True) as client:
        call = client.start("/error")
        peer, [asked] = asks(client)
        asked.respond(200)
        asked.push(b"part")
        peer.settle()
        asked.fail("connection-timeout")
        client.finish(call)
        peer.take()
        answer = client.answer(call)
        assert (answer.status, answer.text) == (200, 2 * "connection-timeout\n")
        assert answer.log == []
