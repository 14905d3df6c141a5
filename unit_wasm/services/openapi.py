"""OpenAPI 3.1 of the functions of a component."""

from __future__ import annotations

from typing import Any, Final

from unit_wasm.services.offered import Offered, Offers
from unit_wasm.services.problems import TITLES
from unit_wasm.wit.json.schema import Schema, Schemas
from unit_wasm.wit.model import TypeDef
from unit_wasm.wit.names import InterfaceName

__all__ = ["openapi"]

_PREFIX: Final = "#/components/schemas/"
# What a call may be answered with besides, by the status.
_ANSWERED: Final = (400, 413, 415, 422, 500, 503, 504)
_ARGUMENT: Final[dict[str, Schema]] = {
    "parameter": {"type": "string"},
    "pointer": {"type": "string"},
    "expected": {"type": "string"},
    "value": {"type": "string"},
}
_FAULT: Final[Schema] = {
    "type": "object",
    "properties": {"detail": {"type": "string"}, **_ARGUMENT},
}


def openapi(title: str, offers: Offers) -> dict[str, Any]:
    """Return the OpenAPI document of a component's functions.

    Parameters:
        title: what the component is called.
        offers: its functions.
    """
    schemas = Schemas(_Names(offers), _PREFIX)
    paths = {
        f"/{offered.path}": {"post": _operation(offered, schemas)}
        for offered in offers.functions
        if offered.reason is None
    }
    refused = {
        f"/{offered.path}": offered.reason
        for offered in offers.functions
        if offered.reason is not None
    }
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "0"},
        "paths": paths,
        "components": {"schemas": {**schemas.named, "problem": _problem()}},
    }
    if refused:
        document["x-not-callable"] = refused
    return document


class _Names:
    """Names of schemas: ``add.point``; the whole name where two interfaces are called alike."""

    def __init__(self, offers: Offers) -> None:
        interfaces = {offered.interface for offered in offers.functions} - {None}
        self._all = [str(name) for name in interfaces]

    def __call__(self, definition: TypeDef) -> str:
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
_SAFE: Final = str.maketrans({":": ".", "/": ".", "@": "_", "+": "_"})


def _operation(offered: Offered, schemas: Schemas) -> dict[str, Any]:
    arguments = schemas.arguments(offered.function.params)
    operation: dict[str, Any] = {
        "operationId": offered.path,
        "summary": offered.path,
        "x-wit": offered.wit,
        "requestBody": {
            "required": bool(arguments.get("required")),
            "content": {"application/json": {"schema": arguments}},
        },
        "responses": {
            "200": {
                "description": "What the function returned",
                "content": {"application/json": {"schema": _result(offered, schemas)}},
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


def _result(offered: Offered, schemas: Schemas) -> Schema:
    return {
        "type": "object",
        "properties": {"result": schemas.of(offered.answer)},
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
