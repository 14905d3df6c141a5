"""Listening sockets: each failure is one sentence, and none leaves anything behind."""

import errno
import os
import socket
import stat
from pathlib import Path

import pytest

from unit_wasm.config.address import Address
from unit_wasm.errors import ConfigError
from unit_wasm.server.sockets import UNSENT, bound_address, listen, unlink_socket


def failing_bind(number: int) -> type[socket.socket]:
    class FailingSocket(socket.socket):
        def bind(self, address: object) -> None:
            raise OSError(number, os.strerror(number))

    return FailingSocket


@pytest.mark.parametrize(
    ("number", "address", "sentence"),
    [
        (
            errno.EACCES,
            Address("127.0.0.1", 80),
            "/listeners/x: cannot listen on 127.0.0.1:80: no permission for this port "
            "(ports below 1024 need the capability CAP_NET_BIND_SERVICE)",
        ),
        (
            errno.EPERM,
            Address("::1", 80),
            "/listeners/x: cannot listen on [::1]:80: no permission for this port",
        ),
        (
            errno.EACCES,
            Address(path="/no/such/x.sock"),
            "/listeners/x: cannot listen on unix:/no/such/x.sock: no permission for this folder",
        ),
        (
            errno.EAFNOSUPPORT,
            Address("::1", 80),
            "/listeners/x: cannot listen on [::1]:80: "
            "this machine does not have this kind of address",
        ),
        (
            errno.ENOBUFS,
            Address("127.0.0.1", 80),
            "/listeners/x: cannot listen on 127.0.0.1:80: No buffer space available",
        ),
    ],
)
def test_bind_errors(
    monkeypatch: pytest.MonkeyPatch, number: int, address: Address, sentence: str
) -> None:
    monkeypatch.setattr(socket, "socket", failing_bind(number))
    with pytest.raises(ConfigError) as caught:
        listen(address, pointer="/listeners/x")
    assert str(caught.value) == sentence


def test_port_0_is_resolved() -> None:
    address = Address("127.0.0.1", 0)
    with listen(address) as sock:
        bound = bound_address(sock, address)
        assert bound.port > 0
        with pytest.raises(ConfigError, match="the address is already in use"):
            listen(bound)
        with socket.create_connection(("127.0.0.1", bound.port)):
            pass


def test_ipv6_and_ipv4_are_two_listeners() -> None:
    with listen(Address("::", 0)) as six:
        port = six.getsockname()[1]
        with listen(Address("0.0.0.0", port)) as four:
            assert four.getsockname()[1] == port


def test_overlapping_address_of_a_leaving_socket() -> None:
    with listen(Address("0.0.0.0", 0)) as wide:
        narrow = Address("127.0.0.1", wide.getsockname()[1])
        with listen(narrow, leaving=[wide]) as sock:
            for each in (wide, sock):
                assert each.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) == 0
        with pytest.raises(ConfigError, match="the address is already in use"):
            listen(narrow)


@pytest.mark.parametrize("mode", [0o600, 0o666])
def test_unix_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    monkeypatch.chdir(tmp_path)
    address = Address(path="x.sock")
    with listen(address, mode=mode):
        found = os.stat("x.sock")
        assert stat.S_IMODE(found.st_mode) == mode
        with pytest.raises(ConfigError, match="another server is listening there"):
            listen(address)
    # Nobody listens there now, so it is replaced.
    with listen(address, mode=mode):
        replaced = os.stat("x.sock").st_ino
        unlink_socket("x.sock", replaced + 1)
        assert os.path.exists("x.sock")
        unlink_socket("x.sock", replaced)
        assert not os.path.exists("x.sock")
        unlink_socket("x.sock", replaced)


def test_umask_is_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o027)
    try:
        with listen(Address(path="x.sock"), mode=0o600):
            pass
        with pytest.raises(ConfigError):
            listen(Address(path="no/x.sock"))
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)


def test_the_kernel_takes_little_for_clients_that_do_not_read() -> None:
    address = Address("127.0.0.1", 0)
    with listen(address) as sock:
        client = socket.create_connection(sock.getsockname(), timeout=20)
        sock.setblocking(True)
        connection, _ = sock.accept()
        with client, connection:
            # 25: TCP_NOTSENT_LOWAT of Linux.
            assert connection.getsockopt(socket.IPPROTO_TCP, 25) == UNSENT == 131072
