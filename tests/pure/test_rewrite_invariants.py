"""What the rewrite never does: raise, take long, or change what is accepted."""

import random
import time

import pytest

from tests.harness.component_text import (
    EMPTY,
    STREAMS,
    accepted,
    assemble,
    boundaries,
    guest,
    streams_import,
)
from unit_wasm.component.inspect import inspect
from unit_wasm.component.rewrite.coremaker import section, vector
from unit_wasm.component.rewrite.rewrite import rewrite


def test_truncated_at_every_byte() -> None:
    """Between two sections it is a component; it is rewritten as soon as it imports streams."""
    data = assemble(STREAMS)
    verdicts = [_same_verdict(data[:end]) for end in range(len(data) + 1)]
    ends = boundaries(data)
    assert [verdicts[end] for end in ends] == [(False, True)] * 5 + [(True, True)] * 17
    others = {verdict for end, verdict in enumerate(verdicts) if end not in ends}
    assert others == {(False, False)}


def test_one_byte_changed() -> None:
    rng = random.Random(20_250_101)
    data = assemble(STREAMS)
    nested = assemble(
        f"""(component {streams_import()} (component $inner {streams_import()} {guest()})
      (instance $it (instantiate $inner
        (with "wasi:io/error@0.2.0" (instance $errors))
        (with "wasi:io/streams@0.2.0" (instance $streams))))
      (export "write" (func $it "write")))"""
    )
    verdicts = set()
    for source in (data, nested):
        for _ in range(400):
            changed = bytearray(source)
            changed[rng.randrange(8, len(source))] = rng.choice(
                [0, 1, 2, 3, 4, 0x70, 0x73, 0x7D, 0x7F, 0x80, 0xFF, rng.randrange(256)]
            )
            verdicts.add(_same_verdict(bytes(changed)))
    # The test is about all four kinds: rewritten or not, accepted or not.
    assert verdicts == {(True, True), (True, False), (False, True), (False, False)}


def _same_verdict(data: bytes) -> tuple[bool, bool]:
    """Assert that the rewrite of ``data`` is accepted if and only if ``data`` is."""
    outcome = rewrite(data)
    valid = accepted(data)
    assert accepted(outcome.data) == valid, data.hex()
    assert outcome.rewritten == (outcome.reason is None)
    assert accepted(rewrite(data, carries=False).data) == valid, data.hex()
    return outcome.rewritten, valid


def test_nesting_at_the_limit_and_beyond() -> None:
    data = assemble(STREAMS)
    for _ in range(63):  # the instance types inside are one level more
        data = EMPTY + section(4, data)
    assert rewrite(data).rewritten
    deeper = EMPTY + section(4, data)
    outcome = rewrite(deeper)
    assert (outcome.data, outcome.rewritten) == (deeper, False)
    assert outcome.reason is not None
    assert outcome.reason.startswith("it could not be read: types are nested deeper than 64 at ")


def test_time_does_not_depend_on_core_modules() -> None:
    big = section(1, b"\0asm\x01\0\0\0" + section(0, b"\x01x" + bytes(18_000_000)))
    data = assemble(STREAMS) + big
    started = time.thread_time()
    outcome = rewrite(data)
    assert time.thread_time() - started < 0.2
    assert outcome.rewritten
    assert outcome.data.endswith(big)


@pytest.mark.parametrize(
    "body",
    [
        section(7, vector([b"\x70\x7d"] * 2_000)),
        section(0, b"\x01x") * 2_000,
        section(4, EMPTY) * 2_000,
        section(4, EMPTY + section(4, EMPTY) * 2_000),
        section(7, vector([b"\x42\x01\x01\x70\x7d"] * 2_000)),
        section(7, vector([b"\x42" + vector([b"\x01\x70\x7d"] * 2_000)])),
        section(5, vector([b"\x01\x00"] * 2_000)),
        section(7, b"\xff\xff\xff\xff\x0f" + b"\x7d" * 2_000),
    ],
)
def test_time_is_linear(body: bytes) -> None:
    """Twice the input takes about twice the time; ten times, where it were quadratic in part."""
    small, large = (_time(EMPTY + part) for part in (body, body * 8))
    assert large < 40 * small + 0.05


def _time(data: bytes) -> float:
    best = 1.0
    for _ in range(3):
        started = time.thread_time()
        rewrite(data)
        best = min(best, time.thread_time() - started)
    return best


def test_inspection_reads_what_the_rewrite_makes() -> None:
    data = assemble(STREAMS)
    before, after = inspect(data), inspect(rewrite(data).data)
    assert (before.imports, before.exports) == (after.imports, after.exports)
