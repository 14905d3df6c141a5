"""Components and TCP: states, addresses, options, streams, with peers on loopback."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.harness.direct import Client
from tests.harness.sockets import (
    BOTH,
    HOST,
    LOOPBACK,
    V6,
    begun,
    free_port,
    pattern,
    peer,
    results,
    trapped,
)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client("sockets", network=LOOPBACK) as found:
        yield found


# ---- States ----


@BOTH
def test_a_new_socket(client: Client, version: int, host: str, name: str) -> None:
    assert results(
        client,
        f"tcp 0 {version}",
        *("family 0", "is-listening 0", "local 0", "remote 0", "ready 0 socket"),
        *("bound 0", "connected-now 0", "listen 0", "listening 0", "accept-now 0 1"),
        *("shutdown 0 receive", "shutdown 0 send", "shutdown 0 both"),
    ) == [
        "ok",
        *(f"ipv{version}", "no", "invalid-state", "invalid-state", "yes"),
        *("not-in-progress", "not-in-progress", "invalid-state", "not-in-progress"),
        "invalid-state",
        *["invalid-state"] * 3,
    ]


@BOTH
def test_a_bound_socket(client: Client, version: int, host: str, name: str) -> None:
    found = results(
        client,
        *(f"tcp 0 {version}", f"bind 0 {name} 0", f"bind 0 {name} 0", "local 0"),
        *("connected-now 0", "listen 0", f"connect 0 {name} 9"),
        *("bound 0", "bound 0", f"bind 0 {name} 0"),
        *("is-listening 0", "remote 0", "ready 0 socket", "accept-now 0 1", "shutdown 0 send"),
        "local 0",
    )
    assert found[:-1] == [
        *("ok", "ok", "concurrency-conflict", "invalid-state"),
        *("not-in-progress", "concurrency-conflict", "concurrency-conflict"),
        *("ok", "not-in-progress", "invalid-state"),
        *("no", "invalid-state", "yes", "invalid-state", "invalid-state"),
    ]
    address, port = found[-1].split()
    assert address == name
    assert 0 < int(port) < 65536


@BOTH
def test_a_listening_socket(client: Client, version: int, host: str, name: str) -> None:
    found = results(
        client,
        *(f"tcp 0 {version}", f"bind 0 {name} 0", "bound 0", "listening 0"),
        *("listen 0", "listen 0", "is-listening 0", "local 0", "accept-now 0 1"),
        *("listening 0", "listening 0", "is-listening 0", "remote 0", f"connect 0 {name} 9"),
        *("connected-now 0", f"bind 0 {name} 0", "bound 0", "shutdown 0 both"),
        *("ready 0 socket", "accept-now 0 1", "set 0 backlog 5", "set 0 backlog 0"),
    )
    assert found == [
        *("ok", "ok", "ok", "not-in-progress"),
        *("ok", "concurrency-conflict", "no", "invalid-state", "invalid-state"),
        *("ok", "not-in-progress", "yes", "invalid-state", "invalid-state"),
        *("not-in-progress", "invalid-state", "not-in-progress", "invalid-state"),
        *("no", "would-block", "ok", "invalid-argument"),
    ]


@BOTH
def test_a_connected_socket(client: Client, version: int, host: str, name: str) -> None:
    ends: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        ends.append(connection.recv(10))

    with peer(serve, host) as port:
        found = results(
            client,
            *(f"tcp 0 {version}", f"connect 0 {name} {port}", f"connect 0 {name} {port}"),
            *("local 0", "remote 0", "get 0 hop-limit", "connected 0", "remote 0"),
            *(f"connect 0 {name} {port}", "connected-now 0", f"bind 0 {name} 0", "bound 0"),
            *("listen 0", "listening 0", "accept-now 0 1", "is-listening 0", "ready 0 socket"),
            *("set 0 backlog 5", "drop 0", "tcp 1 4"),
        )
    assert ends == [b""]
    assert found == [
        *("ok", "ok", "concurrency-conflict"),
        *("invalid-state", "invalid-state", "invalid-state", "ok", f"{name} {port}"),
        *("invalid-state", "not-in-progress", "invalid-state", "not-in-progress"),
        *("invalid-state", "not-in-progress", "invalid-state", "no", "yes"),
        *("invalid-state", "ok", "ok"),
    ]


@BOTH
def test_a_refused_connection_closes_the_socket(
    client: Client, version: int, host: str, name: str
) -> None:
    port = free_port(host=host)
    assert results(
        client,
        *(f"tcp 0 {version}", f"connect 0 {name} {port}", "connected 0", "connected-now 0"),
        *(f"connect 0 {name} {port}", "local 0", "remote 0", "get 0 hop-limit", "listen 0"),
        *("set 0 hop-limit 9", "set 0 keep-alive 1", "shutdown 0 both", "ready 0 socket"),
        *("family 0", f"bind 0 {name} 0", "set 0 backlog 7"),
    ) == [
        *("ok", "ok", "connection-refused", "not-in-progress"),
        "invalid-state",
        *["connection-refused"] * 3,
        "invalid-state",
        *["connection-refused"] * 2,
        "invalid-state",
        *("yes", f"ipv{version}", "invalid-state", "connection-refused"),
    ]


def test_finish_connect_before_its_time_would_block(client: Client) -> None:
    # Nobody answers for a documentation address; where there is no route it fails at once.
    first, second, third = results(client, "tcp 0 4", "connect 0 192.0.2.1 9", "connected-now 0")
    assert (first, second) == ("ok", "access-denied")
    assert third == "not-in-progress"
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        # The queue of the listener is full after a few: the next one is not answered.
        found = results(
            client,
            *(f"tcp {n} 4\nconnect {n} {HOST} {port}" for n in range(8)),
            *("connected-now 7", "ready 7 socket", "drop 7"),
        )
    assert found == ["ok"] * 16 + ["would-block", "no", "ok"]


# ---- Addresses ----


@pytest.mark.parametrize(
    ("version", "address"),
    [
        (4, V6),
        (6, HOST),
        (4, "224.0.0.1"),
        (4, "255.255.255.255"),
        (6, "ff02:0:0:0:0:0:0:1"),
        (6, "0:0:0:0:0:ffff:7f00:1"),
        (6, "0:0:0:0:0:0:7f00:1"),
    ],
)
def test_addresses_that_no_socket_has(client: Client, version: int, address: str) -> None:
    assert results(
        client, f"tcp 0 {version}", f"bind 0 {address} 0", f"connect 0 {address} 80"
    ) == ["ok", "invalid-argument", "invalid-argument"]


@pytest.mark.parametrize(
    ("version", "address", "port"),
    [(4, "0.0.0.0", 80), (4, HOST, 0), (6, "0:0:0:0:0:0:0:0", 80), (6, V6, 0)],
)
def test_nobody_connects_to_nowhere(client: Client, version: int, address: str, port: int) -> None:
    assert results(client, f"tcp 0 {version}", f"connect 0 {address} {port}") == [
        "ok",
        "invalid-argument",
    ]


@BOTH
def test_an_address_is_bound_once(client: Client, version: int, host: str, name: str) -> None:
    port = free_port(host=host)
    listening = ("bind {} {} {}", "bound {}", "listen {}", "listening {}")
    lines = [line.format(0, name, port) for line in listening]
    assert results(
        client,
        f"tcp 0 {version}",
        *lines,
        f"tcp 1 {version}",
        f"bind 1 {name} {port}",
        "drop 0",
        f"bind 1 {name} {port}",
    ) == ["ok"] * 6 + ["address-in-use", "ok", "ok"]


def test_an_address_of_another_machine_cannot_be_bound(client: Client) -> None:
    assert results(client, "tcp 0 4", "bind 0 192.0.2.1 0") == ["ok", "address-not-bindable"]


@BOTH
def test_a_connection_to_oneself(client: Client, version: int, host: str, name: str) -> None:
    port = free_port(host=host)
    found = results(
        client,
        *(f"tcp 0 {version}", f"bind 0 {name} {port}", "bound 0", "listen 0", "listening 0"),
        *(f"tcp 1 {version}", f"bind 1 {name} 0", "bound 1", "local 1"),
        *(f"connect 1 {name} {port}", "accept 0 2", "connected 1", "remote 1", "local 2"),
        *("remote 2", "local 1", "write 1 hello", "read 2", "write 2 there", "read 1"),
        *("read-now 1 9", "drop 2", "read 1", "drop 1", "drop 0"),
    )
    bound = found[8]
    assert bound.split()[0] == name
    assert found == [
        *["ok"] * 8,
        bound,
        *("ok", "ok", "ok", f"{name} {port}", f"{name} {port}", bound, bound),
        *("ok", "hello", "ok", "there", "", "ok", "closed", "ok", "ok"),
    ]


# ---- Options ----


@BOTH
def test_options(client: Client, version: int, host: str, name: str) -> None:
    second = 1_000_000_000
    assert results(
        client,
        f"tcp 0 {version}",
        *("set 0 backlog 0", "set 0 backlog 3", f"set 0 backlog {2**64 - 1}"),
        *("get 0 keep-alive", "set 0 keep-alive 1", "get 0 keep-alive", "set 0 keep-alive 0"),
        *("get 0 keep-alive", "set 0 idle-time 0", "set 0 idle-time 1", "get 0 idle-time"),
        *(f"set 0 idle-time {90 * second - 1}", "get 0 idle-time"),
        *(f"set 0 idle-time {2**64 - 1}", "get 0 idle-time"),
        *("set 0 interval 0", "set 0 interval 1", "get 0 interval"),
        *(f"set 0 interval {2**64 - 1}", "get 0 interval"),
        *("set 0 count 0", "set 0 count 4", "get 0 count", f"set 0 count {2**32 - 1}"),
        *("get 0 count", "set 0 hop-limit 0", "set 0 hop-limit 42", "get 0 hop-limit"),
        *("set 0 hop-limit 255", "get 0 hop-limit", "set 0 receive-size 0"),
        *("set 0 receive-size 65536", "get 0 receive-size", "set 0 send-size 0"),
        *("set 0 send-size 65536", "get 0 send-size", f"set 0 send-size {2**64 - 1}"),
        *("set 0 receive-size 1",),
    ) == [
        "ok",
        *("invalid-argument", "ok", "ok"),
        *("0", "ok", "1", "ok"),
        *("0", "invalid-argument", "ok", str(second)),
        *("ok", str(90 * second)),
        *("ok", str(32767 * second)),
        *("invalid-argument", "ok", str(second)),
        *("ok", str(32767 * second)),
        *("invalid-argument", "ok", "4", "ok"),
        *("127", "invalid-argument", "ok", "42"),
        *("ok", "255", "invalid-argument"),
        *("ok", "65536", "invalid-argument"),
        *("ok", "65536", "ok"),
        "ok",
    ]


def test_an_accepted_connection_has_the_options_of_its_listener(client: Client) -> None:
    port = free_port()
    options = ("keep-alive", "idle-time", "interval", "count", "hop-limit")
    found = results(
        client,
        *("tcp 0 4", f"bind 0 {HOST} {port}", "bound 0", "set 0 keep-alive 1"),
        *("set 0 idle-time 70000000000", "set 0 interval 5000000000", "set 0 count 3"),
        *("set 0 hop-limit 42", "listen 0", "listening 0", "tcp 1 4"),
        *(f"connect 1 {HOST} {port}", "accept 0 2"),
        *(f"get 2 {name}" for name in options),
    )
    assert found[-5:] == ["1", "70000000000", "5000000000", "3", "42"]


# ---- Streams ----


@pytest.mark.parametrize("rewrite", [True, False])
def test_bytes_both_ways(rewrite: bool) -> None:
    size = 3_000_000

    def serve(connection: socket.socket) -> None:
        got = bytearray()
        while part := connection.recv(65536):
            got += part
        assert bytes(got) == pattern(size)
        connection.sendall(pattern(size))

    with Client("sockets", rewrite=rewrite, network=LOOPBACK) as client, peer(serve) as port:
        found = results(
            client,
            *("tcp 0 4", f"connect 0 {HOST} {port}", "connected 0", f"write-many 0 {size}"),
            *("shutdown 0 send", "check 0", "read-all 0", "read-now 0 1"),
        )
    assert found == [
        *("ok", "ok", "ok", f"{size} ok"),
        *("ok", "closed", f"{size} closed", "closed"),
    ]


def test_what_waits_is_sent_before_the_end(client: Client) -> None:
    """The guest does not flush, its peer begins to read late, and the system takes little."""
    got, begins, size = bytearray(), threading.Event(), 60_000

    def serve(connection: socket.socket) -> None:
        assert begins.wait(30)
        while part := connection.recv(65536):
            got.extend(part)

    with peer(serve) as port:
        call = begun(
            client,
            *("tcp 0 4", "set 0 send-size 4096", f"connect 0 {HOST} {port}", "connected 0"),
            *(f"write-many 0 {size}", "shutdown 0 send", "read 0"),
        )
        assert not call.done
        begins.set()
        client.finish(call)
    assert client.answer(call).text.splitlines() == [*["ok"] * 4, f"{size} ok", "ok", "closed"]
    assert got == pattern(size)


def test_a_peer_that_does_not_read_holds_the_guest_back(client: Client) -> None:
    """There is room for a window, and for what the system takes; not for more."""
    with socket.create_server((HOST, 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        port = listener.getsockname()[1]
        call = begun(
            client,
            *("tcp 0 4", "set 0 send-size 4096", f"connect 0 {HOST} {port}", "connected 0"),
            "write-many 0 50000000",
        )
        assert client.worker.status()["in_flight"] == 1, client.answer(call)
        connection, _ = listener.accept()
        with connection:
            client.settle()
            assert not call.done
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.finish(call)
    text = client.answer(call).text.splitlines()
    assert text[:4] == ["ok"] * 4
    written, _, end = text[4].partition(" ")
    assert int(written) < 8_000_000
    assert end == "failed: Connection reset by peer"


def test_shutdown_of_what_is_received(client: Client) -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(b"hello")
        assert connection.recv(9) == b"one"

    with peer(serve) as port:
        assert results(
            client,
            *("tcp 0 4", f"connect 0 {HOST} {port}", "connected 0", "wait 0 input"),
            *("shutdown 0 receive", "read-now 0 9", "read 0", "ready 0 input", "write 0 one"),
            *("shutdown 0 receive", "shutdown 0 both", "check 0", "shutdown 0 send"),
        ) == [
            *["ok"] * 5,
            *("closed", "closed", "yes", "ok"),
            *("ok", "ok", "closed", "ok"),
        ]


def test_a_peer_that_breaks_off(client: Client) -> None:
    def serve(connection: socket.socket) -> None:
        assert connection.recv(9) == b"one"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with peer(serve) as port:
        assert results(
            client,
            *("tcp 0 4", f"connect 0 {HOST} {port}", "connected 0", "write 0 one"),
            *("read 0", "read 0", "write 0 two", "check 0"),
        ) == [
            *("ok", "ok", "ok", "ok"),
            *("failed: Connection reset by peer", "closed", "closed", "closed"),
        ]


def test_a_socket_goes_after_its_streams(client: Client) -> None:
    def serve(connection: socket.socket) -> None:
        assert connection.recv(9) == b""

    with peer(serve) as port:
        line = trapped(
            client, "tcp 0 4", f"connect 0 {HOST} {port}", "connected 0", "drop 0 socket"
        )
    assert "the component failed: resource has children" in line
