"""Answers that say what is wrong (RFC 9457); docs/services.md, "Errors"."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from unit_wasm.wit.json.document import BadJson
from unit_wasm.wit.json.faults import Fault

JSON: Final = (b"content-type", b"application/json")
PROBLEM: Final = (b"content-type", b"application/problem+json")

_URN: Final = "urn:unit-wasm:problem:"

TITLES: Final = {
    "bad-json": (400, "The body is no JSON"),
    "function-error": (400, "The function answered with an error"),
    "foreign-page": (403, "Pages of other servers may not call functions here"),
    "unknown-function": (404, "There is no such function"),
    "method": (405, "A function is called with POST"),
    "too-large": (413, "The body is too large"),
    "media-type": (415, "The body is not application/json"),
    "bad-arguments": (422, "An argument has the wrong type"),
    "trap": (500, "The function failed"),
    "not-callable": (501, "The function cannot be called with JSON"),
    "busy": (503, "There are too many calls"),
    "timeout": (504, "The function took too long"),
}
"""Status and title of each kind."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: status, headers and body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def problem(
    kind: str,
    detail: str | None = None,
    *,
    raw: str = "",
    headers: Sequence[tuple[bytes, bytes]] = (),
    **members: Any,
) -> Answer:
    """Return an answer that says what is wrong.

    Parameters:
        kind: one of :data:`TITLES`.
        detail: a sentence about this one.
        raw: members that are JSON already, without a comma before them.
        headers: others than the content type.
        members: more members; those that are None are left out.
    """
    status, title = TITLES[kind]
    document: dict[str, Any] = {"type": _URN + kind, "title": title, "status": status}
    if detail is not None:
        document["detail"] = detail
    document |= {
        name.replace("_", "-"): value for name, value in members.items() if value is not None
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    if raw:
        text = f"{text[:-1]},{raw}}}"
    return Answer(status, (PROBLEM, *headers), text.encode(errors="backslashreplace"))


def bad_json(error: BadJson) -> Answer:
    """Return the answer to a body that is no JSON."""
    return problem("bad-json", error.message, position=error.position)


def bad_arguments(faults: Sequence[Fault]) -> Answer:
    """Return the answer to arguments of which some are wrong."""
    first = _members(faults[0])
    others = None
    if len(faults) > 1:
        others = [{"detail": _detail(fault), **_members(fault)} for fault in faults]
    return problem("bad-arguments", _detail(faults[0]), errors=others, **first)


def _detail(fault: Fault) -> str:
    """Return a sentence that names the place: ``point.x: 300 is not ...``, ``sizes[1]: ...``."""
    if not fault.pointer:
        return fault.message
    _, first, *inner = fault.pointer.split("/")
    # Steps are indexes where they are numbers.
    steps = (f"[{step}]" if step.isascii() and step.isdecimal() else f".{step}" for step in inner)
    place = "".join((first, *steps))
    return f"{place.replace('~1', '/').replace('~0', '~')}: {fault.message}"


def _members(fault: Fault) -> dict[str, Any]:
    members = {
        "parameter": fault.parameter,
        "pointer": fault.pointer,
        "expected": fault.expected,
        "value": fault.value,
    }
    return {name: text for name, text in members.items() if text}
