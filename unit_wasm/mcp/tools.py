"""Functions as tools: their names, their schemas, and calls of them; no protocol yet."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote, unquote

from unit_wasm.services.offered import Offered
from unit_wasm.services.openapi import Part, SchemaNames, result_schema
from unit_wasm.services.problems import Answer
from unit_wasm.services.service import Request
from unit_wasm.serving.types import Message, Receive, Scope
from unit_wasm.wit.json.schema import Schema, Schemas

_PREFIX: Final = "#/$defs/"
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST: Final = 64
"""Characters of a name: what the strictest of language models take."""


class Functions(Protocol):
    """Whose functions they are; ``FunctionsApp`` and ``DirectoryApp`` are such."""

    @property
    def parts(self) -> Sequence[Part]:
        """All functions, as they are now."""

    def respond(self, request: Request, scope: Scope, receive: Receive) -> Awaitable[Answer | None]:
        """Return the answer to a request; see :meth:`FunctionsApp.respond`."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function as a tool.

    Parameters:
        name: letters, digits, ``_`` and ``-``.
        path: where it is called with POST.
        description: its WIT.
        arguments: the schema of its parameters.
        result: the schema of ``{"result": ...}``.
    """

    name: str
    path: str
    description: str
    arguments: Schema
    result: Schema


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call.

    Parameters:
        text: the JSON of the answer.
        result: ``{"result": ...}``; None: it is an error, a problem of RFC 9457.
    """

    text: str
    result: dict[str, Any] | None


class Tools:
    """The tools of some functions.

    Parameters:
        functions: whose they are; what they are is asked with each call.
    """

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._parts: Sequence[Part] | None = None
        self._tools: dict[str, Tool] = {}

    def all(self) -> list[Tool]:
        """Return all that can be called."""
        return list(self._known().values())

    def find(self, name: str) -> Tool | None:
        """Return the tool of that name."""
        return self._known().get(name)

    def _known(self) -> dict[str, Tool]:
        """Return the tools by their names; they are made anew where the functions are others."""
        parts = self._functions.parts
        if parts != self._parts:
            self._parts, self._tools = parts, _tools(parts)
        return self._tools

    async def call(self, tool: Tool, arguments: dict[str, Any]) -> Outcome:
        """Call a tool."""
        body = json.dumps(arguments, ensure_ascii=True).encode()
        path = f"/{quote(tool.path)}"
        scope: Scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
        }
        request = Request("POST", tool.path, "application/json", "", body)
        answer = await self._functions.respond(request, scope, _stays)
        assert answer is not None  # whoever calls does not go, but ends this task
        text = answer.body.decode()
        return Outcome(text, json.loads(text) if answer.status == 200 else None)


async def _stays() -> Message:
    await asyncio.get_running_loop().create_future()
    raise AssertionError


def _tools(parts: Sequence[Part]) -> dict[str, Tool]:
    tools: dict[str, Tool] = {}
    for part in parts:
        for offered in part.offers:
            if offered.reason is None:
                path = unquote(part.prefix) + offered.path
                name = _name(path)
                name = _distinct(path) if name in tools else name
                tools[name] = _tool(name, path, offered, SchemaNames(part))
    return tools


def _tool(name: str, path: str, offered: Offered, names: SchemaNames) -> Tool:
    def schema(make: Any, given: Any) -> Schema:
        schemas = Schemas(names, _PREFIX)
        made: Schema = make(schemas, given)
        return {**made, "$defs": schemas.named} if schemas.named else made

    return Tool(
        name,
        path,
        f"{offered.wit}\nA function of a WebAssembly component, {path}.",
        schema(Schemas.arguments, offered.function.params),
        schema(lambda schemas, type: result_schema(type, schemas), offered.answer),
    )


def _name(path: str) -> str:
    name = _NOT_IN_NAMES.sub("_", path)
    return name if len(name) <= _LONGEST else _distinct(path)


def _distinct(path: str) -> str:
    """Return a name that no other path has: it is too long, or taken."""
    digest = hashlib.sha256(path.encode()).hexdigest()[:8]
    return f"{_NOT_IN_NAMES.sub('_', path)[: _LONGEST - 9]}_{digest}"
