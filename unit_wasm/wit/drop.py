"""The names of the functions that component/rewrite/drops.py puts into a component."""

from __future__ import annotations

import hashlib


def drop_name(interface: str, resource: str) -> str:
    """Return the name of the function that ends a resource.

    Parameters:
        interface: that exports the resource, as the binary has it.
    """
    digest = hashlib.sha256(f"{interface}#{resource}".encode()).hexdigest()[:16]
    return f"unit-wasm-drop-x{digest}"
