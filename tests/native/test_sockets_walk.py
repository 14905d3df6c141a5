"""Guests that call functions of sockets in any order, as in ``make fuzz TARGET=sockets``.

Here and not in tests/fuzz, so that ``make test-asan`` runs it.
"""

from pathlib import Path

import pytest

from tests.fuzz.seed_files import read_seeds
from tests.fuzz.target import explore, load
from tests.harness.direct import SLOWNESS

EXAMPLES = 200 if SLOWNESS == 1 else 60


def test_random_calls(tmp_path: Path) -> None:
    count, finding = explore("sockets", tmp_path, seed=1, rounds=1, examples=EXAMPLES)
    assert finding is None
    assert count >= EXAMPLES


def test_the_model_knows_more_than_the_guest() -> None:
    """Each call of the seeds has to be of a socket that has come so far, or the walk is short."""
    target = load("sockets")
    reached: set[str] = set()
    with target.opened() as check:
        for seed in read_seeds("sockets").values():
            check(seed)
            model = target.Model((1, 2))  # type: ignore[attr-defined]
            for at in range(0, len(seed), 3):
                step = model.step(*seed[at : at + 3])
                reached.add(step.line.split()[0])
                if step.allowed == "":
                    break
                step.then("ok")
    wanted = {"accept-now", "connected-now", "write-many", "read-now", "shutdown", "drop", "remote"}
    assert wanted | {"stream", "check-send", "send-many", "receive-now", "listening"} <= reached


@pytest.mark.parametrize(("call", "wrong"), [((3, 0, 0), "local 0"), ((10, 0, 0), "listening 0")])
def test_an_answer_that_the_state_does_not_allow_is_found(
    call: tuple[int, int, int], wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = load("sockets")
    model = target.Model  # type: ignore[attr-defined]
    step = model.step

    def lie(self: object, *numbers: int) -> object:
        made = step(self, *numbers)
        return made if made.line != wrong else type(made)(made.line, "never", made.then)

    monkeypatch.setattr(model, "step", lie)
    with target.opened() as check, pytest.raises(AssertionError, match=wrong):
        check(bytes((0, 0, 0, *call)))
