"""The first start compiles and says so on a terminal; the second one finds everything ready."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.components import CACHE, environment, guest
from tests.harness.http import request
from tests.harness.server import ROOT, ServerProcess
from tests.live.conftest import Place
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component

LARGE = ("hello-py", "hello-js")
COMPILED_ONLY = ("unit_wasm.component.inspect", "unit_wasm.component.rewrite.bridging", "wasmtime")


def entries(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def serve(component: Path, variables: dict[str, str]) -> None:
    arguments = ["serve", str(component), "--listen", "127.0.0.1:0"]
    with ServerProcess(arguments, environment=variables, patience=90.0) as server:
        assert request(server.address).body == b"Hello, WASI!\n"
        assert server.stop() == 0


@pytest.mark.no_asan
@pytest.mark.parametrize("name", ["hello", *LARGE])
def test_second_start_compiles_nothing(name: str) -> None:
    serve(guest(name), environment())
    # Other tests compile other guests meanwhile.
    kept = compile_component(guest(name), Options(cache_dir=CACHE / "unit-wasm"))
    assert kept.cached
    before = kept.compiled.stat()
    serve(guest(name), environment())
    after = kept.compiled.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_text_is_not_assembled_again(place: Place) -> None:
    text = ROOT / "examples" / "hello" / "hello.wat"
    variables = {"XDG_CACHE_HOME": str(place.folder)}
    serve(text, variables)
    before = entries(place.folder / "unit-wasm")
    assert sorted(Path(name).suffix for name in before) == [".cwasm", ".json", ".seen"]
    serve(text, variables)
    assert entries(place.folder / "unit-wasm") == before


def test_warm_start_loads_no_compiler(place: Place) -> None:
    """What only a compilation needs takes as long to load as all the rest."""
    program = (
        "import sys\n"
        "from unit_wasm.asgi import ComponentApp\n"
        "ComponentApp(sys.argv[1]).close()\n"
        "print(*sys.modules)\n"
    )
    for start in ("cold", "warm"):
        done = subprocess.run(
            [sys.executable, "-c", program, guest("hello")],
            env={**os.environ, "XDG_CACHE_HOME": str(place.folder)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        # A process of its own compiles, and ends with it.
        loaded = set(done.stdout.split()).intersection(COMPILED_ONLY)
        assert loaded == set(), start


def test_progress_on_a_terminal(place: Place) -> None:
    """One line that is written over and gone at the end; nothing of it in a file."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "unit_wasm", "serve", guest("hello"), "--listen", "127.0.0.1:0"],
        env={**os.environ, "XDG_CACHE_HOME": str(place.folder)},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while b"listening on" not in shown:
        shown += os.read(ours, 4096)
    process.terminate()
    assert process.wait(30) == 0
    os.close(ours)
    assert b"compiling" in shown
    progress, _, rest = shown.rpartition(b"\r\x1b[K")
    assert b"\n" not in progress
    # Where it takes longer than a second, a line that stays says so.
    slow = rb"[^\r\n]* compiled [^\r\n]*hello.wasm in \d+\.\d s\r\n"
    assert re.match(rb"(?:%s)?listening on http://127\.0\.0\.1:" % slow, rest)
