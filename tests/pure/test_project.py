"""The rules of the repository itself: sizes, layers, versions, and nothing of anybody's machine."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import unit_wasm
from tests.pure.c_source import includes, includes_of_all, variables, without_comments

ROOT = Path(__file__).resolve().parent.parent.parent
CSRC = ROOT / "csrc"
PACKAGE = ROOT / "unit_wasm"

MAX_FILE_LINES = 400
MAX_C_FILE_LINES = 600
MAX_FUNCTION_LINES = 60

# Made by tools, not written.
MADE = {".git", ".venv", "build", "dist", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """Every file that belongs to the repository, as far as the folder can tell."""

    def walk(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if path.name in MADE or path.name.endswith(("_cache", ".egg-info", ".so")):
                continue
            if path.is_dir():
                yield from walk(path)
            else:
                yield path

    return tuple(walk(ROOT))


def python_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".py"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


# ---- Versions ----


def test_the_changelog_is_that_of_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    top = re.search(r"^## \[([^\]]+)\]", changelog, flags=re.MULTILINE)
    assert top is not None
    assert top[1] == unit_wasm.__version__


def test_the_dependency_is_the_version_that_the_c_sources_declare() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    header = (CSRC / "wasmtime/api.h").read_text(encoding="utf-8")
    declared = re.search(r'UW_WASMTIME_VERSION "((\d+)\.[\d.]+)"', header)
    assert declared is not None
    expected = f"wasmtime>={declared[1]},<{int(declared[2]) + 1}"
    assert expected in project["dependencies"]


# ---- Sizes ----


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_a_file_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_a_function_is_short(path: Path) -> None:
    too_long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree_of(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MAX_FUNCTION_LINES
    }
    assert too_long == {}


# ---- Layers of the package ----


def package_files() -> list[Path]:
    return [path for path in python_files() if path.is_relative_to(PACKAGE)]


def names_used(tree: ast.Module) -> set[str]:
    """Every plain and dotted name in a module: ``print``, ``sys.exit``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{node.value.id}.{node.attr}")
    return found


def modules_imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found.update(f"{module}.{alias.name}" for alias in node.names)
    return found


ENDING = {"print", "exit", "quit", "SystemExit", "sys.exit", "os._exit", "sys.stdout"}


@pytest.mark.parametrize("path", package_files(), ids=name_of)
def test_only_the_command_line_prints_and_exits(path: Path) -> None:
    if name_of(path) == "unit_wasm/cli/output.py":
        return
    allowed = {"SystemExit", "sys.exit"} if name_of(path) == "unit_wasm/__main__.py" else set()
    assert names_used(tree_of(path)) & ENDING <= allowed


TOUCHING = {
    f"unit_wasm/native/{name}.py" for name in ("calls", "requests", "rows", "settings", "worker")
}


@pytest.mark.parametrize("path", package_files(), ids=name_of)
def test_only_native_touches_the_extension(path: Path) -> None:
    if name_of(path) in TOUCHING:
        return
    touching = {
        name for name in modules_imported(tree_of(path)) if re.search(r"(^|\.)_native(\.|$)", name)
    }
    assert touching == set()


def test_the_checks_above_find_what_they_look_for() -> None:
    tree = ast.parse("import sys\nfrom unit_wasm._native import lib\nprint(1)\nsys.exit(2)\n")
    assert names_used(tree) & ENDING == {"print", "sys.exit"}
    assert modules_imported(tree) == {"sys", "unit_wasm._native.lib"}


# ---- Layers of the C sources ----

USES_WASMTIME = re.compile(r"(wasmtime|engine|guest|wasi)/.+")
UNIT_ONLY = ("nxt_shim.c", "nxt_shim_conf.c", "nxt_shim_queue.c")
KEEPS_STATE = "unit/module.c"
UNITS_OWN = {"nxt_shim.c": ["uw_nxt_compat", "nxt_app_module"]}  # Unit's type is not constant
UNIT_BENCH = "external.c"  # what the module is measured against, no part of it

# What the life cycle of an exchange may use: memory and text, nothing that does I/O.
PURE_HEADERS = re.compile(
    r"(assert|ctype|inttypes|limits|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib"
    r"|string)\.h"
)
# Of stdio only what formats into memory.
IO_CALLS = re.compile(
    r"\b(v?f?printf|puts|fputs|perror|f?open|f?read|f?write|f?close|recv\w*|send\w*|socket|accept"
    r"|connect|poll|epoll_\w+|time|clock_gettime|gettimeofday|getenv|sleep|usleep|nanosleep)\s*\("
)


