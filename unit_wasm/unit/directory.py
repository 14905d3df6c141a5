"""A directory of components inside Unit's module: each is a site of the worker.

What follows the files (unit_wasm/services/components.py) has an event loop on a thread of its own.
Files are read as the application's user, and compiled by a process beside (compiling.py). Requests
are answered on the worker's thread, as for a single component: a component that is there is found,
and gets its site with the first call of it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from unit_wasm.component.prepared import CodeFile
from unit_wasm.config.model import ApplicationConfig
from unit_wasm.errors import HostError
from unit_wasm.hosting import serve_hosting
from unit_wasm.log import say
from unit_wasm.loop_thread import LoopThread
from unit_wasm.native.hosting import HostCalls
from unit_wasm.native.outgoing import OutgoingCalls
from unit_wasm.outgoing import outgoing_terms
from unit_wasm.prepare.source import open_source
from unit_wasm.services.binding import Binding
from unit_wasm.services.components import Components, Terms
from unit_wasm.services.folder import Folder
from unit_wasm.services.problems import Answer
from unit_wasm.services.routes import Routed, Routes
from unit_wasm.services.service import Request
from unit_wasm.serving.counts import Counts, FunctionCounts
from unit_wasm.serving.thread import in_thread
from unit_wasm.unit.answering import Found
from unit_wasm.unit.compiling import Asking, Compiled
from unit_wasm.unit.worlds import imports_of, world_of

if TYPE_CHECKING:
    from unit_wasm.hosting.functions import Hosted
    from unit_wasm.hosting.service import Service
    from unit_wasm.outgoing.application import Terms as OutgoingTerms
    from unit_wasm.outgoing.client import Attachment

_ERROR_SIZE: Final = 2048
_LOOK: Final = 0.02
"""Seconds between two looks whether a component that was replaced has ended its calls."""


class _Component:
    """A component in the directory: an engine, and a site as soon as it is called.

    Parameters:
        directory: that it is in.
        binding: its functions.
        own: what it imports of Python; None: nothing.
        engine: a ``uw_engine_t *``, which becomes this object's.
        name: for the log and for metrics.
    """

    def __init__(
        self, directory: UnitDirectory, binding: Binding, own: Hosted | None, engine: Any, name: str
    ) -> None:
        self._directory = directory
        self._engine = engine
        self._site: Any = None
        self._own = own
        self._hosting: Service | None = None
        self._outgoing: Attachment | None = None
        self._ending = threading.Lock()
        self._name = name
        self.binding = binding
        self.service = binding.service
        self.counts = Counts(name)

    def attach(self) -> None:
        """Nothing: the first call opens it."""

    def site(self) -> Any:
        """Return its ``uw_site_t *``; on the worker's thread.

        Raises:
            HostError: it has none.
        """
        if self._site is None:
            self._open()
        return self._site

    def _open(self) -> None:
        engine, self._engine = self._engine, None
        if engine is None:
            raise HostError(f"{self._name} could not be opened before, or is closed")
        directory = self._directory
        ffi, lib, config, log = directory.ffi, directory.lib, directory.config, directory.log
        error = ffi.new("char[]", _ERROR_SIZE)
        site = lib.uw_component_open(directory.worker, engine, error, _ERROR_SIZE)
        if site == ffi.NULL:
            raise HostError(f"{self._name} cannot be opened: {_text(ffi, error)}")
        self._site = site
        calls = HostCalls(ffi, lib, lib.uw_component_hostcalls(site))
        self._hosting = serve_hosting(calls, config.options, self._own, name=self._name, log=log)
        if directory.outgoing is not None:
            from unit_wasm.outgoing.client import attach

            orders = OutgoingCalls(ffi, lib, lib.uw_component_outgoing(site))
            self._outgoing = attach(orders, replace(directory.outgoing, name=self._name))

    async def aclose(self, grace: float) -> None:
        """Let its calls finish for at most ``grace`` seconds, then free everything."""
        until = monotonic() + grace
        while self._is_busy() and monotonic() < until:
            await asyncio.sleep(_LOOK)
        await in_thread(self.close)

    def _is_busy(self) -> bool:
        # Nobody finds it any more: who has found it before has its call, once the lock is free.
        with self._directory.lock:
            site = self._site
            return site is not None and bool(self._directory.lib.uw_component_is_busy(site))

    def close(self) -> None:
        """Free everything, from any thread; harmless when it was done already."""
        lib = self._directory.lib
        with self._ending:
            with self._directory.lock:
                site, self._site = self._site, None
                engine, self._engine = self._engine, None
            if self._outgoing is not None:
                self._outgoing.detach()
            if self._hosting is not None:
                self._hosting.close()
            self._outgoing = self._hosting = None
            if site is not None:
                lib.uw_component_close(site)
            if engine is not None:
                lib.uw_component_drop(engine)
        self._directory.forget(self)


class UnitDirectory:
    """All components of a directory, for the one worker of a process.

    Parameters:
        ffi: CFFI's, of the module.
        lib: its functions.
        config: of the application; its component is the directory.
        asking: who compiles.
        log: of the module.
    """

    def __init__(
        self, ffi: Any, lib: Any, config: ApplicationConfig, asking: Asking, log: logging.Logger
    ) -> None:
        self._asking = asking
        self.ffi = ffi
        self.lib = lib
        self.config = config
        self.log = log
        self.outgoing = _prepared(config, log)
        self.lock = threading.Lock()
        self.worker: Any = None
        self._known = threading.Lock()
        self._alive: set[_Component] = set()
        self._ended = False
        self._components: Components[_Component] | None = None
        self._thread: LoopThread | None = None

    # ---- Its life; on the worker's thread ----

    def load(self, worker: Any) -> None:
        """Make all components ready.

        Parameters:
            worker: a ``uw_worker_t *``; nothing runs in it yet.

        Raises:
            ComponentError: the directory cannot be read.
        """
        self.worker = worker
        options = self.config.options
        terms = Terms(
            path=self.config.component,
            name=self.config.name,
            # No call takes longer than its time limit.
            grace=options.timeout + 1.0,
            log=self.log,
            log_json=options.log_format == "json",
        )
        self._components = Components(terms, self._make)

    def start(self) -> None:
        """Take over what changes, from now on."""
        self._thread = LoopThread("unit-wasm-directory")
        self._thread.do(self._follow())

    async def _follow(self) -> None:
        assert self._components is not None
        self._components.follow()

    def stop(self) -> None:
        """End it; nothing is found any more, and the worker is not used any more."""
        if self._thread is not None:
            self._thread.do(self._close())
            self._thread.end()
            self._thread = None
        with self._known:
            self._ended = True
            left = list(self._alive)
        for component in left:
            component.close()

    async def _close(self) -> None:
        assert self._components is not None
        await self._components.aclose(0.0)

    # ---- Components; on any thread ----

    def _make(self, path: str, name: str, progress: Callable[[str], None]) -> _Component:
        options = self.config.options
        compiled, code = self._asking.compile(path, name, open_source(path).data)
        for level, text in compiled.lines:
            say(self.log, level, name, text, is_json=options.log_format == "json")
        world = world_of(compiled.world)
        own = None
        if compiled.names:
            from unit_wasm.hosting.functions import hosted

            imports = imports_of(world, compiled.names)
            own = hosted(imports, options.host, options.host_path, {})
        binding = Binding(world, compiled.title, compiled.names)
        made = _Component(self, binding, own, self._engine(compiled, code), name)
        with self._known:
            self._alive.add(made)
            ended = self._ended
        if ended:
            made.close()
        return made

    def _engine(self, compiled: Compiled, code: CodeFile) -> Any:
        error = self.ffi.new("char[]", _ERROR_SIZE)
        text = compiled.settings
        engine = self.lib.uw_component_load(text, len(text), code.fileno(), error, _ERROR_SIZE)
        # It is loaded.
        code.close()
        if engine == self.ffi.NULL:
            raise HostError(_text(self.ffi, error))
        return engine

    def forget(self, component: _Component) -> None:
        """Know no longer of one that is closed."""
        with self._known:
            self._alive.discard(component)

    # ---- Requests; on the worker's thread, with the lock ----

    def find(self, request: Request) -> Answer | Found:
        """Return the answer to a request, or where it goes."""
        assert self._components is not None
        found = self._components.routes.find(request)
        return Found(found.app, found.request) if isinstance(found, Routed) else found

    def counted(self) -> Iterable[FunctionCounts]:
        """Return what was counted of each function."""
        assert self._components is not None
        return [counts for app in self._components.apps() for counts in app.counts]


def _prepared(config: ApplicationConfig, log: logging.Logger) -> OutgoingTerms | None:
    """Import, and read, what a process that serves may not be able to read.

    Returns:
        What components may send, and with what; None: nothing.

    Raises:
        ConfigError: the file of certificates cannot be used, or a store lacks something.
    """
    options = config.options
    if options.host or options.keyvalue:
        import unit_wasm.hosting.functions
        import unit_wasm.hosting.service
    if options.keyvalue:
        from unit_wasm.hosting.keyvalue.functions import keyvalue_functions, open_store

        # It is opened when it is used.
        timeout = options.keyvalue_timeout
        keyvalue_functions(open_store(options.keyvalue, timeout), timeout)
    # The page.
    empty: Folder[_Component] = Folder()
    Routes("", empty).find(Request("GET", "", None, "text/html", b""))
    if not options.outgoing:
        return None
    import unit_wasm.outgoing.client  # noqa: F401

    return outgoing_terms(options, name=config.name, log=log)


def _text(ffi: Any, error: Any) -> str:
    return str(ffi.string(error).decode(errors="replace"))
