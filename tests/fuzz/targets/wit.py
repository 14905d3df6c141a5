"""Invariant: of any bytes either the world is read, and its text written, or a ComponentError says
why not; in time that grows with their number, and in memory that they do not blow up.

The inputs are those of the target ``component``: changed components.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import wasmtime

from tests.fuzz.choices import Choices
from tests.fuzz.steps import steps
from tests.fuzz.targets import component
from unit_wasm.errors import ComponentError
from unit_wasm.wit import World, read_world, world_text

_STEPS_FOR_A_BYTE = 150
_STEPS_AT_LEAST = 50_000


def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
    """Return a component with a few changes."""
    return component.make(choices, seeds)


def _read(data: bytes) -> tuple[World | None, int]:
    """Return the world, if there is one, and how many functions were called for it."""
    world = None

    def read() -> None:
        nonlocal world
        with contextlib.suppress(ComponentError):
            world = read_world(data)

    count = steps(read)
    return world, count


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Nothing has to be there."""

    def check(seed: bytes) -> None:
        data = bytes(wasmtime.wat2wasm(seed.decode())) if seed.startswith(b"(component") else seed
        world, count = _read(data)
        assert count <= _STEPS_AT_LEAST + _STEPS_FOR_A_BYTE * len(data), count
        if world is None:
            return
        text = ""
        with contextlib.suppress(ComponentError):
            text = world_text(world)
        assert all(line.isprintable() for line in text.splitlines()), text
        assert text.count("{") == text.count("}")

    yield check
