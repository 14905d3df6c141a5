"""What a wheel and a source distribution have in them, and what a wheel is for."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import unit_wasm
from tests.pure.test_project import ROOT, files, name_of

# A wheel is made of the extension that is here, and not of one that counts what runs.
pytestmark = pytest.mark.no_asan

# What setuptools adds.
MADE = ("PKG-INFO", "setup.cfg", "unit_wasm.egg-info/")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository without what was made in it."""
    folder = tmp_path_factory.mktemp("clone")
    for path in files():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return folder


def setup(clone: Path, *arguments: str) -> None:
    command = [sys.executable, "setup.py", "--quiet", *arguments]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        command, cwd=clone, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(clone: Path) -> Path:
    """A wheel with the extension that is here: compiling it again takes a minute."""
    setup(clone, "build_py")
    (library,) = (clone / "build").glob("lib.*")
    (extension,) = (ROOT / "unit_wasm").glob("_native*.so")
    shutil.copy2(extension, library / "unit_wasm")
    setup(clone, "bdist_wheel", "--skip-build")
    (made,) = (clone / "dist").glob("*.whl")
    return made


def test_one_wheel_is_for_every_python(wheel: Path) -> None:
    version = unit_wasm.__version__
    name, dash, platform = wheel.name.partition("-cp311-abi3-")
    assert (name, dash, platform[:5]) == (f"unit_wasm-{version}", "-cp311-abi3-", "linux")


def test_a_wheel_has_what_build_module_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    here = {name_of(path) for path in files()}
    package = {name for name in here if name.startswith("unit_wasm/")}
    sources = {f"unit_wasm/shipped/{name}" for name in here if name.startswith("csrc/")}
    (extension,) = (ROOT / "unit_wasm").glob("_native*.so")
    others = {f"unit_wasm/{extension.name}", "unit_wasm/shipped/examples/hello/hello.wat"}
    assert {name for name in names if ".dist-info/" not in name} == package | sources | others
    assert extension.name == "_native.abi3.so"


def test_an_installed_package_finds_what_was_shipped(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from unit_wasm.native import worker\n"
        "from unit_wasm.unit.sources import sources_digest\n"
        "from unit_wasm.unit.shipped import shipped\n"
        "print(shipped('csrc'), shipped('examples/hello/hello.wat').is_file())\n"
        "print(sources_digest(shipped('csrc')) == worker.sources_digest())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    expected = f"{tmp_path}/unit_wasm/shipped/csrc True\nTrue\n"
    assert (done.stdout, done.stderr) == (expected, "")


def test_a_source_distribution_is_all_of_the_repository(clone: Path, tmp_path: Path) -> None:
    setup(clone, "sdist", "--dist-dir", str(tmp_path))
    (made,) = tmp_path.iterdir()
    with tarfile.open(made) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
    names = {member.name.partition("/")[2] for member in members}
    # It may run in an unpacked one.
    here = {name_of(path) for path in files()}
    assert {name for name in names if not name.startswith(MADE)} == {
        name for name in here if not name.startswith(MADE)
    }
    # Scripts stay what they are.
    modes = {member.name.partition("/")[2]: member.mode & 0o111 for member in members}
    assert modes[".ci/run"]
