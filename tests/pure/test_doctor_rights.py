"""``unit-wasm doctor`` as a user who may not look at everything that root runs."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.fake_unit import fake_module, fake_unitd, script
from unit_wasm.errors import ConfigError, HostError
from unit_wasm.unit import doctor_unit
from unit_wasm.unit.account import Account
from unit_wasm.unit.check import Check

NAME = "wasm_wasi_component.unit.so"
ASK = "ask as who starts unitd"


@pytest.fixture(params=[0, 65534], ids=["root", "nobody"])
def user(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    uid = int(request.param)
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    return uid


def checks(folder: Path) -> dict[str, Check]:
    question = doctor_unit.UnitQuestion(str(fake_unitd(folder)), None, "root")
    return {check.topic: check for check in doctor_unit.check_unit(question)}


def expected(user: int, topic: str, text: str, hint: str | None = None) -> Check:
    if user == 0:
        return Check("fail", topic, text, hint)
    return Check("warn", topic, f"nobody may not look at it: {text}", ASK)


def denied(*arguments: Any) -> Iterator[Any]:
    raise PermissionError(13, "Permission denied")


def test_a_modules_directory(tmp_path: Path, user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_unitd(tmp_path)
    monkeypatch.setattr(os, "scandir", denied)
    text = f"the modules directory {tmp_path}/modules cannot be read: Permission denied"
    assert checks(tmp_path)["module"] == expected(user, "module", text)


def test_a_module(tmp_path: Path, user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(folder: Path) -> Iterator[Any]:
        raise ConfigError(f"cannot read {folder}/{NAME}: Permission denied")

    monkeypatch.setattr(doctor_unit, "modules_in", unreadable)
    text = f"cannot read {tmp_path}/modules/{NAME}: Permission denied"
    assert checks(tmp_path)["module"] == expected(user, "module", text)


def test_an_interpreter(tmp_path: Path, user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_unitd(tmp_path)
    fake_module(tmp_path / "modules" / NAME, python="/closed/python")

    def closed(note: Any) -> Any:
        raise HostError("/closed/python cannot be run: Permission denied") from PermissionError()

    monkeypatch.setattr(doctor_unit, "ask_interpreter", closed)
    assert checks(tmp_path)["interpreter"] == expected(
        user, "interpreter", "/closed/python cannot be run: Permission denied"
    )


def test_packages(tmp_path: Path, user: int) -> None:
    python = script(tmp_path / "python", "echo \"PermissionError: [Errno 13] 'x'\" >&2; exit 1")
    fake_unitd(tmp_path)
    fake_module(tmp_path / "modules" / NAME, python=str(python))
    assert checks(tmp_path)["interpreter"] == expected(
        user,
        "interpreter",
        f"{python} cannot import unit_wasm: PermissionError: [Errno 13] 'x'",
        "put it back, or build the module with the Python that is there now",
    )


def test_what_another_user_may_read(
    tmp_path: Path, user: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_unitd(tmp_path)
    module = fake_module(tmp_path / "modules" / NAME)
    monkeypatch.setattr(Account, "obstacle", denied)
    assert checks(tmp_path)["user root"] == expected(
        user, "user root", f"{module}: Permission denied", "build the module again"
    )


def test_no_modules_directory(tmp_path: Path, user: int) -> None:
    fake_unitd(tmp_path)
    (tmp_path / "modules").rmdir()
    question = doctor_unit.UnitQuestion(None, tmp_path / "modules", None)
    (found,) = [check for check in doctor_unit.check_unit(question) if check.topic == "module"]
    assert (found.state, found.text) == (
        "fail",
        f"{tmp_path}/modules has no module of unit_wasm",
    )
