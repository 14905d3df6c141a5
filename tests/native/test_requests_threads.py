"""Requests between the router and a worker that is about to sleep: none may be forgotten."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "csrc", ROOT / "tests" / "double" / "include")
FILES = (Path(__file__).with_name("requests_threads.c"), ROOT / "csrc" / "nxt_shim_queue.c")
FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-O2", "-pthread", "-Wall", "-Wextra", "-Werror")


@pytest.mark.no_asan  # what it is about happens within nanoseconds
def test_no_request_is_forgotten(tmp_path: Path) -> None:
    """Without a fence between the flag and the queue one of some ten thousand is."""
    program = tmp_path / "requests_threads"
    compiler = sysconfig.get_config_var("CC").split()
    folders = [f"-I{folder}" for folder in FOLDERS]
    subprocess.run([*compiler, *FLAGS, *folders, "-o", program, *FILES], check=True)
    run = subprocess.run([program, "250000"], capture_output=True, text=True, timeout=100)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
