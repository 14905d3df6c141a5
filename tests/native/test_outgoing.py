"""Outgoing requests: what the client gets to do, and what the guest gets back."""

from typing import Any

import pytest

from tests.harness.direct import Client
from tests.harness.outgoing import asks, end, get, text_of
from unit_wasm.native.types import Order, OutgoingHead

both_forms = pytest.mark.parametrize("rewrite", [True, False], ids=["rewritten", "as built"])


def sender(guest: str, **options: Any) -> Client:
    return Client(guest, outgoing=True, **options)


# ---- Requests and responses without a body ----


@both_forms
def test_get(rewrite: bool) -> None:
    with sender("outgoing-get", rewrite=rewrite) as client:
        call = client.start("/early")
        peer, [asked] = asks(client)
        head = OutgoingHead(
            method=b"GET",
            scheme=b"http",
            authority=b"peer.test",
            path=b"/asked?q=1",
            headers=[(b"x-from", b"guest")],
            hops=b"",
            traceparent=b"",
            connect_timeout=600,
            first_byte_timeout=600,
            between_bytes_timeout=600,
        )
        assert asked.orders == [Order(asked.id, start=head, ended=True)]
        asked.respond(203, [(b"X-One", b"1"), (b"x-two", b"\xff\xe9"), (b"x-one", b"2")])
        assert asked.push(b"some ") == client.options.body_buffer - 5
        assert asked.push(b"text", last=True) > 0
        client.finish(call)
        # It was over: there is nothing to cancel.
        assert peer.take() == []
        assert text_of(client.answer(call)) == (
            "status 203\nx-one: 1\nx-two: \\xff\\xe9\nx-one: 2\nsome text|closed\nno trailers\n"
        )


def test_an_empty_response() -> None:
    client, call, _, asked = get()
    with client:
        asked.answer(204)
        assert end(client, call) == "status 204\n|closed\nno trailers\n"


def test_a_response_in_pieces() -> None:
    """The guest waits for each of them."""
    client, call, peer, asked = get()
    with client:
        asked.respond(200)
        for piece in (b"one ", b"two ", b"", b"three"):
            client.settle()
            asked.push(piece)
        client.settle()
        asked.push(b"", last=True, trailers=[(b"x-sum", b"9")])
        expected = "status 200\none two three|closed\ntrailers:\nx-sum: 9\n"
        assert end(client, call) == expected
        assert peer.take() == []


def test_hop_by_hop_fields_of_a_response_are_left_out() -> None:
    client, call, _, asked = get()
    with client:
        left_out = [b"Connection", b"keep-alive", b"Transfer-Encoding", b"upgrade", b"proxy-x"]
        asked.respond(200, [(name, b"x") for name in left_out] + [(b"host", b"h")])
        asked.push(b"", True, [(b"connection", b"x"), (b"x-a", b"")])
        expected = "status 200\nproxy-x: x\nhost: h\n|closed\ntrailers:\nx-a: \n"
        assert end(client, call) == expected


def test_the_timeouts_of_a_request() -> None:
    client, call, _, asked = get("/options")
    with client:
        head = asked.head
        times = (head.connect_timeout, head.first_byte_timeout, head.between_bytes_timeout)
        assert times == (0.001, 0.002, 0.003)
        asked.answer()
        assert end(client, call) == "status 200\n|closed\nno trailers\n"


def test_the_guest_is_parked_while_it_waits() -> None:
    """It uses no processor time, and no turn of the worker is due."""
    client, call, _, asked = get()
    with client:
        assert client.worker.turn() is False
        assert client.worker.status()["in_flight"] == 1
        asked.answer(body=b"late")
        assert end(client, call) == "status 200\nlate|closed\nno trailers\n"


# ---- What cannot be sent ----


def test_denied_without_a_client() -> None:
    with Client("outgoing-denied") as client:
        assert client.worker.outgoing_fd() == -1
        assert list(client.worker.orders()) == []
        client.worker.outgoing_fail(1, "internal-error")
        assert client.worker.outgoing_push(1, b"x") == -1
        answer = client.run()
        assert (answer.status, answer.text) == (200, "handle: HTTP-request-denied\n")


