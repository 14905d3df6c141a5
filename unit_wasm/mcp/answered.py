"""The standard streams of a session: what was asked is answered before it ends.

The package ``mcp`` ends a session with its input, and drops the calls that are on their way. A
program that writes its requests, closes its end and reads the answers wants them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from mcp import types

_CANCELLED: Final = "notifications/cancelled"


class Answered:
    """What came in and is not answered yet.

    Parameters:
        read: the stream of what comes in; ``mcp.server.stdio`` makes it.
        write: the stream of answers.
        at_end: is called when nothing more comes in: it ends what would wait for ever.
        longest: seconds that answers may take then.

    Attributes:
        read, write: the same, for ``Server.run``.
    """

    def __init__(self, read: Any, write: Any, at_end: Callable[[], None], longest: float) -> None:
        self.read = _Read(read, self)
        self.write = _Write(write, self)
        self._at_end = at_end
        self._longest = longest
        self._open: Counter[str | int] = Counter()
        self._none_open = asyncio.Event()

    def came(self, message: Any) -> None:
        """Take note of what came in."""
        if isinstance(message, types.JSONRPCRequest):
            self._open[message.id] += 1
        elif isinstance(message, types.JSONRPCNotification) and message.method == _CANCELLED:
            # It is not answered then.
            self._over((message.params or {}).get("requestId"))

    def left(self, message: Any) -> None:
        """Take note of what was written."""
        if isinstance(message, types.JSONRPCResponse | types.JSONRPCError):
            self._over(message.id)

    def _over(self, number: Any) -> None:
        if isinstance(number, str | int) and self._open[number] > 0:
            self._open[number] -= 1
            if not self._open[number]:
                # A session may go on for ever.
                del self._open[number]
        if not self._open:
            self._none_open.set()

    async def all(self) -> None:
        """Wait until all is answered, or the longest time is over."""
        self._at_end()
        if self._open:
            self._none_open.clear()
            try:
                await asyncio.wait_for(self._none_open.wait(), self._longest)
            except TimeoutError:
                # The package tells those that wait that the connection was closed.
                return


class _Stream:
    """What both streams do: they are closed."""

    def __init__(self, stream: Any, answered: Answered) -> None:
        self._stream = stream
        self._answered = answered

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


class _Read(_Stream):
    @property
    def last_context(self) -> Any:
        return getattr(self._stream, "last_context", None)

    async def receive(self) -> Any:
        item = await self._stream.receive()
        self._answered.came(getattr(item, "message", None))
        return item

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            item = await anext(self._stream)
        except StopAsyncIteration:
            await self._answered.all()
            raise
        self._answered.came(getattr(item, "message", None))
        return item


class _Write(_Stream):
    async def send(self, item: Any) -> None:
        await self._stream.send(item)
        self._answered.left(item.message)
