"""Lines of the log as JSON."""

import json
import os
import re
from typing import Any

import pytest

from tests.harness.direct import Client
from tests.harness.double import running

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LINE = 1900
"""UW_NXT_LINE of unit/lines.h."""


def objects(guest: str, path: str, **options: Any) -> list[dict[str, Any]]:
    """Return what the log gets of one request."""
    lines: list[str] = []
    with Client(guest, log_format="json", **options) as client:
        client.on_line = lambda level, line: lines.append(line)
        client.run(path)
        request = client.worker.request_id().decode()
    found = []
    for line in lines:
        assert "\n" not in line
        assert line.replace("\t", "").isprintable()
        one = json.loads(line)
        assert TIME.fullmatch(one.pop("time"))
        assert one.pop("process") == os.getpid()
        assert one.pop("application") == "app"
        assert one.pop("request") == request
        found.append(one)
    return found


def test_what_a_guest_prints() -> None:
    (line,) = objects("prints", "/raw")
    assert (line["level"], line["stream"]) == ("info", "stderr")
    assert line["message"].startswith("esc\\x1b[31m cr\\x0dbel\\x07 csi8 \\xc2\\x9b31m nel ")
    assert line["message"].endswith(" del \\x7f tab \t\u00e9 bad \\xff\\xfe")
    assert set(line) == {"level", "stream", "message"}


def test_quotes_and_backslashes() -> None:
    """In a path, which is in the line of a failure."""
    (line,) = objects("return-without-set", '/"a\\b\u202e"')
    assert line.pop("duration_ms") >= 0
    assert line.pop("cpu_ms") >= 0
    assert line == {
        "level": "error",
        "method": "GET",
        "path": '/"a\\b\\xe2\\x80\\xae"',
        "message": "the component returned without calling response-outparam.set",
    }


def test_a_backtrace() -> None:
    (line,) = objects("evil-names", "/")
    assert line["message"].startswith("the component failed: wasm trap: ")
    first, second = line["backtrace"]
    assert re.match(r" +0: +0x[0-9a-f]+ - ", first)
    assert "\\x0aERROR forged line" in first
    assert re.match(r" +1: +0x[0-9a-f]+ - ", second)


def test_the_limit() -> None:
    first, second = objects("prints", "/lines/10/1000", max_log_bytes=1024)
    assert first["message"] == "x" * 1000
    assert second == {
        "level": "warning",
        "message": "what the component prints from here on is left out: UNIT_WASM_MAX_LOG_BYTES is "
        "1024",
    }


def unit_objects(log: str) -> list[dict[str, Any]]:
    found = []
    for line in log.splitlines():
        assert len(line.encode()) < LINE + 20
        level, _, text = line.partition(" ")
        one = json.loads(text)
        assert level == {"error": "[error]", "warning": "[warn]", "info": "[notice]"}[one["level"]]
        assert TIME.fullmatch(one.pop("time"))
        found.append(one)
    return found


@pytest.mark.parametrize("size", [1, 1500, 8192])
def test_in_unit_long_lines_are_several_objects(size: int) -> None:
    """libunit would cut a longer line, and nobody could read it."""
    with running("log", LOG_FORMAT="json") as module:
        assert module.ask(f"/{size}".encode()).whole
        module.message("QUIT")
        assert module.ended() == 0
        found = unit_objects(module.raw_log)
    assert "".join(one["message"] for one in found) == "x" * size
    assert [one.get("continues", False) for one in found] == [True] * (len(found) - 1) + [False]
    assert len({one["request"] for one in found}) == 1
    assert all(one["stream"] == "stdout" for one in found)


def test_in_unit_a_failure() -> None:
    path = '/"' + "\\" * 300
    with running("evil-names", LOG_FORMAT="json") as module:
        assert module.ask(path.encode()).status == 500
        module.message("QUIT")
        assert module.ended() == 0
        found = unit_objects(module.raw_log)
    frames = [frame for one in found for frame in one.get("backtrace", [])]
    assert [frame.split(":")[0].strip() for frame in frames] == ["0", "1"]
    assert all(path.startswith(one["path"]) and len(one["path"]) > 200 for one in found)
    assert "".join(one["message"] for one in found).startswith("the component failed: wasm trap: ")


def test_in_unit_unsafe_bytes_in_a_long_line() -> None:
    with running("prints", LOG_FORMAT="json") as module:
        assert module.ask(b"/raw").whole
        module.message("QUIT")
        assert module.ended() == 0
        (one,) = unit_objects(module.raw_log)
    assert "rlo \\xe2\\x80\\xae rlm" in one["message"]
