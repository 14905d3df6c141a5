"""The fuzz targets in C: built with libFuzzer, or with a driver of our own that needs no clang."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.fuzz.seed_files import write_seeds
from tests.harness.server import ROOT
from unit_wasm.unit.sources import HOOKED, headers, sources

_CODE = ROOT / "tests" / "fuzz" / "c"
_DOUBLE = ROOT / "tests" / "double"
_WITH_DOUBLE = "unit_request"  # the target that is the whole Unit module
_WARNINGS = (
    *("-Wall", "-Wextra", "-Wmissing-prototypes", "-Wwrite-strings", "-Wstrict-prototypes"),
    *("-Wshadow", "-Wvla", "-Werror"),
)
_FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-pthread", "-g", "-UNDEBUG", *_WARNINGS)
_LIBFUZZER = ("-O1", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all")

MAX_LENGTH = 4096
"""Bytes of one input: longer ones reach nothing that these do not."""


class FuzzToolError(Exception):
    """A tool is missing; the message says what to install."""


def _sources(name: str) -> list[str]:
    double = sorted(_DOUBLE.glob("*.c")) if name == _WITH_DOUBLE else []
    paths = (_CODE / f"{name}.c", *sources(ROOT / "csrc", name), *double)
    return [str(path) for path in paths]


def _includes(name: str) -> list[str]:
    folders = [ROOT / "csrc"]
    macros = []
    if name == _WITH_DOUBLE:
        folders += [_DOUBLE, _DOUBLE / "include"]
        macros = [f'-DUW_PYTHON="{sys.executable}"']
    return [*macros, *(f"-I{folder}" for folder in folders)]


def stamp(name: str) -> str:
    """Return what changes when a target has to be built again."""
    found = hashlib.sha256(os.environ.get("CC", "cc").encode())
    folders = (_CODE, _DOUBLE, _DOUBLE / "include")
    beside = (path for folder in folders for path in sorted(folder.glob("*.h")))
    hooked = (ROOT / "csrc" / part for part in HOOKED)
    files = (Path(__file__), _CODE / "replay.c", *map(Path, _sources(name)), *hooked)
    for path in (*files, *beside, *headers(ROOT / "csrc")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _compile(name: str, output: Path, command: list[str]) -> Path:
    output.parent.mkdir(parents=True, exist_ok=True)
    scratch = output.with_name(f"{output.name}.{os.getpid()}")
    subprocess.run(
        [*command, *_FLAGS, *_includes(name), "-o", str(scratch), *_sources(name), "-ldl"],
        check=True,
    )
    return scratch.rename(output)


def build_fuzzer(name: str, folder: Path) -> Path:
    """Build a target with libFuzzer and the sanitizers into ``folder``.

    Raises:
        FuzzToolError: there is no clang with libFuzzer.
    """
    clang = shutil.which(os.environ.get("CLANG", "clang"))
    advice = "install clang and its runtime libraries (Debian: clang and libclang-rt-dev)"
    if clang is None:
        raise FuzzToolError(f"the targets in C need clang: {advice}, or set CLANG")
    probe = [clang, "-fsanitize=fuzzer,address", "-x", "c", "-", "-o", os.devnull]
    code = b"int LLVMFuzzerTestOneInput(const char *d, long n) { return d == 0 && n; }"
    if subprocess.run(probe, input=code, capture_output=True, check=False).returncode != 0:
        raise FuzzToolError(f"{clang} cannot link libFuzzer: {advice}")
    return _compile(name, folder / "fuzzer", [clang, *_LIBFUZZER])


def build_replay(name: str, folder: Path) -> Path:
    """Build a target with the usual compiler and c/replay.c, without sanitizers."""
    compiler = [*os.environ.get("CC", "cc").split(), "-O0", str(_CODE / "replay.c")]
    return _compile(name, folder / "replay", compiler)


def fuzz_command(name: str, fuzzer: Path, folder: Path, seconds: int, seed: int) -> list[str]:
    """Return the command that fuzzes; seeds, new inputs and findings go into ``folder``."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    return [
        str(fuzzer),
        f"-max_total_time={seconds}",
        f"-max_len={MAX_LENGTH}",
        f"-seed={seed}",
        f"-artifact_prefix={folder}/finding-",
        "-print_final_stats=1",
        "-verbosity=0",
        str(corpus),
        str(write_seeds(name, folder / "seeds")),
    ]
