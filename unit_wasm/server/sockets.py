"""Listening sockets, made by us so that every failure is one clear sentence with its place."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace

from unit_wasm.config.address import Address
from unit_wasm.errors import ConfigError

BACKLOG = 2048
"""Connections that the kernel keeps until they are accepted; it lowers this to its own limit."""

UNSENT = 128 * 1024
"""Bytes of a connection that the kernel takes before it can send them. Without a bound it takes
megabytes for each client that does not read, and each of these was a guest's work and a copy."""

# Linux, linux/tcp.h; the socket module has no name for it.
_TCP_NOTSENT_LOWAT = 25


def listen(
    address: Address, *, pointer: str = "", mode: int = 0o666, leaving: Sequence[socket.socket] = ()
) -> socket.socket:
    """Return a socket that listens on an address.

    Parameters:
        address: where.
        pointer: the place in the JSON document, for errors.
        mode: permissions of a Unix socket's file.
        leaving: our own sockets that are closed once this one is in use. They may hold an
            overlapping address (``*:8080`` gives way to ``127.0.0.1:8080``).

    Raises:
        ConfigError: the address is in use, not ours, or not allowed.
    """
    family = _family(address)
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if address.is_unix:
            _bind_unix(sock, address, mode, pointer)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Connections inherit it.
            sock.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, UNSENT)
            if address.is_ipv6:
                # "[::]:8080" and "*:8080" are two listeners, as in Unit.
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            with _shared_port([sock, *leaving] if leaving else []):
                sock.bind(address.socket_name)
                # With SO_REUSEADDR a port in use shows only here.
                sock.listen(BACKLOG)
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        raise _bind_error(address, pointer, error) from None
    except BaseException:
        sock.close()
        raise
    return sock


def bound_address(sock: socket.socket, address: Address) -> Address:
    """Return the address with the port that the system chose, where it was 0."""
    if address.is_unix:
        return address
    return replace(address, port=sock.getsockname()[1])


def unlink_socket(path: str, inode: int) -> None:
    """Remove the file of a Unix socket, unless another server has put its own there."""
    with contextlib.suppress(OSError):
        if os.stat(path).st_ino == inode:
            os.unlink(path)


def _family(address: Address) -> socket.AddressFamily:
    if address.is_unix:
        return socket.AF_UNIX
    return socket.AF_INET6 if address.is_ipv6 else socket.AF_INET


@contextlib.contextmanager
def _shared_port(sockets: Sequence[socket.socket]) -> Iterator[None]:
    """Allow these sockets, and for the moment any other of this user, to share a port."""
    inet = [sock for sock in sockets if sock.family != socket.AF_UNIX]
    try:
        for sock in inet:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        yield
    finally:
        for sock in inet:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 0)


def _bind_unix(sock: socket.socket, address: Address, mode: int, pointer: str) -> None:
    if address.is_file:
        _remove_stale(address, pointer)
    # The file must never exist with wider permissions, not even for a moment.
    before = os.umask(0o777 & ~mode)
    try:
        sock.bind(address.socket_name)
    finally:
        os.umask(before)


def _remove_stale(address: Address, pointer: str) -> None:
    try:
        found = os.stat(address.path)
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise ConfigError(
            f"cannot listen on {address}: there is a file that is not a socket", pointer=pointer
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(address.path)
        except ConnectionRefusedError:
            os.unlink(address.path)
            return
        except BlockingIOError:
            pass
    raise ConfigError(
        f"cannot listen on {address}: another server is listening there", pointer=pointer
    )


def _bind_error(address: Address, pointer: str, error: OSError) -> ConfigError:
    shown = str(address).removeprefix("http://")
    reasons = {
        errno.EADDRINUSE: "the address is already in use",
        errno.EACCES: "no permission for this port",
        errno.EPERM: "no permission for this port",
        errno.EADDRNOTAVAIL: "this machine does not have this address",
        errno.EAFNOSUPPORT: "this machine does not have this kind of address",
    }
    unix_reasons = {
        errno.EACCES: "no permission for this folder",
        errno.EPERM: "no permission for this folder",
        errno.ENOENT: "the folder does not exist",
    }
    table = {**reasons, **unix_reasons} if address.is_unix else reasons
    reason = table.get(error.errno or 0, os.strerror(error.errno) if error.errno else str(error))
    hint = None
    if error.errno == errno.EACCES and not address.is_unix:
        hint = "ports below 1024 need the capability CAP_NET_BIND_SERVICE"
    return ConfigError(f"cannot listen on {shown}: {reason}", pointer=pointer, hint=hint)
