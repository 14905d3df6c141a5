"""Files of other users, whoever runs the tests."""

import os
from pathlib import Path

import pytest

_SOMEBODY = 12345


def give_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let a file belong to somebody else than this process; return whom it belongs to.

    Only root may give it away. To the code that is tested it is the same when the process takes
    itself for somebody else.
    """
    if os.geteuid() == 0:
        os.chown(path, _SOMEBODY, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: _SOMEBODY)
    return path.stat().st_uid


def take_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo it."""
    monkeypatch.undo()
    os.chown(path, os.geteuid(), -1)
