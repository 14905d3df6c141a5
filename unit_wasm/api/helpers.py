"""The threads that do something for a component whose functions are called."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from unit_wasm.native.calls import Library
from unit_wasm.options import Options
from unit_wasm.outgoing import serve_outgoing

if TYPE_CHECKING:
    from unit_wasm.hosting.service import Function, Service


class Helpers:
    """Who sends a component's requests and keeps its values, as its options say.

    Parameters:
        library: the component.
        options: of it.
        name: of it, for the log.

    Raises:
        ConfigError: the file of certificates cannot be used, or a store lacks something.
    """

    def __init__(self, library: Library, options: Options, name: str) -> None:
        # First, because it may fail, and has nothing yet that would have to be closed then.
        functions = _stores(options)
        log = logging.getLogger("unit_wasm.outgoing")
        self._sender = serve_outgoing(library.outgoing, options, name=name, log=log)
        self._service: Service | None = None
        if functions is not None:
            from unit_wasm.hosting.service import Service

            log = logging.getLogger("unit_wasm.hosting")
            self._service = Service(library.host_calls(), functions, name=name, log=log)

    def close(self) -> None:
        """End them, before the component. Harmless when it was done already."""
        if self._sender is not None:
            self._sender.detach()
        if self._service is not None:
            self._service.close()


def _stores(options: Options) -> dict[int, Function] | None:
    if options.keyvalue == "":
        return None
    # Not before it is needed: clients of stores take time and memory.
    from unit_wasm.hosting.keyvalue.functions import keyvalue_functions, open_store

    timeout = options.keyvalue_timeout
    return keyvalue_functions(open_store(options.keyvalue, timeout), timeout)
