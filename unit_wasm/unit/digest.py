"""What a module and a package must have in common: a digest of the C sources that both contain.

Tables of host functions, the settings and how they are read, the packing of bytes: the package
compiles components, and writes settings, for exactly the sources of its extension. A module that
was built from others has other numbers for the same rows, and no version tells.

It imports nothing of the package: build.py, which makes the extension, loads this file alone.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

__all__ = ["sources_digest"]

_COMMENT_OR_STRING = re.compile(
    r"/\*.*?\*/|//[^\n]*|(\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')", re.DOTALL
)

# Each is in one of the two only: how requests arrive, and what nothing of the other calls.
_NOT_SHARED = re.compile(r"(nxt_\w+|asgi_\w+|loopback|wasmtime_layout|prepare)\.[ch]")


def sources_digest(folder: Path) -> str:
    """Return 16 hexadecimal digits that change with the code, and not with its comments."""
    made = hashlib.sha256()
    for path in sorted([*folder.glob("*.c"), *folder.glob("*.h")]):
        if _NOT_SHARED.fullmatch(path.name) is None:
            text = path.read_text(encoding="utf-8")
            code = _COMMENT_OR_STRING.sub(lambda match: match[1] or " ", text)
            made.update(f"{path.name}\0{' '.join(code.split())}\0".encode())
    return made.hexdigest()[:16]
