"""The client of outgoing requests: each way to fail, and the error-code that it gets."""

import socket
import threading

import pytest

from tests.harness.orders import Failure, Orders, Sent
from tests.harness.peer import Caller, once, peer
from tests.live.outgoing_client import LOCAL, base, client, names

NO_CONTENT = b"HTTP/1.1 204 No\r\n\r\n"


def failure(orders: Orders, sent: Sent) -> Failure | None:
    return orders.wait(sent).failure


# ---- What is refused before anything is sent ----


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
        "https://localhost/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://0x7f.1/",
        "https://example.test/",
        "http://a.example.test/",
        "https://a.example.test:444/",
        "https://a.example.test.evil.test/",
    ],
)
def test_hosts_that_are_not_listed_are_denied(url: str) -> None:
    resolve = names()
    with client(("https://*.example.test",), resolve=resolve) as orders:
        assert failure(orders, orders.request(url)) == ("HTTP-request-denied", "", 0)
    assert resolve.asked == []


@pytest.mark.parametrize(
    "addresses",
    [
        "127.0.0.1",
        "::1",
        "169.254.169.254",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "10.0.0.1 ::1 fe80::1",
        "0.0.0.0",
    ],
)
def test_a_listed_name_with_a_private_address_is_prohibited(addresses: str) -> None:
    resolve = names(a_example_test=addresses)
    with client(("https://*.example.test",), resolve=resolve) as orders:
        sent = orders.request("https://a.example.test/")
        assert failure(orders, sent) == ("destination-IP-prohibited", "", 0)
    assert resolve.asked == ["a.example.test"]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "0", "[::ffff:7f00:1]"],
)
def test_a_star_opens_no_private_address(host: str) -> None:
    def serve(caller: Caller) -> None:
        raise AssertionError("somebody came")

    with peer(serve) as server, client(("*",)) as orders:
        sent = orders.request(f"http://{host}:{server.port}/")
        assert failure(orders, sent) == ("destination-IP-prohibited", "", 0)


def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    resolve = names(a_test="127.0.0.1/127.0.0.2")
    answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    with peer(once(answer)) as server, client(("*", "127.0.0.1"), resolve=resolve) as orders:
        url = f"http://a.test:{server.port}/"
        assert orders.wait(orders.request(url)).status == 200
        # The first answer was judged and used; the second is judged again.
        assert failure(orders, orders.request(url)) == ("destination-IP-prohibited", "", 0)
    assert resolve.asked == ["a.test", "a.test"]


def test_of_several_addresses_the_private_ones_are_left_out() -> None:
    resolve = names(a_test="10.0.0.1 127.0.0.1 192.168.0.1")
    with peer(once(NO_CONTENT)) as server, client(("*", "127.0.0.1"), resolve=resolve) as orders:
        assert orders.wait(orders.request(f"http://a.test:{server.port}/")).status == 204


def test_a_redirect_to_a_private_address_is_the_guests_and_is_refused() -> None:
    entries = ("*", "127.0.0.1")
    answer = b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
    with peer(once(answer)) as server, client(entries) as orders:
        sent = orders.wait(orders.request(base(server.port)))
        assert sent.status == 302
        target = dict(sent.headers)[b"location"].decode()
        assert failure(orders, orders.request(target)) == ("destination-IP-prohibited", "", 0)


@pytest.mark.parametrize(
    ("url", "arguments", "expected"),
    [
        ("ws://a.test/", {}, "HTTP-protocol-error"),
        ("http://a.test/", {"method": b"CONNECT"}, "HTTP-protocol-error"),
        ("http://a.test:99999/", {}, "HTTP-request-URI-invalid"),
        ("http://user@a.test/", {}, "HTTP-request-URI-invalid"),
        ("http://a..test/", {}, "HTTP-request-URI-invalid"),
        ("http://a.test/", {"hops": b"16"}, "loop-detected"),
        ("http://a.test/", {"hops": b"999"}, "loop-detected"),
    ],
)
def test_what_is_no_request(url: str, arguments: dict[str, bytes], expected: str) -> None:
    with client(resolve=names()) as orders:
        sent = orders.request(
            url, method=arguments.get("method", b"GET"), hops=arguments.get("hops", b"")
        )
        assert failure(orders, sent) == (expected, "", 0)


def test_a_length_that_is_not_the_bodys() -> None:
    with client(resolve=names(a_test="127.0.0.1")) as orders:
        sent = orders.request("http://a.test/", headers=[(b"content-length", b"3")])
        assert failure(orders, sent) == ("HTTP-request-body-size", "", 0)
        sent = orders.request("http://a.test/", body=b"ab", headers=[(b"content-length", b"3")])
        assert failure(orders, sent) == ("HTTP-request-body-size", "", 2)


# ---- Names and connections ----


def test_a_name_without_addresses() -> None:
    with client() as orders:
        # RFC 2606: the name exists nowhere. Without any network the answer is another one.
        found = failure(orders, orders.request("http://name.invalid/"))
        assert found is not None
        assert found[0] == "DNS-error"
        assert found[1] in ("name or address not found", "the name servers did not answer")
        long_label = "http://" + "a" * 64 + ".test/"
        found = failure(orders, orders.request(long_label))
        assert found is not None
        assert found[0] == "DNS-error"


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with client() as orders:
        assert failure(orders, orders.request(base(port))) == ("connection-refused", "", 0)


