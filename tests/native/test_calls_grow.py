"""Instances, traps and objects of a host in large numbers; `make soak-calls` has more of them."""

import re
import subprocess
import sys

import pytest

from tests.harness.server import ROOT
from tests.soak.calls import KINDS


@pytest.mark.no_asan
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left(kind: str) -> None:
    # In a process of its own: what other tests have freed would say nothing about this one.
    command = [sys.executable, "-m", "tests.soak.calls", kind, "--warm=1000", "--total=10000"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert re.fullmatch(
        rf"{kind}: 10000 in [0-9.]+ s; resident [0-9.]+ MB after 1000, [0-9.]+ MB at the end; "
        r"0 objects of the host left: ok\n",
        done.stdout,
    ), done.stdout
    assert (done.returncode, done.stderr) == (0, "")
