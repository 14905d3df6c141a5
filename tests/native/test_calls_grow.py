"""Instances, traps and objects of a host in large numbers; `make soak-calls` has more of them."""

from __future__ import annotations

import pytest

from tests.soak.calls import KINDS, left, resident

COUNT = 10_000
WARM = 1000


@pytest.mark.no_asan
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left(kind: str) -> None:
    KINDS[kind](WARM)
    before = resident()
    KINDS[kind](COUNT)
    assert left() == 0
    # Some hundred bytes for each: Python takes memory in pieces of up to a MiB.
    assert resident() - before < 1 << 20
