"""Host functions that Python answers, from threads of their own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unit_wasm.hosting.service import Calls, Service
    from unit_wasm.options import Options

__all__ = ["is_hosting", "serve_hosting"]


def is_hosting(options: Options) -> bool:
    """Whether an application needs somebody who answers host calls."""
    return options.keyvalue != ""


def serve_hosting(
    calls: Calls, options: Options, *, name: str, log: logging.Logger
) -> Service | None:
    """Answer what the guests of a worker call, as its options say.

    Returns:
        What has to be closed before the worker is; None where nothing is called.

    Raises:
        ConfigError: what a store needs is not installed.
    """
    if not is_hosting(options):
        return None
    # Not before it is needed: an event loop and clients of stores take time and memory.
    from unit_wasm.hosting.keyvalue.functions import keyvalue_functions, open_store
    from unit_wasm.hosting.service import Service

    timeout = options.keyvalue_timeout
    functions = keyvalue_functions(open_store(options.keyvalue, timeout), timeout)
    return Service(calls, functions, name=name, log=log, log_json=options.log_format == "json")
