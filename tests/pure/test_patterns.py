"""Regular expressions that are compiled when they are used first."""

import re
from typing import Any

import pytest

from unit_wasm.patterns import pattern


def test_it_does_what_a_compiled_one_does() -> None:
    made, right = pattern(r"(A)|b", re.IGNORECASE), re.compile(r"(A)|b", re.IGNORECASE)
    for _ in range(2):
        for text in ("a", "B", "c", "ab"):
            found, wanted = made.fullmatch(text), right.fullmatch(text)
            assert (found and found.groups()) == (wanted and wanted.groups())
        assert made.sub("-", "xay") == "x-y"
    assert (made.pattern, made.flags, made.groups) == (right.pattern, right.flags, right.groups)
    assert pattern(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_it_is_compiled_late_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    compiled = re.compile

    def noted(*args: Any) -> re.Pattern[str]:
        made.append(args)
        return compiled(*args)

    monkeypatch.setattr(re, "compile", noted)
    one = pattern("a")
    assert made == []
    assert one.match("a")
    assert one.match("a")
    assert made == [("a", 0)]


def test_a_wrong_one_is_wrong_when_it_is_used() -> None:
    with pytest.raises(re.error):
        pattern("(").match("")
    with pytest.raises(AttributeError, match="none"):
        _ = pattern("a").none  # type: ignore[attr-defined]
