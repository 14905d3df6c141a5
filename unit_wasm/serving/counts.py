"""What is counted of calls, for each function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Counts", "FunctionCounts"]


@dataclass(slots=True)
class FunctionCounts:
    """Of one function.

    Parameters:
        application: what it belongs to.
        function: its path.
        statuses: how many calls were answered with each status.
        seconds: that they took together.
    """

    application: str
    function: str
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0


class Counts:
    """Counts calls of functions.

    Parameters:
        application: what they belong to.
    """

    def __init__(self, application: str) -> None:
        self._application = application
        self._functions: dict[str, FunctionCounts] = {}

    def add(self, function: str, status: int, seconds: float) -> None:
        """Count a call that has been answered."""
        counts = self._functions.get(function)
        if counts is None:
            counts = self._functions[function] = FunctionCounts(self._application, function)
        counts.statuses[status] += 1
        counts.seconds += seconds

    def __iter__(self) -> Iterator[FunctionCounts]:
        return iter(self._functions.values())
