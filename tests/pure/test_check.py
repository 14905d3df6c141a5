"""``unit-wasm check`` and ``unit-wasm cache``: what they print, and how they end."""

import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest

from tests.harness.direct import guest_path
from unit_wasm.cli import main

Output = pytest.CaptureFixture[str]


def application(folder: Path, component: Path | str, **environment: str) -> dict[str, Any]:
    return {
        "type": "wasm-wasi-component",
        "component": str(component),
        "environment": {"UNIT_WASM_CACHE_DIR": str(folder / "cache"), **environment},
    }


def check(folder: Path, applications: Any, text: str | None = None) -> int:
    file = folder / "config.json"
    file.write_text(text or json.dumps({"listeners": {}, "applications": applications}))
    return main(["check", str(file)])


HELLO = guest_path("hello-wat")


def test_applications_that_can_be_served(tmp_path: Path, capsys: Output) -> None:
    """What is of another type, and what else there is, is Unit's."""
    applications = {
        "hello": application(tmp_path, HELLO),
        "again": application(tmp_path, HELLO),
        "site": {"type": "php", "root": "/srv/site"},
    }
    assert check(tmp_path, applications) == 0
    assert capsys.readouterr() == (
        f"ok    hello: {HELLO} compiled\nok    again: {HELLO} was in the cache\n",
        "",
    )
    assert sorted(file.suffix for file in (tmp_path / "cache").iterdir()) == [
        ".cwasm",
        ".json",
        ".seen",
    ]


def test_applications_that_cannot(tmp_path: Path, capsys: Output) -> None:
    """Each is looked at, whatever the others are."""
    applications = {
        "gone": application(tmp_path, tmp_path / "none.wasm"),
        "core": application(tmp_path, guest_path("core-module")),
        "late": application(tmp_path, HELLO, UNIT_WASM_TIMEOUT="soon"),
        "hello": application(tmp_path, HELLO),
    }
    assert check(tmp_path, applications) == 1
    printed, said = capsys.readouterr()
    lines = printed.splitlines()
    assert lines[0] == (
        "fail  gone: component error: /applications/gone/component: the component file "
        f"{tmp_path}/none.wasm does not exist"
    )
    assert lines[1].startswith("fail  core: component error: /applications/core/component: ")
    assert lines[2].startswith(
        "fail  late: configuration error: /applications/late/environment/UNIT_WASM_TIMEOUT: "
    )
    assert lines[3] == f"ok    hello: {HELLO} compiled"
    assert said == "unit-wasm: host error: 3 of these applications cannot be served\n"


def test_a_cache_that_cannot_be_used_is_a_failure(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "cache").write_text("")
    assert check(tmp_path, {"hello": application(tmp_path, HELLO)}) == 1
    assert capsys.readouterr().out == (
        "fail  hello: every start would compile: the cache folder "
        f"{tmp_path}/cache cannot be made: File exists\n"
    )


@pytest.mark.parametrize("text", ["[]", "1", '{"applications": []}', "{"])
def test_no_configuration(tmp_path: Path, capsys: Output, text: str) -> None:
    assert check(tmp_path, {}, text) == 1
    printed, said = capsys.readouterr()
    assert printed == ""
    assert said.startswith("unit-wasm: configuration error: ")


# ---- cache ----


def cache(folder: Path, *arguments: str) -> int:
    return main(["cache", "--cache-dir", str(folder), *arguments])


def compiled(folder: Path) -> Path:
    assert main(["compile", "--cache-dir", str(folder), str(HELLO)]) == 0
    (code,) = folder.glob("*.cwasm")
    return code


def noted(folder: Path) -> Path:
    """The only note in a folder: which file an entry belongs to."""
    (found,) = folder.glob("*.seen")
    return found


def test_one_file(tmp_path: Path, capsys: Output) -> None:
    noted(compiled(tmp_path).parent).unlink()
    next(tmp_path.glob("*.json")).unlink()
    capsys.readouterr()
    assert cache(tmp_path) == 0
    assert re.search(r"^1 file, \d+ bytes in ", capsys.readouterr().out, re.MULTILINE)


def test_a_list(tmp_path: Path, capsys: Output) -> None:
    assert cache(tmp_path / "none") == 0
    assert capsys.readouterr().out == f"0 files, 0 bytes in {tmp_path}/none\n"
    code = compiled(tmp_path)
    (tmp_path / "of-somebody-else").write_text("text")
    capsys.readouterr()
    assert cache(tmp_path) == 0
    size = code.stat().st_size
    total = size + code.with_suffix(".json").stat().st_size + noted(tmp_path).stat().st_size
    today = time.strftime("%Y-%m-%d", time.localtime(code.stat().st_mtime))
    assert capsys.readouterr().out == (
        f"{code.stem[:16]}  {size:>11}  {today}  {HELLO}\n3 files, {total} bytes in {tmp_path}\n"
    )


def test_what_was_not_used_may_go(tmp_path: Path, capsys: Output) -> None:
    code = compiled(tmp_path)
    other = tmp_path / "of-somebody-else"
    other.write_text("text")
    assert cache(tmp_path, "--prune", "1h") == 0
    assert code.exists()
    long_ago = time.time() - 7200
    os.utime(code, (long_ago, long_ago))
    capsys.readouterr()
    files = (code, code.with_suffix(".json"), noted(tmp_path))
    size = sum(path.stat().st_size for path in files)
    assert cache(tmp_path, "--prune", "1h") == 0
    assert capsys.readouterr().out == f"3 files removed, {size} bytes\n"
    assert list(tmp_path.iterdir()) == [other]


def test_a_note_that_names_no_entry(tmp_path: Path) -> None:
    files = {*compiled(tmp_path).parent.iterdir()}
    for number, text in enumerate((b"", b"[1, 2]", b"{}", b'["", "", "none", ""]\nmore')):
        (tmp_path / f"{number}.seen").write_bytes(text)
    assert cache(tmp_path, "--prune", "24h") == 0
    assert {*tmp_path.iterdir()} == files


@pytest.mark.parametrize("kind", [".cwasm", ".json"])
def test_half_of_an_entry_is_of_no_use(tmp_path: Path, kind: str) -> None:
    compiled(tmp_path).with_suffix(kind).unlink()
    assert cache(tmp_path, "--prune", "24h") == 0
    assert list(tmp_path.iterdir()) == []


def test_what_somebody_writes_now_stays(tmp_path: Path) -> None:
    now, left = tmp_path / ".new-a", tmp_path / ".new-b"
    now.write_text("half")
    left.write_text("half")
    os.utime(left, (1, 1))
    assert cache(tmp_path, "--prune", "1s") == 0
    assert list(tmp_path.iterdir()) == [now]


def test_a_duration_that_is_none(tmp_path: Path, capsys: Output) -> None:
    assert cache(tmp_path, "--prune", "long") == 1
    assert capsys.readouterr().err == (
        'unit-wasm: configuration error: --prune is "long", which is not a duration '
        "(write 500ms, 5s or 1m)\n"
    )
