"""Tests in C of single files of csrc/: programs that say nothing when all is well."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.harness.server import ROOT

_EXCHANGE = ("http/exchange.c", "http/body.c", "http/fields.c", "base/buf.c")

PARTS: dict[str, tuple[str, ...]] = {
    "fields": ("http/fields.c", "base/buf.c"),
    "exchange": _EXCHANGE,
    "answer": _EXCHANGE,
    "direct": ("python/direct.c", *_EXCHANGE),
    "resource": ("guest/resource.c",),
}
"""The tests, each tests/native/NAME.c, with what of csrc/ each needs."""


def compiler() -> list[str]:
    """Return the compiler with its options: sanitizers, and warnings as errors."""
    warnings = ["-Wall", "-Wextra", "-Wmissing-prototypes", "-Wwrite-strings", "-Wshadow"]
    sanitize = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    own = ["-std=c11", "-D_GNU_SOURCE", "-g", "-O1", "-UNDEBUG", f"-I{ROOT / 'csrc'}"]
    return [*os.environ.get("CC", "cc").split(), *own, *warnings, "-Werror", *sanitize]


def link_flags() -> list[str]:
    """Return what makes tests/native/part.c the allocator, and tests/native/direct.c a socket."""
    return ["-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=sendmsg,--wrap=setsockopt"]


def own_sources(name: str) -> list[Path]:
    """Return the sources of a test that are not in csrc/."""
    folder = ROOT / "tests" / "native"
    return [folder / "part.c", folder / f"{name}.c"]


def build(folder: Path, name: str, parts: Iterable[Path], *flags: str) -> Path:
    """Build tests/native/NAME.c with these files, and with sanitizers where a flag says which."""
    program = folder / name
    files = [ROOT / "tests" / "native" / f"{name}.c", *parts]
    options = ["-std=c11", "-D_GNU_SOURCE", "-g", "-O1", "-pthread", "-Wall", "-Wextra", "-Werror"]
    options += ["-fno-sanitize-recover=all", f"-I{ROOT / 'csrc'}", *flags]
    command = [*os.environ.get("CC", "cc").split(), *options, "-o", str(program), *map(str, files)]
    subprocess.run(command, check=True)
    return program


def silent(program: Path, *arguments: str) -> None:
    """Check that a program ends well, and says nothing."""
    environment = {name: value for name, value in os.environ.items() if "SAN_OPTIONS" not in name}
    run = subprocess.run(
        [program, *arguments], env=environment, capture_output=True, text=True, timeout=100
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
