"""examples/composed, with what its script makes of it: the commands of its page, in their order."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.components import environment, guest
from tests.harness.server import ROOT
from tests.live.test_readme import pattern, steps

EXAMPLE = ROOT / "examples" / "composed"
PARTS = ("adder", "calculator", "command")

# Not with sanitizers: their preloaded library would be in the shell, too.
pytestmark = pytest.mark.no_asan


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example, where the three components are made already."""
    made = Path(shutil.copytree(EXAMPLE, tmp_path / "composed"))
    for part in PARTS:
        shutil.copy(guest(f"composed-{part}"), made / f"{part}.wasm")
    return made


def test_the_commands(folder: Path) -> None:
    script = (EXAMPLE / "build.sh").read_text(encoding="utf-8")
    *_, compose = script.splitlines()
    programs = {
        "unit-wasm": f"{shlex.quote(sys.executable)} -m unit_wasm",
        "python": shlex.quote(sys.executable),
        # The compilers of its first lines have been run by `make guests`.
        "sh build.sh": compose,
    }
    ran = []
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    # Not "console": the first one needs compilers, and runs in this folder.
    for step in steps(page.replace("```shell-session", "```console")):
        assert step.command is not None
        command = step.command
        for name, program in reversed(programs.items()):
            if command.startswith(name):
                command = program + command.removeprefix(name)
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**os.environ, **environment(), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout)
        assert pattern(step.output).fullmatch(done.stdout), (step.command, done.stdout)
        ran.append(step.command)
    assert ran == ["sh build.sh", "unit-wasm run composed.wasm", "python host.py"]


def test_the_script_of_the_example_is_short() -> None:
    assert len((EXAMPLE / "host.py").read_text(encoding="utf-8").splitlines()) < 30
