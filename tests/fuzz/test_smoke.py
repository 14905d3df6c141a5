"""Every fuzz target runs for a moment, always with the same inputs: so none of them rots.

The targets ``handles`` and ``sockets`` are in tests/native, which is run with the sanitizers too.
"""

import contextlib
import hashlib
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from tests.fuzz import run
from tests.fuzz.choices import Choices
from tests.fuzz.native import build_replay, stamp
from tests.fuzz.seed_files import SEEDS, write_seeds
from tests.fuzz.target import PYTHON, Check, explore, load
from tests.harness.server import ROOT
from unit_wasm.unit.sources import FUZZED

_RUNS = 300
_EXAMPLES = {
    "config": 300,
    "values": 300,
    "connection": 300,
    "control": 100,
    "component": 60,
    "merge": 60,
    "policy": 300,
}


def _replay(name: str) -> Path:
    """Build it, unless what it is made of has not changed."""
    folder = ROOT / "build" / "fuzz" / "replay" / f"{name}-{stamp(name)}"
    built = folder / "replay"
    return built if built.exists() else build_replay(name, folder)


@pytest.mark.parametrize("name", list(FUZZED))
def test_target_in_c(name: str, tmp_path: Path) -> None:
    files = sorted(write_seeds(name, tmp_path / "seeds").iterdir())
    command = [str(_replay(name)), str(_RUNS), *map(str, files)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", list(_EXAMPLES))
def test_target_in_python(name: str, tmp_path: Path) -> None:
    count, finding = explore(name, tmp_path, seed=1, rounds=1, examples=_EXAMPLES[name])
    assert finding is None
    assert count >= _EXAMPLES[name]


def test_every_target_has_seeds_and_says_its_invariant() -> None:
    assert {path.name for path in SEEDS.iterdir()} == {*FUZZED, *PYTHON}
    for path in SEEDS.rglob("*"):
        assert path.is_dir() or path.stat().st_size <= 12 << 10, path
    for name in FUZZED:
        text = (ROOT / "tests" / "fuzz" / "c" / f"{name}.c").read_text()
        assert text.startswith("/*\n * Invariant: "), name
    for name in PYTHON:
        load(name)
        module = sys.modules[f"tests.fuzz.targets.{name}"]
        assert (module.__doc__ or "").startswith("Invariant: ")


def test_the_model_of_the_settings_has_every_setting() -> None:
    """It has a table of its own, in which a new one would only be missed after a long time."""
    kinds = {"UW_STRING": "s", "UW_BOOL": "b", "UW_U32": "4", "UW_U64": "8"}
    source = (ROOT / "csrc" / "base" / "settings_text.c").read_text()
    model = (ROOT / "tests" / "fuzz" / "c" / "settings.c").read_text()
    read = re.findall(r"^    UW_SETTING\((\w+), (\w+)\),$", source, re.M)
    known = re.findall(r"^    ROW\((\w+), '(.)'\),$", model, re.M)
    assert len(read) > 20
    assert [(name, kinds[kind]) for name, kind in read] == known


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> str:
    """A target whose invariant does not hold for inputs with two equal bytes above 9."""

    def check(data: bytes) -> None:
        assert not any(left == right > 9 for left, right in itertools.pairwise(data))

    def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
        return choices.pick(seeds)[:2] + bytes(choices.byte() for _ in range(20))

    @contextlib.contextmanager
    def opened() -> Iterator[Check]:
        yield check

    module = ModuleType("tests.fuzz.targets.broken")
    module.__dict__.update(make=make, opened=opened)
    monkeypatch.setitem(sys.modules, "tests.fuzz.targets.broken", module)
    monkeypatch.setattr("tests.fuzz.target.read_seeds", lambda name: {"one": b"ab"})
    return "broken"


def test_a_finding_is_kept_and_small(
    broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count, finding = explore(broken, tmp_path, seed=1, rounds=1)
    assert count > 1
    assert finding is not None
    data = finding.read_bytes()
    assert data == b"ab" + bytes(18) + b"\n\n" or re.fullmatch(rb"ab\0*\n\n\0*", data)
    assert finding.name == f"finding-{hashlib.sha256(data).hexdigest()[:16]}"
    assert "AssertionError" in capsys.readouterr().err


def test_a_crash_in_c_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "fields").mkdir()
    source = tmp_path / "c.c"
    source.write_text(
        '#include "fuzz.h"\nint LLVMFuzzerTestOneInput(const uint8_t *d, size_t n)\n'
        "{ FUZZ_CHECK(n == 0 || d[0] != 7); return 0; }\n"
    )
    code = ROOT / "tests" / "fuzz" / "c"
    built = tmp_path / "replay"
    command = ["cc", f"-I{code}", "-o", str(built), str(code / "replay.c"), str(source)]
    subprocess.run(command, check=True)
    (tmp_path / "good").write_bytes(b"\6")
    (tmp_path / "bad").write_bytes(b"\7x")
    done = subprocess.run(
        [str(built), "0", "good", "bad"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode < 0
    assert b"does not hold: n == 0 || d[0] != 7" in done.stderr
    assert (tmp_path / "replayed").read_bytes() == b"\7x"


def test_without_clang_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLANG", "no-such-clang")
    assert run.main(["--target", "latin1"]) == 2
    assert capsys.readouterr().err == (
        "the targets in C need clang: install clang and its runtime libraries "
        "(Debian: clang and libclang-rt-dev), or set CLANG\n"
    )


def test_targets_run_at_the_same_time_and_say_what_came_of_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each goes on only when the other one is there: a pipe is opened from both ends."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    code = (
        "open({pipe!r}, {mode!r}).close(); print('{name}: 7 executions'); raise SystemExit({end})"
    )
    ways = {"good": {"mode": "r", "end": "0"}, "bad": {"mode": "w", "end": "'why'"}}

    def command(name: str, folder: Path, seconds: int, seed: int) -> list[str]:
        assert (seconds, seed) == (5, 1)
        folder.mkdir()
        (folder / "current").write_bytes(b"what was checked when it died")
        return [sys.executable, "-c", code.format(pipe=str(pipe), name=name, **ways[name])]

    monkeypatch.setattr(run, "FOLDER", tmp_path)
    monkeypatch.setattr(run, "_command", command)
    outcomes = {outcome.name: outcome for outcome in run.fuzz_all(list(ways), 5, 1, 2)}
    assert {name: outcome.executions for name, outcome in outcomes.items()} == {"good": 7, "bad": 7}
    assert outcomes["good"].finding is None
    assert outcomes["bad"].finding == tmp_path / "bad" / "current"
    assert "why" in capsys.readouterr().err
