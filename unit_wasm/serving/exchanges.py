"""The exchanges of one worker in the running event loop: whose turn it is, and who is told.

Whoever carries a request (``asgi.py``, ``server/http/component_cycle.py``) starts it here and is a
:class:`Receiver` until it says :meth:`Exchanges.forget`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import Protocol

from unit_wasm.errors import HostError
from unit_wasm.native.types import OVER, AnswerRow, News
from unit_wasm.native.worker import Worker

_TIME = 0.001
"""Seconds for which turns follow each other before other connections get theirs."""


class Receiver(Protocol):
    """Who is told what happens to an exchange."""

    def take(self, news: News) -> None:
        """Take news; called from a turn, and may call any method of :class:`Exchanges`."""

    def answer(self, row: AnswerRow, data: bytes) -> None:
        """Take a whole answer, the only and last thing that is told; called like :meth:`take`.

        Parameters:
            data: see :data:`~unit_wasm.native.types.AnswerRow`.
        """

    def over(self) -> None:
        """The guest has ended, and leaves bytes of its request unread; called like :meth:`take`."""

    def abandon(self) -> None:
        """Give up: the application is being closed, nothing more will be told."""


class Reader(Protocol):
    """Whose guest reads its body from a socket, while a turn lasts."""

    def open_source(self) -> bool:
        """Open it (:meth:`Worker.source`). Returns whether that was done."""

    def close_source(self, size: int, room: int) -> None:
        """Note that so many bytes were read, before anything else is told.

        Parameters:
            room: see :meth:`Worker.push`.
        """


class Exchanges:
    """Runs a worker in an event loop and hands its news to receivers.

    Parameters:
        worker: belongs to this object from here on.
        log: for faults of receivers.

    Attributes:
        turn_due: the worker will run anyway, :meth:`turn_soon` has nothing to do.
    """

    def __init__(self, worker: Worker, log: logging.Logger) -> None:
        self.worker = worker
        self.closed = False
        self._log = log
        self._receivers: dict[int, Receiver] = {}
        self._readers: list[Reader] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self.turn_due = False
        self._delivering = False
        self._again = False

    def attach(self) -> None:
        """Let the running event loop run the worker; the first request does it, too.

        Raises:
            HostError: another process has made the worker.
        """
        if self._loop is None and not self.closed:
            if not self.worker.is_here:
                raise HostError(
                    "the application was made before this process was forked",
                    hint="make it in each process; gunicorn does without --preload",
                )
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self.worker.fileno(), self._asked)
            # What is due already, the first metrics file for one.
            self.turn_soon()

    def start(self, receiver: Receiver, head: bytes, has_body: bool) -> int:
        """Start an exchange, which runs from the next turn on. Returns its number.

        Parameters:
            head: see :func:`unit_wasm.serving.request.request_head`.
            has_body: bytes follow by :meth:`push`.

        Raises:
            HostError: out of memory.
            ValueError: the application is closed.
        """
        number = self.worker.start(head, has_body)
        self._receivers[number] = receiver
        return number

    def call(self, receiver: Receiver, head: bytes, number: int, packed: bytes) -> int:
        """Start an exchange that calls a function; see :meth:`start` and :meth:`Worker.call`."""
        exchange = self.worker.call(head, number, packed)
        self._receivers[exchange] = receiver
        return exchange

    def watch(self, exchange: int, receiver: Receiver) -> None:
        """Tell also after the response when the guest has ended, if it leaves bytes unread."""
        self._receivers[exchange] = receiver

    def forget(self, exchange: int) -> None:
        """Tell its receiver nothing more."""
        self._receivers.pop(exchange, None)

    def turn(self) -> None:
        """Run what is ready once, and hand out the news.

        Where a receiver makes something ready again, a guest that waited for room for one, that
        is run at once, but only while it takes little time: other connections wait meanwhile.
        """
        self._run(self.worker.run)

    def _asked(self) -> None:
        """The worker's descriptor asks for a turn."""
        self._run(self.worker.turn)

    def _run(self, run: Callable[[], bool]) -> None:
        end = 0.0
        while not self.closed:
            self._delivering, self._again = True, False
            try:
                more = self._run_with_sources(run) if self._readers else run()
                self._deliver()
            finally:
                self._delivering = False
            if not (more or self._again):
                return
            now = monotonic()
            end = end or now + _TIME
            if more or now >= end:
                self.turn_soon()
                return

    def _run_with_sources(self, run: Callable[[], bool]) -> bool:
        """Run what is ready once; guests may read from the sockets of those that asked for it."""
        readers, self._readers = self._readers, []
        readers = [reader for reader in readers if reader.open_source()]
        more = run()
        if not readers:
            return more
        # Nothing has come in between, so that each connection knows where its body ends.
        for reader, (size, room) in zip(readers, self.worker.sources(len(readers)), strict=True):
            if size:
                reader.close_source(size, room)
        return more

    def _deliver(self) -> None:
        rows, text, more = self.worker.answers()
        receivers = self._receivers
        at = 0
        for row in rows:
            begin, at = at, at + row[1]
            receiver = receivers.pop(row[0], None)
            if receiver is None:
                continue
            try:
                receiver.answer(row, text[begin:at])
            except Exception as error:
                self._broken(receiver, row[0], error)
            if self.closed:
                return
        if more:
            self._deliver_news()

    def _deliver_news(self) -> None:
        receivers = self._receivers
        for news in self.worker.other_news():
            receiver = receivers.get(news[0])
            if receiver is None:
                continue
            try:
                if news[1] & OVER:
                    receiver.over()
                else:
                    receiver.take(news)
            except Exception as error:
                self._broken(receiver, news.id, error)
            if self.closed:
                return

    def _broken(self, receiver: Receiver, exchange: int, error: Exception) -> None:
        """End a response that its receiver cannot carry; the others must not suffer for it."""
        self._log.error("a response cannot be carried", exc_info=error)
        receiver.abandon()
        self.gone(exchange)

    def turn_soon(self) -> None:
        """Let the worker run after something that a guest may wait for."""
        if self._delivering:
            self._again = True
        elif not self.turn_due and self._loop is not None:
            self.turn_due = True
            self._loop.call_soon(self._due)

    def _due(self) -> None:
        self.turn_due = False
        self.turn()

    def push(self, exchange: int, data: bytes | memoryview, last: bool) -> int:
        """Give a guest bytes of its request body, before the next turn; see :meth:`Worker.push`."""
        return -1 if self.closed else self.worker.push(exchange, data, last)

    def room(self, exchange: int, most: int) -> memoryview | None:
        """Return memory for such bytes; see :meth:`Worker.room`."""
        return None if self.closed else self.worker.room(exchange, most)

    def read_from(self, reader: Reader) -> None:
        """Ask once, before the next turn, for a socket to read from."""
        self._readers.append(reader)

    def source(self, exchange: int, descriptor: int, left: int) -> bool:
        """Name the socket; see :meth:`Worker.source`."""
        return self.worker.source(exchange, descriptor, left)

    def arrived(self, exchange: int, size: int, last: bool) -> int:
        """Say that bytes are there; see :meth:`Worker.arrived`."""
        return -1 if self.closed else self.worker.arrived(exchange, size, last)

    def sent(self, exchange: int, size: int, descriptor: int = -1, chunked: bool = False) -> None:
        """Say that bytes of a response body have left for the client; see :meth:`Worker.sent`."""
        if not self.closed:
            self.worker.sent(exchange, size, descriptor, chunked)
            self.turn_soon()

    def sent_directly(self, exchange: int) -> int:
        """Return how many bytes left unseen; see :meth:`Worker.sent_directly`."""
        return 0 if self.closed else self.worker.sent_directly(exchange)

    def gone(self, exchange: int) -> None:
        """Say that a client has gone."""
        if not self.closed:
            self.worker.gone(exchange)
            self.turn_soon()

    def busy(self) -> bool:
        """Whether something runs: guests that go on after their response count."""
        status = self.worker.status()
        return bool(self._receivers) or status["in_flight"] > 0 or status["queued"] > 0

    def leave(self) -> None:
        """Release the event loop; whoever still waits is told to give up."""
        self.closed = True
        if self._loop is not None:
            self._loop.remove_reader(self.worker.fileno())
        for receiver in list(self._receivers.values()):
            receiver.abandon()

    def close(self) -> None:
        """End everything and free the worker; needs no event loop."""
        self.closed = True
        self.worker.close()
