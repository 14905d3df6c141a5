"""The client of outgoing requests: bodies in both directions, and how they end."""

import threading

from tests.harness.peer import OK, Caller, peer
from tests.live.outgoing_client import answered, base, client
from unit_wasm.native.types import Order


def test_request_and_response_flow_at_the_same_time() -> None:
    def serve(caller: Caller) -> None:
        caller.head()
        caller.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            size = int(caller.until(b"\r\n"), 16)
            data = caller.read(size + 2)
            caller.send(b"%x\r\n" % size + data)
            if size == 0:
                return

    with peer(serve) as server, client() as orders:
        sent = orders.request(base(server.port), method=b"POST", whole=False)
        orders.wait(sent, "status")
        for number in range(1, 6):
            orders.give(Order(sent.id, body=b"0123456789"))
            with orders.changed:
                size = 10 * number
                assert orders.changed.wait_for(lambda: len(sent.body) == size, 30)  # noqa: B023
        orders.give(Order(sent.id, ended=True))
        assert answered(orders.wait(sent)) == (200, b"0123456789" * 5)


def test_an_answer_before_the_end_of_the_request() -> None:
    seen: list[bytes] = []

    def serve(caller: Caller) -> None:
        caller.head()
        caller.send(OK)
        seen.append(caller.until(b"0\r\n\r\n"))
        seen.append(caller.head())
        caller.send(OK)

    with peer(serve) as server, client() as orders:
        sent = orders.request(base(server.port), method=b"POST", whole=False)
        assert answered(orders.wait(sent)) == (200, b"ok")
        orders.give(Order(sent.id, body=b"late"))
        orders.wait_confirmed(sent, 4)
        orders.give(Order(sent.id, ended=True))
        # Only now can the connection be used again.
        while not seen:
            pass
        assert answered(orders.wait(orders.request(base(server.port)))) == (200, b"ok")
    assert seen[0] == b"4\r\nlate\r\n0\r\n\r\n"


def test_a_peer_that_answers_and_closes_does_not_hold_up_the_guest() -> None:
    def serve(caller: Caller) -> None:
        caller.head()
        caller.send(b"HTTP/1.1 413 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")

    with peer(serve) as server, client() as orders:
        sent = orders.request(base(server.port), method=b"POST", whole=False)
        assert answered(orders.wait(sent)) == (413, b"")
        for number in range(1, 65):
            orders.give(Order(sent.id, body=bytes(65536)))
            orders.wait_confirmed(sent, 65536 * number)
        orders.give(Order(sent.id, ended=True))
    assert sent.failure is None


def test_reading_stops_while_the_guest_does_not_read() -> None:
    size = 32 << 20
    sending = threading.Event()

    def serve(caller: Caller) -> None:
        caller.head()
        caller.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size)
        for _ in range(size >> 16):
            caller.send(bytes(65536))
        sending.set()

    with peer(serve) as server, client(window=65536) as orders:
        sent = orders.request(base(server.port))
        orders.wait(sent, "body")
        # More than the buffers of both sockets can hold.
        assert not sending.is_set()
        orders.read_all(sent)
        assert len(sent.body) == size
        # One piece that was read from the socket may exceed the window.
        assert orders.most_unread <= 65536 + (1 << 19)


def test_a_body_waits_for_a_peer_that_does_not_read() -> None:
    piece = bytes(65536)
    count = 512
    go = threading.Event()
    got: list[int] = []

    def serve(caller: Caller) -> None:
        caller.head()
        assert go.wait(30)
        got.append(len(caller.read(len(piece) * count)))
        caller.send(OK)

    with peer(serve) as server, client() as orders:
        length = [(b"content-length", b"%d" % (len(piece) * count))]
        sent = orders.request(base(server.port), method=b"PUT", headers=length, whole=False)
        for _ in range(count):
            orders.give(Order(sent.id, body=piece))
        orders.give(Order(sent.id, ended=True))
        orders.wait_confirmed(sent, 1)
        assert sent.confirmed < len(piece) * count
        go.set()
        assert answered(orders.wait(sent)) == (200, b"ok")
        assert sent.confirmed == len(piece) * count
    assert got == [len(piece) * count]


def test_a_broken_body_is_broken_for_the_peer() -> None:
    seen: list[bytes] = []
    came = threading.Event()

    def serve(caller: Caller) -> None:
        caller.head()
        came.set()
        seen.append(caller.rest())

    with peer(serve) as server, client() as orders:
        sent = orders.request(base(server.port), method=b"POST", body=b"ab", whole=False)
        orders.wait_confirmed(sent, 2)
        # What nobody has read yet is lost with the connection.
        assert came.wait(30)
        orders.give(Order(sent.id, broken=True))
        assert orders.wait(sent).failure == ("HTTP-protocol-error", "", 0)
    # The bytes before may be lost with the connection, the end never comes.
    assert b"2\r\nab\r\n".startswith(seen[0])


def test_a_cancelled_request_closes_its_connection() -> None:
    ended = threading.Event()

    def serve(caller: Caller) -> None:
        caller.head()
        caller.rest()
        ended.set()

    with peer(serve) as server, client() as orders:
        sent = orders.request(base(server.port), method=b"POST", body=b"x", whole=False)
        orders.wait_confirmed(sent, 1)
        orders.give(Order(sent.id, cancelled=True))
        assert ended.wait(30)
    assert (sent.status, sent.failure) == (0, None)


def test_detaching_ends_what_is_on_its_way() -> None:
    ended = threading.Event()

    def serve(caller: Caller) -> None:
        caller.head()
        caller.rest()
        ended.set()

    with peer(serve) as server:
        with client() as orders:
            sent = orders.request(base(server.port), method=b"POST", body=b"x", whole=False)
            orders.wait_confirmed(sent, 1)
        assert ended.wait(30)
    assert (sent.status, sent.failure) == (0, None)
