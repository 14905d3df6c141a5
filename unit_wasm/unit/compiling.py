"""Who compiles the components of a directory in Unit: a process beside the prototype process.

Those that serve have another user, who may neither write into the cache nor read Python. They read
a file, as that user, and send its bytes; this process, which is started by the prototype process
and has its user, compiles them through the cache, as prepare does for a component that is
configured. It ends with the last process that could ask.

    a process that serves --- the file, a socket for the answer --->  this process
                          <--- what is known of it, machine code ---

What is sent here is bytes of others: it is never unpickled.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import socket
import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

from unit_wasm.component.prepared import CodeFile
from unit_wasm.errors import ComponentError, HostError, UnitWasmError

_AT_ONCE: Final = 2
_MOST: Final = 1 << 30
"""Bytes of a file; a component that is larger has more than 4 GiB of machine code."""

_MESSAGE: Final = 64 << 10
_PROGRAM: Final = (
    "import sys; sys.path[:] = sys.argv[3:]; from unit_wasm.unit.compiling import main; "
    "main(*map(int, sys.argv[1:3]))"
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A component of a directory that can be served.

    Parameters:
        settings: of its engine, whose machine code is in a descriptor beside.
        world: of the component; see :mod:`unit_wasm.unit.worlds`.
        title: of its functions.
        names: of the imports that Python provides.
        lines: levels of logging, and what an operator may want to know.
    """

    settings: bytes
    world: str
    title: str
    names: frozenset[str]
    lines: tuple[tuple[int, str], ...]


# ---- In a process that serves ----


class Asking:
    """The way to the process that compiles; any thread may ask.

    Parameters:
        way: a socket; its other end is that process's.
        process: its id.
    """

    def __init__(self, way: socket.socket, process: int) -> None:
        self._way = way
        self.process = process

    def close(self) -> None:
        """Ask no more; where nobody else can, that process ends."""
        self._way.close()

    def compile(self, path: str, name: str, data: bytes) -> tuple[Compiled, CodeFile]:
        """Let a file be compiled.

        Parameters:
            path: of the file.
            name: of the component, for the log.
            data: what is in it.

        Returns:
            What is known of it, and its machine code.

        Raises:
            UnitWasmError: it cannot be served.
        """
        try:
            return self._answer(path, name, data)
        except (OSError, EOFError) as error:
            raise HostError(
                f"the process that compiles has gone: {error}", hint="restart the application"
            ) from error

    def _answer(self, path: str, name: str, data: bytes) -> tuple[Compiled, CodeFile]:
        head = json.dumps({"path": path, "name": name}).encode()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            with theirs, _file("unit-wasm-component", data) as file:
                socket.send_fds(self._way, [head], [file.fileno(), theirs.fileno()])
            _, given, _, _ = socket.recv_fds(ours, 1, 2)
        if not given:
            raise EOFError("it has not answered")
        code = None if len(given) == 1 else CodeFile(given[1], Path())
        with open(given[0], "rb") as answer:
            answer.seek(0)
            # Of a process of ours, with more rights than this one.
            made: Compiled | tuple[str, str, str | None] = pickle.load(answer)
        if isinstance(made, Compiled):
            assert code is not None
            return made, code
        fault, message, hint = made
        raise (ComponentError if fault == "component" else HostError)(message, hint=hint)


def _file(name: str, data: bytes) -> IO[bytes]:
    file: IO[bytes] = os.fdopen(os.memfd_create(name), "r+b", buffering=0)
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
    return file


# ---- In the prototype process ----


