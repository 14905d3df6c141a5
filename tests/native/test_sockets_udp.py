"""Components and UDP: states, addresses, options, datagrams, with peers on loopback."""

import socket
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
    results,
    trapped,
    udp_peer,
)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client("sockets", network=LOOPBACK) as found:
        yield found


# ---- States ----


@BOTH
def test_states(client: Client, version: int, host: str, name: str) -> None:
    found = results(
        client,
        *(f"udp 0 {version}", "family 0", "local 0", "remote 0", "ready 0 socket", "bound 0"),
        *("stream 0", f"bind 0 {name} 0", f"bind 0 {name} 0", "local 0", "stream 0", "bound 0"),
        *("bound 0", "remote 0", f"bind 0 {name} 0", "local 0"),
        *(f"stream 0 {name} 9", "remote 0", "local 0"),
        *("drop 0 input", "drop 0 output", "stream 0", "remote 0", "local 0"),
    )
    bound = found[15]
    assert bound.split()[0] == name
    assert found == [
        *("ok", f"ipv{version}", "invalid-state", "invalid-state", "yes", "not-in-progress"),
        *("invalid-state", "ok", "invalid-state", "invalid-state", "invalid-state", "ok"),
        *("not-in-progress", "invalid-state", "invalid-state", bound),
        *("ok", f"{name} 9", bound),
        *("ok", "ok", "ok", "invalid-state", bound),
    ]


@pytest.mark.parametrize(
    ("version", "address"),
    [
        *((4, V6), (6, HOST)),
        *((6, "0:0:0:0:0:ffff:7f00:1"), (6, "0:0:0:0:0:0:7f00:1")),
    ],
)
def test_addresses_that_no_socket_has(client: Client, version: int, address: str) -> None:
    own = HOST if version == 4 else V6
    assert results(
        client,
        *(f"udp 0 {version}", f"bind 0 {address} 0", f"bind 0 {own} 0", "bound 0"),
        *(f"stream 0 {address} 9", "stream 0", f"send 0 text {address} 9"),
    ) == [
        *("ok", "invalid-argument", "ok", "ok"),
        *("invalid-argument", "ok", "invalid-argument"),
    ]


def test_many_at_once_are_private_addresses(client: Client) -> None:
    """Multicast is for those who name it; broadcast the system refuses."""
    start = ("udp 0 4", f"bind 0 {HOST} 0", "bound 0", "stream 0 224.0.0.1 9")
    assert results(client, *start)[-1] == "access-denied"
    with Client("sockets", network=(*LOOPBACK, "0.0.0.0/0")) as other:
        start = ("udp 0 4", "bind 0 0.0.0.0 0", "bound 0", "stream 0 255.255.255.255 9")
        assert results(other, *start)[-1] == "access-denied"
        assert results(other, "udp 0 4", "bind 0 224.0.0.1 0")[-1] == "ok"


@BOTH
def test_nobody_sends_to_nowhere(client: Client, version: int, host: str, name: str) -> None:
    nowhere = "0.0.0.0" if version == 4 else "0:0:0:0:0:0:0:0"
    assert results(
        client,
        *(f"udp 0 {version}", f"bind 0 {name} 0", "bound 0", f"stream 0 {name} 0"),
        *(f"stream 0 {nowhere} 9", "stream 0", f"send 0 text {name} 0"),
        *(f"send 0 text {nowhere} 9", "send 0 text"),
    ) == [
        *("ok", "ok", "ok", "invalid-argument"),
        *("invalid-argument", "ok", "invalid-argument"),
        *("invalid-argument", "invalid-argument"),
    ]


@BOTH
def test_an_address_is_bound_once(client: Client, version: int, host: str, name: str) -> None:
    with udp_peer(host) as taken:
        port = taken.getsockname()[1]
        assert results(client, f"udp 0 {version}", f"bind 0 {name} {port}") == [
            "ok",
            "address-in-use",
        ]


# ---- Datagrams ----


@pytest.mark.parametrize("rewrite", [True, False])
@BOTH
def test_to_anybody(rewrite: bool, version: int, host: str, name: str) -> None:
    with (
        Client("sockets", rewrite=rewrite, network=LOOPBACK) as client,
        udp_peer(host) as first,
        udp_peer(host) as second,
    ):
        ports = [peer.getsockname()[1] for peer in (first, second)]
        port = free_port(first.type, host)
        assert results(
            client,
            *(f"udp 0 {version}", f"bind 0 {name} {port}", "bound 0", "stream 0"),
            *("ready 0 input", "ready 0 output", "receive-now 0 9", "check-send 0"),
            *(f"send 0 one {name} {ports[0]}", f"send 0 two {name} {ports[1]}"),
            f"send 0 0 {name} {ports[1]}",
        ) == ["ok"] * 4 + ["no", "yes", "0", "16", "1", "1", "1"]
        assert first.recvfrom(9)[0] == b"one"
        assert second.recvfrom(9)[0] == b"two"
        assert second.recvfrom(9)[0] == b""
        call = begun(
            client,
            *(f"udp 0 {version}", f"bind 0 {name} {port}", "bound 0", "stream 0"),
            *("receive 0 1 from", "receive 0 1 from", "receive-now 0 0", "receive-now 0 5"),
            "receive 0 5",
        )
        first.sendto(b"a", (host, port))
        second.sendto(b"b", (host, port))
        client.settle()
        assert not call.done
        first.sendto(b"x" * 65, (host, port))
        client.finish(call)
    assert client.answer(call).text.splitlines() == [
        *["ok"] * 4,
        *(f"1 a {name} {ports[0]}", f"1 b {name} {ports[1]}", "0", "0", "1 (65 bytes)"),
    ]


