"""Writes the tables of docs/wasi-support.md: ``python tools/wasi_support.py [--check]``.

What there is, and whether it is refused, is what the program says; the notes, and the guest that
holds each function, are in wasi_support.json. A function that is new gets the guest that calls it
and little else; its note is to be written there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from unit_wasm.component.inspect import inspect
from unit_wasm.native.rows import host_functions, host_resources
from unit_wasm.native.types import HostFunction, HostResource

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "wasi-support.md"
DATA = ROOT / "tools" / "wasi_support.json"
GUESTS = ROOT / "build" / "guests"
TESTS = ROOT / "tests"
TABLES = ("native/guest_table.py", "native/guest_table_host.py", "native/guest_table_json.py")
ABOUT_ALL = ("test_guests.py", "test_wasi_support.py")
HEADING = "## Every function\n"

Known = dict[str, dict[str, dict[str, str]]]
"""By interface and function: ``guest`` and ``note``, where there are any."""


def called_by(guests: Path = GUESTS) -> dict[tuple[str, str], list[str]]:
    """Return the guests in C and WAT that call each function, those with few imports first."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for path in sorted(guests.glob("*.wasm")):
        if path.stem.endswith(("-py", "-js")) or not test_of(path.stem):
            continue
        try:
            imports = inspect(path.read_bytes()).imports
        except Exception:
            continue
        size = sum(len(interface.functions) for interface in imports)
        for interface in imports:
            for function in interface.functions:
                found.setdefault((interface.name, function), []).append((size, path.stem))
    return {key: [name for _, name in sorted(names)] for key, names in found.items()}


def test_of(guest: str) -> str:
    """Return the file of tests that runs a guest; empty where none does."""
    word = f'"{guest}"'
    if any(word in (TESTS / table).read_text(encoding="utf-8") for table in TABLES):
        return "tests/native/test_guests.py"
    harness = sorted((TESTS / "harness").glob("*.py"))
    users = [path.stem for path in harness if word in path.read_text(encoding="utf-8")]
    found = [*map(_importer, users), _of_folder("native", word), _of_folder("live", word)]
    return next((name for name in found if name), "")


def _of_folder(folder: str, word: str) -> str:
    """Return the first file of tests with that word, but for those of all guests."""
    for path in sorted((TESTS / folder).glob("test_*.py")):
        if path.name not in ABOUT_ALL and word in path.read_text(encoding="utf-8"):
            return path.relative_to(ROOT).as_posix()
    return ""


def _importer(module: str) -> str:
    """Return the first test that uses a module of the harness."""
    for path in sorted((TESTS / "native").glob("test_*.py")):
        if f"tests.harness.{module} " in path.read_text(encoding="utf-8"):
            return path.relative_to(ROOT).as_posix()
    return ""


def state_of(function: HostFunction) -> str:
    """Return how a function is there."""
    if function.refused:
        return "refused"
    return "done, may wait" if function.waits else "done"


def completed(known: Known) -> Known:
    """Return what is known of each function that there is, and the guests of new ones."""
    whole: Known = {}
    callers: Mapping[tuple[str, str], list[str]] | None = None
    for function in host_functions():
        row = dict(known.get(function.interface, {}).get(function.name, {}))
        if "guest" not in row:
            callers = called_by() if callers is None else callers
            guests = callers.get((function.interface, function.name), [])
            row |= {"guest": guests[0]} if guests else {}
        whole.setdefault(function.interface, {})[function.name] = row
    return whole


def tables(known: Known) -> Iterator[str]:
    """Yield the tables, interface by interface."""
    resources = host_resources()
    functions: dict[str, list[HostFunction]] = {item.interface: [] for item in resources}
    order: dict[str, list[HostFunction]] = {}
    for function in host_functions():
        rows = order.setdefault(function.interface, [])
        # Drafts of a package have interfaces and functions of the same names.
        if function.name not in [row.name for row in rows]:
            rows.append(function)
    for interface in functions:
        order.setdefault(interface, [])
    for interface, rows in order.items():
        yield f"### `{interface}`\n"
        named = _versions([*rows, *(item for item in resources if item.interface == interface)])
        if named:
            yield f"{named}\n"
        own = list(dict.fromkeys(item.name for item in resources if item.interface == interface))
        if own:
            yield f"Resources: {', '.join(f'`{name}`' for name in own)}\n"
        if rows:
            yield "\n".join(
                [
                    "| function | state | note | held by |",
                    "|---|---|---|---|",
                    *(_row(each, known[interface][each.name]) for each in rows),
                    "",
                ]
            )


def _versions(rows: Sequence[HostFunction | HostResource]) -> str:
    """Return at which versions there are these; nothing where that is any 0.2.x."""
    known = list(dict.fromkeys(version for row in rows for version in row.versions))
    if known == ["0.2."]:
        return ""
    return f"At {', '.join(each or 'none' for each in known)}."


def _row(function: HostFunction, row: Mapping[str, str]) -> str:
    guest = row.get("guest", "")
    held = f"`{guest}` in `{test_of(guest)}`" if guest else ""
    return f"| `{function.name}` | {state_of(function)} | {row.get('note', '')} | {held} |"


def page(known: Known) -> str:
    """Return the whole page, of which all before the tables stays as it is."""
    before, _, _ = PAGE.read_text(encoding="utf-8").partition(HEADING)
    return before + HEADING + "\n" + "\n".join(tables(known))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write both files, or say which are not as they should be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args(arguments).check
    known = completed(json.loads(DATA.read_text(encoding="utf-8")))
    texts = {DATA: json.dumps(known, indent=1) + "\n", PAGE: page(known)}
    changed = [path for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
    for path in changed:
        print(f"{'differs' if check else 'written'}: {path.relative_to(ROOT)}")
        if not check:
            path.write_text(texts[path], encoding="utf-8")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
