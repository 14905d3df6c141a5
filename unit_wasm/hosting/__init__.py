"""Host functions that Python answers, from threads of their own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unit_wasm.hosting.functions import Hosted
    from unit_wasm.hosting.service import Calls, Function, Service
    from unit_wasm.options import Options

__all__ = ["is_hosting", "serve_hosting"]


def is_hosting(options: Options) -> bool:
    """Whether an application needs somebody who answers host calls."""
    return options.keyvalue != "" or options.host != ""


def serve_hosting(
    calls: Calls, options: Options, own: Hosted | None, *, name: str, log: logging.Logger
) -> Service | None:
    """Answer what the guests of a worker call, as its options say.

    Parameters:
        own: functions of the user.

    Returns:
        What has to be closed before the worker is; None where nothing is called.

    Raises:
        ConfigError: what a store needs is not installed.
    """
    if options.keyvalue == "" and own is None:
        return None
    # Not before it is needed: an event loop and clients of stores take time and memory.
    from unit_wasm.hosting.service import Service

    functions: dict[int, Function] = {} if own is None else dict(own.functions)
    if options.keyvalue != "":
        from unit_wasm.hosting.keyvalue.functions import keyvalue_functions, open_store

        timeout = options.keyvalue_timeout
        functions |= keyvalue_functions(open_store(options.keyvalue, timeout), timeout)
    return Service(calls, functions, name=name, log=log, log_json=options.log_format == "json")
