"""D31: the module that this one replaces had one test, a GET of hello.

Its defects have numbers, 1 to 30. Each must have a test whose name ends in, or begins with, that
number: in tests/unitd, or in tests/native where a real unitd cannot be brought to it at will.
"""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
NUMBER = re.compile(r"_d(\d+)(?=_|$)")
DEFECTS = set(range(1, 31))


def numbers(folder: Path) -> dict[int, list[str]]:
    """Return the tests of each number."""
    found: dict[int, list[str]] = {}
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for number in NUMBER.findall(node.name):
                    found.setdefault(int(number), []).append(node.name)
    return found


def test_d31_each_defect_has_its_test() -> None:
    real, double = numbers(TESTS / "unitd"), numbers(TESTS / "native")
    assert DEFECTS - real.keys() - double.keys() == set()
    # Those that only the double can bring about, as tests/unitd/test_defects.py says.
    assert DEFECTS - real.keys() == {11, 14, 15}


def test_numbers_that_are_found(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        "class TestX:\n"
        "    def test_d01_one(self): ...\n"
        "    def test_two_d2_d17(self): ...\n"
        "def test_d3x(): ...\n"
        "def other_d4(): ...\n"
    )
    assert numbers(tmp_path) == {
        1: ["test_d01_one"],
        2: ["test_two_d2_d17"],
        17: ["test_two_d2_d17"],
    }
