"""The documents: links that lead somewhere, and tables that are those of the program."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from unit_wasm.config.model import HttpSettings
from unit_wasm.native.rows import host_functions, host_resources
from unit_wasm.native.worker import end_names, metrics_text
from unit_wasm.server.metrics import exposition
from unit_wasm.serving.counts import FunctionCounts

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    *sorted(DOCS.glob("*.md")),
    *sorted((ROOT / "examples").rglob("README.md")),
    ROOT / "tests" / "guests" / "README.md",
]
EMPTY_STATUS = {
    "connections": {"accepted": 0, "active": 0, "idle": 0, "closed": 0},
    "requests": {"total": 0},
    "compilations": {"cache_hits": 0, "cache_misses": 0},
}
STATES = {"done", "done, may wait", "refused"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# ---- Links ----


def links(text: str) -> list[str]:
    outside_of_blocks = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return re.findall(r"\]\(([^)\s]+)\)", outside_of_blocks)


def anchors(text: str) -> set[str]:
    """Return the names that GitHub gives to the headings of a page."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", text, re.M):
        plain = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(plain.strip().replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(text_of(page)):
        if link.startswith("https://"):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(text_of(target)), link


def test_every_page_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        targets = [page.parent / link.partition("#")[0] for link in links(text_of(page))]
        found = {path.resolve() for path in targets if path.suffix == ".md" and path.exists()}
        waiting += found - reached - set(waiting)
    assert {name_of(page) for page in DOCS.glob("*.md") if page not in reached} == set()


# ---- docs/wasi-support.md ----


def sections(text: str) -> dict[str, str]:
    """Return the text below the heading of each interface."""
    parts = re.split(r"^### `(wasi:[^`]+)`$", text, flags=re.M)
    assert len(set(parts[1::2])) == len(parts[1::2]), "an interface has two sections"
    return dict(zip(parts[1::2], parts[2::2], strict=True))


SUPPORT = sections(text_of(DOCS / "wasi-support.md"))


def test_the_support_table_has_every_function() -> None:
    documented = {
        (interface, name): state
        for interface, text in SUPPORT.items()
        for name, state in re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", text, re.M)
    }
    provided = {
        (function.interface, function.name): (
            "refused" if function.refused else "done, may wait" if function.waits else "done"
        )
        for function in host_functions()
    }
    assert documented == provided
    assert set(documented.values()) == STATES


def test_the_support_table_has_every_resource() -> None:
    documented = {
        (interface, name)
        for interface, text in SUPPORT.items()
        for line in re.findall(r"^Resources: (.+)$", text, re.M)
        for name in re.findall(r"`([^`]+)`", line)
    }
    assert documented == {(item.interface, item.name) for item in host_resources()}


def test_what_is_refused_says_how() -> None:
    notes = {
        (interface, name): note
        for interface, text in SUPPORT.items()
        for name, note in re.findall(r"^\| `([^`]+)` \| refused \| (.*) \| .* ?\|$", text, re.M)
    }
    refused = {(item.interface, item.name) for item in host_functions() if item.refused}
    assert notes.keys() == refused
    assert {row for row, note in notes.items() if not note} == set()


# ---- Other tables ----


def test_the_settings_of_http() -> None:
    text = text_of(DOCS / "options.md").split("members of `settings.http`:")[1]
    documented = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", text, re.M))
    expected = {field.name: str(field.default).lower() for field in fields(HttpSettings)}
    assert documented == expected


def test_the_floors_of_the_coverage_are_those_of_the_project() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \| [^|]+ \| [\d.]+ % \| (\d+) % \|$",
        text_of(DOCS / "contributing.md"),
        re.M,
    )
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    assert {name: int(floor) for name, floor in rows} == project["tool"]["unit-wasm"]["coverage"]


def test_every_target_of_make_is_described() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.+)$", text_of(ROOT / "Makefile"), re.M)
    described = re.findall(r"`make ([\w-]+)`", text_of(DOCS / "contributing.md"))
    assert set(phony.split()) == set(described)


# ---- docs/observability.md ----


def test_every_metric_and_every_end_is_described() -> None:
    text = text_of(DOCS / "observability.md")
    described = re.findall(r"`(unit_wasm_\w+)`", text.split("### What is counted")[1])
    exposed = exposition(EMPTY_STATUS, [], [FunctionCounts("app", "/function")])
    families = re.findall(rb"# TYPE (\w+) (\w+)", exposed + metrics_text([]))
    assert sorted(set(described)) == sorted(name.decode() for name, _ in families)
    for name, kind in families:
        assert re.search(rf"`{name.decode()}`[^|]*\| {kind.decode()} \|", text), name
    table = text.split("### How exchanges end")[1].split("###")[0]
    ends = re.findall(r"`([a-z-]+)`", "".join(re.findall(r"^\| (`[^|]+) \|", table, re.M)))
    assert sorted(ends) == sorted(end_names())


# ---- docs/architecture.md ----

CSRC = ROOT / "csrc"
ARCHITECTURE = text_of(DOCS / "architecture.md")


def test_every_c_file_has_its_place() -> None:
    table = ARCHITECTURE.split("## What lives where")[1]
    named = set(re.findall(r"`([\w/]+\.c)`", table)) - {"bench/external.c"}
    places = {path.relative_to(CSRC).as_posix() for path in CSRC.rglob("*.c")}
    assert named == {place for place in places if not place.startswith("wasi/gen/")}
    assert "`wasi/gen/`" in table


def test_every_part_of_the_package_has_its_place() -> None:
    table = ARCHITECTURE.split("## What lives where")[1]
    package = ROOT / "unit_wasm"
    parts = {path.name for path in package.glob("*.py")} - {"__init__.py", "__main__.py"}
    parts |= {f"{path.parent.name}/" for path in package.glob("*/__init__.py")}
    assert {part for part in parts if f"`{part}`" not in table} == set()


def test_files_that_pages_name_exist() -> None:
    folders = (ROOT, ROOT / "conf")
    # Whoever reads of a part of the program has been told its folder.
    inside = ("csrc/**", "unit_wasm/**", "tests/*")
    for page in DOCS.glob("*.md"):
        for name in re.findall(r"`([\w./-]+\.(?:c|h|py|md|json|wat))`", text_of(page)):
            if name.isupper() or name.startswith(("KEY", "build/")) or "NAME" in name:
                continue
            places = [folder / name for folder in folders]
            places += [place for part in inside for place in ROOT.glob(f"{part}/{name}")]
            assert any(place.exists() for place in places), f"{page.name}: {name}"
