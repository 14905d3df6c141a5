"""``unit-wasm install-module``: what it prints, writes and refuses."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

import unit_wasm
from tests.harness.fake_unit import fake_module, fake_unitd
from unit_wasm import cli
from unit_wasm.errors import ConfigError
from unit_wasm.native import worker as native
from unit_wasm.unit import unitd as unitd_module
from unit_wasm.unit.note import Note, read_note, version_text

NAME = "wasm_wasi_component.unit.so"
THERE = "it was there already, and nothing was changed\n"
RESTART = "restart unitd: it looks for modules only when it starts\n"

Output = pytest.CaptureFixture[str]


@pytest.fixture
def no_unitd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unitd_module, "_SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


def refused(capsys: Output, *arguments: str | Path) -> str:
    """Run the command, which has to fail, and return the error without its prefix."""
    assert cli.main(["install-module", *map(str, arguments)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("unit-wasm: ")
    return captured.err.removeprefix("unit-wasm: ")


def test_installed(tmp_path: Path, capsys: Output) -> None:
    unitd = fake_unitd(tmp_path)
    module = fake_module(tmp_path / "built.so")
    module.chmod(0o700)
    assert cli.main(["install-module", str(module), "--unitd", str(unitd)]) == 0
    target = tmp_path / "modules" / NAME
    assert capsys.readouterr().out == f"{target}\n{RESTART}"
    assert target.read_bytes() == module.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert os.listdir(tmp_path / "modules") == [NAME]


def test_the_type_gives_the_name(tmp_path: Path, capsys: Output) -> None:
    unitd = fake_unitd(tmp_path)
    module = fake_module(tmp_path / NAME, type="wasm")
    assert cli.main(["install-module", str(module), "--unitd", str(unitd)]) == 0
    assert os.listdir(tmp_path / "modules") == ["wasm.unit.so"]


def test_a_debug_module_for_a_debug_unitd(tmp_path: Path) -> None:
    unitd = fake_unitd(tmp_path, configured=" --debug")
    module = fake_module(tmp_path / NAME, debug="1")
    assert cli.main(["install-module", str(module), "--unitd", str(unitd)]) == 0


@pytest.mark.parametrize(
    ("changes", "built", "has"),
    [
        ({"version": "0.0.1"}, "0.0.1", ""),
        (
            {"digest": "0" * 16},
            f"{unit_wasm.__version__} from other C sources ({'0' * 16})",
            f" ({native.sources_digest()})",
        ),
    ],
)
def test_a_module_of_another_package(
    tmp_path: Path, capsys: Output, changes: dict[str, str], built: str, has: str
) -> None:
    module = fake_module(tmp_path / NAME, **changes)
    unitd = fake_unitd(tmp_path)
    assert refused(capsys, module, "--unitd", unitd) == (
        f"host error: the module was built by unit_wasm {built}, and {sys.executable} has "
        f"{unit_wasm.__version__}{has} (run unit-wasm build-module and install-module, and restart "
        "Unit)\n"
    )
    assert os.listdir(tmp_path / "modules") == []


def test_a_running_unitd_keeps_the_old_file(tmp_path: Path) -> None:
    """It is replaced, not written over: what is mapped must not change."""
    unitd = fake_unitd(tmp_path)
    target = fake_module(tmp_path / "modules" / NAME, version="0.0.1")
    old = target.read_bytes()
    with open(target, "rb") as mapped:
        module = fake_module(tmp_path / NAME)
        assert cli.main(["install-module", str(module), "--unitd", str(unitd)]) == 0
        assert mapped.read() == old
    assert target.read_bytes() == module.read_bytes()
    assert os.listdir(tmp_path / "modules") == [NAME]


def test_units_own_module_is_kept(tmp_path: Path, capsys: Output) -> None:
    unitd = fake_unitd(tmp_path)
    target = tmp_path / "modules" / NAME
    target.write_bytes(b"\x7fELF of somebody else")
    command = ["install-module", str(fake_module(tmp_path / NAME)), "--unitd", str(unitd)]
    assert cli.main(command) == 0
    kept = f"{target}.orig"
    assert capsys.readouterr().out == (
        f"{target}\nthe module that Unit had for this type is now {kept}\n{RESTART}"
    )
    assert Path(kept).read_bytes() == b"\x7fELF of somebody else"
    before = target.stat()
    assert cli.main(command) == 0
    assert capsys.readouterr().out == f"{target}\n{THERE}"
    assert Path(kept).read_bytes() == b"\x7fELF of somebody else"
    after = target.stat()
    assert (after.st_ino, after.st_ctime_ns) == (before.st_ino, before.st_ctime_ns)


@pytest.mark.parametrize("change", ["mode", "content", "link"])
def test_what_only_looks_installed_is_installed(
    tmp_path: Path, capsys: Output, change: str
) -> None:
    unitd = fake_unitd(tmp_path)
    module = fake_module(tmp_path / "built.so")
    target = tmp_path / "modules" / NAME
    command = ["install-module", str(module), "--unitd", str(unitd)]
    assert cli.main(command) == 0
    if change == "mode":
        target.chmod(0o600)
    elif change == "content":
        fake_module(target, version="0.0.1")
    else:
        target.unlink()
        target.symlink_to(module)
    capsys.readouterr()
    assert cli.main(command) == 0
    assert capsys.readouterr().out == f"{target}\n{RESTART}"
    assert target.read_bytes() == module.read_bytes()
    assert stat.S_IMODE(target.lstat().st_mode) == 0o644


def test_json(tmp_path: Path, capsys: Output) -> None:
    unitd = fake_unitd(tmp_path)
    target = tmp_path / "modules" / NAME
    target.write_bytes(b"\x7fELF of somebody else")
    module = fake_module(tmp_path / "built.so")
    command = ["install-module", str(module), "--unitd", str(unitd), "--json"]
    made = {"path": str(target), "changed": True, "kept": f"{target}.orig", "unitd": str(unitd)}
    assert cli.main(command) == 0
    assert json.loads(capsys.readouterr().out) == made
    assert cli.main(command) == 0
    assert json.loads(capsys.readouterr().out) == {**made, "changed": False, "kept": None}


def test_a_missing_modules_directory_of_unitd_is_made(tmp_path: Path) -> None:
    unitd = fake_unitd(tmp_path)
    (tmp_path / "modules").rmdir()
    module = fake_module(tmp_path / NAME)
    assert cli.main(["install-module", str(module), "--unitd", str(unitd)]) == 0
    assert os.listdir(tmp_path / "modules") == [NAME]


@pytest.mark.usefixtures("no_unitd")
def test_without_unitd(tmp_path: Path, capsys: Output) -> None:
    module = fake_module(tmp_path / NAME)
    assert refused(capsys, module) == (
        "configuration error: no unitd or freeunitd is in PATH (name it with --unitd)\n"
    )
    folder = tmp_path / "folder"
    assert refused(capsys, module, "--modules-dir", folder) == (
        f"configuration error: --modules-dir {folder} is not a folder\n"
    )
    folder.mkdir()
    assert cli.main(["install-module", str(module), "--modules-dir", str(folder)]) == 0
    assert capsys.readouterr().out == (
        f"{folder / NAME}\n"
        "no unitd or freeunitd is in PATH: whether it takes this module was not checked\n"
        f"{RESTART}"
    )


def test_a_named_directory_is_no_way_round_the_comparison(tmp_path: Path, capsys: Output) -> None:
    unitd = fake_unitd(tmp_path, "1.36.0")
    module = fake_module(tmp_path / NAME)
    said = refused(capsys, module, "--unitd", unitd, "--modules-dir", tmp_path / "modules")
    assert "is 1.36.0" in said
    assert os.listdir(tmp_path / "modules") == []


@pytest.mark.parametrize(
    ("version", "configured", "debug", "module", "found"),
    [
        ("1.36.0", "", "0", "1.35.0", "1.36.0"),
        ("1.35.0", " --debug", "0", "1.35.0", "1.35.0 with --debug"),
        ("1.35.0", "", "1", "1.35.0 with --debug", "1.35.0"),
    ],
)
def test_another_unit(
    tmp_path: Path,
    capsys: Output,
    version: str,
    configured: str,
    debug: str,
    module: str,
    found: str,
) -> None:
    unitd = fake_unitd(tmp_path, version, configured=configured)
    file = fake_module(tmp_path / NAME, debug=debug)
    assert refused(capsys, file, "--unitd", unitd) == (
        f"configuration error: the module is for Unit {module}, but {unitd} is {found} "
        "(build it with the source tree of that unitd)\n"
    )
    assert os.listdir(tmp_path / "modules") == []


def test_not_a_module(tmp_path: Path, capsys: Output) -> None:
    unitd = fake_unitd(tmp_path)
    file = tmp_path / "a.so"
    assert refused(capsys, file, "--unitd", unitd) == (
        f"configuration error: cannot read {file}: No such file or directory\n"
    )
    assert refused(capsys, tmp_path, "--unitd", unitd) == (
        f"configuration error: cannot read {tmp_path}: Is a directory\n"
    )
    for content in (b"", b"text", b"\x7fELF", fake_module(tmp_path / "m").read_bytes()[4:]):
        file.write_bytes(content)
        assert refused(capsys, file, "--unitd", unitd) == (
            f"configuration error: {file} is not a module of unit_wasm "
            "(unit-wasm build-module makes one)\n"
        )
    fake_module(file, type="php")
    assert refused(capsys, file, "--unitd", unitd) == (
        f"configuration error: {file} is for applications of an unknown type, php\n"
    )


def test_no_right_to_write(tmp_path: Path, capsys: Output) -> None:
    unitd = fake_unitd(tmp_path)
    (tmp_path / "modules").chmod(0o555)
    module = fake_module(tmp_path / NAME)
    assert refused(capsys, module, "--unitd", unitd) == (
        f"host error: cannot write {tmp_path / 'modules' / NAME}: Permission denied "
        "(the folder's owner can, often root)\n"
    )


def test_a_target_that_cannot_be_replaced(tmp_path: Path, capsys: Output) -> None:
    unitd = fake_unitd(tmp_path)
    target = tmp_path / "modules" / NAME
    target.mkdir()
    (target.with_name(f"{NAME}.orig")).write_bytes(b"")
    module = fake_module(tmp_path / NAME)
    assert refused(capsys, module, "--unitd", unitd) == (
        f"host error: cannot write {target}: Is a directory (the folder's owner can, often root)\n"
    )
    assert sorted(os.listdir(tmp_path / "modules")) == [NAME, f"{NAME}.orig"]


# ---- The note ----


def test_a_note(tmp_path: Path) -> None:
    file = fake_module(tmp_path / "a.so", python="/a=b/python", libpython="")
    note = read_note(file)
    assert note == Note(
        13500, False, "wasm-wasi-component", note.version, "/a=b/python", "", note.digest
    )


@pytest.mark.parametrize("damage", [(b"unit=13500", b"unit=x"), (b"python=", b"snake=")])
def test_a_damaged_note(tmp_path: Path, damage: tuple[bytes, bytes]) -> None:
    file = fake_module(tmp_path / "a.so")
    file.write_bytes(file.read_bytes().replace(*damage))
    with pytest.raises(ConfigError) as caught:
        read_note(file)
    assert str(caught.value) == f"{file} is a damaged module of unit_wasm (build it again)"


def test_a_note_without_an_end(tmp_path: Path) -> None:
    file = fake_module(tmp_path / "a.so")
    file.write_bytes(file.read_bytes().replace(b"\0more\0", b"x" * 10_000))
    assert read_note(file).unit == 13500


def test_version_text() -> None:
    assert version_text(13500, False) == "1.35.0"
    assert version_text(20112, True) == "2.1.12 with --debug"
