"""Requests of a component inside the module: what a guest looks at outlives what it was taken from.

As tests/native/test_outgoing_views.py, through the double: a view into memory that was freed shows
other bytes here, and is a report of the sanitizers'.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.harness.double import Module, running
from tests.harness.double_outgoing import ModulePeer

VALUE = "v" * 300
TRAILERS = [(b"x-sum", VALUE.encode()), (b"x-more", b"2")]
SHOWN = f"x-sum: {VALUE}\nx-more: 2\n"


@contextmanager
def views() -> Iterator[tuple[Module, ModulePeer]]:
    """Run the guest; at the end it has said nothing, and a neighbour of it is answered."""
    with running("outgoing-views", OUTGOING="http://peer.test") as module:
        peer = ModulePeer(module)
        yield module, peer
        neighbour = module.ask(b"/response-out")
        assert (neighbour.whole, neighbour.status) == (True, 200)
        assert neighbour.body == b"x-out: 2\nx-out: 2\n"
        # A guest that wants no body may have gone before the test has given it one.
        assert all(order.cancelled for order in peer.take())
        assert module.log == ""


def text_of(module: Module, number: int) -> str:
    answer = module.done(number)
    assert (answer.whole, answer.status) == (True, 200)
    return answer.body.decode()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (b"/request", f"x-mine: {VALUE}\n"),
        (b"/request-out", "x-out: 1\n"),
        (b"/response-out", "x-out: 2\n"),
        (b"/answered", "x-out: 3\n"),
    ],
)
def test_headers_of_messages_of_its_own(path: bytes, shown: str) -> None:
    with views() as (module, _):
        for _ in range(2):
            number = module.request(path, headers=[(b"X-Mine", VALUE.encode())])
            assert text_of(module, number) == 2 * shown


@pytest.mark.parametrize(
    ("path", "shown"), [(b"/sent", "x-out: 1\n"), (b"/response", f"x-their: {VALUE}\n")]
)
def test_headers_around_a_request_that_was_sent(path: bytes, shown: str) -> None:
    with views() as (module, peer):
        for _ in range(2):
            number = module.request(path)
            asked = peer.next()
            assert (asked.head.method, asked.head.authority) == (b"GET", b"peer.test")
            asked.answer(200, [(b"x-their", VALUE.encode())], b"hello")
            assert text_of(module, number) == 2 * shown


@pytest.mark.parametrize("early", [True, False], ids=["whole", "in pieces"])
def test_trailers_of_a_response(early: bool) -> None:
    """Those that were taken from a future, which was then dropped."""
    with views() as (module, peer):
        for _ in range(2):
            number = module.request(b"/trailers")
            asked = peer.next()
            asked.respond(200)
            if not early:
                asked.push(b"hel")
            asked.push(b"hello" if early else b"lo", last=True, trailers=TRAILERS)
            assert text_of(module, number) == f"hello|closed\n{SHOWN}{SHOWN}"


def test_trailers_that_become_headers_of_the_answer() -> None:
    with views() as (module, peer):
        number = module.request(b"/passed")
        asked = peer.next()
        asked.respond(200)
        asked.push(b"hello", last=True, trailers=[*TRAILERS, (b"Host", b"other.test")])
        assert text_of(module, number) == f"hello|closed\n{SHOWN}host: other.test\n"
        headers = module.answer(number).headers
        assert [pair for pair in headers if pair[0] in (b"x-sum", b"x-more", b"host")] == TRAILERS


def test_an_error_of_a_body_that_broke_off() -> None:
    with views() as (module, peer):
        number = module.request(b"/error")
        asked = peer.next()
        asked.respond(200)
        asked.push(b"part")
        asked.fail("connection-timeout")
        assert text_of(module, number) == 2 * "connection-timeout\n"


def test_trailers_beside_a_neighbour() -> None:
    """Exchanges that hold views while others free, at the same time."""
    with views() as (module, peer):
        numbers = []
        for _ in range(4):
            numbers.append(module.request(b"/trailers"))
            peer.next().respond(200)
        other = module.request(b"/request", headers=[(b"x-mine", b"1")])
        assert text_of(module, other) == "x-mine: 1\nx-mine: 1\n"
        for asked in peer.asked:
            asked.push(b"hello", last=True, trailers=TRAILERS)
        for number in numbers:
            assert text_of(module, number) == f"hello|closed\n{SHOWN}{SHOWN}"
