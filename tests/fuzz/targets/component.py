"""Invariant: any bytes are rewritten into what wasmtime accepts if and only if it accepts them, or
come back as they are with a reason; nothing but a ComponentError is raised, in linear time. A front
is accepted only where the component in it is.

The inputs are components whose sections, at any level, were changed inside, repeated, left out or
put elsewhere; their framing mostly stays right, so that a change is reached.
"""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import wasmtime

from tests.fuzz.choices import Choices, edited
from tests.fuzz.steps import steps
from tests.harness.component_text import accepted, hurried
from unit_wasm.component.inspect import inspect
from unit_wasm.component.rewrite.front import put_front
from unit_wasm.component.rewrite.frontmaker import NoFront
from unit_wasm.component.rewrite.rewrite import rewrite
from unit_wasm.errors import ComponentError
from unit_wasm.native.rows import host_rows
from unit_wasm.wit.reader import COMPONENT_PREAMBLE, Malformed, Reader, encode_u32

_COMPONENT = 4
_MODULE = 1
_STEPS_FOR_A_BYTE = 60
_STEPS_AT_LEAST = 20_000


@dataclass
class _Section:
    """A section: of a component the sections inside, of others the bytes."""

    number: int
    content: "bytes | list[_Section]"

    def encode(self) -> bytes:
        body = self.content
        if not isinstance(body, bytes):
            body = COMPONENT_PREAMBLE + b"".join(section.encode() for section in body)
        return bytes([self.number]) + encode_u32(len(body)) + body


@functools.lru_cache(32)
def _binary(seed: bytes) -> bytes:
    return bytes(wasmtime.wat2wasm(seed.decode())) if seed.startswith(b"(component") else seed


def _sections(data: bytes) -> list[_Section]:
    """Take a component apart; what follows a fault in its framing is left out."""
    found: list[_Section] = []
    reader = Reader(data, len(COMPONENT_PREAMBLE))
    with contextlib.suppress(Malformed):
        while not reader.at_end():
            number, body = reader.section()
            content = data[body.position : body.end]
            nested = number == _COMPONENT and content.startswith(COMPONENT_PREAMBLE)
            found.append(_Section(number, _sections(content) if nested else content))
    return found


def _change(choices: Choices, sections: list[_Section], others: list[_Section]) -> None:
    """Make one change in a list of sections, or in a component inside."""
    if not sections:
        return
    index = choices.below(len(sections))
    section = sections[index]
    kind = choices.below(8)
    if isinstance(section.content, list) and kind < 6:
        section.content = list(section.content)
        _change(choices, section.content, others)
    elif kind == 0:
        del sections[index]
    elif kind == 1:
        sections.insert(choices.below(len(sections) + 1), section)
    elif kind == 2:
        sections.insert(index, choices.pick(others))
    elif kind == 3:
        sections[index] = _Section(section.number, [*sections[: index + 1]])
    elif isinstance(section.content, bytes) and (section.number != _MODULE or kind == 4):
        sections[index] = _Section(section.number, edited(section.content, choices))


def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
    """Return a component with a few changes."""
    data = _binary(choices.pick(seeds))
    others = _sections(_binary(choices.pick(seeds)))
    sections = _sections(data)
    for _ in range(1 + choices.below(3)):
        _change(choices, sections, others)
    made = COMPONENT_PREAMBLE + b"".join(section.encode() for section in sections)
    return edited(made, choices) if choices.chance(8) else made


def _limit(data: bytes) -> int:
    """Return the steps that are allowed: for each byte that is looked at."""

    def looked_at(sections: list[_Section]) -> int:
        return sum(
            8
            if section.number in (0, _MODULE)
            else looked_at(section.content) + 8
            if isinstance(section.content, list)
            else len(section.content)
            for section in sections
        )

    return _STEPS_AT_LEAST + _STEPS_FOR_A_BYTE * looked_at(_sections(data))


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Make an engine that compiles in a hurry: only its verdict counts."""
    engine = wasmtime.Engine(hurried())
    rows = host_rows()

    def check(seed: bytes) -> None:
        data = _binary(seed)
        with contextlib.suppress(ComponentError):
            inspect(data)
        outcome = rewrite(data)
        assert outcome.rewritten == (outcome.reason is None)
        # One that carries no strings may have got guards all the same.
        if outcome.data is data:
            assert not outcome.rewritten
        else:
            assert accepted(outcome.data, engine) == accepted(data, engine)
        taken = steps(lambda: rewrite(data))
        assert taken <= _limit(data), (taken, _limit(data))
        with contextlib.suppress(NoFront):
            front = put_front(outcome.data, rows).data
            assert accepted(data, engine) or not accepted(front, engine)
        with contextlib.suppress(NoFront):
            front = put_front(outcome.data, rows, foreign=True, carries=True).data
            assert accepted(data, engine) or not accepted(front, engine)

    yield check
