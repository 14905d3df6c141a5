"""Invariant: what the core modules of a component are merged into is accepted by wasmtime if and
only if the component is, and does exactly the same: results, traps, calls of the host. Nothing but
NoMerge is raised.

The inputs are components of modules that are linked among themselves, some of them with changed
bytes, and those of the target ``component``.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import wasmtime

from tests.fuzz.choices import Choices, edited
from tests.fuzz.targets import component
from tests.harness.component_text import accepted, assemble, hurried
from tests.harness.linked import linked, run
from unit_wasm.component.rewrite.membership import NoMerge
from unit_wasm.component.rewrite.merge import merge


def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
    """Return a component."""
    if choices.chance(6):
        return component.make(choices, seeds)
    changes = choices.chance(3)
    data = assemble(linked(choices))
    return edited(data, choices) if changes else data


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Make an engine that compiles in a hurry, and whose code ends."""
    config = hurried()
    config.consume_fuel = True
    engine = wasmtime.Engine(config)

    def check(data: bytes) -> None:
        with contextlib.suppress(NoMerge):
            merged = merge(data)
            takes = accepted(data, engine)
            assert accepted(merged, engine) == takes
            if takes and data != merged:
                assert run(engine, data) == run(engine, merged)

    yield check
