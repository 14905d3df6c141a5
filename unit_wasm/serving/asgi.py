"""A component as an ASGI application.

How a request flows: :meth:`ComponentApp.__call__` starts it in the worker
(:class:`~unit_wasm.serving.exchanges.Exchanges`) and lets that run one turn. A small answer is
complete by then and leaves at once. Otherwise an :class:`_Exchange` carries bodies in both
directions until the response has ended, driven by the news of the worker.

The embedded server does the same without ASGI: ``server/http/component_cycle.py``.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from unit_wasm.component.prepared import Prepared
from unit_wasm.errors import UnitWasmError
from unit_wasm.hosting import is_hosting, serve_hosting
from unit_wasm.log import write_line
from unit_wasm.native.types import CUT, AnswerRow, News, answer_news
from unit_wasm.native.worker import Worker
from unit_wasm.options import Options
from unit_wasm.outgoing import serve_outgoing
from unit_wasm.prepare.compile import Progress, compile_component
from unit_wasm.prepare.source import Source, opened
from unit_wasm.serving.exchanges import Exchanges
from unit_wasm.serving.notes import say_prepared
from unit_wasm.serving.request import read_scope
from unit_wasm.serving.types import Message, Receive, Scope, Send

if TYPE_CHECKING:
    from unit_wasm.hosting.functions import Hosted
    from unit_wasm.hosting.service import Service
    from unit_wasm.outgoing.client import Attachment
    from unit_wasm.serving.counts import FunctionCounts

_POLL_CLOSED = 0.05


class ResponseCut(UnitWasmError):
    """The component's response broke off after its head was sent.

    ASGI has no message for that: raising makes the server close the connection without the end of
    the body, so that the client cannot take it for a whole one.
    """

    fault = "component"


class ComponentApp:
    """Serves one component; each request gets a fresh instance of it.

    An ASGI 3 application for one event loop. Constructing it reads, compiles (or finds in the
    cache) and loads the component, which may take seconds: do that in a thread when a loop runs.

    Parameters:
        path: the component, a ``.wasm`` or ``.wat`` file.
        name: of the application, for the log.
        options: limits and switches.
        environment: the variables that the component sees; nothing else of the process's.
        log: receives the guest's output and one line for each failure.
        progress: is told what happens while the component is being compiled.
        source: the file, where it was read already; or what reads it, where it has to be.

    Raises:
        ComponentError: the component cannot be served.
        ConfigError: an option is wrong.
        HostError: this machine cannot do it.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        name: str = "component",
        options: Options | None = None,
        environment: Mapping[str, str] | None = None,
        log: logging.Logger | None = None,
        progress: Progress = lambda step: None,
        source: Source | Callable[[], Source] | None = None,
    ) -> None:
        options = options or Options()
        self._log = log or logging.getLogger("unit_wasm.application")
        self._own: Hosted | None = None
        prepared, program = self._prepare(path, source, options, progress)
        self._log_json = options.log_format == "json"
        say_prepared(prepared, self._log, name, is_json=self._log_json)
        self._worker = Worker(
            prepared,
            options,
            name=name,
            environment=environment or {},
            log=self._write_log,
            outgoing=bool(options.outgoing),
            program=program,
            imports=None if self._own is None else self._own.program,
        )
        if prepared.code is not None:
            # It is loaded. Closed here: an error below would keep it open as long as it is kept.
            prepared.code.close()
        self._cached = prepared.cached
        self._outgoing: Attachment | None = None
        self._hosting: Service | None = None
        try:
            if is_hosting(options):
                self._hosting = serve_hosting(
                    self._worker.host_calls(), options, self._own, name=name, log=self._log
                )
            self._outgoing = serve_outgoing(self._worker, options, name=name, log=self._log)
        except BaseException:
            self._detach()
            self._worker.close()
            raise
        self._exchanges = Exchanges(self._worker, self._log)

    def _prepare(
        self,
        path: str | os.PathLike[str],
        source: Source | Callable[[], Source] | None,
        options: Options,
        progress: Progress,
    ) -> tuple[Prepared, bytes | None]:
        """Make the component ready; see ``program`` of :class:`Worker`."""
        if options.host == "":
            return compile_component(path, options, progress, source=source), None
        from unit_wasm.serving.own import compile_hosted

        prepared, self._own = compile_hosted(opened(path, source), options, progress)
        return prepared, None

    @property
    def exchanges(self) -> Exchanges | None:
        """Where requests go without ASGI."""
        return self._exchanges

    def _write_log(self, level: int, line: str) -> None:
        write_line(self._log, level, line, is_json=self._log_json)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            ResponseCut: the response broke off; the server must close the connection.
            ValueError: the scope is neither ``http`` nor ``lifespan``, or the application closed.
        """
        if scope["type"] == "lifespan":
            from unit_wasm.serving.lifespan import live

            await live(self, receive, send)
            return
        if scope["type"] != "http":
            raise ValueError(f"a component serves http, not {scope['type']}")
        self.attach()
        request = read_scope(scope)
        if request is None:
            await _answer(send, 400, b"400 Bad Request\n")
            return
        exchange = _Exchange(self._exchanges, receive, send)
        exchange.id = self._exchanges.start(exchange, *request)
        try:
            self._exchanges.turn()
            await exchange.run(request.has_body)
        finally:
            self._exchanges.forget(exchange.id)
            if not exchange.ended:
                self._exchanges.gone(exchange.id)

    def attach(self) -> None:
        """Let the running event loop run the worker; the first request does it, too."""
        self._exchanges.attach()

    def hang_up(self) -> None:
        """End what waits for nothing that was asked: here is no such."""

    async def aclose(self, grace: float) -> None:
        """Let what runs finish for at most ``grace`` seconds, then free everything.

        Guests that go on after their response count as running.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace
        while not self._exchanges.closed and self._exchanges.busy() and loop.time() < deadline:
            await asyncio.sleep(min(_POLL_CLOSED, max(0.0, deadline - loop.time())))
        if not self._exchanges.closed:
            self._exchanges.leave()
            self._close_worker()

    def status(self) -> dict[str, Any]:
        """Return the numbers of the worker: requests, failures, in_flight, queued and so on."""
        if self._exchanges.closed:
            return {}
        return {**self._worker.status(), "cached": self._cached, **self._worker.metrics()}

    def workers(self) -> Sequence[Worker]:
        """Return the worker, unless it is closed; for :func:`native.metrics_text`."""
        return () if self._exchanges.closed else (self._worker,)

    def functions(self) -> Iterable[FunctionCounts]:
        """Return what was counted of each function, where functions are served."""
        return ()

    def close(self) -> None:
        """Free everything at once; for use without an event loop."""
        if not self._exchanges.closed:
            self._close_worker()

    def _close_worker(self) -> None:
        if self._worker.is_here:
            self._detach()
        self._exchanges.close()

    def _detach(self) -> None:
        """Let other threads go of the worker, before it is closed."""
        if self._outgoing is not None:
            self._outgoing.detach()
        if self._hosting is not None:
            self._hosting.close()


