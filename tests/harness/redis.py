"""A real Redis or Valkey server, on a port of its own."""

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.harness.processes import PATIENCE, wait_until


def server_program() -> str | None:
    """Return the program that is installed, if one is."""
    return shutil.which("valkey-server") or shutil.which("redis-server")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def redis_url(port: int) -> str:
    """For UNIT_WASM_KEYVALUE."""
    return f"redis://127.0.0.1:{port}/1"


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[int]:
    """Run a server that keeps what it has in memory, and give its port."""
    program = server_program()
    assert program is not None
    port = _free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    command += ["--dir", str(folder)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            wait_until(lambda: _answers(port), "for the store to be ready")
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1.0) as client:
            client.sendall(b"PING\r\n")
            return client.recv(16) == b"+PONG\r\n"
    except OSError:
        return False
