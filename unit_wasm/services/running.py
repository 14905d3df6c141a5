"""A call in the worker, from its start until its answer is whole."""

from __future__ import annotations

import asyncio

from unit_wasm.native.types import AnswerRow, News, answer_news
from unit_wasm.serving.exchanges import Exchanges
from unit_wasm.serving.types import Receive


class Running:
    """A call in the worker, until it has ended or its client has gone."""

    __slots__ = ("_changed", "_exchanges", "body", "cut", "id", "is_over", "status")

    def __init__(self, exchanges: Exchanges) -> None:
        self._exchanges = exchanges
        self._changed: asyncio.Event | None = None
        self.id = 0
        self.status = 0
        self.body = bytearray()
        self.cut = False
        self.is_over = False

    def take(self, news: News) -> None:
        """Take news; see :class:`unit_wasm.serving.exchanges.Receiver`."""
        if news.headers is not None:
            self.status = news.status
        if news.body:
            self.body += news.body
            if not news.ended:
                self._exchanges.sent(self.id, len(news.body))
        self.cut = self.cut or news.cut
        if news.ended or news.cut:
            self._end()

    def answer(self, row: AnswerRow, data: bytes) -> None:
        """Take a whole answer."""
        self.take(answer_news(row, data))

    def over(self) -> None:
        """Nothing is left unread."""

    def abandon(self) -> None:
        """Give up: the application is being closed."""
        self.status, self.cut = 503, True
        self._end()

    def _end(self) -> None:
        self.is_over = True
        self._exchanges.forget(self.id)
        if self._changed is not None:
            self._changed.set()

    async def ended(self, receive: Receive) -> bool:
        """Wait for its end. Returns False where its client goes before; it is ended then."""
        if self.is_over:
            return True
        self._changed = asyncio.Event()
        changed = asyncio.ensure_future(self._changed.wait())
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait((changed, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
            gone.cancel()
            if not self.is_over:
                self._exchanges.forget(self.id)
                self._exchanges.gone(self.id)
        return self.is_over


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
