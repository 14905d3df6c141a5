"""What Python in Unit's module has to know, as text for module.py.

It imports nothing of what that does: most applications need no Python there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from unit_wasm.config.model import ApplicationConfig
from unit_wasm.hosting import is_hosting

if TYPE_CHECKING:
    from unit_wasm.unit.own import Own


def terms_text(
    config: ApplicationConfig, own: Own | None = None, directory: dict[str, Any] | None = None
) -> str:
    """Return what Python needs to know of an application; empty where it has nothing to do.

    Parameters:
        own: what it does for the component alone.
        directory: of components, as folders.py has it, where the application is one.
    """
    options = config.options
    if not options.outgoing and not is_hosting(options) and own is None and directory is None:
        return ""
    terms = {
        "name": config.name,
        "keyvalue": options.keyvalue,
        "keyvalue_timeout": options.keyvalue_timeout,
        "outgoing": options.outgoing,
        "ca_file": None if options.ca_file is None else str(options.ca_file),
        "max_header_bytes": options.max_header_bytes,
        "max_connections": options.max_outgoing_connections,
        "log_json": options.log_format == "json",
        "origins": options.origins,
        "own": None if own is None else _own_terms(config, own),
        "directory": directory,
    }
    return json.dumps(terms)


def _own_terms(config: ApplicationConfig, own: Own) -> dict[str, Any]:
    from unit_wasm.unit.worlds import world_text

    path = config.options.host_path
    return {
        "world": world_text(own.world),
        "names": sorted(own.names),
        "title": own.title,
        "reference": config.options.host,
        "path": None if path is None else str(path),
        "pointer": f"{config.pointer}/environment/UNIT_WASM_HOST",
    }
