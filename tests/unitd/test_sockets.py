"""Components that have sockets inside a real Unit."""

import os
import socket

from tests.harness.http import request
from tests.harness.sockets import LOOPBACK, peer, program
from tests.harness.unitd import Unit, application

HOST = "127.0.0.1"


def test_a_connection_from_each_of_the_workers(unit: Unit) -> None:
    def serve(connection: socket.socket) -> None:
        assert connection.recv(9) == b"hello"
        connection.sendall(b"there")

    with unit.start() as server:
        guest = application("sockets", {"NETWORK": " ".join(LOOPBACK)}, processes=2)
        server.configure({"sockets": guest})
        for _ in range(8):
            with peer(serve) as port:
                body = program(
                    *("tcp 0 4", f"connect 0 {HOST} {port}", "connected 0", "write 0 hello"),
                    *("read 0", "read 0"),
                )
                answer = request(server["sockets"], method="POST", body=body)
            assert answer.body.splitlines() == [b"ok"] * 4 + [b"there", b"closed"]


def test_names_and_denials(unit: Unit) -> None:
    with unit.start() as server:
        guest = application("sockets", {"NETWORK": "tcp:localhost:80 127.0.0.0/8 ::1"})
        server.configure({"sockets": guest})
        body = program("resolve localhost", "tcp 0 4", f"connect 0 {HOST} 81", "udp 1 4", "many")
        lines = request(server["sockets"], method="POST", body=body).body.splitlines()
        assert lines[0].startswith(b"found ")
        assert lines[1:] == [b"ok", b"access-denied", b"ok", b"62 new-socket-limit"]
        assert f"tcp:{HOST}:81 is denied to components" in server.news


def test_workers_keep_no_descriptor(unit: Unit) -> None:
    with unit.start() as server:
        server.configure({"sockets": application("sockets", {"NETWORK": "*"})})

        def most() -> int:
            pids = [pid for pid in os.listdir("/proc") if pid.isdigit()]
            counts = [0]
            for pid in pids:
                try:
                    with open(f"/proc/{pid}/cmdline", "rb") as file:
                        if b'"sockets" application' in file.read():
                            counts.append(len(os.listdir(f"/proc/{pid}/fd")))
                except OSError:
                    continue
            return max(counts)

        assert request(server["sockets"], method="POST", body=b"many").body.startswith(b"64 ")
        before = most()
        assert before != 0
        for _ in range(100):
            assert request(server["sockets"], method="POST", body=b"many").body.startswith(b"64 ")
        assert most() <= before
