"""Breaks C one line at a time and says what no test notices: ``tools/mutants.py FILE [TESTS...]``.

A mutant is a copy of one file of csrc/ with one small fault: a condition that is negated, a
comparison that is off by one, a call or an assignment left out. One that the compiler makes the
same code of is none. Each is judged by what mutants.toml names for the file: first by programs in C
(tests of that file alone, and fuzz targets on their seeds), which takes no time, then, linked with
the other, healthy files, by tests of the extension. What they all pass over survives, and is
printed with its line. TESTS take the place of those of the table, ``--every N`` takes each N-th
mutant, for a first look, ``--line N`` those of one line, or of each that is named so.

Exit status: 0 when none survives, else 1. A survivor is not always a gap: what cannot be seen from
outside (a line that only saves time, a check of what cannot happen) has a row in mutants.toml,
which says why.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import sysconfig
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from instrumented import ROOT, make_tree
from tests.double.build import load_project
from tests.fuzz.seed_files import write_seeds
from tests.harness import parts
from unit_wasm.unit.sources import sources

FOLDER = ROOT / "build" / "mutants"
TABLE = ROOT / "tools" / "mutants.toml"
PATIENCE = 10
"""A mutant with which the tests take so many times as long, and some seconds, counts as noticed."""

RUNS = 300
"""Of a fuzz target, beside those on its seeds."""

FUNCTION = re.compile(r"^(\w+)\(")
CONDITION = re.compile(r"^(\s*(?:\} else )?(?:if|while) )\((.*)\) \{$")
CALL = re.compile(r"^\s+(?:\(void\) !?)?[a-z_]+(?:->[a-z_]+)*\(.*\);$")
ASSIGNMENT = re.compile(r"^\s+\*?[a-z_]+(?:(?:->|\.|\[)[\w.>\]-]+)* [-+|]?= [^{]*;$")
COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
COMPARISON = re.compile(r" (<=|>=|==|!=|<|>) ")
LOGIC = {"&&": "||", "||": "&&"}
CHANGES = (
    (re.compile(r" \+ 1\b"), ""),
    (re.compile(r" - 1\b"), ""),
    (re.compile(r"\+\+;"), "--;"),
    (re.compile(r"--;"), "++;"),
    (re.compile(r"\breturn true;"), "return false;"),
    (re.compile(r"\breturn false;"), "return true;"),
    (re.compile(r"\breturn 0;"), "return -1;"),
    (re.compile(r"\breturn -1;"), "return 0;"),
    (re.compile(r" = true;"), " = false;"),
    (re.compile(r" = false;"), " = true;"),
)


@dataclass(frozen=True)
class Mutant:
    """One fault: the number of its line (from 1), the function, and the line before and after."""

    number: int
    function: str
    line: str
    becomes: str

    def put_into(self, text: str) -> str:
        """Return the source with the fault in it."""
        lines = text.splitlines()
        lines[self.number - 1] = self.becomes
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Judges:
    """What mutants.toml says of a file.

    Parameters:
        parts: tests/native/NAME.c, which are programs.
        targets: fuzz targets in C.
        tests: of the extension.
        excused: function, line and fault of what cannot be noticed; every fault of the line where
            the last is empty.
    """

    parts: tuple[str, ...]
    targets: tuple[str, ...]
    tests: tuple[str, ...]
    excused: frozenset[tuple[str, str, str]]

    def excuse(self, mutant: Mutant) -> bool:
        """Tell whether nothing has to notice it."""
        place = (mutant.function, mutant.line.strip())
        return bool(self.excused & {(*place, mutant.becomes.strip()), (*place, "")})


def read_table() -> dict[str, Judges]:
    """Return what mutants.toml says, by file."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {
        name: Judges(
            tuple(row.get("parts", ())),
            tuple(row.get("targets", ())),
            tuple(row.get("tests", ())),
            frozenset((e["in"], e["line"], e.get("becomes", "")) for e in row.get("excused", ())),
        )
        for name, row in table.items()
    }


def faults(line: str) -> Iterator[str]:
    """Return the line with each fault that it can have."""
    if line.lstrip().startswith(("/*", "* ", "#", "static const")):
        return
    if match := CONDITION.match(line):
        yield f"{match[1]}(!({match[2]})) {{"
    if CALL.match(line) or ASSIGNMENT.match(line):
        yield re.sub(r"\S.*", ";", line)
    for match in COMPARISON.finditer(line):
        yield line[: match.start()] + f" {COMPARISONS[match[1]]} " + line[match.end() :]
    for match in re.finditer(r"&&|\|\|", line):
        yield line[: match.start()] + LOGIC[match[0]] + line[match.end() :]
    for pattern, change in CHANGES:
        if pattern.search(line):
            yield pattern.sub(change, line, count=1)


