"""A call of a component in an event loop, which goes on meanwhile.

What takes less than a slice of a few milliseconds runs at once, on the loop's thread. What takes
longer goes on in a thread of the loop's executor, so that others get their turns, and may run on
another processor. Functions of the host run on the loop's thread; an ``async def`` is awaited.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from unit_wasm.api.running import Running
from unit_wasm.api.signature import Signature
from unit_wasm.native.call_events import Event, RefusedError
from unit_wasm.native.calls import FAILED, HOST, WAITING
from unit_wasm.wit.model import TypeDef

T = TypeVar("T")

_PATIENCE = 0.05
"""Seconds that a thread waits for a component at once; who is cancelled waits for its end."""


class RunningAsync(Running):
    """One instance of a component; calls of it are awaited, and cancelled with their task."""

    _blocks = False

    def prepared(self, signature: Signature) -> Callable[[Sequence[Any]], Any]:
        """Return what calls a function, by its arguments."""
        return functools.partial(self.call, signature)

    async def call(self, signature: Signature, args: Sequence[Any]) -> Any:
        """Call a function of the component; see :meth:`Running.call`."""
        with self.taken():
            await self._end_released_soon()
            outcome = self.begun(signature, args)
            try:
                data = await self._driven_soon(outcome)
            finally:
                self.exports.finish()
            return signature.read(data, self.exports)

    async def _driven_soon(self, outcome: bytes | Event) -> bytes:
        native = self.native
        try:
            while not isinstance(outcome, bytes):
                if outcome.kind == HOST:
                    outcome = await self._host_soon(outcome)
                elif outcome.kind == FAILED:
                    raise self.failed(outcome)
                elif outcome.kind == WAITING:
                    await _in_thread(functools.partial(native.wait, _PATIENCE))
                    outcome = native.go_on()
                else:
                    outcome = await _in_thread(native.go_on)
        except RefusedError as error:
            raise self.refused(error) from None
        except BaseException as error:
            self.abandon(error)
            raise
        return outcome

    async def _host_soon(self, event: Event) -> bytes | Event:
        try:
            result = self.hosts.call(event.number, event.data)
            if not isinstance(result, bytes):
                result = await self.in_time(result)
        except Exception as error:
            return self.native.fail(self.host_failed(event.number, error))
        return self.native.answer(result)

    def release(self, resource: TypeDef, number: int, wait: bool) -> Any:
        """End an object; without ``wait``, when there is time for it: before the next call."""
        self.released.append((resource, number))
        return self._release() if wait and self.callable() else None

    async def _release(self) -> None:
        if self._lock.acquire(blocking=False):
            try:
                await self._end_released_soon()
            finally:
                self._lock.release()

    async def _end_released_soon(self) -> None:
        while self.released:
            await self._driven_soon(self.dropped(*self.released.pop()))


async def _in_thread(function: Callable[[], T]) -> T:
    """Run a slice in a thread; who is cancelled, once or more, waits for its end, which is near."""
    loop = asyncio.get_running_loop()
    slice = loop.run_in_executor(None, function)
    try:
        return await asyncio.shield(slice)
    except asyncio.CancelledError:
        while not slice.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([slice])
        raise
