"""tools/mutants.py: what a fault is, and that its table speaks of what is there."""

import pytest

from mutants import Mutant, faults, mutants_of, read_table
from tests.harness.parts import PARTS
from tests.harness.server import ROOT
from unit_wasm.unit.sources import FUZZED


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "    if (a < b && c) {",
            ["if (!(a < b && c)) {", "if (a <= b && c) {", "if (a < b || c) {"],
        ),
        ("    uw_call(a->b, 1);", [";"]),
        ("    (void) !uw_call(a);", [";"]),
        ("    slot->burst = 0;", [";"]),
        ("    *link = slot->next;", [";"]),
        ("    held += size;", [";"]),
        ("    exchange->announced = true;", [";", "exchange->announced = false;"]),
        ("    size_t count = 0;", []),
        ("    return true;", ["return false;"]),
        ("    count++;", ["count--;"]),
        ("    at = end - 1;", [";", "at = end;"]),
        ("    /* a comment (that calls); */", []),
        ("     * a == b", []),
        ("static const int a = b == c;", []),
    ],
)
def test_faults(line: str, expected: list[str]) -> None:
    assert [fault.strip() for fault in faults(line)] == expected


def test_a_mutant_has_its_function_and_changes_one_line() -> None:
    text = (
        "static int\nfirst(void)\n{\n    a = 1;\n}\n\n\nint\nsecond(int a)\n{\n    return 0;\n}\n"
    )
    one, other = mutants_of(text)
    assert one == Mutant(4, "first", "    a = 1;", "    ;")
    assert (other.function, other.becomes) == ("second", "    return -1;")
    assert one.put_into(text) == text.replace("    a = 1;", "    ;")


@pytest.mark.parametrize("name", list(read_table()))
def test_the_table_speaks_of_what_is_there(name: str) -> None:
    judges = read_table()[name]
    assert set(judges.parts) <= set(PARTS)
    assert set(judges.targets) <= set(FUZZED)
    tests = (*judges.tests, *judges.module)
    files = [test.partition("::")[0] for test in tests if not test.startswith("-")]
    assert all((ROOT / file).is_file() for file in files)
    mutants = list(mutants_of((ROOT / name).read_text(encoding="utf-8")))
    for function, line, becomes in judges.excused:
        assert any(
            (mutant.function, mutant.line.strip()) == (function, line)
            and becomes in ("", mutant.becomes.strip())
            for mutant in mutants
        ), (function, line, becomes)
