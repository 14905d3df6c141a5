"""Time that passes when a test says so."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any


@dataclass
class Clock:
    """In the place of an event loop, or of the module ``time``."""

    gmtime = staticmethod(time.gmtime)

    now: float = 0.0
    timers: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def time(self) -> float:
        """Return the present."""
        return self.now

    def call_later(self, seconds: float, call: Callable[[], None]) -> Any:
        """Set a timer; what is returned can be cancelled."""
        timer = (self.now + seconds, call)
        self.timers.append(timer)
        return SimpleNamespace(cancel=lambda: self.timers.remove(timer))

    def until(self, when: float) -> None:
        """Go on to a time, and fire what is due until then."""
        while due := [timer for timer in self.timers if timer[0] <= when]:
            timer = min(due, key=lambda item: item[0])
            self.timers.remove(timer)
            self.now = timer[0]
            timer[1]()
        self.now = when
