"""Which file of the package may import which: the last table of docs/architecture.md.

What a function imports, and what is imported for types alone, counts like everything else: whoever
reads a file has to know what it speaks of.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from unit_wasm.component.rewrite.digest import SOURCES

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "unit_wasm"

ALL = "all of them"

# Where the version is, and the file that `python -m unit_wasm` runs.
OUTSIDE = ("__init__.py", "__main__.py")


@cache
def table() -> dict[str, list[str]]:
    """The places of the table, from above, and what each may import."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    _, _, rows = page.partition("| place | what | may import |\n|---|---|---|\n")
    found: dict[str, list[str]] = {}
    for row in rows.partition("\n\n")[0].splitlines():
        place, _, allowed = (cell.strip() for cell in row.strip("|").split("|"))
        names = list(found) if allowed == ALL else re.findall(r"`([^`]+)`", allowed)
        found[place.strip("`")] = names
    return found


def place_of(file: str) -> str:
    """The row of a file: the one that names it, or else the nearest folder."""
    matching = [
        place
        for place in table()
        if place == file or (place.endswith("/") and file.startswith(place))
    ]
    assert matching, f"{file} is in no row of the table"
    return max(matching, key=len)


@cache
def sources() -> dict[str, str]:
    """The files of the package with their text."""
    return {
        path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def file_of(module: str, files: Mapping[str, str]) -> str | None:
    """The file of a module of ours by its dotted name."""
    name = module.removeprefix("unit_wasm").removeprefix(".").replace(".", "/")
    for file in (f"{name}.py", f"{name}/__init__.py".removeprefix("/")):
        if file in files:
            return file
    return None


@cache
def tree(text: str) -> ast.Module:
    return ast.parse(text)


def imports(text: str, files: Mapping[str, str]) -> Iterator[str]:
    """The files of the package that one imports, anywhere in it."""
    for node in ast.walk(tree(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full here"
            # A name is a module, or stands in one.
            names = [
                name if file_of(name, files) else node.module or ""
                for name in (f"{node.module}.{alias.name}" for alias in node.names)
            ]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "unit_wasm" and name != "unit_wasm._native":
                file = file_of(name, files)
                assert file is not None, f"{name} is no module"
                yield file


def graph(files: Mapping[str, str]) -> dict[str, set[str]]:
    return {file: set(imports(text, files)) for file, text in files.items()}


def wrong_imports(files: Mapping[str, str]) -> list[str]:
    """What is imported against the table."""
    return [
        f"{file} imports {other}"
        for file, others in graph(files).items()
        if file not in OUTSIDE
        for other in sorted(others)
        if other not in OUTSIDE
        and place_of(other) not in (place_of(file), *table()[place_of(file)])
    ]


def circle(files: Mapping[str, str]) -> list[str]:
    """Files that import each other in a circle; none where there is none."""
    try:
        TopologicalSorter(graph(files)).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_the_table_names_what_there_is() -> None:
    for place in table():
        assert (PACKAGE / place).is_dir() == place.endswith("/")
        assert (PACKAGE / place).exists()


def test_a_row_may_import_only_what_stands_above() -> None:
    above: set[str] = set()
    for place, allowed in table().items():
        assert above.issuperset(allowed), place
        above.add(place)


def test_imports_are_those_of_the_table() -> None:
    assert wrong_imports(sources()) == []


def test_there_is_no_circle() -> None:
    assert circle(sources()) == []


@pytest.mark.parametrize(
    "line",
    [
        "from unit_wasm.server.server import Server",
        "from unit_wasm.server import server",
        "import unit_wasm.server.server",
        "def f():\n    from unit_wasm.server.server import Server",
        "if TYPE_CHECKING:\n    from unit_wasm.server.server import Server",
    ],
)
def test_an_import_against_the_table_is_found(line: str) -> None:
    file = "native/worker.py"
    changed = {**sources(), file: f"{sources()[file]}\n{line}\n"}
    assert wrong_imports(changed) == ["native/worker.py imports server/server.py"]


def test_the_digest_of_the_rewrite_is_of_all_that_makes_it() -> None:
    """The machine code in the cache depends on it: prepare/compile.py."""
    known = {
        path.relative_to(PACKAGE).as_posix() for name in SOURCES for path in PACKAGE.glob(name)
    }
    needed = {f"component/rewrite/{name}.py" for name in ("rewrite", "front", "merge")}
    imported, waiting = graph(sources()), [*needed]
    while waiting:
        found = imported[waiting.pop()] - needed
        needed |= found
        waiting += found
    assert needed <= known


def test_a_circle_is_found() -> None:
    file = "server/http/flow.py"
    line = "from unit_wasm.server.http.protocol import HttpProtocol"
    changed = {**sources(), file: f"{sources()[file]}\n{line}\n"}
    assert wrong_imports(changed) == []
    assert {"server/http/flow.py", "server/http/protocol.py"} <= set(circle(changed))
