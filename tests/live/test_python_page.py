"""What docs/python.md shows is run, in its order, in the folder of the examples."""

import doctest
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.harness.loading import EXAMPLES
from tests.harness.pages import follow, steps
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
        follow(step, re.sub(r"^unit-wasm\b", python, step.command), folder)
        ran += 1
    assert ran >= 5
