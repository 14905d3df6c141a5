"""That a component is being compiled is said where somebody waits for it."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from unit_wasm.config.model import ApplicationConfig
from unit_wasm.options import Options
from unit_wasm.server import compiling
from unit_wasm.server.compiling import Reporting

CONFIG = ApplicationConfig("app", "component", "/srv/app.wasm", Options())
COMPILING = "app: compiling /srv/app.wasm"


class Terminal:
    """Where steps are shown, or nobody watches."""

    def __init__(self, is_terminal: bool) -> None:
        self.is_terminal = is_terminal
        self.shown: list[str] = []

    @contextlib.contextmanager
    def progress(self, component: str) -> Iterator[Callable[[str], None]]:
        yield self.shown.append


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(compiling, "WORTH_SAYING", 0.05)
    return []


def run(
    lines: list[str], monkeypatch: pytest.MonkeyPatch, terminal: Terminal, steps: list[str]
) -> None:
    said = threading.Event()

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())
            said.set()

    log = logging.Logger("test")
    log.addHandler(Handler())

    def make(config: ApplicationConfig, progress: Callable[[str], None]) -> Any:
        for step in steps:
            if step == "wait":
                said.wait(0.5 if terminal.is_terminal or "compiling" not in steps else 30)
            elif step == "fail":
                raise ValueError(step)
            else:
                progress(step)
        return config

    monkeypatch.setattr(compiling, "component_application", make)
    made: object = Reporting(terminal, log)(CONFIG)
    assert made is CONFIG


def test_a_long_one(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(False)
    run(lines, monkeypatch, terminal, ["reading", "compiling", "wait", "storing"])
    assert lines[0] == COMPILING
    assert lines[1].startswith("app: compiled /srv/app.wasm in 0.")
    assert len(lines) == 2
    assert terminal.shown == ["reading", "compiling", "storing"]


def test_a_terminal_shows_it_while_it_lasts(
    lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(lines, monkeypatch, Terminal(True), ["compiling", "wait"])
    assert [line.partition(" in ")[0] for line in lines] == ["app: compiled /srv/app.wasm"]


@pytest.mark.parametrize("steps", [["reading", "compiling", "storing"], ["reading", "wait"]])
def test_nothing_to_say(
    lines: list[str], monkeypatch: pytest.MonkeyPatch, steps: list[str]
) -> None:
    """A short one, and one that was found in the cache."""
    monkeypatch.setattr(compiling, "WORTH_SAYING", 0.2 if "wait" in steps else 30)
    run(lines, monkeypatch, Terminal(False), steps)
    assert lines == []


def test_one_that_fails(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="fail"):
        run(lines, monkeypatch, Terminal(False), ["compiling", "wait", "fail"])
    assert lines == [COMPILING]
