"""The state machine of the response (csrc/http/exchange.c): every stage with every event.

The table here is written from the rules at the top of http/exchange.h, not copied from the source:
a change of either has to be made twice.
"""

import pytest

from unit_wasm._native import lib

STAGES = ("none", "set", "sent", "complete", "cut")
EVENTS = ("set", "handed over", "finished", "failed", "client gone")

NEXT = {
    # The guest has not answered. It cannot finish what it has not begun; a failure is answered with
    # a page of ours, which is complete at once.
    ("none", "set"): "set",
    ("none", "handed over"): "none",
    ("none", "finished"): "none",
    ("none", "failed"): "complete",
    ("none", "client gone"): "cut",
    # The head is still ours: a failure can replace it.
    ("set", "set"): "set",
    ("set", "handed over"): "sent",
    ("set", "finished"): "complete",
    ("set", "failed"): "complete",
    ("set", "client gone"): "cut",
    # The client has the head: a failure must show as a broken body.
    ("sent", "set"): "sent",
    ("sent", "handed over"): "sent",
    ("sent", "finished"): "complete",
    ("sent", "failed"): "cut",
    ("sent", "client gone"): "cut",
    # The answer is whole: what the guest does afterwards does not change it.
    ("complete", "set"): "complete",
    ("complete", "handed over"): "complete",
    ("complete", "finished"): "complete",
    ("complete", "failed"): "complete",
    ("complete", "client gone"): "cut",
    # Nothing mends a broken response.
    ("cut", "set"): "cut",
    ("cut", "handed over"): "cut",
    ("cut", "finished"): "cut",
    ("cut", "failed"): "cut",
    ("cut", "client gone"): "cut",
}


def test_the_table_here_has_every_stage_and_event() -> None:
    assert set(NEXT) == {(stage, event) for stage in STAGES for event in EVENTS}


@pytest.mark.parametrize(("stage", "event"), NEXT)
def test_the_next_stage(stage: str, event: str) -> None:
    found = lib.uw_exchange_next(STAGES.index(stage), EVENTS.index(event))
    assert STAGES[found] == NEXT[stage, event]


@pytest.mark.parametrize(("stage", "event"), [(-1, 0), (5, 0), (0, -1), (0, 5)])
def test_there_are_no_more_stages_and_events(stage: int, event: int) -> None:
    assert lib.uw_exchange_next(stage, event) == -1
