"""One finding of ``unit-wasm doctor``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unit_wasm.errors import UnitWasmError

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at and how it is.

    Parameters:
        state: ``fail`` where applications cannot run, ``warn`` where some might not.
        topic: what was looked at, one word or two.
        text: what was found.
        hint: what would fix it, or None.
    """

    state: State
    topic: str
    text: str
    hint: str | None = None

    def __str__(self) -> str:
        hint = "" if self.hint is None else f" ({self.hint})"
        return f"{self.state:4}  {self.topic}: {self.text}{hint}"


def ok(topic: str, text: str) -> Check:
    """Return a finding that needs nothing."""
    return Check("ok", topic, text)


def warning(topic: str, text: str, hint: str | None = None) -> Check:
    """Return a finding that may matter."""
    return Check("warn", topic, text, hint)


def failed(topic: str, error: UnitWasmError | str, hint: str | None = None) -> Check:
    """Return a finding that has to be fixed; an error brings its own hint."""
    if isinstance(error, UnitWasmError):
        return Check("fail", topic, error.message, error.hint)
    return Check("fail", topic, error, hint)
