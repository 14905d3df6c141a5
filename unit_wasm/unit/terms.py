"""What Python in Unit's module has to know, as text for module.py.

It imports nothing of what that does: most applications need no Python there.
"""

from __future__ import annotations

import json

from unit_wasm.hosting import is_hosting
from unit_wasm.options import Options

__all__ = ["terms_text"]


def terms_text(options: Options, name: str) -> str:
    """Return what Python needs to know of an application; empty where it has nothing to do."""
    if not options.outgoing and not is_hosting(options):
        return ""
    terms = {
        "name": name,
        "keyvalue": options.keyvalue,
        "keyvalue_timeout": options.keyvalue_timeout,
        "outgoing": options.outgoing,
        "ca_file": None if options.ca_file is None else str(options.ca_file),
        "max_header_bytes": options.max_header_bytes,
        "max_connections": options.max_outgoing_connections,
        "log_json": options.log_format == "json",
    }
    return json.dumps(terms)
