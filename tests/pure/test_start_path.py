"""What ``unit-wasm serve`` imports before its first answer; what it need not is time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.harness.server import ROOT

NOT_NEEDED = (
    *("bz2", "calendar", "datetime", "difflib", "email", "hmac", "lzma", "pickle", "platform"),
    *("random", "secrets", "shutil", "tempfile", "uvicorn", "h11", "wasmtime"),
    *(
        "unit_wasm.component.rewrite.rewrite",
        "unit_wasm.component.inspect",
        "unit_wasm.outgoing.client",
    ),
    *(
        "unit_wasm.prepare.child",
        "unit_wasm.prepare.compiler",
        "unit_wasm.wit.model",
        "unit_wasm.outgoing.client",
    ),
)
SCRIPT = """
import sys
before = set(sys.modules)
from unit_wasm.cli import main, program
import unit_wasm.log, unit_wasm.server.run, unit_wasm.serving.asgi
program._parser()
print(*sorted(set(sys.modules) - before))
"""


@pytest.fixture(scope="module")
def imported() -> set[str]:
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys\nsys.path[:] = {sys.path!r}\n{SCRIPT}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", NOT_NEEDED)
def test_it_is_not_imported(imported: set[str], name: str) -> None:
    assert "unit_wasm.server.http.component_cycle" in imported
    assert name not in imported
