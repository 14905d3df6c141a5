"""Runs tests with AddressSanitizer and UBSan in the C sources: ``python tools/asan.py [ARG...]``.

Builds the extension once more below build/asan, beside a copy of the package and the tests (both
builds are named ``unit_wasm._native``), and runs tests/native and tests/live there, without those
marked ``no_asan``; arguments are passed to pytest instead of these folders, or, if they begin with
``-m``, to Python in the place of pytest. It fails if a test fails, if any process wrote a
sanitizer's report, or if memory that the C sources allocated, or had libwasmtime allocate, was
leaked.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from instrumented import ROOT, build_extension, make_tree
from unit_wasm.errors import ComponentError
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component

ASAN = ROOT / "build" / "asan"
TREE = ASAN / "tree"
REPORTS = ASAN / "reports"
GUESTS = ROOT / "build" / "guests"
CACHE = ROOT / "build" / "cache" / "unit-wasm"

SANITIZERS = "address,undefined"
FRAME = re.compile(r"^\s+#\d+ 0x[0-9a-f]+ \((?P<module>[^)+]*)[^)]*\)")
# Frames that allocate for somebody else. What libwasmtime allocates, it allocates for its caller.
ALLOCATORS = re.compile(r"(libasan|libc|libstdc\+\+|libgcc_s|_libwasmtime)\.so")


def build_preload(compiler: Sequence[str]) -> Path:
    """Compile what has to be loaded before libwasmtime; its source says why."""
    library = ASAN / "preload.so"
    source = ROOT / "tools" / "asan_preload.c"
    command = [*compiler, "-shared", "-fPIC", "-Wall", "-Werror", "-o", str(library), str(source)]
    subprocess.run(command, check=True)
    return library


def sanitizer_environment() -> dict[str, str]:
    """Return the environment in which every process of the tests runs."""
    compiler = os.environ.get("CC", "cc").split()
    command = [*compiler, "-print-file-name=libasan.so"]
    library = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    if not os.path.isabs(library):
        raise SystemExit(f"{compiler[0]} has no libasan.so: install the sanitizers of the compiler")
    address = {
        "detect_leaks": "1",
        "log_path": str(REPORTS / "report"),
        # libwasmtime catches SIGSEGV on a signal stack of its own, which ASan would take away.
        "use_sigaltstack": "0",
        # Guests run on fibers: ASan must not move our frames to a stack that it believes in.
        "detect_stack_use_after_return": "0",
        # libwasmtime keeps no frame pointers; without unwinding through it, what our code had it
        # allocate could not be told from what it allocates for itself.
        "fast_unwind_on_malloc": "0",
        "malloc_context_size": "20",
        "stack_trace_format": '"    #%n %p %M in %f %S"',
    }
    joined = ":".join(f"{name}={value}" for name, value in address.items())
    return {
        **os.environ,
        "LD_PRELOAD": f"{os.path.realpath(library)} {build_preload(compiler)}",
        "ASAN_OPTIONS": joined,
        # The interpreter leaks at its end, so a leak must not fail a process; see is_ours().
        "LSAN_OPTIONS": "exitcode=0",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        # Server processes of the tests import the copy too, wherever they are started.
        "PYTHONPATH": str(TREE),
        "UW_ASAN": "1",
    }


def leaks(report: str) -> Iterator[str]:
    """Split a report of LeakSanitizer into its leaks: a headline, then one line for each frame."""
    for block in re.split(r"\n\s*\n", report):
        if re.match(r"\s*(Direct|Indirect) leak of ", block):
            yield block.strip("\n")


def is_ours(leak: str) -> bool:
    """Tell whether the extension asked for leaked memory, directly or of libwasmtime.

    The interpreter's leaks are told from ours by the innermost frame that is no allocator: Python
    calls our functions, so frames of Python are in every stack.
    """
    for line in leak.splitlines():
        match = FRAME.match(line)
        if match and not ALLOCATORS.match(match["module"]):
            return str(match["module"]).startswith("_native")
    return False


def shorten(leak: str) -> str:
    """Return a leak without the interpreter's frames at its end."""
    lines = leak.splitlines()
    frames = [(FRAME.match(line) or {"module": ""})["module"] for line in lines]
    last = max(i for i, module in enumerate(frames) if module.startswith("_native"))
    return "\n".join(lines[: last + 1])


def judge(report: str) -> list[str]:
    """Return what is wrong in one process's report: errors whole, leaks only if they are ours."""
    found = [shorten(leak) for leak in leaks(report) if is_ours(leak)]
    if re.search(r"ERROR: (?!LeakSanitizer: detected memory leaks)|runtime error:", report):
        found.append(report)
    return found


def compile_guests() -> None:
    """Compile the guests with the usual build: with the sanitizers' allocator it takes minutes."""

    def compile_one(path: Path) -> None:
        # Some are there to be refused.
        with contextlib.suppress(ComponentError):
            compile_component(path, Options(cache_dir=CACHE))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(compile_one, sorted(GUESTS.glob("*.wasm"))):
            pass


def main(arguments: Sequence[str]) -> int:
    """Build, run and judge; return the exit status."""
    compile_guests()
    make_tree(ASAN, build_extension(ASAN, {"UW_SANITIZE": SANITIZERS}))
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir()
    if arguments[:1] == ["-m"]:
        command = [sys.executable, *arguments]
    else:
        command = [sys.executable, "-m", "pytest", "-m", "not no_asan", "--timeout", "900"]
        # UBSan ends a process and writes to its stderr, which pytest must not keep to itself.
        command += ["--capture", "sys", "--numprocesses", "auto", "--dist", "loadfile"]
        command += arguments or ["tests/native", "tests/live"]
    status = subprocess.run(command, cwd=TREE, env=sanitizer_environment(), check=False).returncode
    wrong = [text for path in sorted(REPORTS.iterdir()) for text in judge(path.read_text("utf-8"))]
    for text in wrong:
        print(text + "\n", file=sys.stderr)
    count = f"{len(wrong)} sanitizer reports" if wrong else "no sanitizer report"
    print(f"{command[2]} ended with {status}, {count}", file=sys.stderr)
    return 1 if wrong else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
