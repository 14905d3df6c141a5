"""Systems that let nothing run that was written to memory: components are not to blame."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.harness.direct import guest_path

ROOT = Path(__file__).resolve().parents[2]

# From Linux 6.3 on a process may forbid it to itself; systemd does it with a filter of calls.
FORBIDDEN = """
import ctypes, os, sys
sys.path.insert(0, sys.argv[1])
from unit_wasm.errors import UnitWasmError
from unit_wasm.native.worker import Worker
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component
import unit_wasm

def refused(what):
    try:
        what()
    except UnitWasmError as error:
        print(type(error).__name__, error)

component, options = sys.argv[2], Options(cache_dir=sys.argv[3])
prepared = compile_component(component, options)
PR_SET_MDWE = 65
assert ctypes.CDLL(None).prctl(PR_SET_MDWE, 1, 0, 0, 0) == 0
refused(lambda: Worker(prepared, options, name="x", environment={}, log=lambda *_: None))
refused(lambda: compile_component(component, Options(cache_dir=sys.argv[3] + "/other")))
refused(lambda: unit_wasm.load(sys.argv[4], options=options))
"""
SAID = (
    "HostError this process may not run code that it has made: Permission denied "
    "(MemoryDenyWriteExecute= of systemd and execmem of SELinux decide that)\n"
)


def test_who_may_not_run_code_is_told_so(tmp_path: Path) -> None:
    components = [guest_path("hello-wat"), tmp_path / "cache", guest_path("functions")]
    command: list[str | Path] = [sys.executable, "-c", FORBIDDEN, ROOT, *components]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == 3 * SAID
