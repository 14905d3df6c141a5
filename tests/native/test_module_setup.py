"""setup(): what steers it, and what it leaves to the processes of the application."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.components import application
from tests.harness.double import setup


def test_the_applications_environment_does_not_steer_prepare(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Unit has set it for the whole process: it is the guest's all the same."""
    document = application("env")
    document["environment"] |= {
        "LD_PRELOAD": str(tmp_path / "none.so"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "HOME": str(tmp_path / "home"),
    }
    module = setup(document)
    assert module.setup_result == 0, module.log
    module.start()
    module.message("READY")
    assert f"variable: LD_PRELOAD={tmp_path}/none.so\n".encode() in module.ask().body
    module.message("QUIT")
    assert module.ended() == 0
    module.check()
    assert capfd.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []
