"""The functions of a component as an ASGI application.

How a call travels: :meth:`FunctionsApp.__call__` reads the request whole, ``service.py`` makes
values of its JSON, these travel packed to the worker, which calls the function in a fresh instance,
and the packed result comes back as the body of its answer. All else (limits, queue, log, metrics)
is as for a component that answers HTTP itself.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from unit_wasm.component.prepared import Prepared
from unit_wasm.errors import ComponentError
from unit_wasm.native.types import AnswerRow, News, answer_news
from unit_wasm.options import Options
from unit_wasm.prepare.compile import Progress, compile_component
from unit_wasm.prepare.source import read
from unit_wasm.services.offered import Offers
from unit_wasm.services.problems import Answer, problem
from unit_wasm.services.service import Call, Ended, Request, Service
from unit_wasm.serving.asgi import ComponentApp
from unit_wasm.serving.body import whole_body
from unit_wasm.serving.exchanges import Exchanges
from unit_wasm.serving.request import read_scope
from unit_wasm.serving.types import Receive, Scope, Send
from unit_wasm.wit.codec import Codec
from unit_wasm.wit.codec_shapes import PLAIN
from unit_wasm.wit.decode import read_world
from unit_wasm.wit.program import Entry, make_program

__all__ = ["MAX_BODY_SIZE", "FunctionsApp", "has_functions"]

MAX_BODY_SIZE: Final = 8 << 20
"""Bytes of arguments; the embedded server has a limit of its own before."""

_KINDS: Final = {503: "busy", 504: "timeout"}
_RETRY_AFTER: Final = 1


@dataclass(frozen=True, slots=True)
class _Callable:
    """A function: its number in the program, and what carries its values."""

    number: int
    pack: Callable[[Any, Any], bytes]
    unpack: Callable[[bytes, Any], tuple[Any, ...]]
    has_result: bool


class FunctionsApp(ComponentApp):
    """Serves the functions that a component exports: JSON in, JSON out; docs/services.md.

    An ASGI 3 application for one event loop, with the parameters of :class:`ComponentApp`.

    Raises:
        ComponentError: the component exports no functions, or cannot be used.
        ConfigError: an option is wrong.
        HostError: this machine cannot do it.
    """

    def _prepare(
        self, path: str | os.PathLike[str], options: Options, progress: Progress
    ) -> tuple[Prepared, bytes | None]:
        world = read_world(read(path))
        self._service = Service(world, os.path.basename(path))
        foreign = [item.name for item in world.imports if not item.name.startswith("wasi:")]
        if options.host != "":
            from unit_wasm.hosting.functions import hosted

            self._own = hosted(world, options.host, options.host_path)
        elif foreign:
            raise ComponentError(
                f"the component imports {foreign[0]}, which nobody provides",
                hint="a function of Python can: UNIT_WASM_HOST",
            )
        program = make_program(world, () if self._own is None else self._own.names)
        if self._own is not None:
            if program.resources:
                raise ComponentError("resources of a host do not reach functions that are served")
            self._own = replace(self._own, program=program.text)
        codec = Codec(PLAIN)
        self._callable = {
            (entry.interface, entry.function.name): _callable(entry, codec)
            for entry in program.exports
            if entry.number not in program.drops.values()
        }
        return compile_component(path, options, progress, served=False), program.text

    @property
    def exchanges(self) -> Exchanges | None:
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            ValueError: the scope is neither ``http`` nor ``lifespan``, or the application closed.
        """
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        self.attach()
        body = await whole_body(receive, MAX_BODY_SIZE)
        if body is None:
            return
        if len(body) > MAX_BODY_SIZE:
            answer: Answer | Call | None = problem("too-large")
        else:
            answer = self._service.respond(_request(scope, body))
        if isinstance(answer, Call):
            answer = await self._run(answer, scope, receive)
        if answer is not None:
            await _send(answer, scope, send)

    async def _run(self, call: Call, scope: Scope, receive: Receive) -> Answer | None:
        """Make a call; None: its client has gone."""
        function = self._callable[call.offered.interface, call.offered.function.name]
        # Its body has been read, and is told otherwise.
        head = read_scope({**scope, "headers": _without_body(scope["headers"])})
        if head is None:
            return Answer(400, (), b"")
        running = _Running(self._exchanges)
        packed = function.pack(call.arguments, None)
        running.id = self._exchanges.call(running, head.head, function.number, packed)
        request_id = self._worker.request_id().decode("latin-1")
        self._exchanges.turn()
        if not await running.ended(receive):
            return None
        if running.status != 200 or running.cut:
            kind = _KINDS.get(running.status, "trap")
            return call.ended(Ended(kind, request_id, _RETRY_AFTER if kind == "busy" else None))
        values = function.unpack(bytes(running.body), None)
        return call.returned(values[0] if function.has_result else None)


def has_functions(path: str | os.PathLike[str]) -> bool:
    """Tell whether a component is one whose functions are served: it answers no HTTP itself."""
    try:
        world = read_world(read(path))
        if any(item.name.startswith("wasi:http/incoming-handler@") for item in world.exports):
            return False
        return bool(Offers(world).functions)
    except ComponentError:
        return False


def _callable(entry: Entry, codec: Codec) -> _Callable:
    result = entry.function.result
    return _Callable(
        entry.number,
        codec.packer([param.type for param in entry.function.params]),
        codec.reader([] if result is None else [result]),
        result is not None,
    )


class _Running:
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


def _request(scope: Scope, body: bytes) -> Request:
    fields = dict(scope["headers"])
    media_type = fields.get(b"content-type")
    return Request(
        scope["method"],
        scope["path"].removeprefix("/"),
        None if media_type is None else media_type.decode("latin-1"),
        fields.get(b"accept", b"").decode("latin-1"),
        body,
    )


def _without_body(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    said = (b"content-length", b"transfer-encoding")
    return [field for field in headers if field[0] not in said]


async def _send(answer: Answer, scope: Scope, send: Send) -> None:
    length = (b"content-length", b"%d" % len(answer.body))
    # RFC 9110 section 8.6: none in a 204.
    headers = [*answer.headers, *([] if answer.status == 204 else [length])]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})