@BOTH
def test_to_one_peer(client: Client, version: int, host: str, name: str) -> None:
    with udp_peer(host) as first, udp_peer(host) as second:
        ports = [peer.getsockname()[1] for peer in (first, second)]
        port = free_port(first.type, host)
        call = begun(
            client,
            *(f"udp 0 {version}", f"bind 0 {name} {port}", "bound 0"),
            *(f"stream 0 {name} {ports[0]}", "send 0 one", f"send 0 two {name} {ports[0]}"),
            *(f"send 0 no {name} {ports[1]}", "receive 0 9 from", "receive-now 0 9"),
        )
        second.sendto(b"not for it", (host, port))
        client.settle()
        assert not call.done
        first.sendto(b"answer", (host, port))
        client.finish(call)
        assert [first.recv(9), first.recv(9)] == [b"one", b"two"]
    assert client.answer(call).text.splitlines() == [
        *["ok"] * 4,
        *("1", "1", "invalid-argument", f"1 answer {name} {ports[0]}", "0"),
    ]


@BOTH
def test_another_peer(client: Client, version: int, host: str, name: str) -> None:
    """The port stays, also where the system has chosen it."""
    with udp_peer(host) as first, udp_peer(host) as second:
        ports = [peer.getsockname()[1] for peer in (first, second)]
        found = results(
            client,
            *(f"udp 0 {version}", f"bind 0 {name} 0", "bound 0", "local 0"),
            *(f"stream 0 {name} {ports[0]}", "send 0 one", "drop 0 input", "drop 0 output"),
            *(f"stream 0 {name} {ports[1]}", "send 0 two", "drop 0 output", "drop 0 input"),
            *("stream 0", "local 0", f"send 0 three {name} {ports[0]}"),
        )
        sources = [first.recvfrom(9), second.recvfrom(9), first.recvfrom(9)]
    assert [data for data, _ in sources] == [b"one", b"two", b"three"]
    assert {source[1] for _, source in sources} == {int(found[3].split()[1])}
    assert found[13] == found[3]


def test_streams_of_a_socket_are_two(client: Client) -> None:
    lines = ("udp 0 4", f"bind 0 {HOST} 0", "bound 0", "stream 0", "drop 0 input", "stream 0")
    assert "the component failed: UDP streams not dropped yet" in trapped(client, *lines)


def test_a_refused_datagram(client: Client) -> None:
    port = free_port(socket.SOCK_DGRAM)
    found = results(
        client,
        *("udp 0 4", f"bind 0 {HOST} 0", "bound 0", f"stream 0 {HOST} {port}"),
        *("send 0 one", "receive 0 9", "receive-now 0 9"),
    )
    assert found == ["ok"] * 4 + ["1", "connection-refused", "0"]


def test_the_longest_datagram(client: Client) -> None:
    with udp_peer() as peer:
        port = peer.getsockname()[1]
        found = results(
            client,
            *("udp 0 4", f"bind 0 {HOST} 0", "bound 0", f"stream 0 {HOST} {port}"),
            *("send 0 65507", "send 0 65508", "send 0 65535", "send 0 65536"),
        )
        assert len(peer.recv(70000)) == 65507
    assert found == ["ok"] * 4 + ["1"] + ["datagram-too-large"] * 3


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("send-many 0 1", "unpermitted: must call check-send first"),
        ("check-send 0\nsend-many 0 17", "unpermitted: argument exceeds permitted size"),
        ("check-send 0\nsend-many 0 1\nsend-many 0 1", "unpermitted: must call check-send first"),
    ],
)
def test_what_was_not_asked_for_is_not_sent(client: Client, lines: str, why: str) -> None:
    with udp_peer() as peer:
        port = peer.getsockname()[1]
        start = ("udp 0 4", f"bind 0 {HOST} 0", "bound 0", f"stream 0 {HOST} {port}")
        assert f"the component failed: {why}" in trapped(client, *start, lines)


def test_sixteen_datagrams_at_once(client: Client) -> None:
    with udp_peer() as peer:
        port = peer.getsockname()[1]
        call = begun(
            client,
            *("udp 0 4", f"bind 0 {HOST} 0", "bound 0", f"stream 0 {HOST} {port}"),
            *("check-send 0", "check-send 0", "send-many 0 16", "check-send 0", "send-many 0 0"),
            *("receive 0 1", "receive-now 0 100", "receive-now 0 100"),
        )
        for _ in range(16):
            data, source = peer.recvfrom(9)
            assert data == b""
        for _ in range(20):
            peer.sendto(b"n", source)
        client.finish(call)
    assert client.answer(call).text.splitlines() == [
        *["ok"] * 4,
        *("16", "16", "16", "16", "0", "1 n", "16" + " n" * 16, "3 n n n"),
    ]


# ---- Options ----


@BOTH
def test_options(client: Client, version: int, host: str, name: str) -> None:
    assert results(
        client,
        *(f"udp 0 {version}", "set 0 hop-limit 0", "set 0 hop-limit 7", "get 0 hop-limit"),
        *("set 0 receive-size 0", "set 0 receive-size 65536", "get 0 receive-size"),
        *("set 0 send-size 0", "set 0 send-size 65536", "get 0 send-size"),
        *(f"set 0 send-size {2**64 - 1}", "set 0 receive-size 1"),
    ) == [
        *("ok", "invalid-argument", "ok", "7"),
        *("invalid-argument", "ok", "65536"),
        *("invalid-argument", "ok", "65536"),
        *("ok", "ok"),
    ]
