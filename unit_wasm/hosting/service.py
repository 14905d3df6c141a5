"""Who answers host calls: a thread with an event loop, and a few more for what blocks.

What runs where: an ``async`` function on the event loop, which all instances of the application
share; a plain one on one of the threads of its pool. A call whose instance has ended is cancelled
where it waits on the loop; on a thread it goes on, and nobody takes its answer.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import traceback
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from unit_wasm.log import say
from unit_wasm.loop_thread import LoopThread
from unit_wasm.native.hosting import HostOrder

# Calls that are late are looked for so often in the shortest of the times that they have.
_LOOKS = 8

# For functions to come to their end when the service does. One that computes holds up its loop and
# cannot be ended; it must not hold up a server that changes its configuration.
_STOP_TIME = 5.0


class Calls(Protocol):
    """Where calls come from and answers go: :class:`unit_wasm.native.hosting.HostCalls`."""

    def fileno(self) -> int: ...

    def orders(self) -> Iterator[HostOrder]: ...

    def answer(self, instance: int, serial: int, result: bytes) -> bool: ...

    def fail(self, instance: int, serial: int, text: str) -> bool: ...

    def close(self) -> None: ...


class Threads:
    """A few threads for functions that block.

    Parameters:
        count: how many at most.
        name: what theirs begin with.
        closed: is called when nothing more begins, for what they work with.
    """

    def __init__(self, count: int, name: str, closed: Callable[[], None] = lambda: None) -> None:
        self.pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._closed = closed

    def close(self) -> None:
        """Begin nothing more; nobody waits for what runs."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        self._closed()


