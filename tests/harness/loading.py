"""Components as Python objects, for tests: guests are loaded with what they import provided."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any

from tests.harness.direct import CACHE, guest_path
from tests.harness.server import ROOT
from unit_wasm import host, load
from unit_wasm.options import Options

EXAMPLES = ROOT / "examples" / "python-host"


def options(**changes: Any) -> Options:
    """Return options with the cache of the tests."""
    return Options(cache_dir=CACHE, **changes)


class Thing:
    """An object of the host."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.taken = False
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


@host.interface("test:calls/host")
class Things:
    """What the guest ``calls`` imports; notes what becomes of its objects."""

    def __init__(self) -> None:
        self.noted: list[int] = []
        self.made: list[Thing] = []

    def make(self, number: int) -> Thing:
        self.made.append(Thing(number))
        return self.made[-1]

    def look(self, one: Thing, other: Thing) -> int:
        return one.number + other.number

    def take(self, one: Thing) -> None:
        one.taken = True

    def note(self, number: int) -> None:
        self.noted.append(number)

    def text(self, text: str) -> Any:
        return text.upper()


@host.function
def ask(number: int) -> int:
    """Return ten times a number."""
    return 10 * number


def load_guest(name: str = "calls", **given: Any) -> Any:
    """Load a guest; the one called ``calls`` has all that it imports."""
    given.setdefault("host", [Things(), ask] if name == "calls" else None)
    given.setdefault("options", options())
    return load(guest_path(name), **given)


def awaited(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in an event loop of its own."""

    @functools.wraps(test)
    def run(**given: Any) -> None:
        asyncio.run(test(**given))

    return run
