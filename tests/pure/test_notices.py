"""Lines that clients bring about, with a clock of our own."""

import logging

import pytest

from tests.harness.clock import Clock
from unit_wasm.server.http.notices import Notices


def test_one_line_a_second_of_each_kind(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock(now=100.0)
    notices = Notices(logging.getLogger("test"), clock.time)
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            notices.say("a", "first")
        notices.say("b", "of another kind")
        clock.now = 100.99
        notices.say("a", "too early")
        clock.now = 101.0
        notices.say("a", "second")
        clock.now = 102.0
        notices.say("a", "third")
    assert caplog.messages == [
        "first",
        "of another kind",
        "second (5 more like it since the last such line)",
        "third",
    ]
