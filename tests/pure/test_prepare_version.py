"""``unit-wasm prepare`` compiles for a module of its own version only."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import unit_wasm
from unit_wasm.errors import ComponentError, HostError
from unit_wasm.unit.prepare import prepare


def request(path: Path, **more: object) -> bytes:
    application = {"type": "wasm-wasi-component", "component": str(path / "none.wasm")}
    return json.dumps({"name": "a", "application": application, **more}).encode()


@pytest.mark.parametrize(
    ("more", "built"),
    [
        ({"version": "0.0.9"}, "unit_wasm 0.0.9"),
        ({"version": 1}, "an older unit_wasm"),
        ({}, "an older unit_wasm"),
    ],
)
def test_module_of_another_version(tmp_path: Path, more: dict[str, object], built: str) -> None:
    with pytest.raises(HostError) as caught:
        prepare(request(tmp_path, **more), pytest.fail)
    assert str(caught.value) == (
        f"the module was built by {built}, and {sys.executable} has {unit_wasm.__version__}"
        " (run unit-wasm build-module and install-module, and restart Unit)"
    )


def test_module_of_this_version(tmp_path: Path) -> None:
    """The next thing that is wrong is the component."""
    with pytest.raises(ComponentError):
        prepare(request(tmp_path, version=unit_wasm.__version__), pytest.fail)
