"""A copy of the package and its tests beside an extension that was built otherwise.

Both builds are named ``unit_wasm._native``, so one that has sanitizers in it, or counts what runs,
needs a package of its own. It lies below build/, and never in the way of the usual one.
"""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

COPIED = (
    *("unit_wasm", "tests", "tools", "conf", "examples", "csrc", "bench", "docs"),
    *("pyproject.toml", "build.py", "setup.py", "Makefile", ".clang-format"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"),
)
# What the tests find below build/: the guests, what they were built with, and compiled ones,
# because compiling takes minutes with such a build.
LINKED = ("guests", "toolchains", "cache")


def build_extension(folder: Path, environment: Mapping[str, str]) -> Path:
    """Build the extension below a folder, unless it is up to date; return the folder it is in.

    Parameters:
        folder: of this kind of build, below build/.
        environment: variables that build.py reads.
    """
    lib = folder / "lib"
    command = [sys.executable, "setup.py", "--quiet", "build_ext"]
    command += ["--build-lib", str(lib), "--build-temp", str(folder / "temp")]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)
    return lib / "unit_wasm"


def make_tree(folder: Path, extension: Path) -> Path:
    """Put a copy of what the tests need beside an extension; return the root of the copy.

    Parameters:
        folder: of this kind of build, below build/.
        extension: the folder that the extension was built into.
    """
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    unwanted = shutil.ignore_patterns("_native*.so", "__pycache__")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=unwanted)
        else:
            shutil.copy2(source, tree / name)
    # Processes of the tests would each do it, where PYTHONDONTWRITEBYTECODE is set.
    compileall.compile_dir(tree / "unit_wasm", quiet=1)
    for library in extension.glob("_native*.so"):
        shutil.copy2(library, tree / "unit_wasm")
    for name in LINKED:
        target = ROOT / "build" / name
        (tree / "build").mkdir(exist_ok=True)
        if target.exists():
            (tree / "build" / name).symlink_to(target)
    # Where the tests build the Unit module and its double; kept for the next run.
    (folder / "double").mkdir(exist_ok=True)
    (tree / "build" / "double").symlink_to(folder / "double")
    return tree