def test_the_first_address_refuses_and_the_second_answers() -> None:
    resolve = names(a_test="127.0.0.2 127.0.0.1")
    with peer(once(NO_CONTENT)) as server, client(resolve=resolve) as orders:
        assert orders.wait(orders.request(f"http://a.test:{server.port}/")).status == 204


def test_a_peer_that_never_takes_the_connection() -> None:
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        # Its queue takes one connection more than it was told; then Linux drops the next ones.
        listener.listen(0)
        first.setblocking(False)
        second.setblocking(False)
        for waiting in (first, second):
            waiting.connect_ex(listener.getsockname())
        with client() as orders:
            sent = orders.request(base(listener.getsockname()[1]), connect=0.3)
            assert failure(orders, sent) == ("connection-timeout", "", 0)


def test_a_name_server_that_never_answers() -> None:
    class Silent:
        async def __call__(self, name: str) -> list[object]:
            import asyncio

            await asyncio.sleep(60)
            return []

    with client(resolve=Silent()) as orders:  # type: ignore[arg-type]
        sent = orders.request("http://a.test/", connect=0.1)
        assert failure(orders, sent) == ("DNS-timeout", "", 0)


# ---- What peers do wrong ----

HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("answer", "status", "code", "number"),
    [
        (b"", 0, "connection-terminated", 0),
        (b"HTTP/1.1 200 OK\r\nx: y", 0, "HTTP-response-incomplete", 0),
        (b"hello\r\n\r\n", 0, "HTTP-protocol-error", 0),
        (b"HTTP/1.1 2000 OK\r\n\r\n", 0, "HTTP-protocol-error", 0),
        (HEAD + b"x : y\r\n\r\n", 0, "HTTP-protocol-error", 0),
        (HEAD + b"x: a\x00b\r\n\r\n", 0, "HTTP-protocol-error", 0),
        (HEAD + b"content-length: 1\r\ncontent-length: 2\r\n\r\n", 0, "HTTP-protocol-error", 0),
        (HEAD + b"content-length: -1\r\n\r\n", 0, "HTTP-protocol-error", 0),
        (HEAD + b"transfer-encoding: gzip\r\n\r\n", 0, "HTTP-protocol-error", 0),
        (b"HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n", 0, "HTTP-protocol-error", 0),
        # What a server that only speaks HTTP/2 says first.
        (
            b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64",
            0,
            "HTTP-protocol-error",
            0,
        ),
        (HEAD + b"x: " + b"y" * 5000 + b"\r\n\r\n", 0, "HTTP-response-header-section-size", 4096),
        (HEAD + b"x: " + b"y" * 5000, 0, "HTTP-response-header-section-size", 4096),
        (HEAD + b"content-length: 5\r\n\r\nabc", 200, "HTTP-response-incomplete", 0),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\nab", 200, "HTTP-response-incomplete", 0),
        (HEAD + b"transfer-encoding: chunked\r\n\r\nxyz\r\n", 200, "HTTP-protocol-error", 0),
        (
            HEAD + b"transfer-encoding: chunked\r\n\r\n0\r\nx: " + b"y" * 5000 + b"\r\n\r\n",
            200,
            "HTTP-response-trailer-section-size",
            4096,
        ),
    ],
)
def test_bad_answers(answer: bytes, status: int, code: str, number: int) -> None:
    with peer(once(answer)) as server, client(max_header_bytes=4096) as orders:
        sent = orders.wait(orders.request(base(server.port)))
    assert sent.failure is not None
    assert (sent.status, sent.failure[0], sent.failure[2]) == (status, code, number)


def test_headers_up_to_the_limit_are_taken() -> None:
    line = b"x: " + b"y" * (4096 - 5) + b"\r\n"

    answer = b"HTTP/1.1 204 No\r\n" + line + b"\r\n"
    with peer(once(answer)) as server, client(max_header_bytes=4096) as orders:
        assert orders.wait(orders.request(base(server.port))).status == 204


@pytest.mark.parametrize("answer", [b"", HEAD + b"\r\nabc", HEAD + b"content-length: 9\r\n\r\nabc"])
def test_a_connection_that_breaks(answer: bytes) -> None:
    got = threading.Event()

    def serve(caller: Caller) -> None:
        caller.head()
        caller.send(answer)
        assert got.wait(30)
        caller.reset()

    with peer(serve) as server, client() as orders:
        sent = orders.request(base(server.port))
        if answer:
            orders.wait(sent, "body")
        got.set()
        assert failure(orders, sent) == ("connection-terminated", "", 0)
        assert bytes(sent.body) == answer[-3:]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"", 0),
        (b"HTTP/1.1 100 Continue\r\n\r\n", 0),
        (HEAD + b"content-length: 9\r\n\r\nabc", 200),
    ],
)
def test_a_peer_that_says_no_more(answer: bytes, status: int) -> None:
    with peer(once(answer, stay=True)) as server, client(LOCAL) as orders:
        first = 0.2 if status == 0 else 30.0
        sent = orders.request(base(server.port), first_byte=first, between_bytes=0.2)
        assert failure(orders, sent) == ("connection-read-timeout", "", 0)
        assert sent.status == status
