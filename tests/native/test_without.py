"""Each part of what is done to a component can be left out alone, to see what it brings."""

from __future__ import annotations

import random

import pytest

from tests.harness.direct import CACHE, Client, guest_path
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component

DATA = random.Random(1).randbytes(100_000)
TOO_MANY = "a call passed more than the host takes at once: 131072 items of lists, with what"


@pytest.mark.parametrize(
    ("without", "rewritten", "fronted"),
    [
        ("nothing", True, True),
        ("bytes", False, True),
        ("front", True, False),
        ("guard", True, True),
    ],
)
def test_one_part_is_left_out(without: str, rewritten: bool, fronted: bool) -> None:
    options = Options(without=without, cache_dir=CACHE)
    prepared = compile_component(guest_path("echo"), options)
    assert (prepared.rewritten, prepared.fronted) == (rewritten, fronted)
    assert list(prepared.notes()) == []
    with Client("echo", without=without) as client:
        answer = client.run(method="POST", body=DATA)
        assert (answer.status, answer.body, answer.log) == (200, DATA, [])


@pytest.mark.parametrize(
    ("without", "why"),
    [("guard", "total size of fields exceeds limit"), ("bytes", TOO_MANY), ("front", TOO_MANY)],
)
def test_without_the_guard_the_host_is_called(without: str, why: str) -> None:
    with Client("hostile", without=without) as client:
        (line,) = client.run("/fromlist/50000/1").log
        assert f"the component failed: {why}" in line
