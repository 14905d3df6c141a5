"""What Python does inside Unit's module (csrc/unit/python.h): outgoing requests, and host calls.

The control plane writes the terms of an application as text (terms.py). The module hands
them to :class:`ModulePython` in the prototype process, as root and before the root changes: there
everything of ours is imported and read. Each worker then imports, as the application's user, what
users have written, and starts the threads that it needs.
"""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unit_wasm.errors import ConfigError, UnitWasmError
from unit_wasm.hosting.keyvalue.functions import keyvalue_functions, open_store
from unit_wasm.hosting.service import Function, Service
from unit_wasm.log import LineFormatter, say
from unit_wasm.native.hosting import HostCalls
from unit_wasm.native.outgoing import OutgoingCalls
from unit_wasm.outgoing.application import Terms
from unit_wasm.outgoing.client import Attachment, attach
from unit_wasm.outgoing.dial import tls_context
from unit_wasm.outgoing.policy import Policy

if TYPE_CHECKING:
    from unit_wasm.wit.model import World

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
        self._world: World | None = None
        self._functions: dict[int, Function] = {}
        self._attachment: Attachment | None = None
        self._service: Service | None = None

    # ---- In the prototype process ----

    def prepare(self, text: Any) -> None:
        """Read everything that a worker may not be able to read, and import what it needs.

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
            self._store()
        if document["host"] is not None:
            # What users have written imports these; a worker may not be able to read them.
            import unit_wasm.api.host
            import unit_wasm.hosting.functions
            from unit_wasm.unit.worlds import world_of

            self._world = world_of(document["host"]["world"])
        # Names are encoded with it, and it is imported when it is first used.
        "name.test".encode("idna")

    def _store(self) -> dict[int, Function]:
        timeout = self._document["keyvalue_timeout"]
        return keyvalue_functions(open_store(self._document["keyvalue"], timeout), timeout)

    # ---- In a worker process ----

    def load(self, worker: Any) -> bool:
        """Import what users have written, as the user of the application.

        Parameters:
            worker: a ``uw_worker_t *``; nothing runs in it yet.

        Returns:
            False: that fails, or does not fit the component; the log says why.
        """
        is_json = self._document["log_json"]
        self._log.addHandler(_UnitLog(self._lib, worker, is_json=is_json))
        self._log.propagate = False
        self._log.setLevel(logging.INFO)
        if self._world is None:
            return True
        try:
            self._functions = self._hosted(self._world)
        except UnitWasmError as error:
            self._say_cause(error.__cause__)
            pointer = self._document["host"]["pointer"]
            said = ConfigError(error.message, pointer=pointer, hint=error.hint)
            self._say(f"{said.fault} error: {said}")
            return False
        except BaseException as error:
            # SystemExit of a module that is a program, too.
            self._say_cause(error)
            return False
        return True

    def _hosted(self, world: World) -> dict[int, Function]:
        from unit_wasm.hosting.functions import hosted

        terms = self._document["host"]
        path = None if terms["path"] is None else Path(terms["path"]).absolute()
        # The world has nothing that somebody else provides.
        return dict(hosted(world, terms["reference"], path, {}).functions)

    def _say_cause(self, error: BaseException | None) -> None:
        for line in "".join(traceback.format_exception(error)).splitlines() if error else ():
            self._say(line)

    def _say(self, text: str) -> None:
        name, is_json = self._document["name"], self._document["log_json"]
        say(self._log, logging.ERROR, name, text, is_json=is_json)

    def start(self, worker: Any) -> None:
        """Serve a worker.

        Parameters:
            worker: that of :meth:`load`.
        """
        if self._terms is not None:
            table = self._lib.uw_outgoing_table_of(worker)
            calls = OutgoingCalls(self._ffi, self._lib, table)
            self._attachment = attach(calls, self._terms)
        functions = self._functions | (self._store() if self._document["keyvalue"] else {})
        if functions:
            self._service = Service(
                HostCalls(self._ffi, self._lib, self._lib.uw_hostcalls_of(worker)),
                functions,
                name=self._document["name"],
                log=self._log,
                log_json=self._document["log_json"],
            )

    def stop(self) -> None:
        """End it; the worker is not used any more."""
        if self._attachment is not None:
            self._attachment.detach()
            self._attachment = None
        if self._service is not None:
            self._service.close()
            self._service = None