def mutants_of(text: str) -> Iterator[Mutant]:
    """Yield every mutant of a source."""
    function = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := FUNCTION.match(line):
            function = match[1]
        for fault in faults(line):
            yield Mutant(number, function, line, fault)


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


class Extension:
    """The package and its tests, with an extension in which one file is broken.

    Parameters:
        file: the source that is broken.
        tests: files of tests, or names in them.
        folder: for what is made.
    """

    def __init__(self, file: Path, tests: Sequence[str], folder: Path) -> None:
        self._tests = tests
        tree = make_tree(folder, ROOT / "unit_wasm")
        (self._library,) = (tree / "unit_wasm").glob("_native*.so")
        pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
        self._run = Run([*pytest, *tests], tree)
        build = load_project()
        objects = folder / "objects"
        objects.mkdir(exist_ok=True)
        build.ffibuilder.emit_c_code(str(objects / "_native.c"))
        digest = build.load_table().sources_digest(ROOT / "csrc")
        include = [f"-I{ROOT / 'csrc'}", f"-I{sysconfig.get_path('include')}"]
        command = [*CC, "-O1", "-fPIC", "-fvisibility=hidden", *include]
        healthy = [objects / "_native.c", *others(file, "extension")]
        self._built = Built([*command, f'-DUW_DIGEST="{digest}"'], file, healthy, objects)
        self._codes = {self._built.compile(file.read_text(encoding="utf-8")), b""}

    def is_changed(self, text: str) -> bool:
        """Tell whether a text compiles, and to something else than the file does."""
        return self._built.compile(text) not in self._codes

    def fails(self) -> bool:
        """Tell whether a test notices the text that was compiled last."""
        if not self._tests:
            return False
        self._built.link(self._library, "-shared")
        return self._run.fails()


class Court:
    """Where the mutants of a file are judged.

    Parameters:
        file: the source that is broken.
        judges: what mutants.toml says of it.
    """

    def __init__(self, file: Path, judges: Judges) -> None:
        folder = FOLDER / "-".join(file.with_suffix("").parts[1:])
        self._programs = [part(name, file, folder / f"part-{name}") for name in judges.parts]
        self._programs += [target(name, file, folder / name) for name in judges.targets]
        self._extension = Extension(file, judges.tests, folder / "extension")

    def is_other(self, text: str) -> bool:
        """Tell whether a text compiles, and to something else than the file does."""
        return self._extension.is_changed(text)

    def is_noticed(self, text: str) -> bool:
        """Tell whether a judge fails, crashes or hangs with the text, which was compiled last."""
        return any(program.fails(text) for program in self._programs) or self._extension.fails()


def main(arguments: Sequence[str]) -> int:
    """Make and judge the mutants of a file; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="the source in csrc/ that is broken")
    parser.add_argument("tests", nargs="*", help="what judges: files of tests, or names in them")
    parser.add_argument("--every", type=int, default=1, help="only each N-th mutant")
    parser.add_argument("--line", type=int, action="append", help="only those of this line")
    given = parser.parse_args(arguments)
    judges = read_table().get(str(given.file), Judges((), (), (), frozenset()))
    if given.tests:
        judges = Judges((), (), tuple(given.tests), judges.excused)
    if not (judges.parts or judges.targets or judges.tests):
        parser.error(f"{TABLE.name} says nothing of {given.file}: name the tests")
    text = given.file.read_text(encoding="utf-8")
    court = Court(given.file, judges)
    if court.is_noticed(text):
        print("the tests fail without a fault: nothing can be told", file=sys.stderr)
        return 2
    chosen = [
        mutant
        for mutant in mutants_of(text)
        if (not given.line or mutant.number in given.line) and not judges.excuse(mutant)
    ][:: given.every]
    survivors = 0
    for mutant in chosen:
        broken = mutant.put_into(text)
        if court.is_other(broken) and not court.is_noticed(broken):
            survivors += 1
            print(f"{given.file}:{mutant.number}: {mutant.becomes.strip()}", flush=True)
    print(f"{len(chosen)} mutants, {survivors} not noticed", file=sys.stderr)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
