"""The rows of the guests that parse JSON: each language has its own spaces and its own words."""

from collections.abc import Iterator

from tests.native.guest_table import POST, Row

FIELDS = [(b"content-type", b"application/json")]
GOOD = '{"a": [1, 2.5, null, "é"]}'.encode()
BAD = b"[}"


def rows(guest: str, told: str, refused: str, *, is_counted: bool = False) -> Iterator[Row]:
    """What a guest answers to good JSON and to bad.

    Parameters:
        is_counted: it says how long its answer is.
    """
    for path, body, status, said in (("/", GOOD, 200, told), ("/bad", BAD, 400, refused)):
        answer = f"{said}\n".encode()
        length = [(b"content-length", b"%d" % len(answer))] if is_counted else []
        request = {**POST, "body": body}
        yield Row(guest, path, answer, status, [*FIELDS, *length], request=request)


JSON = [
    *rows(
        "json-py",
        '{"kind": "dict", "value": {"a": [1, 2.5, null, "é"]}}',
        '{"error": "Expecting value: line 1 column 2 (char 1)"}',
    ),
    *(
        row
        for guest in ("json-js", "fetch-json-js")
        for row in rows(
            guest,
            '{"kind":"object","value":{"a":[1,2.5,null,"é"]}}',
            '{"error":"JSON.parse: unexpected character at line 1 column 2 of the JSON data"}',
            is_counted=guest == "fetch-json-js",
        )
    ),
]
