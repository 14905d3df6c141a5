"""csrc/engine/memory.c without libwasmtime: areas of several sizes, moves, sums, page faults."""

from pathlib import Path

import pytest

from tests.harness.parts import build, silent
from tests.harness.server import ROOT
from unit_wasm.unit.sources import sources

PARTS = sources(ROOT / "csrc", "memories")
COUNTED = tuple(f"-Wl,--wrap={name}" for name in ("ioctl", "pread", "getrusage"))


@pytest.mark.no_asan  # it brings its own
@pytest.mark.parametrize("sanitizers", ["undefined", "address,undefined"])
def test_areas_of_several_sizes(sanitizers: str, tmp_path: Path) -> None:
    """What libwasmtime asks for is what it gets, whatever was given back before."""
    silent(build(tmp_path, "areas", PARTS, f"-fsanitize={sanitizers}"))


@pytest.mark.no_asan  # its memory has page faults of its own
def test_when_the_kernel_is_asked(tmp_path: Path) -> None:
    """Where there was a page fault since, in any thread, and where they are not counted."""
    silent(build(tmp_path, "faults", PARTS, "-fsanitize=undefined", *COUNTED))
