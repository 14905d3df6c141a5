"""The control API: Unit's ``/config``, ``/status`` and ``/control``, as an ASGI application.

``/metrics`` is ours; it is the only answer that is not JSON.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

from unit_wasm.config import tree
from unit_wasm.config.document import DocumentError, JsonValue, dump_document, parse_document
from unit_wasm.errors import ConfigError, UnitWasmError
from unit_wasm.escape import escape
from unit_wasm.server.server import ApplyError
from unit_wasm.serving.body import whole_body

if TYPE_CHECKING:
    from unit_wasm.server.server import Server
    from unit_wasm.serving.types import Receive, Scope, Send

MAX_CONFIG_SIZE = 8 * 1024 * 1024
"""Bytes of a configuration; one of a thousand applications has less than one."""

_RESTART_PREFIX = "/control/applications/"
_RESTART_SUFFIX = "/restart"

_JSON = b"application/json"
_PROMETHEUS = b"text/plain; version=0.0.4; charset=utf-8"

Reply: TypeAlias = "tuple[int, JsonValue | bytes]"
"""A status, and what becomes JSON; bytes are metrics."""


def _error(status: HTTPStatus, title: str, detail: str | None = None) -> Reply:
    reply: dict[str, JsonValue] = {"error": title}
    if detail is not None:
        # A component has names of its own in it, and who reads it has a terminal.
        reply["detail"] = escape(detail)
    return status, reply


_NOT_FOUND = _error(HTTPStatus.NOT_FOUND, "Value doesn't exist.")
_NOT_ALLOWED = _error(HTTPStatus.METHOD_NOT_ALLOWED, "Method isn't allowed.")
_INVALID_METHOD = _error(HTTPStatus.METHOD_NOT_ALLOWED, "Invalid method.")


class ControlApp:
    """Answers the requests of a control socket.

    Parameters:
        server: what they are about.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._log = logging.getLogger("unit_wasm.server")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await whole_body(receive)
        if body is None:
            return
        try:
            status, reply = await self._answer(
                scope["method"], scope["raw_path"].decode("latin-1"), body
            )
        except Exception:
            self._log.exception("a request to the control API failed")
            status, reply = _error(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error.")
        is_text = isinstance(reply, bytes)
        data = reply if isinstance(reply, bytes) else dump_document(reply)
        headers = [
            (b"content-type", _PROMETHEUS if is_text else _JSON),
            (b"content-length", str(len(data)).encode()),
        ]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": data})

    async def _answer(self, method: str, path: str, body: bytes) -> Reply:
        for prefix, answer in (("/config", self._config), ("/status", self._status)):
            if path == prefix or path.startswith(prefix + "/"):
                return await answer(method, path.removeprefix(prefix), body)
        if path.startswith("/control/"):
            return await self._control(method, path.removesuffix("/"))
        if path == "/metrics":
            if method != "GET":
                return _INVALID_METHOD
            return HTTPStatus.OK, self._server.metrics()
        if path == "/":
            if method != "GET":
                return _INVALID_METHOD
            return HTTPStatus.OK, {"config": self._server.document, "status": self._server.status()}
        return _NOT_FOUND

    async def _status(self, method: str, path: str, body: bytes) -> Reply:
        if method != "GET":
            return _INVALID_METHOD
        try:
            return HTTPStatus.OK, tree.get(self._server.status(), path)
        except tree.NotFoundError:
            return _error(HTTPStatus.NOT_FOUND, "Invalid path.")

    async def _control(self, method: str, path: str) -> Reply:
        if method != "GET":
            return _NOT_ALLOWED
        if not (path.startswith(_RESTART_PREFIX) and path.endswith(_RESTART_SUFFIX)):
            return _NOT_FOUND
        name = unquote(path[len(_RESTART_PREFIX) : -len(_RESTART_SUFFIX)])
        try:
            if not await self._server.restart(name):
                return _NOT_FOUND
        except ApplyError as error:
            return _error(HTTPStatus.INTERNAL_SERVER_ERROR, "Failed to restart app.", str(error))
        return HTTPStatus.OK, {"success": "Ok"}

    async def _config(self, method: str, path: str, body: bytes) -> Reply:
        try:
            if method == "GET":
                return HTTPStatus.OK, tree.get(self._server.document, path)
            await self._server.change(_edit(method, path, body))
        except UnitWasmError as error:
            return _failure(error)
        return HTTPStatus.OK, {"success": "Reconfiguration done."}


def _edit(method: str, path: str, body: bytes) -> Callable[[JsonValue], JsonValue]:
    """Return what a request does to the document; raises what :func:`_failure` knows."""
    if method == "DELETE":
        return lambda document: tree.delete(document, path)
    if method == "PUT":
        value = parse_document(body)
        return lambda document: tree.put(document, path, value)
    if method == "POST" and tree.split_path(path):
        value = parse_document(body)
        return lambda document: tree.post(document, path, value)
    raise tree.NotAllowedError


def _failure(error: UnitWasmError) -> Reply:
    if isinstance(error, tree.NotFoundError):
        return _NOT_FOUND
    if isinstance(error, tree.NotAllowedError):
        return _NOT_ALLOWED
    if isinstance(error, DocumentError):
        location: JsonValue = {"offset": error.offset, "line": error.line, "column": error.column}
        reply: JsonValue = {"error": "Invalid JSON.", "detail": error.message, "location": location}
        return HTTPStatus.BAD_REQUEST, reply
    if isinstance(error, ConfigError):
        return _error(HTTPStatus.BAD_REQUEST, "Invalid configuration.", str(error))
    return _error(
        HTTPStatus.INTERNAL_SERVER_ERROR, "Failed to apply new configuration.", str(error)
    )
