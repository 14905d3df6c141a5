"""csrc/engine/memory.c without libwasmtime: areas of several sizes, moves, sums, page faults."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

from unit_wasm.unit.sources import sources

SOURCES = Path(__file__).resolve().parents[2] / "csrc"
FLAGS = (
    *("-std=c11", "-D_GNU_SOURCE", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread"),
    "-fno-sanitize-recover=all",
)
COUNTED = tuple(f"-Wl,--wrap={name}" for name in ("ioctl", "pread", "getrusage"))


def said(folder: Path, program: str, *flags: str) -> tuple[int, str, str]:
    """Return the status, output and errors of a program beside this file."""
    path = folder / "program"
    compiler = sysconfig.get_config_var("CC").split()
    files = [Path(__file__).with_name(program), *sources(SOURCES, "memories")]
    command = [*compiler, *FLAGS, *flags, f"-I{SOURCES}", "-o", path, *files]
    subprocess.run(command, check=True)
    environment = {name: value for name, value in os.environ.items() if "SAN_OPTIONS" not in name}
    run = subprocess.run([path], env=environment, capture_output=True, text=True, timeout=100)
    return run.returncode, run.stdout, run.stderr


@pytest.mark.no_asan  # it brings its own
@pytest.mark.parametrize("sanitizers", ["undefined", "address,undefined"])
def test_areas_of_several_sizes(sanitizers: str, tmp_path: Path) -> None:
    """What libwasmtime asks for is what it gets, whatever was given back before."""
    assert said(tmp_path, "areas.c", f"-fsanitize={sanitizers}") == (0, "", "")


@pytest.mark.no_asan  # its memory has page faults of its own
def test_when_the_kernel_is_asked(tmp_path: Path) -> None:
    """Where there was a page fault since, in any thread, and where they are not counted."""
    assert said(tmp_path, "faults.c", "-fsanitize=undefined", *COUNTED) == (0, "", "")
