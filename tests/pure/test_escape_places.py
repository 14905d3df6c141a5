"""Wherever text of a component or a client is shown by Python, it is text and nothing else."""

import asyncio
import json
import logging
import sys
from pathlib import Path

import pytest

from unit_wasm.cli import main
from unit_wasm.config.log_format import AccessLogConfig, Template
from unit_wasm.log import LineFormatter
from unit_wasm.server.access.log import AccessLog, LogFile
from unit_wasm.server.access.record import Record
from unit_wasm.server.control.api import _error

EVIL = "a\nb\x1b[31m\x85\x9b\u2028\u202e\u200b"
SHOWN = "a\\x0ab\\x1b[31m\\xc2\\x85\\xc2\\x9b\\xe2\\x80\\xa8\\xe2\\x80\\xae\\xe2\\x80\\x8b"


def component(name: str) -> bytes:
    """A component that imports a function of that name, and does nothing."""
    data = name.encode()
    kind = bytes([7, 5, 1, 0x40, 0, 1, 0])
    entry = bytes([1, 0, len(data)]) + data + bytes([1, 0])
    return b"\0asm\x0d\0\x01\0" + kind + bytes([10, len(entry)]) + entry


@pytest.fixture
def evil(tmp_path: Path) -> str:
    path = tmp_path / "evil.wasm"
    path.write_bytes(component(EVIL))
    return str(path)


def test_inspect(evil: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", evil]) == 0
    shown = capsys.readouterr().out
    assert f"  {SHOWN}: " in shown
    assert all(line.isprintable() for line in shown.split("\n"))


def test_inspect_as_json(evil: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--json", evil]) == 0
    shown = capsys.readouterr().out
    assert shown.isascii()
    assert json.loads(shown)["imports"][0]["name"] == EVIL


@pytest.mark.parametrize("command", [["compile"], ["serve"]])
def test_errors(command: list[str], evil: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, evil]) == 1
    said = capsys.readouterr().err
    assert said.startswith("unit-wasm: component error: ")
    assert said.count("\n") == 1
    assert said.rstrip("\n").isprintable()


def record(text: str, **extra: object) -> str:
    made = logging.LogRecord("x", logging.ERROR, "", 0, "%s", (text,), None)
    made.__dict__.update(extra)
    return LineFormatter(is_json=False).format(made).partition("] ")[2]


def test_the_log_of_the_server() -> None:
    assert record(EVIL) == SHOWN
    # What C says has line feeds of its own, and nothing else.
    assert record("failed\n    0: frame", escaped=True) == "failed\n    0: frame"


def test_a_traceback_in_the_log() -> None:
    try:
        raise ValueError(EVIL)
    except ValueError:
        made = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    lines = LineFormatter(is_json=False).format(made).split("\n")
    assert all(line.isprintable() for line in lines)
    assert lines[-2:] == ["ValueError: a", SHOWN.removeprefix("a\\x0a")]


def test_errors_of_the_control_api() -> None:
    assert _error(500, "Failed.", EVIL) == (500, {"error": "Failed.", "detail": SHOWN})  # type: ignore[arg-type]


def test_the_access_log_as_json(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    template = Template.parse("$uri", pointer="")
    config = AccessLogConfig(str(path), (("uri", template),))
    loop = asyncio.new_event_loop()
    file = LogFile(str(path), pointer="", log=logging.getLogger("test"))
    line = Record(remote=b"", status=200, method=b"GET", path=EVIL)
    AccessLog(config, file, loop).write(line)
    file.close()
    loop.close()
    text = path.read_text()
    assert text.isascii()
    assert json.loads(text) == {"uri": EVIL}
