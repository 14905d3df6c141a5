"""A server of functions, examined by schemathesis: it does what its OpenAPI document says.

It makes requests out of the document that are right, and ones that are wrong in every way that it
knows, and compares each answer with the document. Nothing may be found.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.components import assert_clean, environment
from tests.harness.echo_component import echo_component
from tests.harness.server import ROOT, ServerProcess
from tests.pure.test_wit_json import BYTES, COLOR, PERSON, RIGHTS, SHAPE
from unit_wasm.wit.model import PRIMITIVES, List, Option, Result, Type

P = PRIMITIVES
# No tuples: it takes `prefixItems` in answers for no schema.
TYPES: tuple[Type, ...] = (
    *(P[name] for name in ("u8", "u64", "f32", "char", "string")),
    *(BYTES, PERSON, RIGHTS, SHAPE, List(P["string"])),
    # A function that answers with an error of its own is 400 to what is right: none is among these.
    *(Option(Option(P["bool"])), List(Result(P["u32"], COLOR))),
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    folder = tmp_path / "functions"
    folder.mkdir()
    shutil.copy(ROOT / "examples" / "cipher" / "cipher.wat", folder)
    (folder / "types.wasm").write_bytes(echo_component(TYPES))
    arguments: list[str | Path] = ["serve", folder, "--listen", "127.0.0.1:0"]
    with ServerProcess(arguments, environment=environment()) as process:
        yield process
        assert process.stop() == 0
        assert_clean(process.log)


@pytest.mark.no_asan
@pytest.mark.timeout(300)
def test_nothing_is_found(server: ServerProcess, tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{server.address}/openapi.json"),
        *("--checks", "all", "--max-examples", "10", "--seed", "1", "--no-color"),
    ]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    assert "No issues found" in done.stdout, done.stdout[-2000:]
