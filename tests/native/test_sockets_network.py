"""What components may do with the network: the option, names, limits, and what is left behind."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.harness.direct import Client
from tests.harness.processes import nothing_left_open
from tests.harness.sockets import HOST, LOOPBACK, begun, free_port, peer, results, udp_peer

REFUSED = "no entry of UNIT_WASM_NETWORK"


@contextmanager
def network(*entries: str, **options: Any) -> Iterator[Client]:
    with Client("sockets", network=entries, **options) as client:
        yield client


# ---- Where components may go ----


def test_nothing_without_the_option() -> None:
    with network() as client:
        assert (
            results(client, "tcp 0 4", "udp 0 6", "resolve localhost", "resolve 127.0.0.1")
            == ["access-denied"] * 4
        )


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("tcp:{host}:{port}", "ok"),
        ("tcp:{host}:*", "ok"),
        ("tcp:*:{port} 127.0.0.0/8", "ok"),
        ("* 127.0.0.1", "ok"),
        ("tcp:*:{port}", "access-denied"),
        ("*", "access-denied"),
        ("tcp:{host}:{other}", "access-denied"),
        ("udp:{host}:{port}", "access-denied"),
        ("listen:{host}:{port}", "access-denied"),
        ("tcp:127.0.0.2:{port}", "access-denied"),
        ("tcp:localhost:{port}", "access-denied"),
        ("127.0.0.0/8", "access-denied"),
        ("tcp:[::1]:{port}", "access-denied"),
    ],
)
def test_who_may_be_connected_to(entries: str, expected: str) -> None:
    with peer(lambda connection: None) as port:
        text = entries.format(host=HOST, port=port, other=port ^ 1)
        with network(*text.split()) as client:
            found = results(client, "tcp 0 4", f"connect 0 {HOST} {port}", f"connect 0 {HOST} 9")
        socket.create_connection((HOST, port)).close()
    assert found[:2] == ["ok", expected]
    if expected == "access-denied":
        assert client.lines == [
            f"4 app: tcp:{HOST}:{port} is denied to components: {REFUSED} allows it",
            f"4 app: tcp:{HOST}:9 is denied to components: {REFUSED} allows it",
        ]


def test_what_is_denied_is_said_once() -> None:
    with network("tcp:*:80") as client:
        for _ in range(2):
            assert results(client, "tcp 0 6", "connect 0 fc00:0:0:0:0:0:0:1 80") == [
                "ok",
                "access-denied",
            ]
        assert client.lines == [
            f"4 app: tcp:[fc00::1]:80 is denied to components: {REFUSED} allows it"
        ]


@pytest.mark.parametrize(
    ("entries", "bind", "listen"),
    [
        ("listen:{host}:{port}", "ok", "ok"),
        ("listen:{host}:*", "ok", "ok"),
        ("listen:*:{port}", "ok", "ok"),
        ("listen:*:0", "access-denied", ""),
        ("listen:127.0.0.2:{port}", "access-denied", ""),
        ("tcp:*:*", "access-denied", ""),
        ("udp:*:*", "access-denied", ""),
    ],
)
def test_who_may_be_listened_for(entries: str, bind: str, listen: str) -> None:
    port = free_port()
    text = entries.format(host=HOST, port=port)
    with network(*text.split()) as client:
        found = results(client, "tcp 0 4", f"bind 0 {HOST} {port}", "bound 0", "listen 0")
        datagrams = results(client, "udp 0 4", f"bind 0 {HOST} {port}")
    assert found[1] == bind
    assert datagrams[1] == bind
    if bind == "ok":
        assert found[3] == listen


def test_who_may_connect_may_choose_where_it_comes_from_but_not_listen_there() -> None:
    with network("tcp:*:80") as client:
        found = results(client, "tcp 0 4", f"bind 0 {HOST} 0", "bound 0", "listen 0", "listening 0")
        assert found == ["ok", "ok", "ok", "access-denied", "not-in-progress"]
        assert results(client, "udp 0 4", f"bind 0 {HOST} 0") == ["ok", "access-denied"]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("udp:{host}:{port}", "1"),
        ("udp:*:* 127.0.0.0/8", "1"),
        ("udp:*:*", "access-denied"),
        ("udp:{host}:{other} tcp:{host}:{port}", "access-denied"),
    ],
)
def test_who_may_be_sent_to(entries: str, expected: str) -> None:
    with udp_peer() as other:
        port = other.getsockname()[1]
        text = entries.format(host=HOST, port=port, other=port ^ 1)
        with network(*text.split()) as client:
            found = results(
                client,
                *("udp 0 4", "bind 0 0.0.0.0 0", "bound 0", f"stream 0 {HOST} {port}"),
                *("udp 1 4", "bind 1 0.0.0.0 0", "bound 1", "stream 1"),
                f"send 1 text {HOST} {port}",
            )
    assert found[3] == ("ok" if expected == "1" else expected)
    assert found[-1] == expected


def test_datagrams_come_only_from_where_they_may_go() -> None:
    """Who may only send takes answers, and nothing of others; who may listen takes all."""
    with udp_peer() as first, udp_peer() as second:
        port = first.getsockname()[1]
        with network(f"udp:{HOST}:{port}", "listen:127.0.0.1:*") as client:
            for bound, expected in ((f"bind 0 {HOST} 0", "2 b a"), ("bind 0 0.0.0.0 0", "1 a")):
                call = begun(
                    client,
                    *("udp 0 4", bound, "bound 0", "stream 0", f"send 0 text {HOST} {port}"),
                    *("wait 0 input", "receive-now 0 9"),
                )
                source = first.recvfrom(9)[1]
                second.sendto(b"b", source)
                first.sendto(b"a", source)
                client.finish(call)
                assert client.answer(call).text.splitlines()[-1] == expected


# ---- Names ----


def test_names() -> None:
    with network("tcp:localhost:80", "127.0.0.0/8", "::1") as client:
        found = results(
            client,
            *("resolve localhost", "resolve LOCALHOST.", "resolve localhost.example"),
            *("resolve 127.0.0.1", "resolve ::1", "resolve [::1]", "resolve 8.8.8.8"),
            *("resolve https://localhost/", "resolve local:host", "resolve -a", "resolve a..b"),
            *("resolve a-.b", f"resolve {'a' * 64}.b", f"resolve {'a.' * 127}a", "resolve [1.2]"),
            *("resolve 256.1.1.1", "resolve a.1", "resolve 1.2"),
        )
    loopback = {"127.0.0.1", "0:0:0:0:0:0:0:1"}
    for line in found[:2]:
        word, *addresses = line.split()
        assert word == "found"
        assert addresses
        assert set(addresses) <= loopback
    assert found[2:] == [
        *("access-denied", "found 127.0.0.1", "found 0:0:0:0:0:0:0:1"),
        *("found 0:0:0:0:0:0:0:1", "found 8.8.8.8"),
        *["invalid-argument"] * 8,
        *("invalid-argument", "invalid-argument", "access-denied"),
    ]


def test_where_a_name_leads_is_judged() -> None:
    with peer(lambda connection: None) as port:
        with network(f"tcp:localhost:{port}") as client:
            assert results(client, "resolve localhost") == ["found access-denied"]
        with network(f"tcp:localhost:{port}", "127.0.0.0/8", "::1") as client:
            lines = ("tcp 0 4", f"connect 0 {HOST} {port}", "tcp 1 4", f"connect 1 {HOST} 9")
            assert results(client, *lines)[1::2] == ["access-denied"] * 2
            found = results(client, "resolve localhost", *lines, "connected 0")
            assert found[1:] == ["ok", "ok", "ok", "access-denied", "ok"]
            # The next exchange has looked nothing up.
            assert results(client, *lines)[1::2] == ["access-denied"] * 2


def test_a_name_that_leads_nowhere() -> None:
    with network("tcp:*.invalid:80") as client:
        found = results(client, "resolve nobody.invalid")
    assert found[0] in (
        "found name-unresolvable",
        "found temporary-resolver-failure",
        "found permanent-resolver-failure",
    )


# ---- Limits, and what is left behind ----


def test_sockets_of_an_exchange() -> None:
    with network(*LOOPBACK, max_sockets=3) as client:
        assert results(client, "many", "tcp 0 4") == ["3 new-socket-limit", "new-socket-limit"]
        port = free_port()
        assert results(
            client,
            *("tcp 0 4", f"bind 0 {HOST} {port}", "bound 0", "listen 0", "listening 0"),
            *("tcp 1 4", f"connect 1 {HOST} {port}", "udp 2 4", "accept 0 3", "drop 2"),
            *("accept 0 3", "udp 2 4"),
        ) == [
            *["ok"] * 8,
            *("new-socket-limit", "ok"),
            *("ok", "new-socket-limit"),
        ]


def test_sockets_of_all_exchanges() -> None:
    with network(*LOOPBACK, max_open_sockets=5) as client:
        with udp_peer() as other:
            stream = f"stream 0 {HOST} {other.getsockname()[1]}"
            waits = begun(
                client,
                *("udp 0 4", f"bind 0 {HOST} 0", "bound 0", stream, "send 0 text", "receive 0 1"),
                "many",
            )
            meanwhile = client.start("/", method="POST", body=b"many")
            client.until(lambda: meanwhile.done)
            assert client.answer(meanwhile).text == "4 new-socket-limit\n"
            other.sendto(b"on", other.recvfrom(9)[1])
            client.finish(waits)
        assert client.answer(waits).text.splitlines()[-1] == "4 new-socket-limit"
        assert results(client, "many") == ["5 new-socket-limit"]


@pytest.mark.parametrize("end", ["", "\ntrap", "\nread 0"])
def test_descriptors_are_left_by_nobody(end: str) -> None:
    """A hundred times all that there may be: to the end, with a trap, and cut while they wait."""
    port = free_port()
    with network(*LOOPBACK, max_sockets=40) as client:
        lines = (
            f"tcp 0 4\nbind 0 {HOST} {port}\nbound 0\nlisten 0\nlistening 0\ntcp 1 4\n"
            f"connect 1 {HOST} {port}\naccept 0 2\nconnected 1\nwrite-many 1 4000\n"
            f"udp 3 6\nbind 3 0:0:0:0:0:0:0:1 0\nbound 3\nstream 3\nresolve localhost\nmany{end}"
        ).encode()
        if end == "\nread 0":
            lines = lines.replace(b"read 0", b"wait 0 socket")

        def ask(times: int) -> None:
            for _ in range(times):
                call = client.start("/", method="POST", body=lines)
                client.settle()
                if end == "\nread 0":
                    client.gone(call)
                    client.until(lambda: client.idle)
                else:
                    client.finish(call)
                client.lines.clear()

        ask(1)
        with nothing_left_open():
            ask(99)
        assert results(client, "many") == ["40 new-socket-limit"]