def test_what_is_denied_without_a_client_is_logged_once_for_each_origin() -> None:
    with Client("hostile") as client:
        lines = [
            f"4 app: outgoing requests to http://h{number:07}.test are denied: "
            "UNIT_WASM_OUTGOING is empty"
            for number in range(100)
        ]
        assert client.run("/origins/3/4").log == lines[:3]
        assert client.run("/origins/5/1").log == lines[3:5]
        # What guests choose is bounded: nothing is said of more origins than a hundred.
        assert client.run("/origins/1000/2").log == lines[5:]
        assert client.run("/ask/1/0").log == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/no-path", "HTTP-request-URI-invalid"),
        ("/no-authority", "HTTP-request-URI-invalid"),
        ("/no-slash", "HTTP-request-URI-invalid"),
        ("/star-get", "HTTP-request-URI-invalid"),
        ("/scheme", "HTTP-protocol-error"),
        ("/length-no-body", "HTTP-request-body-size(0)"),
        ("/abandoned", "HTTP-protocol-error"),
    ],
)
def test_requests_that_are_not_sent(path: str, said: str) -> None:
    with sender("outgoing-invalid") as client:
        assert text_of(client.run(path)) == said + "\n"
        assert list(client.worker.orders()) == []


@pytest.mark.parametrize(
    ("path", "scheme", "method", "target"),
    [
        ("/", b"http", b"GET", b"/"),
        ("/no-scheme", b"https", b"GET", b"/"),
        ("/empty-path", b"http", b"GET", b"/"),
        ("/query", b"http", b"GET", b"/?a=b"),
        ("/star", b"http", b"OPTIONS", b"*"),
        ("/port", b"http", b"GET", b"/"),
        ("/method", b"http", b"QUERY", b"/"),
        ("/bad-method", b"http", b"GET", b"/"),
    ],
)
def test_requests_that_are_sent(path: str, scheme: bytes, method: bytes, target: bytes) -> None:
    with sender("outgoing-invalid") as client:
        call = client.start(path)
        _, [asked] = asks(client)
        head = asked.head
        assert (head.method, head.scheme, head.authority, head.path) == (
            method,
            scheme,
            b"peer.test",
            target,
        )
        assert (head.headers, asked.ended) == ([], True)
        asked.answer()
        assert end(client, call) == "status 200\n"


# ---- Many at once ----


def test_many_at_once_in_any_order() -> None:
    with sender("outgoing-many") as client:
        call = client.start("/16")
        _, asked = asks(client, 16)
        order = [7, 3, 15, 0, 1, 2, 4, 14, 13, 12, 11, 10, 9, 8, 6, 5]
        for place in order:
            asked[place].answer(200 + place)
            client.settle()
        assert end(client, call) == "".join(f"{i}: status {200 + i}\n" for i in order)


def test_all_of_them_at_the_same_time() -> None:
    with sender("outgoing-many", max_outgoing=200) as client:
        calls = [client.start("/200") for _ in range(4)]
        _, asked = asks(client, 800)
        for request in reversed(asked):
            request.answer()
        client.finish(*calls)
        for call in calls:
            assert bytes(call.body).decode() == "".join(f"{i}: status 200\n" for i in range(200))


DENIED = "internal-error(too many outgoing requests at once)"


@pytest.mark.parametrize("limit", [1, 4])
def test_the_limit(limit: int) -> None:
    with sender("outgoing-many", max_outgoing=limit) as client:
        for more in (0, 1, 3):
            call = client.start(f"/{limit + more}")
            _, asked = asks(client, limit)
            for request in asked:
                request.answer()
            denied = [f"{limit + i}: {DENIED}\n" for i in range(more)]
            answered = [f"{i}: status 200\n" for i in range(limit)]
            client.finish(call)
            assert bytes(call.body).decode() == "".join(denied + answered)


def test_what_counts_against_the_limit() -> None:
    """A whole response whose bytes the guest holds unread counts; an empty one does not."""
    for body, sent in [(b"", True), (b"x", False)]:
        with sender("outgoing-many", max_outgoing=2) as client:
            call = client.start("/2/again")
            peer, asked = asks(client, 2)
            for request in asked:
                request.answer(body=body)
            peer.settle()
            assert len(peer.asked) == 2 + sent
            if sent:
                peer.asked[2].answer()
            client.finish(call)
            last = "2: status 200\n" if sent else f"2: {DENIED}\n"
            assert bytes(call.body).decode() == "0: status 200\n1: status 200\n" + last


def test_exchanges_have_limits_of_their_own() -> None:
    with sender("outgoing-many", max_outgoing=2) as client:
        calls = [client.start("/2") for _ in range(3)]
        _, asked = asks(client, 6)
        for request in asked:
            request.answer()
        client.finish(*calls)
        assert {bytes(call.body) for call in calls} == {b"0: status 200\n1: status 200\n"}
