"""The examples that a script builds: the commands of their pages, in their order."""

import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.harness.components import guest
from tests.harness.pages import follow, steps
from tests.harness.server import ROOT

EXAMPLES = {
    "composed": {f"{part}.wasm": f"composed-{part}" for part in ("adder", "calculator", "command")},
    "key-value": {"keys.wasm": "key-value"},
}
"""What `make guests` has made of each with compilers, by the names that its script gives them."""

# Not with sanitizers: their preloaded library would be in the shell, too.
pytestmark = pytest.mark.no_asan


def programs(folder: Path) -> dict[str, str]:
    """Return what is run in the place of what a page says."""
    last = (folder / "build.sh").read_text(encoding="utf-8").splitlines()[-1]
    python = shlex.quote(sys.executable)
    return {
        # Its lines with compilers have been run.
        "sh build.sh": last if last.startswith("unit-wasm ") else "true",
        "unit-wasm": f"{python} -m unit_wasm",
        "python": python,
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_commands_of_the_page(name: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "examples" / name, tmp_path / name))
    for file, made in EXAMPLES[name].items():
        shutil.copy(guest(made), folder / file)
    page = (folder / "README.md").read_text(encoding="utf-8")
    ran = 0
    # Not "console": the first one needs compilers, and they run in this folder.
    for step in steps(page.replace("```shell-session", "```console")):
        assert step.command is not None
        command = step.command
        for word, program in programs(folder).items():
            if command.startswith(word):
                command = program + command.removeprefix(word)
        follow(step, command, folder)
        ran += 1
    assert ran >= 3


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_script_of_the_host_is_short(name: str) -> None:
    text = (ROOT / "examples" / name / "host.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 30
