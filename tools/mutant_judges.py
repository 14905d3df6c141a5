"""What judges a mutant of tools/mutants.py: programs in C, fuzz targets, and tests of the package.

The objects of each are compiled once; for a mutant, only that of the file that is broken.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cffi import FFI

from instrumented import ROOT
from tests.double import build as double
from tests.double.build import load_project
from tests.fuzz.seed_files import write_seeds
from tests.harness import parts
from unit_wasm.unit.sources import sources

PATIENCE = 10
"""A mutant with which the tests take so many times as long, and some seconds, counts as noticed."""

RUNS = 300
"""Of a fuzz target, beside those on its seeds."""


def compile_all(command: Sequence[str], files: Sequence[Path], folder: Path) -> list[Path]:
    """Compile files into a folder and return the objects."""

    def one(source: Path) -> Path:
        made = folder / f"{'_'.join(source.with_suffix('').parts[-3:])}.o"
        subprocess.run([*command, "-c", str(source), "-o", str(made)], cwd=ROOT, check=True)
        return made

    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(one, files))


def others(file: Path, product: str) -> list[Path]:
    """Return the sources of a product without the one that is broken."""
    return [path for path in sources(ROOT / "csrc", product) if path != ROOT / file]


class Built:
    """The objects of a product, of which that of one file is made anew for each mutant.

    Parameters:
        compile: the compiler with its options.
        file: the source that is broken.
        healthy: the other sources.
        folder: for what is compiled.
    """

    def __init__(
        self, compile: Sequence[str], file: Path, healthy: Sequence[Path], folder: Path
    ) -> None:
        self._compile = [*compile, f"-I{file.parent}"]
        self._healthy = compile_all(compile, healthy, folder)
        self._changed = folder / f"mutant_{file.name}"
        self._made = self._changed.with_suffix(".o")

    def compile(self, text: str) -> bytes:
        """Return the code that the file has with that text; nothing if it does not compile."""
        self._changed.write_text(text, encoding="utf-8")
        command = [*self._compile, "-c", str(self._changed), "-o", str(self._made)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        return self._made.read_bytes() if done.returncode == 0 else b""

    def link(self, output: Path, *flags: str) -> None:
        """Link what was compiled last with the others."""
        fresh = output.with_suffix(".new")
        objects = [str(path) for path in (self._made, *self._healthy)]
        command = [*self._compile, *objects, *flags, "-ldl", "-o", str(fresh)]
        subprocess.run(command, cwd=ROOT, check=True)
        # Not over the old one, which a process that hangs may have mapped.
        fresh.replace(output)


class Run:
    """A command that tells of a mutant by its status; its first run is without a fault.

    Parameters:
        command: what is run.
        folder: where it runs.
    """

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._command = command
        self._folder = folder
        self._limit: float | None = None

    def fails(self) -> bool:
        """Tell whether it fails, crashes or hangs."""
        began = time.monotonic()
        fails = failed(self._command, self._folder, self._limit)
        if self._limit is None:
            self._limit = PATIENCE * (time.monotonic() - began) + 10
        return fails


def failed(command: Sequence[str], folder: Path, limit: float | None) -> bool:
    """Tell whether a command fails, or takes longer; what it started is ended with it."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(limit) != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


CC = (*shlex.split(os.environ.get("CC", "cc")), "-std=c11", "-D_GNU_SOURCE", "-w", "-pthread")


class Program:
    """A test that is a program in C, of which one file is broken.

    Parameters:
        built: its objects.
        folder: for the program, and where it runs.
        link: flags that linking needs.
        arguments: of a run.
    """

    def __init__(
        self, built: Built, folder: Path, link: Sequence[str] = (), arguments: Sequence[str] = ()
    ) -> None:
        self._built = built
        self._program = folder / "program"
        self._link = link
        self._run = Run([str(self._program), *arguments], folder)

    def fails(self, text: str) -> bool:
        """Tell whether it notices this text of the file."""
        self._built.compile(text)
        self._built.link(self._program, *self._link)
        return self._run.fails()


def part(name: str, file: Path, folder: Path) -> Program:
    """Return tests/native/NAME.c."""
    healthy = [ROOT / "csrc" / path for path in parts.PARTS[name] if Path("csrc", path) != file]
    sources = [*parts.own_sources(name), *healthy]
    built = Built([*parts.compiler(), "-w"], file, sources, folder)
    return Program(built, folder, parts.link_flags())


def target(name: str, file: Path, folder: Path) -> Program:
    """Return a fuzz target, which runs on its seeds and on some more inputs."""
    code = ROOT / "tests" / "fuzz" / "c"
    healthy = [code / "replay.c", code / f"{name}.c", *others(file, name)]
    built = Built([*CC, "-O0", "-UNDEBUG", f"-I{ROOT / 'csrc'}"], file, healthy, folder)
    seeds = sorted(write_seeds(name, folder / "seeds").iterdir())
    return Program(built, folder, arguments=[str(RUNS), *map(str, seeds)])


class Tests:
    """Tests of the package, with a library in which one file is broken.

    Parameters:
        built: the objects of the library.
        library: where the tests find it.
        tests: files of tests, or names in them.
        tree: where they run.
    """

    def __init__(self, built: Built, library: Path, tests: Sequence[str], tree: Path) -> None:
        self._built = built
        self._library = library
        pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
        self._run = Run([*pytest, *tests], tree)

    def compile(self, text: str) -> bytes:
        """Return the code that the file has with that text; nothing if it does not compile."""
        return self._built.compile(text)

    def fails(self, text: str) -> bool:
        """Tell whether they notice this text of the file."""
        self._built.compile(text)
        self._built.link(self._library, "-shared")
        return self._run.fails()


def library_of(builder: FFI, file: Path, healthy: Sequence[Path], folder: Path) -> Built:
    """Return the objects of what CFFI builds.

    Parameters:
        builder: of the library.
        file: the source that is broken.
        healthy: the other sources.
        folder: for what is compiled.
    """
    folder.mkdir(parents=True, exist_ok=True)
    generated = folder / "generated.c"
    builder.emit_c_code(str(generated))
    csrc = ROOT / "csrc"
    places = [csrc, double.FOLDER, double.FOLDER / "include", sysconfig.get_path("include")]
    # The digest of the healthy ones: what is broken stands in their place.
    command = [*CC, "-O1", "-fPIC", "-fvisibility=hidden", *(f"-I{place}" for place in places)]
    command += [f"-D{name}={value}" for name, value in double.macros(csrc)]
    return Built(command, file, [generated, *healthy], folder)


def extension_of(file: Path, tests: Sequence[str], tree: Path, folder: Path) -> Tests:
    """Return tests of the extension, in a tree of tools/instrumented.py."""
    (library,) = (tree / "unit_wasm").glob("_native*.so")
    builder = load_project().ffibuilder
    return Tests(library_of(builder, file, others(file, "extension"), folder), library, tests, tree)


def module_of(file: Path, tests: Sequence[str], tree: Path, folder: Path) -> Tests:
    """Return tests of the Unit module in the double of libunit, in such a tree."""
    place = tree / "build" / "double"
    # It is up to date for the tests: what they find is not built anew.
    double.build(place, "")
    (library,) = place.glob(f"{double.MODULE}*.so")
    healthy = [path for path in double.sources() if path != ROOT / file]
    return Tests(library_of(double.make_builder(""), file, healthy, folder), library, tests, tree)
