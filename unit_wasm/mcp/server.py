"""Tools over the Model Context Protocol: on the standard streams, and as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from unit_wasm import __version__
from unit_wasm.errors import ComponentError, ConfigError
from unit_wasm.mcp.listening import Listening
from unit_wasm.mcp.tools import Functions, Outcome, Tools
from unit_wasm.services.pages import Fields, Pages, Sender, joined

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

    from unit_wasm.mcp.changes import Changes
    from unit_wasm.native.worker import Worker
    from unit_wasm.serving.counts import FunctionCounts
    from unit_wasm.serving.types import Message, Receive, Scope, Send

_PATH: Final = "/mcp"
# An error of the protocol, of no request.
_ELSEWHERE: Final = (
    b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,'
    b'"message":"pages of other servers may not call tools here"}}'
)
_IDLE: Final = 3600.0
"""Seconds without a request, and without somebody who listens, after which a session ends."""


def check_installed() -> None:
    """Check that the package of the protocol is there.

    Raises:
        ConfigError: it is not.
    """
    try:
        import mcp  # noqa: F401
    except ImportError:
        raise ConfigError(
            "the package mcp is not installed", hint='pip install "unit_wasm[mcp]"'
        ) from None


def _server(name: str, tools: Tools, changes: Changes | None) -> Server[Any]:
    from mcp import types
    from mcp.server.lowlevel import Server

    async def list_tools(context: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=tool.name,
                    title=tool.path,
                    description=tool.description,
                    input_schema=tool.arguments,
                    output_schema=tool.result,
                )
                for tool in tools.all()
            ]
        )

    async def call_tool(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = tools.find(params.name)
        if tool is None:
            outcome = Outcome(f"there is no tool {params.name!r}", None)
        else:
            outcome = await tools.call(tool, params.arguments or {})
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=outcome.text)],
            structured_content=outcome.result,
            is_error=outcome.result is None,
        )

    handlers: dict[str, Any] = {"on_list_tools": list_tools, "on_call_tool": call_tool}
    if changes is None:
        return Server(name, version=__version__, **handlers)
    from unit_wasm.mcp.changes import ChangingServer

    return ChangingServer(name, changes, version=__version__, **handlers)


def _changes(functions: Functions, tools: Tools) -> Changes | None:
    """Return who is told of changes; None: there are none."""
    changed = getattr(functions, "changed", None)
    if changed is None:
        return None
    from unit_wasm.mcp.changes import Changes

    return Changes(changed, tools)


async def serve_streams(name: str, functions: Functions, longest: float) -> None:
    """Serve tools on the standard streams, until the standard input ends and all is answered.

    Parameters:
        name: of the server.
        longest: seconds that answers may take after that end.
    """
    from mcp.server.stdio import stdio_server

    from unit_wasm.mcp.answered import Answered

    tools = Tools(functions)
    changes = _changes(functions, tools)
    server = _server(name, tools, changes)

    def at_end() -> None:
        if changes is not None:
            changes.close()

    async with stdio_server() as (read, write):
        answered = Answered(read, write, at_end, longest)
        options = server.create_initialization_options()
        await server.run(answered.read, answered.write, options)


async def _whole(send: Send, status: int, body: bytes, fields: Fields = ()) -> None:
    """Answer a request that the protocol knows nothing of."""
    headers = [*fields]
    if body:
        headers.append((b"content-type", b"application/json"))
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _with(fields: Fields, send: Send) -> Send:
    """Return what sends a response with more fields."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *fields]}
        await send(message)

    return sent


class McpApp:
    """Serves functions over HTTP, and at ``/mcp`` as tools.

    Parameters:
        name: of the server.
        app: what serves the functions: a ``FunctionsApp`` or a ``DirectoryApp``.
        origins: of pages of other servers that may call tools.

    Raises:
        ComponentError: a function has that place.
    """

    exchanges = None

    def __init__(self, name: str, app: Any, origins: Sequence[str]) -> None:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        if any(not part.prefix and part.offers.find(_PATH[1:]) for part in app.parts):
            raise ComponentError(f"the component has a function at {_PATH}, where tools are")
        self._app = app
        self._pages = Pages(origins)
        tools = Tools(app)
        self._changes = changes = _changes(app, tools)
        # No call needs what an earlier one has left; but who is to be told of changes is known.
        kept = {"stateless": True} if changes is None else {"session_idle_timeout": _IDLE}
        self._sessions = StreamableHTTPSessionManager(
            app=_server(name, tools, changes), json_response=True, **kept
        )
        self._listening = Listening()
        self._running: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._ended = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"] == _PATH:
            sender = Sender.of(scope, joined(scope))
            fields = self._pages.fields(scope["method"], sender)
            if not self._pages.may_call(sender, strict=True):
                await _whole(send, 403, _ELSEWHERE)
            elif scope["method"] == "OPTIONS" and len(fields) > 1:
                await _whole(send, 204, b"", fields)
            else:
                await self._answer(scope, receive, _with(fields, send) if fields else send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.attach()
        await self._ready.wait()
        answer = self._sessions.handle_request
        if scope["method"] == "GET":
            await self._listening.serve(answer, scope, receive, send)
        else:
            await answer(scope, receive, send)

    def attach(self) -> None:
        """Let the running event loop run it."""
        self._app.attach()
        if self._running is None:
            self._running = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        async with self._sessions.run():
            self._ready.set()
            await self._ended.wait()

    def hang_up(self) -> None:
        """End what clients listen to: nobody has asked for anything there."""
        self._listening.end()
        if self._changes is not None:
            self._changes.close()

    async def aclose(self, grace: float) -> None:
        """Let what runs finish for at most ``grace`` seconds, then free everything."""
        self.hang_up()
        await self._app.aclose(grace)
        self._ended.set()
        if self._running is not None:
            await self._running

    def status(self) -> dict[str, Any]:
        """Return the numbers of the functions."""
        numbers: Mapping[str, Any] = self._app.status()
        return dict(numbers)

    def workers(self) -> Sequence[Worker]:
        """Return the workers of the functions."""
        workers: Sequence[Worker] = self._app.workers()
        return workers

    def functions(self) -> Iterable[FunctionCounts]:
        """Return what was counted of each function."""
        counts: Iterable[FunctionCounts] = self._app.functions()
        return counts
