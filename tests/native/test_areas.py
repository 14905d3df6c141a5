"""csrc/engine/memory.c without libwasmtime: areas of several sizes, moves, and sums."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

from unit_wasm.unit.sources import sources

SOURCES = Path(__file__).resolve().parents[2] / "csrc"
PROGRAM = Path(__file__).with_name("areas.c")
FLAGS = (
    *("-std=c11", "-D_GNU_SOURCE", "-g", "-O1", "-Wall", "-Wextra", "-Werror"),
    "-fno-sanitize-recover=all",
)


@pytest.mark.no_asan  # it brings its own
@pytest.mark.parametrize("sanitizers", ["undefined", "address,undefined"])
def test_areas_of_several_sizes(sanitizers: str, tmp_path: Path) -> None:
    """What libwasmtime asks for is what it gets, whatever was given back before."""
    path = tmp_path / "areas"
    compiler = sysconfig.get_config_var("CC").split()
    files = [PROGRAM, *sources(SOURCES, "memories")]
    command = [*compiler, *FLAGS, f"-fsanitize={sanitizers}", f"-I{SOURCES}", "-o", path, *files]
    subprocess.run(command, check=True)
    environment = {name: value for name, value in os.environ.items() if "SAN_OPTIONS" not in name}
    run = subprocess.run([path], env=environment, capture_output=True, text=True, timeout=100)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
