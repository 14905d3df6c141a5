"""Directories of functions for tests: what is in them, how it is changed, and calls meanwhile."""

import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.harness.components import guest
from tests.harness.http import Connection, Response

NUMBER: Final = """(component
  (core module $m (func (export "f") (result i32) (i32.const {number})))
  (core instance $i (instantiate $m))
  (func (export "number") (result u32) (canon lift (core func $i "f"))))
"""
"""A component whose function answers with a number."""

TELLS: Final = """(component
  (import "tell" (func $tell (param "number" u32)))
  (core func $tell (canon lower (func $tell)))
  (core module $main
    (import "host" "tell" (func $tell (param i32)))
    (func (export "double") (param i32) (result i32)
      (call $tell (local.get 0)) (i32.mul (local.get 0) (i32.const 2))))
  (core instance $main (instantiate $main
    (with "host" (instance (export "tell" (func $tell))))))
  (func (export "double") (param "number" u32) (result u32)
    (canon lift (core func $main "double"))))
"""
"""A component that calls a function of Python."""

CONNECTIONS: Final = 64


def fill(folder: Path) -> None:
    """Put the cipher into a directory, a number, and what is no component."""
    shutil.copy(guest("functions"), folder / "cipher.wasm")
    (folder / "number.wat").write_text(NUMBER.format(number=1))
    (folder / "notes.txt").write_text("no component")


def put(folder: Path, name: str, text: str | bytes) -> None:
    """Put a file there as `mv` does; everybody may read it."""
    new = folder / ".new"
    new.write_bytes(text if isinstance(text, bytes) else text.encode())
    new.chmod(0o644)
    os.rename(new, folder / name)


def change_under_load(address: str, least: int, change: Callable[[set[bytes]], None]) -> set[bytes]:
    """Change a directory that :func:`fill` has filled while 64 connections call what is in it.

    All calls are right. Returns what the number was.

    Parameters:
        address: of its server.
        least: so many times each connection calls both functions.
        change: changes the number; is given what it was so far.
    """
    done = threading.Event()
    numbers: set[bytes] = set()

    def call(_: int) -> int:
        count = 0
        with Connection(address) as connection:
            while not done.is_set() or count < least:
                answer = _post(connection, "/cipher/encrypt", b'{"message": "abc"}')
                assert (answer.status, answer.body) == (200, b'{"result":"def"}')
                answer = _post(connection, "/number/number", b"{}")
                assert answer.status == 200, answer
                numbers.add(answer.body)
                count += 1
        return count

    def changed() -> None:
        try:
            change(numbers)
        finally:
            done.set()

    with ThreadPoolExecutor(CONNECTIONS + 1) as pool:
        calls = [pool.submit(call, index) for index in range(CONNECTIONS)]
        pool.submit(changed).result()
        assert sum(each.result() for each in calls) >= CONNECTIONS * least
    return numbers


def _post(connection: Connection, path: str, body: bytes) -> Response:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.send(head.encode() + body)
    return connection.response()
