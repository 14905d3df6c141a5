"""The types of the extension in ``unit_wasm/_native.pyi`` are those that it has."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from tests.harness.server import ROOT


def test_the_stub_is_that_of_the_extension() -> None:
    # By name: mypy knows the scripts in tools/ as modules of their own, pytest as tools.*
    made = import_module("tools.native_stub").stub()
    assert (ROOT / "unit_wasm" / "_native.pyi").read_text() == made, "run `make stub`"


WRONG = {
    "lib.uw_worker_turn(ffi.new('uw_news_t *'))": "arg-type",
    "lib.uw_worker_turn(1)": "arg-type",
    "lib.uw_worker_fd()": "call-arg",
    "lib.uw_worker_tern(ffi.NULL)": "attr-defined",
    "ffi.new('uw_news_t *').boddy": "attr-defined",
    "ffi.new('uw_newts_t *')": "call-overload",
    "text: str = ffi.string(lib.uw_sources_digest())": "assignment",
}


def test_mypy_sees_through_the_border(tmp_path: Path) -> None:
    file = tmp_path / "wrong.py"
    lines = ["from unit_wasm._native import ffi, lib", *WRONG]
    file.write_text("\n".join(lines) + "\n")
    mypy = Path(sys.executable).with_name("mypy")
    command = [str(mypy), "--cache-dir", str(tmp_path / "cache"), str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.findall(r"wrong\.py:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE)
    assert found == [(str(line), fault) for line, fault in enumerate(WRONG.values(), 2)]
