"""docs/conformance.md: every line names a test that exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.native.test_guests import ROWS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "conformance.md"
TABLES = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| program |"))
]


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", TABLES, ids=lambda row: row[0])
def test_line(row: list[str]) -> None:
    _, tests, remark = row
    for test in tests.split(", "):
        named = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)(?:\[([^\]]+)\])?`", test)
        assert named is not None, f"{test} does not name a test"
        file, name, guest = named.groups()
        assert name in names_in(file)
        if guest is not None:
            assert guest in {f"{item.guest}{item.path}" for item in ROWS}
    if remark.startswith("**"):
        assert remark.startswith(("**differs**: ", "**absent**: "))


def test_the_page_has_its_lines() -> None:
    """A pattern that finds no table would pass everything."""
    assert len(TABLES) > 50
