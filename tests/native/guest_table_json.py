"""The rows of the guests that parse JSON: each language has its own spaces and its own words."""

from __future__ import annotations

from collections.abc import Iterator

from tests.native.guest_table import POST, Row

__all__ = ["JSON"]

FIELDS = [(b"content-type", b"application/json")]
GOOD = '{"a": [1, 2.5, null, "é"]}'.encode()
BAD = b"[}"


def rows(guest: str, told: str, refused: str) -> Iterator[Row]:
    """What a guest answers to good JSON and to bad."""
    good, bad = {**POST, "body": GOOD}, {**POST, "body": BAD}
    yield Row(guest, "/", f"{told}\n".encode(), headers=FIELDS, request=good)
    yield Row(guest, "/bad", f"{refused}\n".encode(), 400, FIELDS, request=bad)


JSON = [
    *rows(
        "json-py",
        '{"kind": "dict", "value": {"a": [1, 2.5, null, "é"]}}',
        '{"error": "Expecting value: line 1 column 2 (char 1)"}',
    ),
    *rows(
        "json-js",
        '{"kind":"object","value":{"a":[1,2.5,null,"é"]}}',
        '{"error":"JSON.parse: unexpected character at line 1 column 2 of the JSON data"}',
    ),
]
