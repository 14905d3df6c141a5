"""Breaks C one line at a time and says what no test notices: ``tools/mutants.py FILE [TESTS...]``.

A mutant is a copy of one file of csrc/ with one small fault: a condition that is negated, a
comparison that is off by one, a call or an assignment left out. One that the compiler makes the
same code of is none. Each is judged by what mutants.toml names for the file: first by programs in C
(tests of that file alone, and fuzz targets on their seeds), which takes no time, then, linked with
the other, healthy files, by tests of the extension and of the Unit module. What they all pass over
survives, and is printed with its line. TESTS take the place of those of the table, ``--every N``
takes each N-th mutant, for a first look, ``--line N`` those of one line, or of each that is named
so.

Exit status: 0 when none survives, else 1. A survivor is not always a gap: what cannot be seen from
outside (a line that only saves time, a check of what cannot happen) has a row in mutants.toml,
which says why.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from instrumented import ROOT, make_tree
from mutant_judges import Program, Tests, extension_of, module_of, part, target

FOLDER = ROOT / "build" / "mutants"
TABLE = ROOT / "tools" / "mutants.toml"

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
        module: tests of the Unit module in our double of libunit.
        excused: function, line and fault of what cannot be noticed; every fault of the line where
            the last is empty.
    """

    parts: tuple[str, ...]
    targets: tuple[str, ...]
    tests: tuple[str, ...]
    module: tuple[str, ...]
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
            tuple(row.get("module", ())),
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


class Court:
    """Where the mutants of a file are judged.

    Parameters:
        file: the source that is broken.
        judges: what mutants.toml says of it.
    """

    def __init__(self, file: Path, judges: Judges) -> None:
        folder = FOLDER / "-".join(file.with_suffix("").parts[1:])
        tree = make_tree(folder / "extension", ROOT / "unit_wasm")
        objects = folder / "extension" / "objects"
        extension = extension_of(file, judges.tests, tree, objects)
        self._judges: list[Program | Tests] = [
            *(part(name, file, folder / f"part-{name}") for name in judges.parts),
            *(target(name, file, folder / name) for name in judges.targets),
            *([extension] if judges.tests else []),
        ]
        if judges.module:
            self._judges += [module_of(file, judges.module, tree, folder / "module")]
        self._compile = extension.compile
        self._codes = {self._compile(file.read_text(encoding="utf-8")), b""}

    def is_other(self, text: str) -> bool:
        """Tell whether a text compiles, and to something else than the file does."""
        return self._compile(text) not in self._codes

    def is_noticed(self, text: str) -> bool:
        """Tell whether a judge fails, crashes or hangs with the text."""
        return any(judge.fails(text) for judge in self._judges)


def main(arguments: Sequence[str]) -> int:
    """Make and judge the mutants of a file; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="the source in csrc/ that is broken")
    parser.add_argument("tests", nargs="*", help="what judges: files of tests, or names in them")
    parser.add_argument("--every", type=int, default=1, help="only each N-th mutant")
    parser.add_argument("--line", type=int, action="append", help="only those of this line")
    given = parser.parse_args(arguments)
    judges = read_table().get(str(given.file), Judges((), (), (), (), frozenset()))
    if given.tests:
        judges = Judges((), (), tuple(given.tests), (), judges.excused)
    if not (judges.parts or judges.targets or judges.tests or judges.module):
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
