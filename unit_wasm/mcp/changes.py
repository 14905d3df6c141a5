"""Clients are told that the tools are others now: those of a directory may be.

How depends on the version of the protocol that a client speaks. Until 2025-11-25 each that has
introduced itself gets ``notifications/tools/list_changed``; since 2026-07-28 those that listen.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from mcp import types
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ToolsListChanged

from unit_wasm.mcp.tools import Tools

_MOST: Final = 1000
"""Clients that are known; over HTTP nobody says that one has gone."""


class Changes:
    """Who is told.

    Parameters:
        changed: what is called after each change of files, on the event loop.
        tools: that may be others after it.
    """

    def __init__(self, changed: list[Callable[[], None]], tools: Tools) -> None:
        self._tools = tools
        self._before = tools.all()
        self._bus = InMemorySubscriptionBus()
        self.listen = ListenHandler(self._bus)
        self._sessions: deque[Any] = deque(maxlen=_MOST)
        self._telling: set[asyncio.Task[None]] = set()
        changed.append(self._tell)

    async def known(self, context: Any, params: Any) -> None:
        """Take note of a client that has introduced itself."""
        self._sessions.append(context.session)

    def _tell(self) -> None:
        tools = self._tools.all()
        if tools == self._before:
            return
        self._before = tools
        task = asyncio.ensure_future(self._told())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _told(self) -> None:
        await self._bus.publish(ToolsListChanged())
        for session in list(self._sessions):
            # Whoever has gone gets nothing, and that is no error.
            await session.send_tool_list_changed()

    def close(self) -> None:
        """End what clients listen to."""
        self.listen.close()


class ChangingServer(Server[Any]):
    """A server that says of its tools that they may become others.

    Parameters:
        name: of it.
        changes: who is told.
        more: the parameters of the package's own.
    """

    def __init__(self, name: str, changes: Changes, **more: Any) -> None:
        super().__init__(name, on_subscriptions_listen=changes.listen, **more)
        self.add_notification_handler(
            "notifications/initialized", types.NotificationParams, changes.known
        )

    def create_initialization_options(
        self, notification_options: NotificationOptions | None = None, *rest: Any, **more: Any
    ) -> Any:
        """Return what clients are told at first; see the package's own."""
        options = notification_options or NotificationOptions(tools_changed=True)
        return super().create_initialization_options(options, *rest, **more)
