"""A module and a package of the same version whose C sources are not the same."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

import unit_wasm
from tests.harness.unitd import Unit, application
from unit_wasm.native import worker as native
from unit_wasm.unit import build

OTHER = "0123456789abcdef"


def test_they_refuse_each_other(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be compiled has other numbers for the module's functions: no request would do."""
    monkeypatch.setattr(build, "sources_digest", lambda folder: OTHER)
    with tempfile.TemporaryDirectory(prefix="uw-modules-") as name:
        modules = Path(name)
        modules.chmod(0o755)
        build.build_module(Path(os.environ["UNIT_SOURCE"]), "wasm-wasi-component", modules)
        with Unit(unit.binary, modules).start() as server:
            server.refuses(
                "/config",
                {"listeners": {}, "applications": {"hello": application("hello")}},
                f"host error: the module was built by unit_wasm {unit_wasm.__version__} from other "
                f"C sources ({OTHER}), and {sys.executable} has {unit_wasm.__version__} "
                f"({native.sources_digest()}) (run unit-wasm build-module and install-module, and "
                "restart Unit)",
            )
