"""What ``unit-wasm build-module`` says of a source tree and a machine that cannot be used."""

import os
import sysconfig
from pathlib import Path

import pytest

from unit_wasm import cli
from unit_wasm.errors import ConfigError, HostError
from unit_wasm.unit import build, toolchain
from unit_wasm.unit.tree import UnitTree

MAKE = "run `make build/src/nxt_unit.o` in the tree"

FILES = {
    "src/nxt_unit.h": "",
    "version": "\n# Copyright\n\nNXT_VERSION=1.35.0\nNXT_VERNUM=13500\n",
    "build/include/nxt_version.h": '#define NXT_VERSION "1.35.0"\n#define NXT_VERNUM  13500\n',
    "build/include/nxt_auto_config.h": "#ifndef NXT_DEBUG\n#define NXT_DEBUG  0\n#endif\n",
    "build/src/nxt_unit.o": "",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree as ``./configure`` and ``make`` leave it, as far as is looked at."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, ns=(0, 0))
    return tmp_path


def complaint(tree: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        UnitTree(tree)
    return str(caught.value)


def test_a_whole_tree(tree: Path) -> None:
    found = UnitTree(tree)
    assert (found.number, found.debug) == (13500, False)
    assert found.library == tree / "build" / "src" / "nxt_unit.o"


def test_a_debug_tree(tree: Path) -> None:
    (tree / "build/include/nxt_auto_config.h").write_text("#define NXT_DEBUG  1\n")
    os.utime(tree / "build/src/nxt_unit.o")
    assert UnitTree(tree).debug


def test_an_old_tree(tree: Path) -> None:
    """It has its version in a header among the sources, and nowhere else."""
    (tree / "version").unlink()
    (tree / "build/include/nxt_version.h").rename(tree / "src/nxt_version.h")
    assert UnitTree(tree).number == 13500


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (
            "src/nxt_unit.h",
            "{tree} is not the source tree of NGINX Unit or FreeUnit "
            "(name the folder that has ./configure and src/nxt_unit.h)",
        ),
        (
            "build/include/nxt_auto_config.h",
            "the source tree {tree} is not configured "
            "(run ./configure in it, with the --prefix and --debug of the unitd that runs)",
        ),
        ("build/src/nxt_unit.o", "{tree}/build/src/nxt_unit.o is missing (" + MAKE + ")"),
        (
            "build/include/nxt_version.h",
            "no version is in {tree}/build/include/nxt_version.h (" + MAKE + ")",
        ),
    ],
)
def test_what_is_missing(tree: Path, missing: str, said: str) -> None:
    (tree / missing).unlink()
    assert complaint(tree) == said.format(tree=tree)


def test_a_tree_that_was_updated_since(tree: Path) -> None:
    (tree / "version").write_text("NXT_VERSION=1.36.0\nNXT_VERNUM=13600\n")
    assert complaint(tree) == (
        f"the source tree {tree} is version 13600, but was configured as 13500 "
        "(run ./configure and `make build/src/nxt_unit.o` in it again)"
    )


def test_a_tree_that_was_configured_since(tree: Path) -> None:
    os.utime(tree / "build/include/nxt_auto_config.h")
    assert complaint(tree) == (
        f"{tree}/build/src/nxt_unit.o is older than the configuration ({MAKE})"
    )


def test_the_command_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = tmp_path / "gone"
    assert cli.main(["build-module", "--unit-source", str(gone)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"unit-wasm: configuration error: {gone} is not the source tree of NGINX Unit or FreeUnit "
        "(name the folder that has ./configure and src/nxt_unit.h)\n"
    )


def test_a_folder_that_cannot_be_written(tree: Path) -> None:
    with pytest.raises(HostError) as caught:
        build.build_module(tree, "wasm", tree / "gone")
    assert str(caught.value) == f"{tree}/gone is not a folder that this user may write into"


def test_the_compilers_own_words(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The headers of this tree are empty: it has to fail, and to say where."""
    with pytest.raises(HostError) as caught:
        build.build_module(tree, "wasm-wasi-component", tree)
    text = str(caught.value)
    assert text.startswith("the module does not compile: ")
    assert "nxt_shim.c" in text
    assert "fatal error: nxt_main.h: No such file or directory" in text
    assert len(text) < 5000
    assert capfd.readouterr() == ("", "")


# ---- The machine ----


def config(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    real = sysconfig.get_config_var

    def changed(name: str) -> object:
        return changes[name] if name in changes else real(name)

    monkeypatch.setattr(sysconfig, "get_config_var", changed)


def test_this_machine() -> None:
    toolchain.check_toolchain()
    assert os.access(toolchain.compiler(), os.X_OK)
    assert ".so" in toolchain.libpython().name


def test_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    config(monkeypatch, CC="no-such-cc -pthread")
    with pytest.raises(HostError) as caught:
        toolchain.check_toolchain()
    assert str(caught.value) == "there is no C compiler no-such-cc (install gcc or clang)"


def test_no_headers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(HostError) as caught:
        toolchain.check_toolchain()
    assert str(caught.value) == (
        f"{tmp_path}/Python.h is missing "
        "(install Python's headers, e.g. python3-dev, python3-devel)"
    )


@pytest.mark.parametrize("name", ["libpython3.11.so.1.0", "libpython3.11.a"])
def test_no_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    if name.endswith(".a"):
        (tmp_path / name).touch()
    config(monkeypatch, LIBDIR=str(tmp_path), INSTSONAME=name)
    with pytest.raises(HostError) as caught:
        toolchain.check_toolchain()
    assert str(caught.value) == (
        f"this Python has no shared library ({tmp_path}/{name}) "
        "(install its headers, e.g. python3-dev, or a Python built with --enable-shared)"
    )


def test_no_setuptools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(HostError) as caught:
        toolchain.check_toolchain()
    assert str(caught.value) == (
        "the package setuptools is not installed (python -m pip install setuptools)"
    )


# ---- What is baked into the module ----


def test_text_for_the_compiler() -> None:
    assert build._c_string('a"b\\c\nd') == r'"a\"b\\c\nd"'


def test_the_path_of_python_in_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    package = str(Path(build.__file__).parents[2])
    monkeypatch.setattr("sys.path", ["/usr/bin", "", "relative", "/usr/lib/python3", package])
    assert f"sys.path[:] = {['/usr/lib/python3', package]!r}\n" in build._init_code()
