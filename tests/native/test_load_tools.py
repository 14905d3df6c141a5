"""What is around ``load``: the import hook, the plugin for pytest, and the examples."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.direct import guest_path
from tests.harness.loading import EXAMPLES, options
from unit_wasm import load
from unit_wasm.prepare.source import read


def run(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples, beside nothing else."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ("add.py", "3\n"),
        ("divide.py", "3\nTrue\n"),
        ("keys.py", "replaced colour\nNone\nreplaced colour\nred\n"),
    ],
)
def test_an_example(script: str, printed: str, folder: Path) -> None:
    assert run(folder, script) == printed


def test_the_plugin_loads_and_records(folder: Path) -> None:
    (folder / "pytest.ini").write_text("[pytest]\n")
    more = folder / "test_more.py"
    more.write_text(
        "from keys import Store, log\n"
        "def test_calls(component):\n"
        "    keys = component('keys.wat', host=[Store, log])\n"
        "    assert keys.replace_value('k', 'v') is None\n"
        "    called = [call.function.rpartition('.')[2] for call in component.calls]\n"
        "    assert called == ['connection', 'get', 'set', 'log']\n"
        "    assert component.calls[1].function == 'docs:keys/store.get'\n"
        "    assert component.calls[1].args[1:] == ('k',)\n"
        "    assert component.calls[1].result is None\n"
        "    assert component.calls[3].args == ('k',)\n"
    )
    arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
    if "unit-wasm" not in importlib.metadata.entry_points(group="pytest11").names:
        # This environment was made before the package had it.
        arguments += ["-p", "unit_wasm.pytest_plugin"]
    assert "2 passed" in run(folder, *arguments)


def test_import_of_a_component_beside_the_script(folder: Path) -> None:
    (folder / "my-adder.wasm").write_bytes(read(EXAMPLES / "adder.wat"))
    (folder / "json.wasm").write_bytes(b"never read: the module goes first")
    script = folder / "script.py"
    script.write_text(
        "import unit_wasm\n"
        "unit_wasm.install_import_hook()\n"
        "unit_wasm.install_import_hook(fresh=True)\n"
        "import json\n"
        "import my_adder\n"
        "from my_adder import add\n"
        "print(my_adder.add(1, 2), add(3, 4), 'add' in dir(my_adder), json.__name__)\n"
        "try:\n"
        "    my_adder.sub\n"
        "except AttributeError as error:\n"
        "    print(error)\n"
        "try:\n"
        "    import not_there\n"
        "except ModuleNotFoundError as error:\n"
        "    print(error)\n"
    )
    assert run(folder, "script.py").splitlines() == [
        "3 7 True json",
        "component my-adder.wasm exports no sub (known here: add)",
        "No module named 'not_there'",
    ]


def test_a_script_without_the_hook_imports_no_component(folder: Path) -> None:
    (folder / "adder.wasm").write_bytes(read(EXAMPLES / "adder.wat"))
    (folder / "script.py").write_text(
        "try:\n    import adder\nexcept ModuleNotFoundError as error:\n    print(error)\n"
    )
    assert run(folder, "script.py") == "No module named 'adder'\n"


@pytest.mark.no_asan
@pytest.mark.parametrize("name", ["adder-c", "adder-py"])
def test_the_adder_in_other_languages(name: str) -> None:
    with load(guest_path(name), options=options()) as adder:
        assert repr(adder.add) == "<add: func(a: s32, b: s32) -> s32>"
        assert [adder.add(number, -1) for number in range(3)] == [-1, 0, 1]


def test_importing_the_package_loads_little() -> None:
    text = (
        "import sys\nbefore = set(sys.modules)\nimport unit_wasm\n"
        "print(sorted(name for name in set(sys.modules) - before if '.' in name or name != "
        "'unit_wasm'))\n"
    )
    assert run(Path.cwd(), "-c", text) == "[]\n"
