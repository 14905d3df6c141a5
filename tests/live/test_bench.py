"""`make bench` still runs: one case, our server, a second of load."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from compare.results import RAW, Results

from tests.harness.server import ROOT

pytestmark = pytest.mark.no_asan


def test_one_case(tmp_path: Path) -> None:
    chosen = ["--peers", "embedded", "--cases", "hello-1", "--own-client", "--no-plots"]
    command = [sys.executable, "-m", "compare.run", "--minutes", "0.01", *chosen]
    folders = (ROOT, ROOT / "bench", ROOT / "tools")
    done = subprocess.run(
        [*command, "--output", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "bench: hello, 1 connection: 1 peers, 1 rounds\n" in done.stdout
    results = Results.read(tmp_path / RAW)
    assert results.lost == {}
    assert [peer.key for peer in results.peers] == ["embedded"]
    assert set(results.values["hello-1"]) == {"rate", "p50", "p90", "p99", "load"}
    for values in results.values["hello-1"].values():
        (value,) = values["embedded"]
        assert value > 0
    assert set(results.values) == {"hello-1", "idle-new", "idle-loaded"}
    assert str(ROOT) not in (tmp_path / RAW).read_text()
