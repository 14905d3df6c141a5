"""Files of csrc/ alone, in C: at every bound, and with memory that is out at every place."""

import subprocess
from pathlib import Path

import pytest

from tests.harness.parts import PARTS, compiler, link_flags, own_sources
from tests.harness.server import ROOT


@pytest.mark.no_asan
@pytest.mark.parametrize("name", list(PARTS))
def test_part(name: str, tmp_path: Path) -> None:
    sources = [*own_sources(name), *(ROOT / "csrc" / part for part in PARTS[name])]
    program = tmp_path / name
    command = [*compiler(), "-o", str(program), *map(str, sources), *link_flags()]
    subprocess.run(command, check=True)
    done = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
