"""Breaks C one line at a time and says what no test notices: ``tools/mutants.py FILE TESTS...``.

A mutant is a copy of one file of csrc/ with one small fault: a condition that is negated, a
comparison that is off by one, a call left out whose result nobody uses. Each is compiled, linked
with the other, healthy files below build/mutants, and judged by the tests: one that they all pass
over survives, and is printed with its line. ``--every N`` takes each N-th, for a first look.

Exit status: 0 when none survives, else 1. A survivor is not always a gap: what cannot be seen from
outside (a line that only saves time, a check of what cannot happen) may be left out for good, with
``/* mutant: why */`` at the end of its line.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from instrumented import ROOT, build_extension, make_tree

FOLDER = ROOT / "build" / "mutants"
SECONDS = 240
"""After that a mutant that makes the tests hang counts as noticed."""

EXCUSED = re.compile(r"/\* mutant: .+ \*/\s*$")
CONDITION = re.compile(r"^(\s*(?:\} else )?(?:if|while) )\((.*)\) \{$")
CALL = re.compile(r"^\s+(?:\(void\) !?)?[a-z_]+(?:->[a-z_]+)*\(.*\);$")
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
    """One fault: the number of its line (from 1), and the line with the fault in it."""

    number: int
    line: str


def faults(line: str) -> Iterator[str]:
    """Return the line with each fault that it can have."""
    if EXCUSED.search(line) or line.lstrip().startswith(("/*", "*", "#", "static const")):
        return
    if match := CONDITION.match(line):
        yield f"{match[1]}(!({match[2]})) {{"
    if CALL.match(line):
        yield re.sub(r"\S.*", ";", line)
    for match in COMPARISON.finditer(line):
        yield line[: match.start()] + f" {COMPARISONS[match[1]]} " + line[match.end() :]
    for match in re.finditer(r"&&|\|\|", line):
        yield line[: match.start()] + LOGIC[match[0]] + line[match.end() :]
    for pattern, change in CHANGES:
        if pattern.search(line):
            yield pattern.sub(change, line, count=1)


def mutants_of(text: str) -> list[Mutant]:
    """Return every mutant of a source."""
    lines = text.splitlines()
    return [Mutant(i, fault) for i, line in enumerate(lines, 1) for fault in faults(line)]


def load_build() -> ModuleType:
    """Return the project's build.py."""
    spec = importlib.util.spec_from_file_location("uw_build", ROOT / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Extension:
    """The extension, of which one file is compiled anew for each mutant.

    Parameters:
        file: the source that is broken.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._objects = FOLDER / "objects"
        self._objects.mkdir(parents=True, exist_ok=True)
        build = load_build()
        flags, self._link_flags = build.compiler_flags("")
        # A quick build, in which a fault may make a warning of what it has left unused.
        flags = [flag for flag in flags if flag not in ("-Werror", "-O3")]
        include = [f"-I{ROOT / 'csrc'}", f"-I{sysconfig.get_path('include')}"]
        self._compile = [
            *shlex.split(os.environ.get("CC", "cc")),
            *flags,
            "-w",
            "-O1",
            "-fPIC",
            *include,
        ]
        generated = self._objects / "_native.c"
        build.ffibuilder.emit_c_code(str(generated))
        sources = [
            path for path in build.sources_of_extension() if path.resolve() != file.resolve()
        ]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            self._others = list(pool.map(self._object, [generated, *sources]))

    def _object(self, source: Path) -> Path:
        made = self._objects / f"{'_'.join(source.with_suffix('').parts[1:])}.o"
        subprocess.run([*self._compile, "-c", str(source), "-o", str(made)], cwd=ROOT, check=True)
        return made

    def build(self, text: str, library: Path) -> bool:
        """Put an extension with that text of the file there; False where it does not compile."""
        changed = self._objects / f"mutant_{self._file.name}"
        changed.write_text(text, encoding="utf-8")
        made = changed.with_suffix(".o")
        command = [*self._compile, f"-I{self._file.parent}", "-c", str(changed), "-o", str(made)]
        if subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode != 0:
            return False
        fresh = library.with_suffix(".new")
        objects = [str(path) for path in [made, *self._others]]
        link = [*self._compile, "-shared", *objects, *self._link_flags, "-ldl", "-o", str(fresh)]
        subprocess.run(link, cwd=ROOT, check=True)
        # Not over the old one, which a process that hangs may have mapped.
        fresh.replace(library)
        return True


def is_noticed(tree: Path, tests: Sequence[str]) -> bool:
    """Tell whether a test fails, crashes or hangs."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def main(arguments: Sequence[str]) -> int:
    """Make and judge the mutants of a file; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="the source in csrc/ that is broken")
    parser.add_argument(
        "tests", nargs="+", help="what judges: files of tests, or options of pytest"
    )
    parser.add_argument("--every", type=int, default=1, help="only each N-th mutant")
    given = parser.parse_args(arguments)
    text = given.file.read_text(encoding="utf-8")
    tree = make_tree(FOLDER, build_extension(FOLDER, {}))
    (library,) = (tree / "unit_wasm").glob("_native*.so")
    extension = Extension(given.file)
    if not extension.build(text, library) or is_noticed(tree, given.tests):
        print("the tests fail without a fault: nothing can be told", file=sys.stderr)
        return 2
    chosen = mutants_of(text)[:: given.every]
    survivors = 0
    for mutant in chosen:
        lines = text.splitlines()
        lines[mutant.number - 1] = mutant.line
        if extension.build("\n".join(lines) + "\n", library) and not is_noticed(tree, given.tests):
            survivors += 1
            print(f"{given.file}:{mutant.number}: {mutant.line.strip()}", flush=True)
    print(f"{len(chosen)} mutants, {survivors} not noticed", file=sys.stderr)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
