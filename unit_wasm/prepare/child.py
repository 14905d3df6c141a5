"""Compiling in a child process, which can be ended: by a limit of time, or of memory.

A component decides how long it takes to compile and how much memory that needs, and libwasmtime
cannot be stopped. The child says on its standard output what it does and how it ended (a line of
JSON each), and writes the machine code to a descriptor. In the middle it waits: what it compiles
for depends on the address space of the process that serves.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from unit_wasm.component.prepared import CodeFile, Prepared
from unit_wasm.errors import ComponentError, ConfigError, HostError, UnitWasmError
from unit_wasm.options import Options
from unit_wasm.options.kinds import DURATION, SIZE
from unit_wasm.prepare.cache import prepared_of
from unit_wasm.prepare.source import Source

_FAULTS: dict[str, type[UnitWasmError]] = {
    error.fault: error for error in (ComponentError, ConfigError, HostError)
}

# Neither the current folder nor PYTHON* variables say what runs there, but what runs here.
_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[4:]; from unit_wasm.prepare.compiler import main; "
    "main(*map(int, sys.argv[1:4]))"
)

# How often a silent child is looked after, in seconds.
_LOOK = 1.0

# What libwasmtime, Rust's or C's allocator and Python say when there is no more.
_NO_MEMORY = ("memory allocation of", "MemoryError", "out of memory", "Cannot allocate memory")

# What libwasmtime says where its threads cannot be started.
_NO_THREAD = "ThreadPoolBuildError"


class Compiler:
    """A child that compiles one component; the end of the context ends it, too.

    Parameters:
        source: the component.
        options: what the code depends on, and the limits.
        progress: is told of each step.

    Raises:
        HostError: the child cannot be run.
    """

    def __init__(self, source: Source, options: Options, progress: Callable[[str], None]) -> None:
        self._options = options
        self._progress = progress
        self._deadline = time.monotonic() + options.compile_timeout
        self._code: CodeFile | None = None
        self._said: CodeFile | None = None
        self._rest = b""
        try:
            self._code = _in_memory("code")
            self._said = _in_memory("said")
            with contextlib.closing(_in_memory("job")) as job:
                # To a process of ours and of nobody else: no stranger's pickle.
                with open(job.fileno(), "wb", closefd=False) as file:
                    pickle.dump((source, options), file)
                os.lseek(job.fileno(), 0, os.SEEK_SET)
                self._process = _started(job, self._code, self._said)
        except OSError as error:
            self._close()
            raise HostError.of(f"{sys.executable} cannot be run to compile", error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        with contextlib.suppress(BrokenPipeError), self._process:
            pass
        self._close()

    def _close(self) -> None:
        # At once: an error on its way to somebody who keeps it would keep them open.
        for file in (self._said, self._code):
            if file is not None:
                file.close()

    def describe(self) -> Prepared:
        """Return what the component is, before it is compiled.

        Raises:
            ComponentError: it cannot be served, or takes more than its limits.
        """
        return prepared_of(self._answer("described"))

    def compile(self, reservation: int) -> tuple[Prepared, CodeFile]:
        """Return the description of what was compiled, and the machine code, which is the caller's.

        Parameters:
            reservation: address space for each linear memory.

        Raises:
            ComponentError: it does not compile, or not within the limits.
        """
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(b"%d\n" % reservation)
            self._process.stdin.flush()
        made = prepared_of(self._answer("made"))
        assert self._code is not None
        code, self._code = self._code, None
        return made, code

    def _answer(self, name: str) -> dict[str, Any]:
        """Return what the child says under that name."""
        while True:
            document = self._line()
            if "step" in document:
                self._progress(document["step"])
            elif "fault" in document:
                fault = _FAULTS[document["fault"]]
                raise fault(document["message"], hint=document["hint"])
            elif name in document:
                answer: dict[str, Any] = document[name]
                return answer

    def _line(self) -> dict[str, Any]:
        """Return the next line of the child."""
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while b"\n" not in self._rest:
            # Its output may stay open without it, where another thread has forked in the moment in
            # which the pipe was made: only the child itself says then that it has ended.
            ended = self._process.poll() is not None
            left = self._deadline - time.monotonic()
            if not poll.poll(0 if ended else min(max(left, 0.0), _LOOK) * 1000):
                if ended:
                    raise self._end()
                if left > 0:
                    continue
                raise ComponentError(
                    "the component takes more than "
                    f"{DURATION.show(self._options.compile_timeout)} to compile",
                    hint="make it smaller, or raise UNIT_WASM_COMPILE_TIMEOUT (--compile-timeout)",
                )
            read = os.read(descriptor, 1 << 16)
            if not read:
                raise self._end()
            self._rest += read
        line, _, self._rest = self._rest.partition(b"\n")
        document: dict[str, Any] = json.loads(line)
        return document

    def _end(self) -> UnitWasmError:
        """Return what a child that has not told its end died of."""
        assert self._said is not None
        status = self._process.wait()
        size = os.fstat(self._said.fileno()).st_size
        said = os.pread(self._said.fileno(), size, 0).decode(errors="replace")
        if any(word in said for word in _NO_MEMORY):
            return ComponentError(
                "the component takes more than "
                f"{SIZE.show(self._options.compile_memory)} of memory to compile",
                hint="make it smaller, or raise UNIT_WASM_COMPILE_MEMORY (--compile-memory)",
            )
        if _NO_THREAD in said:
            return HostError(
                "the compiler gets no thread",
                hint="let this process have more memory (ulimit -v, -d) or processes (ulimit -u)",
            )
        if status == -signal.SIGKILL:
            return HostError(
                "the compiler was killed by signal 9 (out of memory?)",
                hint="give this machine, or this service, more memory",
            )
        how = f"killed by signal {-status}" if status < 0 else f"exit status {status}"
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        last = f": {lines[-1]}" if lines else ""
        return HostError(f"the compiler ended without a result ({how}){last}")


def _in_memory(name: str) -> CodeFile:
    return CodeFile(os.memfd_create(f"unit-wasm-{name}"), Path())


def _started(job: CodeFile, code: CodeFile, said: CodeFile) -> subprocess.Popen[bytes]:
    """Start a process that does a job, with files for the machine code and for what it says."""
    given = (job.fileno(), code.fileno())
    numbers = map(str, (*given, os.getpid()))
    folders = (folder for folder in sys.path if os.path.isabs(folder))
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _PROGRAM, *numbers, *folders],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said.fileno(),
        # Where memory is out, libwasmtime would stand still in the making of a backtrace.
        env={**os.environ, "RUST_BACKTRACE": "0"},
        pass_fds=given,
        cwd="/",
    )
