"""With a few MiB left a component is refused with a sentence: nothing ends the process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.components import environment, guest

ROOT = Path(__file__).resolve().parents[2]

# The sanitizers reserve address space of their own, so that nothing could be limited.
pytestmark = pytest.mark.no_asan

# KiB: less than an engine takes, and less than an instance takes beside it.
LITTLE = [250, 500, 1000, 1500, 2000, 3000, 4000, 5000, 8000]
MORE = [10_000, 11_000, 12_000, 16_000, 18_000, 20_000]

PROGRAM = """
import json, resource, sys
import unit_wasm

path = sys.argv[1]
with unit_wasm.load(path) as functions:
    functions.half(4)

def taken():
    return int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()

said = []
base = taken()
for kib in json.loads(sys.argv[2]):
    resource.setrlimit(resource.RLIMIT_AS, (base + (kib << 10), resource.RLIM_INFINITY))
    try:
        with unit_wasm.load(path) as functions:
            said.append(str(functions.half(4)))
    except (unit_wasm.UnitWasmError, MemoryError) as error:
        said.append(f"{type(error).__name__}: {error}")
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
with unit_wasm.load(path) as functions:
    said.append(str(functions.half(4)))
print(json.dumps(said))
"""


def test_each_step_of_it_is_a_sentence() -> None:
    command = [sys.executable, "-c", PROGRAM, str(guest("functions")), json.dumps(LITTLE + MORE)]
    given = {**environment(), "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, capture_output=True, text=True, env=given, timeout=100)
    assert ended.returncode == 0, ended.stderr
    assert all("no address space for a pool" in line for line in ended.stderr.splitlines())
    said = json.loads(ended.stdout)
    assert said.pop() == "2"
    short = (
        "HostError: the component cannot be loaded: memory is out: its machine code and what "
        "belongs to it take 9 MiB"
    )
    # Python itself wants some.
    assert set(said[: len(LITTLE)]) <= {short, "MemoryError: "}
    assert said[len(LITTLE) - 4 : len(LITTLE)] == [short] * 4
    assert set(said[len(LITTLE) :]) <= {
        short,
        "HostError: the component cannot be loaded: no thread for the clock",
        "CallError: there is no room for an instance",
    }


COMMAND = """
import resource, sys
from unit_wasm.cli import main

assert main(["run", sys.argv[1]]) == 0
with open("/proc/self/statm") as file:
    taken = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + (int(sys.argv[2]) << 20),) * 2)
sys.exit(main(["run", sys.argv[1]]))
"""


@pytest.mark.parametrize(
    ("mib", "why"),
    [
        (
            5,
            "the component cannot be loaded: memory is out: its machine code and what belongs to "
            "it take 9 MiB",
        ),
        (25, "the command cannot be run: there is no room for an instance"),
    ],
)
def test_a_command_that_has_too_little(mib: int, why: str) -> None:
    command = [sys.executable, "-c", COMMAND, str(guest("command")), str(mib)]
    given = {**environment(), "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, capture_output=True, text=True, env=given, timeout=100)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == f"unit-wasm: host error: {why}"