def start(name: str, directory: dict[str, Any]) -> Asking:
    """Start the process that compiles; no thread is started for it.

    Parameters:
        name: of the application.
        directory: as folders.py has it.

    Raises:
        HostError: that fails.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    folders = [folder for folder in sys.path if os.path.isabs(folder)]
    job = json.dumps({"name": name, "directory": directory}).encode()
    with theirs, _file("unit-wasm-job", job) as terms:
        given = (theirs.fileno(), terms.fileno())
        arguments = [sys.executable, "-I", "-c", _PROGRAM, *map(str, (3, os.getpid())), *folders]
        try:
            process = os.posix_spawn(
                sys.executable,
                arguments,
                os.environ,
                file_actions=[
                    *(
                        (os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_RDWR, 0)
                        for number in (0, 1)
                    ),
                    (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_RDWR, 0),
                    *_moved(given),
                ],
                setsigmask=(),
            )
        except OSError as error:
            ours.close()
            raise HostError.of(f"{sys.executable} cannot be run to compile", error) from error
    return Asking(ours, process)


def _moved(given: tuple[int, int]) -> list[tuple[int, ...]]:
    """Return what gives two descriptors the numbers 3 and 4, whichever they had."""
    apart = max(*given, 4) + 1
    return [
        (os.POSIX_SPAWN_DUP2, given[0], apart),
        (os.POSIX_SPAWN_DUP2, given[1], apart + 1),
        (os.POSIX_SPAWN_DUP2, apart, 3),
        (os.POSIX_SPAWN_DUP2, apart + 1, 4),
        (os.POSIX_SPAWN_CLOSE, apart),
        (os.POSIX_SPAWN_CLOSE, apart + 1),
    ]


# ---- In the process that compiles ----


def main(way: int, parent: int) -> None:
    """Compile what is sent, until nobody could send more.

    Parameters:
        way: a descriptor, of a socket; the one after it has the terms.
        parent: the process that has started this one.
    """
    from unit_wasm.prepare.compiler import end_with

    end_with(parent)
    with open(way + 1, "rb") as file:
        file.seek(0)
        terms = json.load(file)
    compiling = _Compiling(terms["name"], terms["directory"])
    with socket.socket(fileno=way) as asked:
        while True:
            head, given, _, _ = socket.recv_fds(asked, _MESSAGE, 2)
            if not head:
                return
            threading.Thread(target=compiling.answer, args=(head, given), daemon=True).start()


class _Compiling:
    """Compiles; two at once, and each content once."""

    def __init__(self, name: str, directory: dict[str, Any]) -> None:
        from unit_wasm.unit.folders import config_of

        self._config = config_of(name, directory)
        self._gate = threading.Semaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._making: dict[bytes, threading.Lock] = {}

    def answer(self, head: bytes, given: list[int]) -> None:
        """Answer a message; one that is none is dropped."""
        with ExitStack() as stack:
            files = [stack.enter_context(open(number, "r+b", buffering=0)) for number in given]
            # Who asked may have gone.
            with suppress(OSError, ValueError, KeyError, IndexError):
                terms = json.loads(head)
                made, code = self._answer(terms["path"], terms["name"], files[0])
                with _file("unit-wasm-answer", pickle.dumps(made)) as answer:
                    numbers = [answer.fileno(), *([] if code is None else [code.fileno()])]
                    with socket.socket(fileno=os.dup(files[1].fileno())) as way:
                        socket.send_fds(way, [b"."], numbers)

    def _answer(
        self, path: str, name: str, file: IO[bytes]
    ) -> tuple[Compiled | tuple[str, str, str | None], CodeFile | None]:
        try:
            return self._made(path, name, _bytes(file))
        except UnitWasmError as error:
            return (error.fault, error.message, error.hint), None
        except Exception as error:
            return ("host", f"it cannot be compiled: {error!r}", None), None

    def _made(self, path: str, name: str, data: bytes) -> tuple[Compiled, CodeFile]:
        digest = hashlib.sha256(data).digest()
        with self._lock:
            lock = self._making.setdefault(digest, threading.Lock())
        # Who comes second finds it in the cache.
        try:
            with lock, self._gate:
                return self._compiled(path, name, data)
        finally:
            with self._lock:
                self._making.pop(digest, None)

    def _compiled(self, path: str, name: str, data: bytes) -> tuple[Compiled, CodeFile]:
        from unit_wasm.native.settings import settings_text
        from unit_wasm.prepare.source import source_of
        from unit_wasm.serving.notes import notes_of
        from unit_wasm.unit.own import compile_own
        from unit_wasm.unit.worlds import world_text

        options = self._config.options
        source = source_of(path, data, served=False)
        prepared, own = compile_own(path, options, source=source)
        if own.title is None:
            raise ComponentError(
                "the component answers HTTP itself", hint="make it an application of its own"
            )
        assert prepared.code is not None
        settings = settings_text(
            # By its descriptor: others may not be able to open it.
            replace(prepared, compiled=Path()),
            options,
            name=name,
            environment=self._config.environment,
            program=own.program,
            imports=own.program if own.names else None,
        )
        lines = tuple(notes_of(prepared))
        made = Compiled(settings, world_text(own.world), own.title, own.names, lines)
        return made, prepared.code


def _bytes(file: IO[bytes]) -> bytes:
    size = os.fstat(file.fileno()).st_size
    if size > _MOST:
        raise ComponentError("the file is too large for a component")
    return os.pread(file.fileno(), size, 0)
