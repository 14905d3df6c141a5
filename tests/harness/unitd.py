"""A real unitd with our module: private folders and address, nothing left behind."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.harness.components import application as component_application
from tests.harness.components import environment
from tests.harness.http import Connection, Response, request
from tests.harness.ids import numbered
from tests.harness.processes import (
    PATIENCE,
    Process,
    descriptors,
    every_process,
    launch,
    settled,
    undone,
    wait_until,
)
from tests.harness.server import ROOT

_HARMLESS = "read signalfd("
"""An alert of Unit's where a process starts while a sibling ends; see docs/unit.md."""

_FAULTS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:", "Sanitizer:")


def note(text: object) -> None:
    """Show a figure; pytest does so with -s, and where the test fails."""
    sys.stdout.write(f"{text}\n")


def application(name: str, options: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """Return the configuration of an application.

    Parameters:
        name: of the guest.
        options: in short (``TIMEOUT``).
        more: other members of the application; an ``environment`` is added to the options.
    """
    made = component_application(name, options)
    variables = more.pop("environment", {})
    return {**made, **more, "environment": {**made["environment"], **variables}}


@dataclass
class Unit:
    """One installation: the binary and the modules that were built for it.

    Parameters:
        binary: unitd.
        modules: the folder of the modules.
    """

    binary: Path
    modules: Path
    running: "list[Unitd]" = field(default_factory=list)

    def start(self, *arguments: str, daemon: bool = False) -> "Unitd":
        """Return a unitd that is not yet started: a context manager."""
        return Unitd(self, arguments, daemon)

    @property
    def version(self) -> tuple[int, ...]:
        """Of unitd."""
        done = subprocess.run(
            [self.binary, "--version"], capture_output=True, text=True, timeout=10, check=True
        )
        line = (done.stdout + done.stderr).splitlines()[0]
        return tuple(int(part) for part in line.rpartition(" ")[2].split("."))


class Unitd:
    """A running unitd; ``server[NAME]`` is the address of that application.

    Parameters:
        unit: what runs.
        arguments: more of the command line.
        daemon: let it go to the background; only then are `stdout` and `stderr` of
            applications used.
    """

    def __init__(self, unit: Unit, arguments: tuple[str, ...], daemon: bool) -> None:
        self._unit = unit
        self._arguments = arguments
        self._daemon = daemon
        # The whole of 127.0.0.0/8 is ours: an address of its own needs no search for free ports.
        self.host = "127." + ".".join(str(1 + secrets.randbelow(250)) for _ in range(3))
        # Below those that the kernel gives away, and not one that somebody uses on all addresses.
        self.port = 10_000 + secrets.randbelow(20_000)
        self._addresses: dict[str, str] = {}
        self._alerts: list[str] = []
        self._mark = 0
        self._stack = contextlib.ExitStack()
        self.pid = 0
        self._killed = False

    def __getitem__(self, name: str) -> str:
        return self._addresses[name]

    # ---- Start and end ----

    def __enter__(self) -> Self:
        self.folder = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="uw-unitd-"))
        )
        # Workers run as another user, whose files in here they may be asked to open.
        self.folder.chmod(0o755)
        for name in ("state", "tmp"):
            (self.folder / name).mkdir()
        # The router, that other user, keeps long bodies there.
        (self.folder / "tmp").chmod(0o777)
        self.control = f"unix:{self.folder}/control.sock"
        self.log_file = self.folder / "unit.log"
        self._launch()
        self._unit.running.append(self)
        with undone(self.kill):
            wait_until(self._is_ready, "for unitd to be ready")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._stack:
            try:
                if error is None:
                    self.stop()
                    # Its processes end in any order, and miss each other.
                    self._alerts += ["Broken pipe", "Connection reset by peer"]
                    self.check()
            finally:
                self.kill()
                self._unit.running.remove(self)

    def _launch(self) -> None:
        folder = self.folder
        command = [
            *(str(self._unit.binary),),
            *(() if self._daemon else ("--no-daemon",)),
            *("--control", self.control),
            *("--pid", f"{folder}/unit.pid"),
            *("--log", f"{folder}/unit.log"),
            *("--modulesdir", str(self._unit.modules)),
            *("--statedir", f"{folder}/state"),
            *("--tmpdir", f"{folder}/tmp"),
            *self._arguments,
        ]
        quiet = subprocess.DEVNULL
        self._session = launch(command, environment(), ROOT, stdout=quiet, stderr=quiet)

    def _is_ready(self) -> bool:
        if not self._daemon:
            assert self._session.poll() is None, f"unitd ended:\n{self.log}"
        try:
            self.pid = int((self.folder / "unit.pid").read_text())
            return request(self.control, "GET", "/config").status == 200
        except (OSError, ValueError):
            return False

    def stop(self, main_may_stay: bool = False) -> None:
        """End it with SIGTERM; no process of it may be left.

        Parameters:
            main_may_stay: alone, as docs/unit.md knows of Unit; a second SIGTERM has to end it.
        """
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        if main_may_stay:
            alone = {self.pid}
            wait_until(lambda: {p.pid for p in self.processes()} <= alone, "for its children")
            try:
                self._session.wait(1.0)
            except subprocess.TimeoutExpired:
                os.kill(self.pid, signal.SIGTERM)
        self._settle(self.processes, [], "processes")
        if not self._daemon and not self._killed:
            assert self._session.wait(PATIENCE) == 0
        else:
            self._session.wait(PATIENCE)

    def start_again(
        self,
        meanwhile: Callable[[], None] = lambda: None,
        ready: Callable[[], bool] = lambda: True,
        *,
        kill: bool = False,
    ) -> float:
        """End it, and start it with the configuration that it has kept.

        Parameters:
            meanwhile: is done between the two.
            ready: is asked from the start on.
            kill: end it at once; C applications may be left when Unit ends them (docs/unit.md).

        Returns:
            the seconds from the start until it was ready.
        """
        if kill:
            self.kill()
        else:
            self.stop(main_may_stay=True)
        meanwhile()
        self._alerts += ["Broken pipe", "Connection reset by peer"]
        began = time.monotonic()
        self._launch()
        wait_until(ready, "for unitd to be ready")
        took = time.monotonic() - began
        wait_until(self._is_ready, "for unitd to be ready")
        return took

    def kill(self) -> None:
        """End all its processes at once."""
        self._killed = True
        # One may start another meanwhile.
        while left := self.processes():
            for process in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
        self._session.wait(PATIENCE)

    # ---- Processes ----

    def processes(self) -> list[Process]:
        """Return all of its processes."""
        # A daemon has left the session of the process that started it.
        sessions = {self._session.pid, self.pid}
        return [process for process in every_process() if process.session in sessions]

    def workers(self, name: str) -> list[int]:
        """Return the process ids of an application."""
        title = f'"{name}" application'
        return sorted(item.pid for item in self.processes() if item.title.endswith(title))

    def worker(self, name: str) -> int:
        """Return the process id of an application that has one process."""
        (pid,) = self.workers(name)
        return pid

    # ---- Configuration ----

    def ask(self, method: str, target: str, document: Any = None) -> Response:
        """Send a request to the control socket."""
        body = b"" if document is None else json.dumps(document).encode()
        with Connection(self.control) as client:
            # A component that is in no cache is compiled before the reply, for some seconds.
            client.sock.settimeout(90.0)
            client.send(
                f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            return client.response()

    def put(self, target: str, document: Any) -> None:
        """Put a part of the configuration, which must be taken."""
        response = self.ask("PUT", target, document)
        assert response.status == 200, response.body.decode() + self.news

    def refuses(self, target: str, document: Any, *reasons: str) -> None:
        """Put what must not be taken: the log says why."""
        self.expect_alerts("cannot be prepared", "failed to apply new conf")
        response = self.ask("PUT", target, document)
        assert response.status == 500, response.body
        assert response.json() == {"error": "Failed to apply new configuration."}
        for reason in reasons:
            self.wait_for_text(reason)

    def configure(
        self,
        applications: Mapping[str, Any],
        *,
        threads: int | None = 1,
        wildcard: bool = False,
        **settings: Any,
    ) -> None:
        """Put a configuration with one listener for each application.

        Parameters:
            applications: their configurations by name.
            threads: of the router; each opens its own descriptor in each worker, and with one
                their number is known after the first request.
            wildcard: listen on all addresses. Where a listener has one address, Unit's router reads
                freed memory after a change, for connections that were open before it.
            settings: of ``settings.http``.
        """
        ports = {name: self.port + i for i, name in enumerate(applications)}
        self._addresses = {name: f"{self.host}:{port}" for name, port in ports.items()}
        host = "*" if wildcard else self.host
        every: dict[str, Any] = {"http": settings}
        if threads is not None:
            every["listen_threads"] = threads
        self.put(
            "/config",
            {
                "listeners": {
                    f"{host}:{port}": {"pass": f"applications/{name}"}
                    for name, port in ports.items()
                },
                "applications": dict(applications),
                "settings": every,
            },
        )

    def restart(self, name: str) -> None:
        """Restart an application by the control API."""
        response = self.ask("GET", f"/control/applications/{name}/restart")
        assert response.status == 200, response.body

    # ---- The log ----

    @property
    def log(self) -> str:
        """Everything in its log."""
        return numbered(self.raw_log)

    @property
    def raw_log(self) -> str:
        """The same with whole ids of requests."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def news(self) -> str:
        """What was written to the log since the test began."""
        return self.log[self._mark :]

    def wait_for_text(self, text: str) -> None:
        """Wait until the log of this test contains a text."""
        try:
            wait_until(lambda: text in self.news, f'for "{text}" in the log')
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.news}") from None

    def expect_alerts(self, *texts: str) -> None:
        """Take alerts that contain one of these for what the test wants."""
        self._alerts += texts

    def check(self) -> None:
        """Check that the log of this test has no alert that was not expected."""
        log = self.news
        for fault in _FAULTS:
            assert fault not in log, log
        alerts = [
            line
            for line in log.splitlines()
            if "[alert]" in line and not any(text in line for text in (_HARMLESS, *self._alerts))
        ]
        assert alerts == [], log

    @contextlib.contextmanager
    def watched(self, *, restarts: bool = False) -> Iterator[Self]:
        """Check that what is done in this context leaves nothing behind.

        Parameters:
            restarts: workers may be other ones afterwards.
        """
        self._mark = len(self.log)
        self._alerts = []
        titles = Counter(process.title for process in self.processes())
        # Those that run our code; what Unit's own processes keep open is theirs.
        ours = (" application", " prototype")
        pids = [process.pid for process in self.processes() if process.title.endswith(ours)]
        before = {pid: descriptors(pid) for pid in pids}
        yield self
        self._settle(
            lambda: Counter(process.title for process in self.processes()), titles, "processes"
        )
        if not restarts:
            self._settle(lambda: {pid: descriptors(pid) for pid in pids}, before, "descriptors")
        self.check()

    def _settle(self, measure: Callable[[], object], before: object, what: str) -> None:
        """Wait until there is what was there before: ends are seen a little later."""
        now = settled(measure, lambda found: found == before, 10.0)
        assert now == before, f"the {what} are {now}, and were {before}:\n{self.news}"
