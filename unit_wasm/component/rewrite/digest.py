"""What tells outcomes of different rewrites apart: a digest of the sources that make them.

Compiled components are kept under a name that contains it, so nobody has to remember to raise a
number when a rewrite, or a front, comes out differently.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent.parent.parent

SOURCES: Final = (
    "component/format/*.py",
    "component/rewrite/*.py",
    *("patterns.py", "values.py"),
    *(
        f"wit/{name}.py"
        for name in (
            *("arena", "binary", "canonical", "coretypes", "crossing", "definitions", "drop"),
            *("provided", "reader", "scope"),
        )
    ),
)
"""What a rewrite and a front are made by: a test compares it with what these import."""


@cache
def rewrite_digest() -> str:
    """Return the digest; it takes a millisecond, once in a process."""
    import hashlib

    made = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(_PACKAGE.glob(pattern)):
            made.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return made.hexdigest()
