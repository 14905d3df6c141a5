"""What is counted of calls, for each function, and that in the text format of Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator


class FunctionCounts:
    """Of one function.

    Parameters:
        application: what it belongs to.
        function: its path.
    """

    __slots__ = ("application", "function", "seconds", "statuses")

    def __init__(self, application: str, function: str) -> None:
        self.application = application
        self.function = function
        self.statuses: Counter[int] = Counter()
        """How many calls were answered with each status."""
        self.seconds = 0.0
        """That they took together."""


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


def function_families(functions: Iterable[FunctionCounts], pid: int | None = None) -> Iterator[str]:
    """Yield the families of metrics of functions; none where no function was called.

    Parameters:
        pid: of the process, as a label, where several of them are read together.
    """
    calls: list[str] = []
    seconds: list[str] = []
    for one in functions:
        label = f'application="{_escaped(one.application)}"'
        if pid is not None:
            label += f',pid="{pid}"'
        label += f',function="{_escaped(one.function)}"'
        calls += [
            f'{{{label},code="{status}"}} {count}' for status, count in sorted(one.statuses.items())
        ]
        seconds += [
            f"_sum{{{label}}} {one.seconds:.9f}",
            f"_count{{{label}}} {one.statuses.total()}",
        ]
    if seconds:
        text = "Calls of functions that were answered, by status."
        yield family("function_calls_total", "counter", text, *calls)
        text = "Time from a call, read whole, to its answer."
        yield family("function_call_duration_seconds", "summary", text, *seconds)


def family(name: str, kind: str, text: str, *samples: str) -> str:
    """Return a family of metrics; each sample begins with what follows the name."""
    name = f"unit_wasm_{name}"
    lines = [f"# HELP {name} {text}", f"# TYPE {name} {kind}", *(name + item for item in samples)]
    return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    """Return the value of a label; an application may have any name."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
