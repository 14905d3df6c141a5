"""What docs/python.md shows is run, in its order, in the folder of the examples."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.components import environment
from tests.harness.loading import EXAMPLES
from tests.harness.pages import pattern, steps
from tests.harness.server import ROOT

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")

# Not with sanitizers: their preloaded library would be in the shell, too.
pytestmark = pytest.mark.no_asan


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))
    monkeypatch.chdir(made)
    return made


@pytest.mark.usefixtures("folder")
def test_the_lines_of_python() -> None:
    text = "".join(re.findall(r"^```pycon\n(.*?)^```$", PAGE, re.M | re.S))
    example = doctest.DocTestParser().get_doctest(text, {}, "python.md", None, 0)
    assert len(example.examples) > 15
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(example, out=said.append)
    assert "".join(said) == ""


def test_the_commands(folder: Path) -> None:
    ran = 0
    for step in steps(PAGE):
        assert step.command is not None
        python = f"{shlex.quote(sys.executable)} -m unit_wasm"
        done = subprocess.run(
            ["bash", "-c", re.sub(r"^unit-wasm\b", python, step.command)],
            cwd=folder,
            env={**os.environ, **environment(), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, step.command
        assert pattern(step.output).fullmatch(done.stdout), (step.command, done.stdout)
        ran += 1
    assert ran >= 5
