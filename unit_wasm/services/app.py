"""The functions of a component as an ASGI application.

How a call travels: :meth:`FunctionsApp.__call__` reads the request whole, ``service.py`` makes
values of its JSON, these travel packed to the worker, which calls the function in a fresh instance,
and the packed result comes back as the body of its answer. All else (limits, queue, log, metrics)
is as for a component that answers HTTP itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from unit_wasm.api.loaded import provided_functions
from unit_wasm.api.providers import foreign_imports
from unit_wasm.component.prepared import Prepared
from unit_wasm.errors import ComponentError
from unit_wasm.options import Options
from unit_wasm.prepare.compile import Progress, compile_component
from unit_wasm.prepare.source import Source, opened
from unit_wasm.services.asgi import answer_request
from unit_wasm.services.binding import Binding, Packed, ended, serves_functions
from unit_wasm.services.openapi import Part
from unit_wasm.services.pages import Pages
from unit_wasm.services.problems import Answer
from unit_wasm.services.running import Running
from unit_wasm.services.service import Request
from unit_wasm.serving.asgi import ComponentApp
from unit_wasm.serving.counts import Counts, FunctionCounts
from unit_wasm.serving.exchanges import Exchanges
from unit_wasm.serving.own import check_hosted_imports
from unit_wasm.serving.request import REQUEST_ID, read_scope
from unit_wasm.serving.types import Receive, Scope, Send
from unit_wasm.wit.decode import read_world
from unit_wasm.wit.model import World

if TYPE_CHECKING:
    from unit_wasm.hosting.functions import Hosted

_TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")


class FunctionsApp(ComponentApp):
    """Serves the functions that a component exports: JSON in, JSON out; docs/services.md.

    An ASGI 3 application for one event loop.

    Parameters:
        world: of the component, where it was read already.
        given: the parameters of :class:`ComponentApp`.

    Raises:
        ComponentError: the component exports no functions, or cannot be used.
        ConfigError: an option is wrong.
        HostError: this machine cannot do it.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, world: World | None = None, **given: Any
    ) -> None:
        self._world = world
        self._counts = Counts(given.get("name", "component"))
        # The header of an answer that has the request's id.
        self._told: bytes | None = None
        super().__init__(path, **given)

    def _prepare(
        self,
        path: str | os.PathLike[str],
        source: Source | Callable[[], Source] | None,
        options: Options,
        progress: Progress,
    ) -> tuple[Prepared, bytes | None]:
        source = opened(path, source)
        world = self._world or read_world(source.binary())
        self._own = _provided_by_python(world, options)
        names = frozenset() if self._own is None else self._own.names
        self._binding = Binding(world, os.path.basename(source.name), names)
        self.service = self._binding.service
        self._pages = Pages(options.origins)
        program = self._binding.program
        if self._own is not None:
            self._own = replace(self._own, program=program)
        if options.request_id_response:
            self._told = options.request_id_response.lower().encode()
        source = replace(source, served=False)
        prepared = compile_component(source.name, options, progress, source=source)
        check_hosted_imports(prepared, names)
        return prepared, program

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
        await answer_request(
            scope, receive, send, lambda request: self.respond(request, scope, receive), self._pages
        )

    async def respond(self, request: Request, scope: Scope, receive: Receive) -> Answer | None:
        """Return the answer to a request; None: its client has gone.

        Parameters:
            request: with the path of the function alone.
            scope: of the whole request; ``state``, where there is one, is told its id.
            receive: says when its client goes.
        """
        began = monotonic()
        answer: Answer | Packed | None = self._binding.ask(request)
        if isinstance(answer, Packed):
            self.attach()
            answer = await self._run(answer, scope, receive)
        offered = self.service.offers.find(request.path)
        if offered is not None and answer is not None:
            self._counts.add(f"/{offered.path}", answer.status, monotonic() - began)
        return answer

    @property
    def parts(self) -> Sequence[Part]:
        """Return the functions."""
        return [Part("", self.service.offers)]

    def functions(self) -> Iterable[FunctionCounts]:
        return self._counts

    async def _run(self, call: Packed, scope: Scope, receive: Receive) -> Answer | None:
        """Make a call; None: its client has gone."""
        # Its body has been read, and is told otherwise.
        head = read_scope({**scope, "headers": _without_body(scope["headers"])})
        if head is None:
            return Answer(400, (_TEXT,), b"400 Bad Request\n")
        running = Running(self._exchanges)
        running.id = self._exchanges.call(running, head.head, call.number, call.arguments)
        request_id = self._worker.request_id()
        if "state" in scope:
            scope["state"][REQUEST_ID] = request_id
        self._exchanges.turn()
        if not await running.ended(receive):
            return None
        if running.status == 200 and not running.cut:
            answer = self._binding.returned(call.number, bytes(running.body))
        else:
            answer = ended(running.status, request_id.decode("latin-1"))
        if self._told is None:
            return answer
        return replace(answer, headers=(*answer.headers, (self._told, request_id)))


def functions_world(source: Source) -> World | None:
    """Return the world of a component whose functions are served; None: it answers HTTP itself.

    None, too, where it exports no functions, or is none.
    """
    try:
        world = read_world(source.binary())
    except ComponentError:
        return None
    return world if serves_functions(world) else None


def _provided_by_python(world: World, options: Options) -> Hosted | None:
    """Return what Python provides of a component's imports.

    Raises:
        ComponentError: there are others than the host's, and Python provides none.
        ConfigError: what Python provides is not what is imported.
    """
    if options.host != "":
        from unit_wasm.hosting.functions import hosted

        return hosted(world, options.host, options.host_path)
    foreign = foreign_imports(world, provided_functions())
    if foreign:
        raise ComponentError(
            f"the component imports {foreign[0].name}, which nobody provides",
            hint="a function of Python can: UNIT_WASM_HOST",
        )
    return None


def _without_body(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    said = (b"content-length", b"transfer-encoding")
    return [field for field in headers if field[0] not in said]
