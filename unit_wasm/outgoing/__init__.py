"""Outgoing HTTP: the requests that components send, from a thread of their own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unit_wasm.options import Options
    from unit_wasm.outgoing.application import Orders, Terms
    from unit_wasm.outgoing.client import Attachment

__all__ = ["outgoing_terms", "serve_outgoing"]


def serve_outgoing(
    worker: Orders, options: Options, *, name: str, log: logging.Logger
) -> Attachment | None:
    """Send what the guests of a worker ask for, as its options allow.

    Parameters:
        worker: made for outgoing requests if the options allow any.
        name: of the application, for the log.
        log: gets a line for each origin that is refused, or fails.

    Returns:
        What has to be detached before the worker is closed; None where nothing is allowed.

    Raises:
        ConfigError: the file of certificates cannot be used.
    """
    if not options.outgoing:
        return None
    # Not before it is needed: an event loop and TLS take time and memory.
    from unit_wasm.outgoing.client import attach

    return attach(worker, outgoing_terms(options, name=name, log=log))


def outgoing_terms(options: Options, *, name: str, log: logging.Logger) -> Terms:
    """Return what an application may send, and with what: read now.

    Raises:
        ConfigError: the file of certificates cannot be used.
    """
    from unit_wasm.outgoing.application import Terms
    from unit_wasm.outgoing.dial import tls_context
    from unit_wasm.outgoing.policy import Policy

    return Terms(
        name=name,
        policy=Policy(options.outgoing),
        tls=tls_context(options.ca_file),
        max_header_bytes=options.max_header_bytes,
        max_connections=options.max_outgoing_connections,
        log=log,
        log_json=options.log_format == "json",
    )