class _Exchange:
    """One request between the server's ``receive`` and ``send`` and the application."""

    __slots__ = (
        "_arrived",
        "_exchanges",
        "_news",
        "_over",
        "_receive",
        "_room",
        "_send",
        "_sender",
        "ended",
        "id",
    )

    def __init__(self, exchanges: Exchanges, receive: Receive, send: Send) -> None:
        self.id = 0
        self.ended = False
        self._exchanges = exchanges
        self._receive = receive
        self._send = send
        self._news: list[News] = []
        self._arrived: asyncio.Event | None = None
        self._room: asyncio.Event | None = None
        self._over: asyncio.Event | None = None
        self._sender: asyncio.Task[Any] | None = None

    def take(self, news: News) -> None:
        """Note what the worker has to tell; called from its turn."""
        self._news.append(news)
        if news.pull and self._room is not None:
            self._room.set()
        if news.ended or news.cut:
            self.ended = True
        if self._arrived is not None:
            self._arrived.set()
        if news.cut:
            self._stop_sending()

    def answer(self, row: AnswerRow, data: bytes) -> None:
        """Take a whole answer."""
        self.take(answer_news(row, data))

    def abandon(self) -> None:
        """Give up: the application is being closed."""
        self.over()
        if not self.ended:
            self.take(News(self.id, CUT, 0, 0, b"", b""))

    def over(self) -> None:
        """Note that the guest reads nothing more."""
        if self._over is not None:
            self._over.set()

    def _stop_sending(self) -> None:
        """A client that does not read must not hold a response that broke off."""
        if self._sender is not None:
            self._sender.cancel()

    async def run(self, has_body: bool) -> None:
        """Carry the exchange to its end.

        Raises:
            ResponseCut: the response broke off.
        """
        if self.ended and not has_body:
            await self._deliver()
            return
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        if any(news.pull for news in self._news):
            self._room.set()
        upstream = asyncio.ensure_future(self._receive_all(has_body, self._room))
        try:
            if has_body:
                # A guest that reads wants the 100 Continue, which must precede the head.
                await asyncio.sleep(0)
            while await self._deliver():
                await self._arrived.wait()
                self._arrived.clear()
            if has_body and not upstream.done() and self._push(b"", last=False) >= 0:
                await self._read_on(upstream)
        finally:
            upstream.cancel()

    async def _read_on(self, upstream: asyncio.Future[None]) -> None:
        """Let a guest read that has answered, until it or the request has ended."""
        self._over = asyncio.Event()
        self._exchanges.watch(self.id, self)
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait((upstream, over), return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()

    async def _deliver(self) -> bool:
        """Send what has arrived. Returns whether more will follow."""
        while self._news:
            news = self._news.pop(0)
            if news.cut:
                raise ResponseCut("the component's response broke off")
            headers = news.headers
            if headers is not None:
                await self._send(_start(news, headers))
            if news.body or news.ended:
                await self._send_body(news)
        return not self.ended

    async def _send_body(self, news: News) -> None:
        message: Message = {
            "type": "http.response.body",
            "body": bytes(news.body),
            "more_body": not news.ended,
        }
        if news.ended:
            await self._send(message)
            return
        self._sender = asyncio.current_task()
        try:
            await self._send(message)
        except asyncio.CancelledError:
            # Either this exchange is cancelled, or its response broke off while the client
            # did not read.
            broke_off = any(item.cut for item in self._news)
            if not broke_off or self._sender is None or self._sender.uncancel() > 0:
                raise
        finally:
            self._sender = None
        self._exchanges.sent(self.id, len(news.body))

    async def _receive_all(self, more: bool, room: asyncio.Event) -> None:
        """Feed the request body as the guest reads it, then watch for the client's going away."""
        while more:
            await room.wait()
            message = await self._receive()
            room.clear()
            if message["type"] == "http.disconnect":
                self._disconnected(reading=True)
                return
            more = message.get("more_body", False)
            if self._push(message.get("body", b""), last=not more) > 0:
                room.set()
        if not self.ended:
            while (await self._receive())["type"] != "http.disconnect":
                pass
            self._disconnected(reading=False)

    def _push(self, data: bytes, *, last: bool) -> int:
        self._exchanges.turn_soon()
        return self._exchanges.push(self.id, data, last)

    def _disconnected(self, reading: bool) -> None:
        if reading or not self.ended:
            # Also a guest that has answered, where it still reads: what it waits for never comes.
            self._exchanges.gone(self.id)
        if not self.ended:
            self.ended = True
            if self._arrived is not None:
                self._arrived.set()


def _start(news: News, headers: list[tuple[bytes, bytes]]) -> Message:
    if news.adds_length:
        headers.append((b"content-length", b"%d" % len(news.body)))
    return {"type": "http.response.start", "status": news.status, "headers": headers}


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
