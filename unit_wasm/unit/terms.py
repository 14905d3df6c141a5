"""What the client of outgoing requests in Unit's module has to know, as text for outgoing.py.

It imports nothing of the client: most applications send no requests.
"""

from __future__ import annotations

import json

from unit_wasm.options import Options

__all__ = ["terms_text"]


def terms_text(options: Options, name: str) -> str:
    """Return what the client needs to know of an application; empty where nothing is allowed."""
    if not options.outgoing:
        return ""
    terms = {
        "name": name,
        "outgoing": options.outgoing,
        "ca_file": None if options.ca_file is None else str(options.ca_file),
        "max_header_bytes": options.max_header_bytes,
        "max_connections": options.max_outgoing_connections,
        "log_json": options.log_format == "json",
    }
    return json.dumps(terms)
