"""A folder for the sockets, files and configurations of one test."""

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import WAYS
from tests.harness.http import Response, request
from tests.harness.server import ServerProcess

FAKE = "tests.harness.fake_server"


class Place:
    """Where a test keeps its files, and the servers that it starts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "fake.log"
        self.gate = folder / "gate"
        self.control = f"unix:{folder}/control.sock"

    def fake(self, *arguments: str | Path, ready: int = 1) -> ServerProcess:
        """Return ``unit-wasm serve`` with fake applications, not yet started."""
        return ServerProcess(
            ["serve", *arguments],
            module=FAKE,
            ready=ready,
            environment={"FAKE_LOG": str(self.log), "FAKE_GATE": str(self.gate)},
            cwd=self.folder,
        )

    def with_control(self, *arguments: str | Path, ready: int = 2) -> ServerProcess:
        """Return the same with a control socket."""
        return self.fake(*arguments, "--control", self.control, ready=ready)

    def write(self, document: Any, name: str = "conf.json") -> Path:
        """Write a configuration and return its path."""
        path = self.folder / name
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    def ask(
        self, method: str, target: str, document: Any = None, *, text: str | None = None
    ) -> Response:
        """Send a request to the control socket, with a document or with a text as its body."""
        if document is not None:
            text = json.dumps(document)
        return request(self.control, method, target, None if text is None else text.encode())

    def notes(self) -> list[str]:
        """Return what the fake applications have noted."""
        return self.log.read_text().splitlines() if self.log.exists() else []


def configuration(component: str, *, listen: str = "127.0.0.1:0", **settings: Any) -> Any:
    """Return a configuration with one application, ``a``, and one listener."""
    return {
        "listeners": {listen: {"pass": "applications/a"}},
        "applications": {"a": {"type": "wasm-wasi-component", "component": component}},
        "settings": {"http": settings},
    }


@contextlib.contextmanager
def new_place() -> Iterator[Place]:
    """Return a place that is removed at the end."""
    # Not tmp_path: its folders are deeper than the path of a Unix socket may be long.
    with tempfile.TemporaryDirectory(prefix="uw-") as folder:
        yield Place(Path(folder))


@pytest.fixture
def place() -> Iterator[Place]:
    with new_place() as made:
        yield made


@pytest.fixture(scope="module", params=WAYS, ids=["direct", "asgi"])
def way(request: pytest.FixtureRequest) -> str:
    """How requests reach components; a server for each."""
    return str(request.param)
