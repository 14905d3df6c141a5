"""Ids of requests in a log."""

import re

ID = r"[0-9a-f]{16}-\d+"
"""One that the worker has made: what it has drawn at its start, and the number of the request."""

_IDS = re.compile(r"request [0-9a-f]{16}-(\d+)\b")


def numbered(log: str) -> str:
    """Return a log in which ids are the numbers that they end with: these are always the same."""
    return _IDS.sub(r"request \1", log)
