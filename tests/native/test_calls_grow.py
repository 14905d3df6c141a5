"""Instances, traps and objects of a host in large numbers; `make soak-calls` has more of them."""

from __future__ import annotations

import pytest

from tests.soak.calls import KINDS, left, resident

COUNT = 4000
WARM = 1000


@pytest.mark.no_asan
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left(kind: str) -> None:
    KINDS[kind](WARM)
    before = resident()
    KINDS[kind](COUNT)
    assert left() == 0
    # Less than 64 bytes for each.
    assert resident() - before < COUNT * 64