def c_files() -> list[Path]:
    return sorted([*CSRC.rglob("*.c"), *CSRC.rglob("*.h")])


def place_of(path: Path) -> str:
    """The name of a C file as others include it."""
    return path.relative_to(CSRC).as_posix()


def written_c_files() -> list[Path]:
    """Return those that nothing has made."""
    return [path for path in c_files() if not place_of(path).startswith("wasi/gen/")]


@pytest.mark.parametrize("path", written_c_files(), ids=name_of)
def test_a_c_file_is_not_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_C_FILE_LINES


def test_there_are_c_sources() -> None:
    places = {place_of(path) for path in c_files()}
    assert {"http/exchange.c", "http/exchange.h", "wasmtime/api.h"} <= places


@pytest.mark.parametrize("path", c_files(), ids=name_of)
def test_units_headers_are_only_in_the_shim(path: Path) -> None:
    if place_of(path) not in UNIT_ONLY:
        headers = {name for name in includes(path) if name.startswith("nxt_")}
        assert {name for name in headers if not (CSRC / name).exists()} == set()


def test_units_headers_are_in_one_benchmark() -> None:
    files = sorted((ROOT / "bench").glob("*.[ch]"))
    users = [path.name for path in files if any(n.startswith("nxt_") for n in includes(path))]
    assert users == [UNIT_BENCH]


@pytest.mark.parametrize("path", c_files(), ids=name_of)
def test_libwasmtime_is_only_where_it_belongs(path: Path) -> None:
    if USES_WASMTIME.fullmatch(place_of(path)):
        return
    wasmtime = {"wasmtime/api.h", "wasmtime/functions.h"}
    assert wasmtime.isdisjoint(includes(path))
    text = without_comments(path.read_text(encoding="utf-8"))
    assert re.findall(r"\b(?:wasmtime|wasm|WASMTIME)_\w+", text) == []


@pytest.mark.parametrize("name", ["http/exchange.h", "http/exchange.c"])
def test_an_exchange_does_no_io(name: str) -> None:
    reached = includes_of_all(CSRC / name, CSRC)
    ours = {header for header in reached if (CSRC / header).exists()}
    assert {header for header in ours if header.startswith(("wasmtime/", "nxt_"))} == set()
    assert {h for h in reached - ours if not PURE_HEADERS.fullmatch(h)} == set()
    text = without_comments((CSRC / name).read_text(encoding="utf-8"))
    assert IO_CALLS.findall(text) == []


@pytest.mark.parametrize("path", c_files(), ids=name_of)
def test_state_travels_by_argument(path: Path) -> None:
    if place_of(path) != KEEPS_STATE:
        found = variables(path.read_text(encoding="utf-8"))
        assert found == UNITS_OWN.get(place_of(path), [])


def test_variables_are_found() -> None:
    source = """
    #define LIST { "a", "b" }
    static const char *const good[] = LIST;
    static const int also_good = 1, more = 2;
    extern int elsewhere;
    typedef struct { int x; } point_t;
    struct later { void (*call)(int); };
    enum { A = 1, B };
    int function(const char *text, int (*callback)(void));
    static inline int body(void) { static int bad_inside = 0; int fine = 1; return fine; }
    static const char *bad_pointer = "text; static int not_this";
    int bad_global; /* static int nor_this; */
    static _Thread_local int bad_thread;
    static void (*bad_function)(int) = 0;
    static point_t bad_points[] = { { 1 }, { 2 } };
    """
    assert variables(source) == [
        "bad_inside",
        "bad_pointer",
        "bad_global",
        "bad_thread",
        "bad_function",
        "bad_points",
    ]


# ---- Nobody's machine ----


def machine_paths() -> re.Pattern[str]:
    """This checkout, this user's home, and what else is only true where something was written."""
    own = [str(path) + r"\b" for path in (ROOT, Path.home()) if len(path.parts) > 2]
    # Written so that this file does not contain what it looks for.
    return re.compile("|".join([r"/[r]oot/", r"/[w]ork/\w", r"[.]pyenv", r"--[i]ndex-url", *own]))


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_no_file_knows_a_machine(path: Path) -> None:
    data = path.read_bytes()
    if path.suffix == ".png" and path.parent == ROOT / "docs":
        # A picture of the page, made by tests/browser/picture.py.
        assert data.startswith(b"\x89PNG")
        return
    if b"\0" in data:
        pytest.fail("a binary file: everything here is built from text")
    assert machine_paths().findall(data.decode()) == []
