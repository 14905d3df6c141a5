"""OpenAPI 3.1 of the functions of a component."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from unit_wasm.services.offered import Offered, Offers
from unit_wasm.services.problems import TITLES
from unit_wasm.wit.json.schema import Schema, Schemas
from unit_wasm.wit.model import Type, TypeDef
from unit_wasm.wit.names import InterfaceName

_PREFIX: Final = "#/components/schemas/"
# What a call may be answered with besides, by the status.
_ANSWERED: Final = (400, 403, 413, 415, 422, 500, 503, 504)
_ARGUMENT: Final[dict[str, Schema]] = {
    "parameter": {"type": "string"},
    "pointer": {"type": "string"},
    "expected": {"type": "string"},
    "value": {"type": "string"},
}


@dataclass(frozen=True, slots=True)
class Part:
    """The functions of one component, among those of others.

    Parameters:
        prefix: of their paths: empty, or a name with a slash behind it.
        offers: the functions.
    """

    prefix: str
    offers: Offers


def openapi(title: str, parts: Sequence[Part]) -> dict[str, Any]:
    """Return the OpenAPI document of some functions.

    Parameters:
        title: what they are called together.
        parts: the functions.
    """
    paths: dict[str, Any] = {}
    refused: dict[str, str] = {}
    named: dict[str, Schema] = {}
    for part in parts:
        schemas = Schemas(SchemaNames(part), _PREFIX)
        for offered in part.offers:
            path = part.prefix + offered.path
            if offered.reason is None:
                paths[f"/{path}"] = {"post": _operation(path, offered, schemas)}
            else:
                refused[f"/{path}"] = offered.reason
        named |= schemas.named
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "0"},
        "paths": paths,
        "components": {"schemas": {**named, "problem": _problem()}},
    }
    if refused:
        document["x-not-callable"] = refused
    return document


class SchemaNames:
    """Names of schemas: ``add.point``; the whole name where two interfaces are called alike.

    Parameters:
        part: the functions that speak of these types.
    """

    def __init__(self, part: Part) -> None:
        interfaces = {offered.interface for offered in part.offers} - {None}
        self._all = [str(name) for name in interfaces]
        self._prefix = _UNSAFE.sub(
            lambda found: f"_{ord(found[0]):x}_", part.prefix.rstrip("/")
        ) + ("." if part.prefix else "")

    def __call__(self, definition: TypeDef) -> str:
        return self._prefix + self._within(definition)

    def _within(self, definition: TypeDef) -> str:
        if not definition.owner:
            return definition.name
        owner = definition.owner
        name = InterfaceName.parse(owner)
        if name is None:
            return f"{owner.rpartition(' ')[2]}.{definition.name}"
        others = [other for other in self._all if other != owner]
        short = f"/{name.interface}"
        if any(other.partition("@")[0].endswith(short) for other in others):
            return f"{owner.translate(_SAFE)}.{definition.name}"
        return f"{name.interface}.{definition.name}"


# Names of components have letters, digits and these: . - _
_UNSAFE: Final = re.compile("[^A-Za-z0-9.-]")
_SAFE: Final = str.maketrans({":": ".", "/": ".", "@": "_", "+": "_"})


def _operation(path: str, offered: Offered, schemas: Schemas) -> dict[str, Any]:
    arguments = schemas.arguments(offered.function.params)
    operation: dict[str, Any] = {
        "operationId": path,
        "summary": path,
        "x-wit": offered.wit,
        "requestBody": {
            "required": bool(arguments.get("required")),
            "content": {"application/json": {"schema": arguments}},
        },
        "responses": {
            "200": {
                "description": "What the function returned",
                "content": {"application/json": {"schema": result_schema(offered.answer, schemas)}},
            }
        },
    }
    for status in _ANSWERED:
        titles = [title for code, title in TITLES.values() if code == status]
        if status == 400 and not offered.fails:
            titles.remove(TITLES["function-error"][1])
        operation["responses"][str(status)] = {
            "description": "; ".join(titles),
            "content": {"application/problem+json": {"schema": _failed(status, offered, schemas)}},
        }
    return operation


def result_schema(answer: Type | None, schemas: Schemas) -> Schema:
    """Return the schema of what a call answers.

    Parameters:
        answer: see :attr:`Offered.answer`.
    """
    return {
        "type": "object",
        "properties": {"result": schemas.of(answer)},
        "required": ["result"],
        "additionalProperties": False,
    }


def _failed(status: int, offered: Offered, schemas: Schemas) -> Schema:
    reference: Schema = {"$ref": f"{_PREFIX}problem"}
    if status != 400 or not offered.fails:
        return reference
    return {**reference, "properties": {"error": schemas.of(offered.error)}}


def _problem() -> Schema:
    return {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "position": {"type": "integer"},
            "request": {"type": "string"},
            "reason": {"type": "string"},
            "did-you-mean": {"type": "string"},
            **_ARGUMENT,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"detail": {"type": "string"}} | _ARGUMENT,
                },
            },
        },
        "required": ["type", "title", "status"],
    }
