"""A plugin of pytest: the fixture ``component`` loads components, and records what they call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class HostCall:
    """A call of a function of the host.

    Parameters:
        function: ``log``, or ``namespace:package/interface.get``.
        args: what the component has passed; that of a method begins with its object.
        result: what was returned; an ``Err`` where it was raised.
    """

    function: str
    args: tuple[Any, ...]
    result: Any


class Components:
    """Loads components, and closes them at the end of the test.

    Parameters:
        folder: of the test: where files are looked for that are not in the working directory.

    Attributes:
        calls: what the components have called of the host, in the order in which it returned.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: list[Any] = []
        self.calls: list[HostCall] = []

    def __call__(self, path: str | Path, **options: Any) -> Any:
        """Load a component; see :func:`unit_wasm.load`."""
        from unit_wasm.api.load import load

        beside = self._folder / path
        loaded = load(beside if beside.exists() else path, observe=self._observe, **options)
        self._loaded.append(loaded)
        return loaded

    def _observe(self, function: str, args: tuple[Any, ...], result: Any) -> None:
        self.calls.append(HostCall(function, args, result))

    def close(self) -> None:
        """Close what was loaded."""
        while self._loaded:
            self._loaded.pop().__exit__(None, None, None)


@pytest.fixture
def component(request: pytest.FixtureRequest) -> Iterator[Components]:
    """Load components: ``component("adder.wasm", host=Fake()).add(1, 2)``."""
    components = Components(request.path.parent)
    yield components
    components.close()
