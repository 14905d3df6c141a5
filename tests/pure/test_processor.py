"""What compiled code depends on of the processor, and the levels that it is compiled for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from unit_wasm.errors import ConfigError, HostError
from unit_wasm.options import Options
from unit_wasm.prepare import processor
from unit_wasm.prepare.processor import LEVELS, check_level, code_target

HINT = "(set UNIT_WASM_TARGET_CPU (--target-cpu) to a level that every machine has, or native)"


@pytest.fixture
def cpuinfo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    file = tmp_path / "cpuinfo"
    monkeypatch.setattr(processor, "_CPUINFO", file)
    monkeypatch.setattr(
        os, "uname", lambda: os.uname_result(("Linux", "host", "6.1", "#1", "x86_64"))
    )
    processor._features.cache_clear()
    yield file
    processor._features.cache_clear()


def features(file: Path, names: str) -> None:
    file.write_text(f"processor\t: 0\nflags\t\t: {names}\nbugs\t\t: spectre_v1\n")
    processor._features.cache_clear()


def test_what_the_compiler_does_not_use_is_no_part_of_it(cpuinfo: Path) -> None:
    """The kernel's list changes with its version and its microcode."""
    features(cpuinfo, "fpu avx2 sse4_1 md_clear flush_l1d")
    before = code_target("native")
    features(cpuinfo, "sse4_1 fpu avx2 arch_capabilities")
    assert code_target("native") == before == "x86_64 avx2 sse4_1"
    features(cpuinfo, "fpu sse4_1")
    assert code_target("native") != before


def test_a_level_is_the_same_everywhere(cpuinfo: Path) -> None:
    features(cpuinfo, " ".join(LEVELS["x86-64-v3"]))
    assert code_target("x86-64-v3") == "x86_64 x86-64-v3"
    features(cpuinfo, "fpu")
    assert code_target("x86-64-v3") == "x86_64 x86-64-v3"
    assert code_target("generic") == "x86_64 generic"


def test_a_level_that_this_processor_has_not(cpuinfo: Path) -> None:
    features(cpuinfo, " ".join(LEVELS["x86-64-v3"]))
    for level in ("native", "generic", "x86-64-v2", "x86-64-v3"):
        check_level(level)
    with pytest.raises(HostError) as caught:
        check_level("x86-64-v4")
    assert str(caught.value) == (
        "UNIT_WASM_TARGET_CPU is x86-64-v4, and this processor has no avx512bw, avx512cd, "
        f"avx512dq, avx512f, avx512vl {HINT}"
    )


def test_a_level_of_another_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        os, "uname", lambda: os.uname_result(("Linux", "host", "6.1", "#1", "aarch64"))
    )
    check_level("generic")
    with pytest.raises(HostError) as caught:
        check_level("x86-64-v2")
    assert str(caught.value) == f"UNIT_WASM_TARGET_CPU is x86-64-v2, and this is aarch64 {HINT}"


def test_without_a_list_nothing_is_refused(cpuinfo: Path) -> None:
    """Then libwasmtime looks when the code is loaded."""
    check_level("x86-64-v4")
    assert code_target("native") == "x86_64 "


@pytest.mark.parametrize("text", ["x86-64-v5", "haswell", "", "Native", "has_avx"])
def test_levels_that_are_none(text: str) -> None:
    """libwasmtime ends the process over a name that it does not know."""
    with pytest.raises(ConfigError, match="which is not a level of processors"):
        Options.from_environment({"UNIT_WASM_TARGET_CPU": text})
