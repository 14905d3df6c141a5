"""What the tests run of Python and C: ``python tools/measure_coverage.py [ARG...]``.

Builds the extension and the module's double once more below build/coverage, with gcc's counters in
the C sources, runs the tests there, and prints one table for each language; arguments are passed to
pytest. The tests are those that ``make test-asan`` runs too, and tests/pure: what measures or takes
long (``no_asan``) says nothing here. The HTML reports are build/coverage/python and
build/coverage/c. It fails if a test fails, or if a figure is below its floor in pyproject.toml,
``[tool.unit-wasm.coverage]``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from instrumented import ROOT, build_extension, make_tree

FOLDER = ROOT / "build" / "coverage"
COUNTERS = {"UW_SANITIZE": "coverage"}


def run_tests(tree: Path, arguments: Sequence[str]) -> int:
    """Run the tests in the copy and return pytest's status."""
    for old in FOLDER.rglob("*.gcda"):
        old.unlink()
    coverage(tree, "erase")
    # Counting takes time: limits that end a hanging test are wider.
    command = ["run", "-m", "pytest", "--timeout", "600"]
    command += ["--numprocesses", "auto", "--dist", "loadfile", "-m", "not no_asan"]
    tests = arguments or [f"tests/{name}" for name in ("pure", "native", "live")]
    return coverage(tree, *command, *tests, check=False)


def coverage(tree: Path, *arguments: str, check: bool = True) -> int:
    """Run ``coverage`` in the copy and return its status."""
    environment = {
        **os.environ,
        **COUNTERS,
        # Server processes of the tests import the copy too, wherever they are started.
        "PYTHONPATH": str(tree),
        "COVERAGE_FILE": str(FOLDER / "data"),
        "COVERAGE_RCFILE": str(tree / "pyproject.toml"),
    }
    command = [sys.executable, "-m", "coverage", *arguments]
    return subprocess.run(command, cwd=tree, env=environment, check=check).returncode


def python_figures(tree: Path) -> dict[str, float]:
    """Print the table of Python and return its percentages."""
    coverage(tree, "combine", "--quiet")
    coverage(tree, "report", "--skip-covered")
    coverage(tree, "html", "--quiet", "--directory", str(FOLDER / "python"))
    coverage(tree, "json", "--quiet", "-o", str(FOLDER / "python.json"))
    totals = json.loads((FOLDER / "python.json").read_text())["totals"]
    return {
        "python": 100 * totals["covered_lines"] / totals["num_statements"],
        "python-branches": 100 * totals["covered_branches"] / totals["num_branches"],
    }


def c_figures() -> dict[str, float]:
    """Print the table of C and return its percentages."""
    (FOLDER / "c").mkdir(exist_ok=True)
    summary = FOLDER / "c.json"
    command = [sys.executable, "-m", "gcovr", "--root", str(ROOT), "--filter", "csrc/"]
    # Two builds of one file count together; one that a header's inline function is in, too.
    command += ["--merge-mode-functions", "separate", "--print-summary"]
    command += ["--json-summary", str(summary), "--html-details", str(FOLDER / "c" / "index.html")]
    subprocess.run([*command, str(FOLDER)], cwd=ROOT, check=True)
    totals = json.loads(summary.read_text())
    return {"c": totals["line_percent"], "c-branches": totals["branch_percent"]}


def too_low(figures: Mapping[str, float], floors: Mapping[str, float]) -> list[str]:
    """Return a sentence for each figure that is below its floor."""
    return [
        f"{name}: {figures[name]:.1f} % is below the floor of {floor} %"
        for name, floor in floors.items()
        if figures[name] < floor
    ]


def main(arguments: Sequence[str]) -> int:
    """Build, run and report; return the exit status."""
    tree = make_tree(FOLDER, build_extension(FOLDER, COUNTERS))
    status = run_tests(tree, arguments)
    figures = {**python_figures(tree), **c_figures()}
    for name, figure in figures.items():
        print(f"{name}: {figure:.1f} %")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    # A part of the tests says nothing about the floors.
    found = [] if arguments else too_low(figures, project["tool"]["unit-wasm"]["coverage"])
    for sentence in found:
        print(sentence, file=sys.stderr)
    return status or (1 if found else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
