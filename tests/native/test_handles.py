"""Guests that use their handles in any order, as in ``make fuzz TARGET=handles``, for a moment.

Here and not in tests/fuzz, so that ``make test-asan`` runs it.
"""

from pathlib import Path

from tests.fuzz.target import explore
from tests.harness.direct import SLOWNESS

EXAMPLES = 300 if SLOWNESS == 1 else 100


def test_random_programs(tmp_path: Path) -> None:
    count, finding = explore("handles", tmp_path, seed=1, rounds=1, examples=EXAMPLES)
    assert finding is None
    assert count >= EXAMPLES
