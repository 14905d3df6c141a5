"""Bodies of any bytes and any size, in both directions: what is text may go another way."""

import random

import pytest

from tests.harness.direct import Client
from tests.harness.exchanges import ALL_BYTES, PATTERN

both_forms = pytest.mark.parametrize("rewrite", [True, False], ids=["rewritten", "as built"])
CONTENTS = [pytest.param("", PATTERN, id="text"), pytest.param("/1", ALL_BYTES, id="all bytes")]
"""What big-response is asked for, behind the size, and what it repeats then."""


@both_forms
@pytest.mark.parametrize(("path", "unit"), CONTENTS)
@pytest.mark.parametrize("size", [1, 111, 112, 113, 4096, 57_232, 57_233, 65_536, 300_001])
def test_a_response_of_any_size(size: int, path: str, unit: bytes, rewrite: bool) -> None:
    """Larger than what crosses in one piece, than one write, and than the window."""
    with Client("big-response", rewrite=rewrite) as client:
        answer = client.run(f"/{size}{path}")
    assert (answer.status, answer.how, answer.log) == (200, "ended", [])
    assert answer.body == (unit * (size // len(unit) + 1))[:size]


@both_forms
@pytest.mark.parametrize("kind", ["text", "random", "text, then random"])
@pytest.mark.parametrize("size", [1000, 57_231, 57_232, 57_233, 200_000])
def test_an_echo_of_any_bytes(size: int, kind: str, rewrite: bool) -> None:
    data = random.Random(size).randbytes(size)
    if kind != "random":
        end = size if kind == "text" else size * 2 // 3
        data = bytes(byte & 0x7F for byte in data[:end]) + data[end:]
    for guest in ("echo", "splice"):
        with Client(guest, rewrite=rewrite) as client:
            answer = client.run(method="POST", body=data)
        assert (answer.status, answer.body, answer.log) == (200, data, [])
