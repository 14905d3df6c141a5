"""The cipher of examples/cipher as plain WSGI, for Unit's own Python module: see functions.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

SMALL = "abcdefghijklmnopqrstuvwxyz"
PLACES = 3


def shifted(text: str, by: int) -> str:
    """Return the text with its letters moved."""
    small = SMALL[by % 26 :] + SMALL[: by % 26]
    return text.translate(str.maketrans(SMALL + SMALL.upper(), small + small.upper()))


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer what the component answers, with its errors in short."""
    by = {"/encrypt": PLACES, "/decrypt": -PLACES}.get(environ["PATH_INFO"])
    given = json.loads(environ["wsgi.input"].read()) if by is not None else None
    if by is None or not isinstance(given, dict) or not isinstance(given.get("message"), str):
        start_response("422 Unprocessable Entity", [("content-length", "0")])
        return [b""]
    body = json.dumps({"result": shifted(given["message"], by)}, separators=(",", ":")).encode()
    headers = [("content-type", "application/json"), ("content-length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
