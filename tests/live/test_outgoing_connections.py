"""The client of outgoing requests: connections are kept, bounded, and used again with care."""

import threading

import pytest

from tests.harness.peer import OK, Caller, keep, once, peer
from tests.live.outgoing_client import LOCAL, answered, base, client


def test_a_connection_is_used_again() -> None:
    with peer(keep) as server, client() as orders:
        for _ in range(5):
            assert answered(orders.wait(orders.request(base(server.port)))) == (200, b"ok")
        assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok" + b"HTTP/1.1 200 OK\r\n\r\nsmuggled",
    ],
)
def test_a_connection_that_is_not_in_order_is_not_used_again(answer: bytes) -> None:
    with peer(once(answer, stay=True)) as server, client() as orders:
        for number in (1, 2):
            sent = orders.wait(orders.request(base(server.port)))
            assert answered(sent) == (200, b"ok")
            assert server.connections == number


@pytest.mark.parametrize(
    ("method", "body", "whole", "again"),
    [
        (b"GET", b"", True, True),
        (b"PUT", b"abc", True, True),
        (b"POST", b"", True, False),
        (b"POST", b"abc", True, False),
        (b"PATCH", b"abc", True, False),
        (b"PUT", b"abc", False, False),
    ],
)
def test_a_kept_connection_that_breaks(
    method: bytes, body: bytes, whole: bool, again: bool
) -> None:
    heads: list[bytes] = []

    def serve(caller: Caller) -> None:
        heads.append(caller.head())
        caller.send(OK)
        head = caller.head()
        if head:
            # It was open when the request came, and ends without a word.
            heads.append(head)
            caller.read(len(body))
            caller.reset()

    with peer(serve) as server, client() as orders:
        url = base(server.port)
        assert answered(orders.wait(orders.request(url))) == (200, b"ok")
        sent = orders.wait(orders.request(url, method=method, body=body, whole=whole))
        if again:
            assert answered(sent) == (200, b"ok")
        else:
            assert sent.failure == ("connection-terminated", "", 0)
        assert server.connections == (2 if again else 1)
    assert [head.split()[0] for head in heads] == [b"GET", method] + [method] * again


def test_a_new_connection_that_breaks_is_not_tried_again() -> None:
    with peer(Caller.head) as server, client() as orders:
        sent = orders.wait(orders.request(base(server.port)))
        assert sent.failure == ("connection-terminated", "", 0)
        assert server.connections == 1


def test_a_peer_that_closes_an_idle_connection_is_noticed() -> None:
    closed = threading.Event()

    def serve(caller: Caller) -> None:
        caller.head()
        caller.send(OK)
        caller.sock.close()
        closed.set()

    with peer(serve) as server, client() as orders:
        for number in (1, 2, 3):
            closed.clear()
            sent = orders.wait(orders.request(base(server.port), method=b"POST", body=b"x"))
            assert answered(sent) == (200, b"ok")
            assert closed.wait(30)
            assert server.connections == number


def test_connections_are_bounded_and_the_rest_waits() -> None:
    lock = threading.Lock()
    now = 0
    most = 0
    go = threading.Event()

    def serve(caller: Caller) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
            if now == 2:
                go.set()
        assert go.wait(30)
        keep(caller)
        with lock:
            now -= 1

    with peer(serve) as server, client(max_connections=2) as orders:
        sent = [orders.request(base(server.port)) for _ in range(20)]
        assert [answered(orders.wait(item)) for item in sent] == [(200, b"ok")] * 20
        assert server.connections == 2
    assert most == 2


def test_an_idle_connection_makes_room_for_another_peer() -> None:
    with peer(keep) as one, peer(keep) as other, client(max_connections=1) as orders:
        for server in (one, other, one):
            assert answered(orders.wait(orders.request(base(server.port)))) == (200, b"ok")


def test_no_connection_in_time() -> None:
    end = threading.Event()

    def serve(caller: Caller) -> None:
        caller.head()
        assert end.wait(30)
        caller.send(OK)

    with peer(serve) as server, client(LOCAL, max_connections=1) as orders:
        first = orders.request(base(server.port))
        second = orders.request(base(server.port), connect=0.2)
        assert orders.wait(second).failure == ("connection-limit-reached", "", 0)
        end.set()
        assert answered(orders.wait(first)) == (200, b"ok")


def test_applications_share_no_connections() -> None:
    with peer(keep) as server, client() as one:
        with client(alone=False) as other:
            for orders in (one, other):
                assert answered(orders.wait(orders.request(base(server.port)))) == (200, b"ok")
        assert server.connections == 2
