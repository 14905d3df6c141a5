"""What threads share: jobs, outgoing requests, Unit's queue; with the compiler's sanitizers."""

from pathlib import Path

import pytest

from tests.harness.parts import build, silent
from tests.harness.server import ROOT

pytestmark = pytest.mark.no_asan  # they bring their own

PARTS = {
    "job_threads": ("base/jobs", "base/mailbox", "base/executor"),
    "outgoing_threads": (
        *("outgoing/outgoing", "python/outgoing_client", "outgoing/table", "http/error_code"),
        *("base/executor", "base/mailbox", "http/body", "http/fields", "base/buf", "base/utf8"),
    ),
}
WHOLE = "1000"
"""Jobs that are waited for, responses; others are let go, cancelled, fail or are broken off."""


@pytest.mark.parametrize("sanitizers", ["thread", "address,undefined"])
@pytest.mark.parametrize("name", PARTS)
def test_two_threads(name: str, sanitizers: str, tmp_path: Path) -> None:
    parts = (ROOT / "csrc" / f"{part}.c" for part in PARTS[name])
    program = build(tmp_path, name, parts, f"-fsanitize={sanitizers}")
    for seed in ("1", "2", "3"):
        silent(program, seed, WHOLE)


def test_no_request_is_forgotten(tmp_path: Path) -> None:
    """Without a fence between the flag and the queue one of some ten thousand is.

    It is about what happens within nanoseconds: there is no sanitizer.
    """
    double = f"-I{ROOT / 'tests' / 'double' / 'include'}"
    queue = ROOT / "csrc" / "nxt_shim_queue.c"
    silent(build(tmp_path, "requests_threads", [queue], double, "-O2"), "250000")
