"""The client of outgoing requests: what it puts on the wire, and what it makes of an answer."""

import pytest

from tests.harness.peer import OK, Caller, once, peer, together
from tests.live.outgoing_client import answered, base, client
from unit_wasm.native.types import Order


class Answers:
    """Gives every request the same answer and keeps what was asked."""

    def __init__(self, answer: bytes = OK) -> None:
        self.heads: list[bytes] = []
        self._answer = answer

    def __call__(self, caller: Caller) -> None:
        while head := caller.head():
            self.heads.append(head)
            caller.send(self._answer)


def test_the_head_is_what_the_guest_gave_and_nothing_else() -> None:
    answers = Answers()
    with peer(answers) as server, client() as orders:
        sent = orders.request(
            f"{base(server.port)}/a%2fb/../c//d?x=%zz&q=\"'`{{}}|\\^",
            method=b"get",
            headers=[
                (b"x-bytes", b"caf\xe9 \xc3\xa9"),
                (b"accept", b"a"),
                (b"accept", b"b"),
                (b"host", b"evil.test"),
                (b"unit-wasm-hops", b"0"),
                (b"transfer-encoding", b"chunked"),
            ],
        )
        assert answered(orders.wait(sent)) == (200, b"ok")
        assert answers.heads == [
            b"get /a%2fb/../c//d?x=%zz&q=\"'`{}|\\^ HTTP/1.1\r\n"
            b"host: 127.0.0.1:" + str(server.port).encode() + b"\r\n"
            b"x-bytes: caf\xe9 \xc3\xa9\r\naccept: a\r\naccept: b\r\nunit-wasm-hops: 1\r\n\r\n"
        ]


def test_bytes_beyond_ascii_in_a_path_are_escaped() -> None:
    answers = Answers()
    with peer(answers) as server, client() as orders:
        orders.wait(orders.request(f"{base(server.port)}/\xe9?\U0001f600"))
    assert answers.heads[0].startswith(b"GET /%C3%A9?%F0%9F%98%80 HTTP/1.1\r\n")


def test_hops_and_trace_are_passed_on() -> None:
    trace = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answers = Answers()
    with peer(answers) as server, client() as orders:
        url = base(server.port)
        orders.wait(orders.request(url, hops=b"15", traceparent=trace))
        own = [(b"traceparent", b"mine")]
        orders.wait(orders.request(url, headers=own, traceparent=trace))
        orders.wait(orders.request(url, traceparent=b"00-bad"))
    first, second, third = answers.heads
    assert b"\r\nunit-wasm-hops: 16\r\n" in first
    assert b"\r\ntraceparent: " + trace + b"\r\n" in first
    assert second.count(b"traceparent") == 1
    assert b"\r\ntraceparent: mine\r\n" in second
    assert b"traceparent" not in third


@pytest.mark.parametrize(
    ("method", "body", "headers", "framing"),
    [
        (b"GET", b"", [], b""),
        (b"DELETE", b"", [], b""),
        (b"POST", b"", [], b"content-length: 0\r\n"),
        (b"POST", b"abc", [], b"content-length: 3\r\n"),
        (b"GET", b"abc", [], b"content-length: 3\r\n"),
        (b"PUT", b"abc", [(b"content-length", b"3")], b"content-length: 3\r\n"),
    ],
)
def test_a_whole_body_has_a_length(
    method: bytes, body: bytes, headers: list[tuple[bytes, bytes]], framing: bytes
) -> None:
    seen: list[bytes] = []

    def serve(caller: Caller) -> None:
        seen.append(caller.head())
        seen.append(caller.read(len(body)))
        caller.send(OK)

    with peer(serve) as server, client() as orders:
        sent = orders.request(base(server.port), method=method, body=body, headers=headers)
        assert answered(orders.wait(sent)) == (200, b"ok")
        host = f"host: 127.0.0.1:{server.port}\r\n".encode()
    head = method + b" / HTTP/1.1\r\n" + host + framing + b"unit-wasm-hops: 1\r\n\r\n"
    if framing and not headers:
        # Ours stand behind those of the guest.
        assert seen[0].replace(framing, b"") == head.replace(framing, b"")
        assert framing in seen[0]
    else:
        assert seen[0] == head
    assert seen[1] == body


