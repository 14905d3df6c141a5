"""Invariant: components are composed into one that wasmtime accepts where it accepts them, or
refused with a ComponentError; a file of any bytes is described, and nothing is raised.

The inputs are components that were changed as those of the target ``component``; each is composed
with others that were not, as what is plugged in and as what that is plugged into.
"""

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import wasmtime

from tests.fuzz.seed_files import read_seeds
from tests.fuzz.targets.component import make
from tests.harness.component_text import accepted, hurried
from unit_wasm.component.compose import Given, compose
from unit_wasm.component.describe import TITLES, describe
from unit_wasm.errors import ComponentError
from unit_wasm.prepare.compiler import provided_functions

__all__ = ["make", "opened"]


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Make an engine that compiles in a hurry: only its verdict counts."""
    engine = wasmtime.Engine(hurried())
    provided = provided_functions()
    others = [Given(name, data) for name, data in read_seeds("compose").items()]
    turns = itertools.count()

    def check(data: bytes) -> None:
        assert describe("changed", data, provided).kind in TITLES
        changed = Given("changed", data)
        turn = next(turns)
        other, third = others[turn % len(others)], others[turn // 3 % len(others)]
        plugs = [changed] if other is third else [changed, third]
        for socket, given in ((other, plugs), (changed, [other]), (changed, others[1:])):
            with contextlib.suppress(ComponentError):
                composed = compose(socket, given)
                assert accepted(composed.data, engine) or not accepted(data, engine)

    yield check
