"""An instance for each call: nothing is kept from one to the next."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from unit_wasm.api.handles import Owned
from unit_wasm.api.loaded import Loaded
from unit_wasm.api.running import MakeClass, Running
from unit_wasm.api.running_async import RunningAsync
from unit_wasm.api.signature import Signature
from unit_wasm.errors import CallError
from unit_wasm.native.calls import ForkedError
from unit_wasm.wit.model import TypeDef

Run = TypeVar("Run", bound=Running)


class Fresh:
    """Makes an instance for each call, and ends it after.

    Parameters:
        loaded: the component.
        make_class: see :class:`unit_wasm.api.running.Running`.
    """

    def __init__(self, loaded: Loaded, make_class: MakeClass) -> None:
        self._loaded = loaded
        self._make_class = make_class
        self._runs: set[Running] = set()
        self._closed = False

    def prepared(self, signature: Signature) -> Callable[[Sequence[Any]], Any]:
        """Return what calls a function, by its arguments."""
        return functools.partial(self.call, signature)

    def call(self, signature: Signature, args: Sequence[Any]) -> Any:
        """Call a function of a new instance."""
        self._check(signature)
        running = self._begun(Running)
        try:
            return running.call(signature, args)
        finally:
            self._end(running)

    def _begun(self, kind: type[Run]) -> Run:
        """Return a new instance. A process that was forked loads the component for itself."""
        try:
            running = kind(self._loaded.plan, self._loaded.start, self._make_class)
        except ForkedError:
            self._loaded, self._runs = self._loaded.again(), set()
            running = kind(self._loaded.plan, self._loaded.start, self._make_class)
        self._runs.add(running)
        if self._closed:
            # Between the look at it and now, by another thread.
            running.native.cancel()
        return running

    def _end(self, running: Running) -> None:
        self._runs.discard(running)
        running.close()

    def _check(self, signature: Signature) -> None:
        if self._closed:
            raise CallError("the component is closed")
        if signature.has_handles:
            raise CallError(
                f"{signature.full_name} has to do with objects that live in an instance",
                hint="load the component without fresh=True",
            )

    def class_of(self, resource: TypeDef) -> type[Owned]:
        """Refuse it: its objects would end with the call that makes them."""
        raise CallError(
            f"objects of {resource.name} live in an instance",
            hint="load the component without fresh=True",
        )

    def close(self) -> None:
        """End the calls that run, and free everything; harmless when it was done already."""
        if not self._closed:
            self._closed = True
            for running in tuple(self._runs):
                running.native.cancel()
            self._loaded.close()


class FreshAsync(Fresh):
    """Does the same for functions that are awaited."""

    async def call(self, signature: Signature, args: Sequence[Any]) -> Any:
        """Call a function of a new instance."""
        self._check(signature)
        running = self._begun(RunningAsync)
        try:
            return await running.call(signature, args)
        finally:
            self._end(running)
