"""Reading and changing a plain document by path, with the semantics of Unit's control API.

A path is the part of a request's path below ``/config``, still percent-encoded. No function changes
the document that it gets: each returns a new one that shares what did not change, so a change that
turns out to be invalid is simply dropped.
"""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import unquote_to_bytes

from unit_wasm.config.document import JsonValue
from unit_wasm.errors import UnitWasmError

_MAX_INDEX_DIGITS = 9


class NotFoundError(UnitWasmError):
    """There is nothing at this path (404)."""

    fault: ClassVar[str] = "client"

    def __init__(self) -> None:
        super().__init__("Value doesn't exist.")


class NotAllowedError(UnitWasmError):
    """What is at this path cannot be changed in this way (405)."""

    fault: ClassVar[str] = "client"

    def __init__(self) -> None:
        super().__init__("Method isn't allowed.")


def split_path(path: str) -> list[str]:
    """Return the decoded segments of a path; ``/`` and the empty path have none.

    Raises:
        NotFoundError: a segment is empty or does not decode to UTF-8 text.
    """
    # As in Unit, one slash at the end is ignored.
    path = path.removesuffix("/").removeprefix("/")
    if not path:
        return []
    try:
        segments = [unquote_to_bytes(segment).decode() for segment in path.split("/")]
    except UnicodeDecodeError:
        raise NotFoundError from None
    if "" in segments:
        raise NotFoundError
    return segments


def get(document: JsonValue, path: str) -> JsonValue:
    """Return the value at a path.

    Raises:
        NotFoundError: there is none.
    """
    value = document
    for segment in split_path(path):
        value = _child(value, segment)
    return value


def put(document: JsonValue, path: str, value: JsonValue) -> JsonValue:
    """Return the document with the value at a path replaced or added.

    An index equal to an array's length appends to it.

    Raises:
        NotFoundError: the parent does not exist or cannot have such a member.
    """
    return _put(document, split_path(path), value)


def post(document: JsonValue, path: str, value: JsonValue) -> JsonValue:
    """Return the document with a value appended to the array at a path.

    Raises:
        NotFoundError: there is nothing at the path.
        NotAllowedError: what is there is not an array.
    """
    array = get(document, path)
    if not isinstance(array, list):
        raise NotAllowedError
    return put(document, path, [*array, value])


def delete(document: JsonValue, path: str) -> JsonValue:
    """Return the document without the value at a path; the whole document becomes ``{}``.

    Raises:
        NotFoundError: there is nothing at the path.
    """
    segments = split_path(path)
    if not segments:
        return {}
    get(document, path)
    return _delete(document, segments)


def _index(segment: str) -> int:
    if not (segment.isascii() and segment.isdigit()) or len(segment) > _MAX_INDEX_DIGITS:
        raise NotFoundError
    return int(segment)


def _child(value: JsonValue, segment: str) -> JsonValue:
    if isinstance(value, dict) and segment in value:
        return value[segment]
    if isinstance(value, list) and _index(segment) < len(value):
        return value[_index(segment)]
    raise NotFoundError


def _put(parent: JsonValue, segments: list[str], value: JsonValue) -> JsonValue:
    if not segments:
        return value
    segment, *rest = segments
    child = _put(_child(parent, segment), rest, value) if rest else value
    if isinstance(parent, dict):
        return {**parent, segment: child}
    if isinstance(parent, list) and _index(segment) <= len(parent):
        index = _index(segment)
        return [*parent[:index], child, *parent[index + 1 :]]
    raise NotFoundError


def _delete(parent: JsonValue, segments: list[str]) -> JsonValue:
    segment, *rest = segments
    if rest:
        return _put(parent, [segment], _delete(_child(parent, segment), rest))
    if isinstance(parent, dict):
        return {name: member for name, member in parent.items() if name != segment}
    if isinstance(parent, list):
        index = _index(segment)
        return [*parent[:index], *parent[index + 1 :]]
    raise NotFoundError
