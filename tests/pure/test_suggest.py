"""What somebody may have meant."""

import difflib

import pytest

from unit_wasm.suggest import nearest


def test_nobody_looks_for_what_a_long_name_may_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """That takes seconds for one of megabytes, and the server with it."""
    looked_at: list[str] = []

    def looks(name: str, known: list[str], n: int) -> list[str]:
        looked_at.append(name)
        return known

    monkeypatch.setattr(difflib, "get_close_matches", looks)
    known = ["message", "at"]
    assert nearest("m" * 22, known) is None
    assert nearest("m" * 21, known) == "message"
    assert looked_at == ["m" * 21]
