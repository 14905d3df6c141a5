"""Jobs on threads beside two workers, with the compiler's sanitizers."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "csrc"
PROGRAM = Path(__file__).with_name("job_threads.c")
PARTS = ("base/jobs", "base/mailbox", "base/executor")
FLAGS = (
    *("-std=c11", "-D_GNU_SOURCE", "-g", "-O1", "-pthread", "-Wall", "-Wextra", "-Werror"),
    "-fno-sanitize-recover=all",
)
WHOLE = "1000"
"""Jobs that each worker waits for; others are let go before they are done."""


@pytest.mark.no_asan  # it brings its own
@pytest.mark.parametrize("sanitizers", ["thread", "address,undefined"])
def test_jobs(sanitizers: str, tmp_path: Path) -> None:
    program = tmp_path / "job_threads"
    compiler = sysconfig.get_config_var("CC").split()
    files = [PROGRAM, *(SOURCES / f"{part}.c" for part in PARTS)]
    sanitize = f"-fsanitize={sanitizers}"
    command = [*compiler, *FLAGS, sanitize, f"-I{SOURCES}", "-o", program, *files]
    subprocess.run(command, check=True)
    environment = {name: value for name, value in os.environ.items() if "SAN_OPTIONS" not in name}
    for seed in ("1", "2", "3"):
        run = subprocess.run(
            [program, seed, WHOLE], env=environment, capture_output=True, text=True, timeout=100
        )
        assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
