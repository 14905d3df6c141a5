"""Real servers with real components: one listener and one application for each guest."""

import contextlib
import json
import re
import signal
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from tests.harness.http import Response, request
from tests.harness.processes import memory
from tests.harness.server import ROOT, ServerProcess

WAYS = ("unit_wasm", "tests.harness.asgi_server")
"""How a request reaches a component: as the embedded server does it, and through ASGI."""

GUESTS = ROOT / "build" / "guests"
CACHE = ROOT / "build" / "cache"
"""Where the tests keep compiled components; a second run compiles nothing."""

_FAULTS = ("Traceback", "ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:")


def guest(name: str) -> Path:
    """Return the file of a guest that ``make guests`` has built."""
    path = GUESTS / f"{name}.wasm"
    assert path.exists(), f"{path} is missing: make guests"
    return path


def environment() -> dict[str, str]:
    """Return what a server needs in its environment to use the cache of the tests."""
    return {"XDG_CACHE_HOME": str(CACHE)}


def application(name: str, options: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the configuration of an application, its options in short (``TIMEOUT``)."""
    return {
        "type": "wasm-wasi-component",
        "component": str(guest(name)),
        "environment": {
            f"UNIT_WASM_{key}": value
            for key, value in {"MAX_EXCHANGES": "100", **(options or {})}.items()
        },
    }


class Components:
    """A running server; ``server[NAME]`` is the address of that application.

    Parameters:
        process: the server.
        folder: where its control socket is.
        names: of the applications, in the order of their listeners.
    """

    def __init__(self, process: ServerProcess, folder: Path, names: list[str]) -> None:
        self.process = process
        self.control = f"unix:{folder}/control.sock"
        self._addresses = dict(zip(names, process.addresses, strict=True))
        self._stopped = False
        # Nobody has connected yet.
        self.idle_descriptors = process.descriptors()

    def __getitem__(self, name: str) -> str:
        return self._addresses[name]

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self.process.log

    def ask(self, method: str, target: str, document: Any = None) -> Response:
        """Send a request to the control socket."""
        body = None if document is None else json.dumps(document).encode()
        return request(self.control, method, target, body)

    def numbers(self, name: str) -> dict[str, int]:
        """Return the worker's numbers of an application."""
        numbers: dict[str, int] = self.ask("GET", f"/status/applications/{name}/worker").json()
        return numbers

    def wait_for_numbers(self, name: str, **expected: int) -> None:
        """Ask for the numbers until they are these; the time limit of the test ends it."""
        while {key: self.numbers(name)[key] for key in expected} != expected:
            pass

    def lines(self, name: str) -> list[str]:
        """Return the log's lines about requests of one application."""
        mark = re.compile(rf"\] {re.escape(name)}: ")
        return [line for line in self.log.splitlines() if mark.search(line)]

    def rss(self) -> int:
        """Return the bytes of memory that it has in use."""
        return memory(self.process.pid)

    def stop(self) -> int:
        """Wait for its end, after SIGTERM where it does not end already; return the status."""
        if not self._stopped:
            self.check()
            self.process.signal(signal.SIGTERM)
        self._stopped = True
        status = self.process.wait()
        assert_clean(self.log)
        return status

    def signal(self, number: signal.Signals) -> None:
        """Send a signal that ends it."""
        self._stopped = True
        self.process.signal(number)

    @contextlib.contextmanager
    def watched(self) -> Iterator[Self]:
        """Check that what is done in this context leaves nothing behind in the server."""
        yield self
        self.check()

    def check(self) -> None:
        """Check that no descriptor and no process is left, and no sign of a fault in the log."""
        self.process.wait_for_descriptors(self.idle_descriptors)
        children = [
            child
            for task in Path(f"/proc/{self.process.pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
        assert children == []
        assert_clean(self.log)


def assert_clean(log: str) -> None:
    """Fail where a log shows a fault of the server itself."""
    for fault in _FAULTS:
        assert fault not in log, log


@contextlib.contextmanager
def components(
    applications: Mapping[str, Any],
    *,
    arguments: tuple[str, ...] = (),
    module: str = WAYS[0],
    **settings: Any,
) -> Iterator[Components]:
    """Serve applications until the end of the context, which must be clean.

    Parameters:
        applications: their configurations by name, in which no ``"`` may occur.
        arguments: more of the command line.
        module: one of :data:`WAYS`.
        settings: of ``settings.http``.
    """
    document = {
        "listeners": {
            f"127.0.0.{index}:0": {"pass": f"applications/{name}"}
            for index, name in enumerate(applications, 1)
        },
        "applications": dict(applications),
        "settings": {"http": settings},
    }
    with tempfile.TemporaryDirectory(prefix="uw-") as name:
        folder = Path(name)
        (folder / "conf.json").write_text(json.dumps(document))
        process = ServerProcess(
            ["serve", folder / "conf.json", "--control", f"unix:{folder}/control.sock", *arguments],
            module=module,
            ready=len(applications) + 1,
            environment=environment(),
            # A cold cache compiles a Python or JavaScript guest for some seconds.
            patience=90.0,
        )
        with process:
            server = Components(process, folder, list(applications))
            yield server
            assert server.stop() == 0, process.log
