"""What the largest memory of a component begins with."""

from __future__ import annotations

import pytest

from tests.harness.component_text import assemble
from unit_wasm.component.inspect import inspect

_INSTANCE = "(core instance (instantiate $m))"


@pytest.mark.parametrize(
    ("memories", "pages"),
    [
        ("", 0),
        ("(memory 0)", 0),
        ("(memory 3)", 3),
        ("(memory 3 500)", 3),
        ("(memory 200 200)", 200),
        ("(memory 1 9) (memory 17) (memory 4 4)", 17),
        ('(import "" "m" (memory 99)) (memory 2)', 2),
        ("(memory 2) (memory i64 30) (memory 40)", 2),
    ],
)
def test_the_largest_memory_counts(memories: str, pages: int) -> None:
    assert inspect(assemble(f"(component (core module $m {memories}) {_INSTANCE})")).pages == pages


def test_only_what_is_instantiated_counts() -> None:
    text = """(component
      (core module $unused (memory 50))
      (core module $m (memory 2))
      (component $inner (core module $m (memory 5)) (core instance (instantiate $m)))
      (core instance (instantiate $m)) (core instance (instantiate $m))
      (instance (instantiate $inner)))"""
    assert inspect(assemble(text)).pages == 5
