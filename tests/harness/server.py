"""A real server process for a test: port 0, readiness read from its output, nothing left behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.harness.ids import numbered
from tests.harness.processes import PATIENCE, descriptors, launch, settled, undone

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""

_READY = ("listening on ", "control on ")


class ServerProcess:
    """``python -m MODULE ARGUMENTS``, a context manager.

    Entering it waits until the server has printed ``ready`` lines of the kind "listening on" or
    "control on". Leaving it ends the server, fails where a process of its is left, and prints its
    log where the test failed.

    Parameters:
        arguments: of the command line.
        module: what runs; ``tests.harness.fake_server`` needs no engine.
        ready: how many addresses to wait for.
        environment: is added to the test's own.
        cwd: its working directory.
        patience: seconds that it may take to be ready.
    """

    def __init__(
        self,
        arguments: Sequence[str | Path],
        *,
        module: str = "unit_wasm",
        ready: int = 1,
        environment: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        patience: float = PATIENCE,
    ) -> None:
        self._command = [sys.executable, "-m", module, *(str(item) for item in arguments)]
        self._ready = ready
        self._cwd = cwd
        self._patience = patience
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self._environment = {"PYTHONPATH": path, **(environment or {})}
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._ended = False
        self.process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        """The process id."""
        assert self.process is not None
        return self.process.pid

    @property
    def log(self) -> str:
        """Everything that it has written to stderr so far."""
        return numbered(self.raw_log)

    @property
    def raw_log(self) -> str:
        """The same with whole ids of requests."""
        with self._news:
            return "".join(self._lines)

    @property
    def addresses(self) -> list[str]:
        """What it listens on, in the order of its output, without the control socket."""
        with self._news:
            return [
                line.removeprefix(_READY[0]).rstrip("\n")
                for line in self._lines
                if line.startswith(_READY[0])
            ]

    @property
    def address(self) -> str:
        """What it listens on last. After a change the line may come behind the reply."""
        self.wait_for(lambda _: bool(self.addresses), "to listen")
        return self.addresses[-1]

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self.process = launch(self._command, self._environment, self._cwd, stderr=pipe)
        self._reader = threading.Thread(target=self._read, args=(self.process,))
        self._reader.start()
        with undone(self._kill):
            self.wait_for(self._is_ready, "to be ready", self._patience)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._kill()
        if error is not None:
            sys.stderr.write(f"--- log of {' '.join(self._command[2:])}\n{self.log}---\n")
            return
        assert not self._group_exists(), "the server left a process behind"

    def wait_for(
        self, condition: Callable[[str], bool], what: str, patience: float = PATIENCE
    ) -> None:
        """Wait until the log fulfils a condition.

        Parameters:
            condition: gets the whole log.
            what: ends the sentence of the failure "the server did not come ...".
            patience: seconds that it may take.
        """
        with self._news:
            fulfilled = self._news.wait_for(
                lambda: self._ended or condition(numbered("".join(self._lines))), patience
            )
            log = numbered("".join(self._lines))
        assert fulfilled, f"the server took too long {what}:\n{log}"
        assert condition(log), f"the server ended and did not come {what}:\n{log}"

    def wait_for_text(self, text: str) -> None:
        """Wait until the log contains a text."""
        self.wait_for(lambda log: text in log, f'to say "{text}"')

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self) -> int:
        """Wait for its end and return the exit status; negative for a signal."""
        assert self.process is not None
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def stop_soon(self) -> None:
        """Send SIGTERM."""
        self.signal(signal.SIGTERM)

    def stop(self) -> int:
        """Send SIGTERM and return the exit status."""
        self.stop_soon()
        return self.wait()

    def descriptors(self) -> int:
        """Return the number of its open descriptors."""
        return descriptors(self.pid)

    def wait_for_descriptors(self, count: int, *, exactly: bool = False) -> None:
        """Wait until it has no more than this: it sees the end of connections a little after us.

        Parameters:
            exactly: wait for so many, also where it has fewer.
        """

        def wanted(found: int) -> bool:
            return found == count if exactly else found <= count

        found = settled(self.descriptors, wanted, PATIENCE)
        assert wanted(found), f"{found} descriptors, and not {count}"

    def _is_ready(self, log: str) -> bool:
        return sum(line.startswith(_READY) for line in log.splitlines()) >= self._ready

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()
        process.stderr.close()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _kill(self) -> None:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.kill()
        self.wait()

    def _group_exists(self) -> bool:
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        return True
