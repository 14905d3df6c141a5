"""The table of outgoing requests under two threads, with the compiler's sanitizers."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "csrc"
PROGRAM = Path(__file__).with_name("outgoing_threads.c")
PARTS = (
    *("outgoing/outgoing", "python/outgoing_client", "outgoing/table", "http/error_code"),
    *("base/executor", "base/mailbox", "http/body", "http/fields", "base/buf", "base/utf8"),
)
FLAGS = (
    *("-std=c11", "-D_GNU_SOURCE", "-g", "-O1", "-pthread", "-Wall", "-Wextra", "-Werror"),
    "-fno-sanitize-recover=all",
)
WHOLE = "1000"
"""Responses; as many again are cancelled, fail, or are broken off."""


@pytest.fixture(scope="module", params=["thread", "address,undefined"])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built with these sanitizers."""
    path = tmp_path_factory.mktemp("threads") / "outgoing_threads"
    compiler = sysconfig.get_config_var("CC").split()
    files = [PROGRAM, *(SOURCES / f"{part}.c" for part in PARTS)]
    command = [*compiler, *FLAGS, f"-fsanitize={request.param}", f"-I{SOURCES}", "-o", path, *files]
    subprocess.run(command, check=True)
    return path


@pytest.mark.no_asan  # it brings its own
@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_two_threads(program: Path, seed: str) -> None:
    environment = {name: value for name, value in os.environ.items() if "SAN_OPTIONS" not in name}
    run = subprocess.run(
        [program, seed, WHOLE], env=environment, capture_output=True, text=True, timeout=100
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
