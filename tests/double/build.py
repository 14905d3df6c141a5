"""Builds the extension ``_native_double``: the Unit module and our double of libunit in one.

``python tests/double/build.py [FOLDER]`` puts it into that folder (default: build/double), unless
the one there was made from the same sources by the same Python. It is never installed. Its name
begins as that of the package's own extension, by which tools/asan.py tells our memory from others'.

``UW_SANITIZE=address,undefined`` builds with these sanitizers, as in the project's build.py;
``UW_SANITIZE=coverage`` leaves its objects in the folder, where their counters are read.
"""

import fcntl
import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType

from cffi import FFI

import unit_wasm
from unit_wasm.unit.sources import CLIENT_HEADERS, HOOKED, headers, sources_digest
from unit_wasm.unit.sources import sources as sources_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent
MODULE = "_native_double"
HEADERS = ("double.h", "parts.h", "layout.h")


def load_project() -> ModuleType:
    """Return the project's build.py."""
    spec = importlib.util.spec_from_file_location("uw_build", ROOT / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sources() -> list[Path]:
    """Return the C sources: of the module, then of the double."""
    return [*sources_of(ROOT / "csrc", "double"), *sorted(FOLDER.glob("*.c"))]


def inputs() -> Iterator[Path]:
    """Return every file that the extension is made from."""
    yield from sources()
    yield from (ROOT / "csrc" / name for name in HOOKED)
    yield from headers(ROOT / "csrc")
    for folder in (FOLDER, FOLDER / "include"):
        yield from sorted(folder.glob("*.h"))
    yield ROOT / "build.py"
    yield ROOT / "unit_wasm" / "unit" / "sources.py"
    yield Path(__file__).resolve()


def digest(sanitizers: str) -> str:
    """Return what changes when the extension has to be built again."""
    settings = (sys.executable, sys.version, unit_wasm.__version__, sanitizers)
    found = hashlib.sha256(" ".join(settings).encode())
    for path in inputs():
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def macros(csrc: Path) -> list[tuple[str, str]]:
    """Return what the sources are compiled with, as C has it.

    Parameters:
        csrc: of which the digest is.
    """
    return [
        ("UW_PYTHON", f'"{sys.executable}"'),
        ("UW_VERSION", f'"{unit_wasm.__version__}"'),
        ("UW_DIGEST", f'"{sources_digest(csrc)}"'),
    ]


def make_builder(sanitizers: str) -> FFI:
    """Return the builder of the extension."""
    project = load_project()
    compile_flags, link_flags = project.compiler_flags(sanitizers)
    builder = FFI()
    client = [
        ROOT / "csrc" / header
        for header in (*CLIENT_HEADERS, "unit/question.h", "unit/component.h")
    ]
    for header in (*client, *(FOLDER / name for name in HEADERS)):
        builder.cdef(project.cdef_of(header.read_text(encoding="utf-8")))
    builder.set_source(
        MODULE,
        project.GENERATED_PREAMBLE + "".join(f'#include "{name}"\n' for name in HEADERS),
        sources=[str(path) for path in sources()],
        include_dirs=[str(ROOT / "csrc"), str(FOLDER), str(FOLDER / "include")],
        # Tests run few requests: a quick build is worth more than a quick module.
        extra_compile_args=[*compile_flags, "-O1"],
        extra_link_args=link_flags,
        libraries=["dl"],
        define_macros=macros(ROOT / "csrc"),
    )
    return builder


def scratch_folder(folder: Path, sanitizers: str) -> AbstractContextManager[str]:
    """Return the folder to compile in, which is removed, unless counters are read there later."""
    if sanitizers != "coverage":
        return tempfile.TemporaryDirectory(dir=folder)
    objects = folder / "objects"
    objects.mkdir(exist_ok=True)
    return nullcontext(str(objects))


def build(folder: Path, sanitizers: str) -> None:
    """Build the extension unless it is up to date; other processes wait meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = folder / "digest"
        wanted = digest(sanitizers)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        with scratch_folder(folder, sanitizers) as scratch:
            made = Path(make_builder(sanitizers).compile(tmpdir=scratch))
            # A process that has the old one open keeps it.
            made.replace(folder / made.name)
        stamp.write_text(wanted)


if __name__ == "__main__":
    build(
        Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "double",
        os.environ.get("UW_SANITIZE", ""),
    )
