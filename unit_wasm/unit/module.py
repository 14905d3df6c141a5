"""What Python does inside Unit's module (csrc/unit/python.h): outgoing requests, and host calls.

The control plane writes the terms of an application as text (terms.py). The module hands
them to :class:`ModulePython` in the prototype process, as root and before the root changes: there
everything is imported and read. Each worker then starts the threads that it needs.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from unit_wasm.hosting.keyvalue.functions import keyvalue_functions, open_store
from unit_wasm.hosting.service import Function, Service
from unit_wasm.log import LineFormatter
from unit_wasm.native.hosting import HostCalls
from unit_wasm.native.outgoing import OutgoingCalls
from unit_wasm.outgoing.application import Terms
from unit_wasm.outgoing.client import Attachment, attach
from unit_wasm.outgoing.dial import tls_context
from unit_wasm.outgoing.policy import Policy

__all__ = ["ModulePython"]

_LEVELS = {logging.ERROR: 3, logging.WARNING: 4}
_INFORMATION = 6


class _UnitLog(logging.Handler):
    """Writes records into Unit's log."""

    def __init__(self, lib: Any, worker: Any, *, is_json: bool) -> None:
        super().__init__()
        self._lib, self._worker = lib, worker
        self.setFormatter(LineFormatter(is_json=is_json, form="%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record).encode(errors="backslashreplace")
        level = _LEVELS.get(record.levelno, _INFORMATION)
        self._lib.uw_client_log(self._worker, level, line, len(line))


class ModulePython:
    """What Python does for the one application that a module has.

    Parameters:
        ffi: CFFI's, of the module.
        lib: its functions.
    """

    def __init__(self, ffi: Any, lib: Any) -> None:
        self._ffi = ffi
        self._lib = lib
        self._log = logging.getLogger("unit_wasm.module")
        self._document: dict[str, Any] = {}
        self._terms: Terms | None = None
        self._attachment: Attachment | None = None
        self._service: Service | None = None

    def prepare(self, text: Any) -> None:
        """In the prototype process: read everything that a worker may not be able to read.

        Parameters:
            text: a ``char *``, as terms.py wrote it.

        Raises:
            ConfigError: the file of certificates cannot be used, or a store lacks something.
        """
        self._document = document = json.loads(self._ffi.string(text))
        if document["outgoing"]:
            ca_file = document["ca_file"]
            self._terms = Terms(
                name=document["name"],
                policy=Policy(tuple(document["outgoing"])),
                tls=tls_context(None if ca_file is None else Path(ca_file)),
                max_header_bytes=document["max_header_bytes"],
                max_connections=document["max_connections"],
                log=self._log,
                log_json=document["log_json"],
            )
        if document["keyvalue"]:
            # For what it imports: a store is opened when it is used.
            self._functions()
        # Names are encoded with it, and it is imported when it is first used.
        "name.test".encode("idna")

    def _functions(self) -> dict[int, Function]:
        timeout = self._document["keyvalue_timeout"]
        return keyvalue_functions(open_store(self._document["keyvalue"], timeout), timeout)

    def start(self, worker: Any) -> None:
        """In a worker process: serve it.

        Parameters:
            worker: a ``uw_worker_t *``.
        """
        name, is_json = self._document["name"], self._document["log_json"]
        self._log.addHandler(_UnitLog(self._lib, worker, is_json=is_json))
        self._log.propagate = False
        self._log.setLevel(logging.INFO)
        if self._terms is not None:
            table = self._lib.uw_outgoing_table_of(worker)
            calls = OutgoingCalls(self._ffi, self._lib, table)
            self._attachment = attach(calls, self._terms)
        if self._document["keyvalue"]:
            self._service = Service(
                HostCalls(self._ffi, self._lib, self._lib.uw_hostcalls_of(worker)),
                self._functions(),
                name=name,
                log=self._log,
                log_json=is_json,
            )

    def stop(self) -> None:
        """End it; the worker is not used any more."""
        if self._attachment is not None:
            self._attachment.detach()
            self._attachment = None
        if self._service is not None:
            self._service.close()
            self._service = None
