"""Asking a ``unitd`` what it is."""

from pathlib import Path

import pytest

from tests.harness.fake_unit import fake_unitd, script
from unit_wasm.errors import ConfigError, HostError
from unit_wasm.unit import unitd as unitd_module
from unit_wasm.unit.unitd import Unitd, find_unitd


def test_everything_that_it_prints(tmp_path: Path) -> None:
    path = fake_unitd(tmp_path, configured=" --prefix=/usr '--cc-opt=-O2 -g' --openssl")
    assert find_unitd(str(path)) == Unitd(
        path=path,
        number=13500,
        options=("--prefix=/usr", "--cc-opt=-O2 -g", "--openssl"),
        modules=tmp_path / "modules",
        control="unix:/run/control.unit.sock",
        log="/var/log/unit.log",
        user="nobody",
    )


@pytest.mark.parametrize(
    ("configured", "debug"),
    [("", False), (" --debug", True), (" --prefix=/a --debug --openssl", True)],
)
def test_debug(tmp_path: Path, configured: str, debug: bool) -> None:
    assert find_unitd(str(fake_unitd(tmp_path, configured=configured))).debug is debug


def test_options_that_no_shell_could_read(tmp_path: Path) -> None:
    path = fake_unitd(tmp_path, configured=""" --cc-opt="-O2 --debug""")
    assert find_unitd(str(path)).options == ('--cc-opt="-O2', "--debug")


@pytest.mark.parametrize(
    ("version", "number"), [("1.36.0", 13600), ("1.36.12", 13612), ("2.0.1-beta", 20001)]
)
def test_versions(tmp_path: Path, version: str, number: int) -> None:
    assert find_unitd(str(fake_unitd(tmp_path, version))).number == number


def test_an_old_name_of_the_modules_directory(tmp_path: Path) -> None:
    path = fake_unitd(tmp_path, modules_option="modules")
    assert find_unitd(str(path)).modules == tmp_path / "modules"


def test_it_is_found_in_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fake_unitd(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert find_unitd(None).path == path


def test_it_is_found_where_users_do_not_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fake_unitd(tmp_path)
    monkeypatch.setattr(unitd_module, "_SYSTEM_FOLDERS", (str(tmp_path),))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert find_unitd(None).path == path


def test_the_name_that_packages_of_freeunit_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fake_unitd(tmp_path, "1.36.0")
    monkeypatch.setattr(unitd_module, "_SYSTEM_FOLDERS", (str(tmp_path),))
    monkeypatch.setenv("PATH", f"{tmp_path}/none")
    renamed = path.rename(tmp_path / "freeunitd")
    assert find_unitd(None).path == renamed
    # Where both are, the one that everybody means.
    fake_unitd(tmp_path)
    assert find_unitd(None).path == path


def test_none_in_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unitd_module, "_SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError) as caught:
        find_unitd(None)
    assert str(caught.value) == "no unitd or freeunitd is in PATH (name it with --unitd)"


@pytest.mark.parametrize("kind", ["missing", "folder", "text"])
def test_not_a_program(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "unitd"
    if kind == "folder":
        path.mkdir()
    elif kind == "text":
        path.write_text("text")
    with pytest.raises(ConfigError) as caught:
        find_unitd(str(path))
    assert str(caught.value) == f"{path} is not a program that this user may run"


@pytest.mark.parametrize("body", ["exit 3", "echo unit version: none", "printf '\\377\\n'"])
def test_another_program(tmp_path: Path, body: str) -> None:
    path = script(tmp_path / "unitd", body)
    with pytest.raises(ConfigError) as caught:
        find_unitd(str(path))
    assert str(caught.value) == (
        f"{path} does not describe itself as unitd does (name the unitd of NGINX Unit or FreeUnit)"
    )


def test_a_program_for_another_machine(tmp_path: Path) -> None:
    path = tmp_path / "unitd"
    path.write_bytes(b"\x7fELF not really")
    path.chmod(0o755)
    with pytest.raises(HostError) as caught:
        find_unitd(str(path))
    assert str(caught.value) == f"{path} cannot be run: Exec format error"


def test_a_program_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unitd_module, "_SECONDS", 0.2)
    path = script(tmp_path / "unitd", "exec sleep 30")
    with pytest.raises(HostError) as caught:
        find_unitd(str(path))
    assert str(caught.value) == f"{path} --version takes more than 0 s"
