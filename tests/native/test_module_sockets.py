"""Sockets of components inside the module: its loop watches them, and none is left behind."""

import socket

from tests.harness.double import running
from tests.harness.processes import nothing_left_open
from tests.harness.sockets import LOOPBACK, free_port, peer, program

HOST = "127.0.0.1"
NETWORK = " ".join(LOOPBACK)


def test_a_connection_and_a_name() -> None:
    def serve(connection: socket.socket) -> None:
        assert connection.recv(9) == b"hello"
        connection.sendall(b"there")

    with running("sockets", NETWORK=NETWORK) as module, peer(serve) as port:
        body = program(
            *("tcp 0 4", f"connect 0 {HOST} {port}", "connected 0", "write 0 hello", "read 0"),
            *("read 0", "resolve localhost"),
        )
        answer = module.ask(method=b"POST", body=body)
        lines = answer.body.decode().splitlines()
        assert lines[:6] == ["ok", "ok", "ok", "ok", "there", "closed"]
        assert lines[6].startswith("found ")
        assert lines[6] != "found "
        assert module.log == ""


def test_nothing_is_given_by_default() -> None:
    with running("sockets") as module:
        answer = module.ask(method=b"POST", body=program("tcp 0 4", "udp 0 4", "resolve localhost"))
        assert answer.body.splitlines() == [b"access-denied"] * 3


def test_descriptors_are_left_by_nobody() -> None:
    port = free_port()
    with running("sockets", NETWORK=NETWORK, MAX_SOCKETS="40") as module:
        body = program(
            *("tcp 0 4", f"bind 0 {HOST} {port}", "bound 0", "listen 0", "listening 0", "tcp 1 4"),
            *(f"connect 1 {HOST} {port}", "accept 0 2", "connected 1", "write-many 1 4000"),
            *("udp 3 6", "bind 3 0:0:0:0:0:0:0:1 0", "bound 3", "stream 3", "many"),
        )

        def ask(times: int) -> None:
            for _ in range(times):
                answer = module.ask(method=b"POST", body=body)
                assert answer.body.splitlines()[-1] == b"36 new-socket-limit"
            module.asleep()

        ask(1)
        with nothing_left_open():
            ask(99)
