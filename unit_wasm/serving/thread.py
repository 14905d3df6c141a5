"""Work that must not block the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

_T = TypeVar("_T")


async def in_thread(function: Callable[[], _T]) -> _T:
    """Run a function in a thread of its own and return what it returns, or raise what it raises.

    The thread is a daemon, unlike those of ``asyncio.to_thread``: the end of the server does not
    wait for a component that is still being compiled.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def deliver(result: _T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: _T | None = None
        error: BaseException | None = None
        try:
            result = function()
        except BaseException as raised:
            error = raised
        # The loop is closed where the server ended in the meantime.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(deliver, result, error)

    threading.Thread(target=run, name="unit-wasm-build", daemon=True).start()
    return await future


def side_by_side(functions: Sequence[Callable[[], _T]], most: int) -> list[_T]:
    """Run functions in threads of their own, and return what they return, in their order.

    Raises what the first of them has raised. The threads are daemons; see :func:`in_thread`.

    Parameters:
        most: so many run at once.
    """
    left = deque(enumerate(functions))
    results: dict[int, _T] = {}
    errors: dict[int, BaseException] = {}

    def run() -> None:
        with contextlib.suppress(IndexError):
            while True:
                number, function = left.popleft()
                try:
                    results[number] = function()
                except BaseException as error:
                    errors[number] = error

    threads = [
        threading.Thread(target=run, name="unit-wasm-build", daemon=True)
        for _ in range(min(most, len(functions)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in sorted(errors):
        raise errors[number]
    return [results[number] for number in range(len(functions))]
