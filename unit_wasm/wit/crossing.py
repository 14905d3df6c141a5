"""Names of functions and resources that a front imports and exports one by one.

A front (component/rewrite/front.py) may have no import or export with the name of a method, and
its host finds what it needs by these. A function has two names: that of its own type, and that of
one in which bytes are strings.
"""

from __future__ import annotations

import hashlib

FUNCTION = "unit-wasm-call-"
"""Begins the name of a function with its own type. csrc/guest/linker.h has these, too."""
BYTES = "unit-wasm-bytes-"
"""Begins the name of a function whose bytes are strings."""
RESOURCE_TYPE = "unit-wasm-type-"
"""Begins the name of a resource that is imported."""
OF = "unit-wasm-of-"
"""Begins the name of a resource that is exported."""


def crossing(interface: str | None, name: str) -> str:
    """Return what follows one of these.

    Parameters:
        interface: as the binary has it; None: the world.
        name: of the function or the resource there.
    """
    digest = hashlib.sha256(f"{interface or '-'}#{name}".encode()).hexdigest()[:16]
    return f"x{digest}"
