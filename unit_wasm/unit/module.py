"""What Python does inside Unit's module (csrc/unit/python.h).

It sends outgoing requests, answers host calls, and serves functions (csrc/unit/service.h).

The control plane writes the terms of an application as text (terms.py). The module hands
them to :class:`ModulePython` in the prototype process, as root and before the root changes: there
everything of ours is imported and read. Each worker then imports, as the application's user, what
users have written, and starts the threads that it needs.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unit_wasm.errors import ComponentError, ConfigError, UnitWasmError
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
    from unit_wasm.unit.answering import Answering
    from unit_wasm.unit.directory import UnitDirectory
    from unit_wasm.wit.model import World

_LEVELS = {logging.ERROR: 3, logging.WARNING: 4}
_INFORMATION = 6

# What is imported when it is used: a worker may not be able to read it any more.
_LATE = ("decimal", "difflib")


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
        self._answering: Answering | None = None
        self._directory: UnitDirectory | None = None
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
        if document["own"] is not None:
            self._prepare_own(document["own"])
        if document["directory"] is not None:
            self._prepare_directory(document["directory"])
        # Names are encoded with it, and it is imported when it is first used.
        "name.test".encode("idna")

    def _prepare_own(self, own: dict[str, Any]) -> None:
        from unit_wasm.unit.worlds import imports_of, world_of

        world = world_of(own["world"])
        for name in _LATE:
            import_module(name)
        if own["reference"]:
            # What users have written imports these.
            for name in ("unit_wasm.api.host", "unit_wasm.hosting.functions"):
                import_module(name)
            self._world = imports_of(world, own["names"])
        if own["title"] is not None:
            from unit_wasm.services.binding import Binding
            from unit_wasm.services.pages import Pages
            from unit_wasm.unit.answering import Answering, OneComponent

            binding = Binding(world, own["title"], frozenset(own["names"]))
            served = OneComponent(self._document["name"], binding)
            pages = Pages(self._document["origins"])
            self._answering = Answering(self._ffi, self._lib, served, pages)

    def _prepare_directory(self, directory: dict[str, Any]) -> None:
        from unit_wasm.services.pages import Pages
        from unit_wasm.unit.answering import Answering
        from unit_wasm.unit.compiling import start
        from unit_wasm.unit.directory import UnitDirectory
        from unit_wasm.unit.folders import config_of

        for name in _LATE:
            import_module(name)
        name = self._document["name"]
        config = config_of(name, directory)
        asking = start(name, directory)
        self._directory = UnitDirectory(self._ffi, self._lib, config, asking, self._log)
        pages = Pages(self._document["origins"])
        self._answering = Answering(self._ffi, self._lib, self._directory, pages)

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
        try:
            if self._directory is not None:
                self._directory.load(worker)
            if self._world is not None:
                self._functions = self._hosted(self._world)
        except ComponentError as error:
            self._say(f"{error.fault} error: {error}")
            return False
        except UnitWasmError as error:
            self._say_cause(error.__cause__)
            pointer = self._document["own"]["pointer"]
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

        terms = self._document["own"]
        path = None if terms["path"] is None else Path(terms["path"]).absolute()
        # The world has nothing that somebody else provides.
        return dict(hosted(world, terms["reference"], path, {}).functions)

    def _say_cause(self, error: BaseException | None) -> None:
        for line in "".join(traceback.format_exception(error)).splitlines() if error else ():
            self._say(line)

    def _say(self, text: str) -> None:
        name, is_json = self._document["name"], self._document["log_json"]
        say(self._log, logging.ERROR, name, text, is_json=is_json)

    def ask(self, question: Any) -> bool:
        """Say what becomes of a request; see :class:`unit_wasm.unit.answering.Answering`.

        Returns:
            False: that failed; the log says why.
        """
        assert self._answering is not None
        return self._safely(self._answering.ask, question)

    def returned(self, ended: Any) -> bool:
        """Answer a request whose call has ended, as :meth:`ask` does."""
        assert self._answering is not None
        return self._safely(self._answering.returned, ended)

    def count(self, text: Any) -> bool:
        """Append what was counted of functions to a text, as :meth:`ask` does."""
        assert self._answering is not None
        return self._safely(partial(self._answering.count, pid=os.getpid()), text)

    def _safely(self, call: Callable[[Any], None], argument: Any) -> bool:
        try:
            call(argument)
        except Exception as error:
            self._say_cause(error)
            return False
        return True

    def start(self, worker: Any) -> None:
        """Serve a worker.

        Parameters:
            worker: that of :meth:`load`.
        """
        if self._terms is not None:
            table = self._lib.uw_outgoing_table_of(worker)
            calls = OutgoingCalls(self._ffi, self._lib, table)
            self._attachment = attach(calls, self._terms)
        if self._directory is not None:
            self._directory.start()
            return
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
        if self._directory is not None:
            self._directory.stop()
        if self._attachment is not None:
            self._attachment.detach()
            self._attachment = None
        if self._service is not None:
            self._service.close()
            self._service = None