@dataclass(eq=False, slots=True)
class Context:
    """An instance that calls.

    Parameters:
        request: the id of the request that it answers.
        data: whatever functions keep of it, by a key of theirs.
        ends: called when it has ended.
        drops: called with type and number of a handle that the guest has dropped.
    """

    request: str
    data: dict[Any, Any] = field(default_factory=dict)
    ends: list[Callable[[], None]] = field(default_factory=list)
    drops: Callable[[int, int], None] | None = None
    task: asyncio.Task[None] | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function that guests may call.

    Parameters:
        name: for the log.
        call: takes the context and packed arguments, and returns a packed result.
        threads: where it runs; None where it is ``async``.
        timeout: seconds after which `late` is the answer; None: the time of the exchange counts.
        late: a packed result.
    """

    name: str
    call: Callable[[Context, bytes], bytes] | Callable[[Context, bytes], Coroutine[Any, Any, bytes]]
    threads: Threads | None = None
    timeout: float | None = None
    late: bytes = b""


class Service:
    """Answers the host calls of one worker, from now on until :meth:`close`.

    Parameters:
        calls: the worker.
        functions: by their numbers.
        name: of the application, for the log.
        log: gets the tracebacks.
    """

    def __init__(
        self,
        calls: Calls,
        functions: Mapping[int, Function],
        *,
        name: str,
        log: logging.Logger,
        log_json: bool = False,
    ) -> None:
        self._calls = calls
        self._functions = functions
        self._name = name
        self._log = log
        self._log_json = log_json
        self._contexts: dict[int, Context] = {}
        # Who calls the worker holds the lock: nobody does so any more when the service is closed.
        self._lock = threading.Lock()
        self._descriptor = calls.fileno()
        self._open = True
        # Calls that have a time of their own, the oldest first: until when, and what is said then.
        self._timed: dict[tuple[int, int], tuple[float, HostOrder, bytes]] = {}
        self._looks: asyncio.TimerHandle | None = None
        self._thread: LoopThread | None = LoopThread("unit-wasm-hosting", self._leave)
        self._thread.do(self._start())

    def close(self) -> None:
        """Cancel what is on its way; the worker is not touched any more. Harmless when done."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._leave()
        try:
            thread.do(self._stop(), _STOP_TIME)
            thread.end(_STOP_TIME)
        except TimeoutError:
            self._say("a function of the host does not come to its end, and is left behind")
        for threads in {each.threads for each in self._functions.values()} - {None}:
            assert threads is not None
            threads.close()

    def _leave(self) -> None:
        """Let go of the worker: calls on their way fail, and so do all later ones."""
        with self._lock:
            if self._open:
                self._open = False
                self._calls.close()

    # ---- On the loop ----

    async def _start(self) -> None:
        asyncio.get_running_loop().add_reader(self._descriptor, self._take_orders)

    async def _stop(self) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)
        tasks = [context.task for context in self._contexts.values() if context.task is not None]
        for context in list(self._contexts.values()):
            self._end(context)
        await asyncio.gather(*tasks, return_exceptions=True)
        self._contexts.clear()

    def _take_orders(self) -> None:
        with self._lock:
            orders = list(self._calls.orders()) if self._open else ()
        for order in orders:
            context = self._contexts.get(order.id)
            if order.ended:
                if self._contexts.pop(order.id, None) is not None:
                    assert context is not None
                    self._end(context)
                continue
            if context is None:
                context = self._contexts[order.id] = Context(order.request)
            for kind, number in order.drops:
                if context.drops is not None:
                    self._safely("a handle cannot be dropped", context.drops, kind, number)
            if order.function:
                self._begin(context, order)

    def _end(self, context: Context) -> None:
        context.over = True
        if context.task is not None:
            context.task.cancel()
        for end in context.ends:
            self._safely("an instance has ended, and", end)
        context.ends.clear()
        context.data.clear()

    def _safely(self, what: str, call: Callable[..., None], *arguments: Any) -> None:
        try:
            call(*arguments)
        except BaseException:
            self._say(f"{what}: {traceback.format_exc()}")

    def _begin(self, context: Context, order: HostOrder) -> None:
        function = self._functions.get(order.function)
        if function is None:
            self._fail(order, f"there is no function {order.function}")
            return
        if function.threads is None:
            task = asyncio.get_running_loop().create_task(self._await(function, context, order))
            context.task = task
            return
        if function.timeout is not None:
            until = time.monotonic() + function.timeout
            self._timed[order.id, order.serial] = (until, order, function.late)
            if self._looks is None:
                self._look_later(function.timeout / _LOOKS)
        try:
            function.threads.pool.submit(self._work, function, context, order)
        except RuntimeError as error:
            self._fail(order, f"{function.name}: {error}")

    def _look_later(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._looks = loop.call_later(seconds, self._look, seconds)

    def _look(self, seconds: float) -> None:
        """Answer calls whose time is over; whoever works on them may say what he wants then."""
        self._looks = None
        now = time.monotonic()
        for key, (until, order, late) in list(self._timed.items()):
            if until <= now:
                self._timed.pop(key, None)
                self._answer(order, late)
        if self._timed:
            self._look_later(seconds)

    async def _await(self, function: Function, context: Context, order: HostOrder) -> None:
        try:
            made: Any = function.call(context, order.arguments)
            result = await made
        except asyncio.CancelledError:
            # Its instance has ended, or it has cancelled itself.
            self._fail(order, f"{function.name}: cancelled")
        except BaseException as error:
            self._failed(function, context, order, error)
        else:
            self._answer(order, result)

    # ---- On threads ----

    def _work(self, function: Function, context: Context, order: HostOrder) -> None:
        try:
            result: Any = function.call(context, order.arguments)
        except BaseException as error:
            self._failed(function, context, order, error)
        else:
            self._answer(order, result)

    def _answer(self, order: HostOrder, result: bytes) -> None:
        self._timed.pop((order.id, order.serial), None)
        with self._lock:
            if self._open:
                self._calls.answer(order.id, order.serial, result)

    def _fail(self, order: HostOrder, text: str) -> None:
        self._timed.pop((order.id, order.serial), None)
        with self._lock:
            if self._open:
                self._calls.fail(order.id, order.serial, text)

    def _failed(
        self, function: Function, context: Context, order: HostOrder, error: BaseException
    ) -> None:
        if context.over:
            # What it has worked with is gone, and nobody waits for it.
            return
        lines = "".join(traceback.format_exception(error)).rstrip()
        self._say(f"request {context.request}: {function.name}: {lines}")
        text = "".join(traceback.format_exception_only(error)).strip()
        self._fail(order, f"{function.name}: {text}")

    def _say(self, text: str) -> None:
        for line in text.splitlines():
            say(self._log, logging.ERROR, self._name, line, is_json=self._log_json)