def test_a_body_that_comes_bit_by_bit_is_chunked_and_has_trailers() -> None:
    seen: list[bytes] = []

    def serve(caller: Caller) -> None:
        seen.append(caller.head())
        seen.append(caller.until(b"0\r\nx-sum: 1\r\n\r\n"))
        caller.send(OK)

    with peer(serve) as server, client() as orders:
        sent = orders.request(base(server.port), method=b"POST", body=b"ab", whole=False)
        orders.wait_confirmed(sent, 2)
        orders.give(Order(sent.id, body=b"cde"))
        orders.wait_confirmed(sent, 5)
        orders.give(Order(sent.id, ended=True, trailers=[(b"x-sum", b"1")]))
        assert answered(orders.wait(sent)) == (200, b"ok")
    assert b"\r\ntransfer-encoding: chunked\r\n" in seen[0]
    assert b"content-length" not in seen[0]
    assert seen[1] == b"2\r\nab\r\n3\r\ncde\r\n0\r\nx-sum: 1\r\n\r\n"


def test_a_whole_body_with_trailers_is_chunked() -> None:
    seen: list[bytes] = []

    def serve(caller: Caller) -> None:
        caller.head()
        seen.append(caller.until(b"\r\n\r\n"))
        caller.send(OK)

    with peer(serve) as server, client() as orders:
        url = base(server.port)
        sent = orders.request(url, method=b"POST", body=b"ab", trailers=[(b"x-sum", b"1")])
        assert answered(orders.wait(sent)) == (200, b"ok")
    assert seen == [b"2\r\nab\r\n0\r\nx-sum: 1\r\n\r\n"]


@pytest.mark.parametrize(
    ("method", "answer", "status", "headers", "body", "trailers"),
    [
        (
            b"GET",
            b"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nset-cookie: b\r\nX: caf\xe9\r\n"
            b"Content-Length: 2\r\n\r\nhi",
            200,
            [
                (b"set-cookie", b"a"),
                (b"set-cookie", b"b"),
                (b"x", b"caf\xe9"),
                (b"content-length", b"2"),
            ],
            b"hi",
            [],
        ),
        (
            b"GET",
            b"HTTP/1.1 103 Early\r\nx: y\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
            b"HTTP/1.1 404 No\r\ntransfer-encoding: chunked\r\n\r\n"
            b"3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\nx-t: 2\r\n\r\n",
            404,
            [(b"transfer-encoding", b"chunked")],
            b"abcde",
            [(b"x-t", b"1"), (b"x-t", b"2")],
        ),
        (
            b"HEAD",
            b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n",
            200,
            [(b"content-length", b"99")],
            b"",
            [],
        ),
        (b"GET", b"HTTP/1.1 204 No\r\n\r\n", 204, [], b"", []),
        (
            b"GET",
            b"HTTP/1.1 304 No\r\ncontent-length: 9\r\n\r\n",
            304,
            [(b"content-length", b"9")],
            b"",
            [],
        ),
        (
            b"GET",
            b"HTTP/1.1 302\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n",
            302,
            [(b"location", b"http://10.0.0.1/"), (b"content-length", b"0")],
            b"",
            [],
        ),
        (b"GET", b"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, [], b"until the end", []),
        (b"GET", b"HTTP/1.0 200 OK\r\n\r\nold", 200, [], b"old", []),
        (
            b"GET",
            b"HTTP/1.1 299 \r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\n\x1f",
            299,
            [(b"content-encoding", b"gzip"), (b"content-length", b"1")],
            b"\x1f",
            [],
        ),
    ],
)
def test_answers(
    method: bytes,
    answer: bytes,
    status: int,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
    trailers: list[tuple[bytes, bytes]],
) -> None:
    with peer(once(answer)) as server, client() as orders:
        sent = orders.wait(orders.request(base(server.port), method=method))
    assert answered(sent) == (status, body)
    assert sent.headers == headers
    assert sent.trailers == trailers


def test_sixteen_requests_are_on_their_way_at_once() -> None:
    with peer(together(16)) as server, client() as orders:
        all_sent = [orders.request(base(server.port)) for _ in range(16)]
        assert [answered(orders.wait(sent)) for sent in all_sent] == [(200, b"ok")] * 16
