"""A directory of components as one application: the functions of each under its file's name.

What is added, changed or removed while it serves is taken over. A file is read when whoever wrote
it has closed it, or has put it there under another name. One that cannot be used leaves the one
before it serving; a call that runs is never cut by a change, but by its own time limit.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from unit_wasm.errors import ComponentError, UnitWasmError
from unit_wasm.log import say
from unit_wasm.options import Options
from unit_wasm.prepare.compile import Progress
from unit_wasm.services.app import FunctionsApp
from unit_wasm.services.asgi import answer_request
from unit_wasm.services.folder import (
    Entry,
    Folder,
    component_files,
    is_component,
    load,
    sentence,
    signature,
)
from unit_wasm.services.openapi import Part
from unit_wasm.services.problems import Answer
from unit_wasm.services.routes import Routed, Routes
from unit_wasm.services.service import Request
from unit_wasm.services.watch import Watch
from unit_wasm.serving.counts import FunctionCounts
from unit_wasm.serving.lifespan import live
from unit_wasm.serving.thread import in_thread, side_by_side
from unit_wasm.serving.types import Receive, Scope, Send

if TYPE_CHECKING:
    from unit_wasm.native.worker import Worker

__all__ = ["DirectoryApp"]

_LOOKED_AT: Final = 2.0
"""Seconds between two looks whether the path leads to another directory now."""

_AT_ONCE: Final = 2
"""Files that are made ready side by side: each takes a processor while it is compiled."""


class DirectoryApp:
    """Serves the functions of all components in a directory; docs/services.md, "A directory".

    An ASGI 3 application for one event loop. Constructing it makes every component ready.

    Parameters:
        path: of the directory.
        given: the parameters of :class:`FunctionsApp`, for each of them.

    Raises:
        ComponentError: the directory cannot be read.
    """

    exchanges = None

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        name: str = "component",
        options: Options | None = None,
        environment: Mapping[str, str] | None = None,
        log: logging.Logger | None = None,
        progress: Progress = lambda step: None,
    ) -> None:
        self._path = os.fspath(path)
        self._name = name
        self._options = options or Options()
        self._log = log or logging.getLogger("unit_wasm.application")
        self._given: dict[str, Any] = {
            "options": self._options,
            "environment": environment,
            "log": self._log,
        }
        self._folder = Folder()
        self._routes = Routes(os.path.basename(os.path.abspath(self._path)), self._folder)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._changed: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._timer: asyncio.TimerHandle | None = None
        try:
            # Before it is read: what changes meanwhile is told.
            self._watch = Watch(self._path)
            files = component_files(self._path)
        except OSError as error:
            raise ComponentError(
                f"the directory {self._path} cannot be served: {error.strerror}"
            ) from error
        for put in side_by_side([partial(self._read, file, progress) for file in files], _AT_ONCE):
            put()

    # ---- Requests ----

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            ValueError: the scope is neither ``http`` nor ``lifespan``.
        """
        if scope["type"] == "lifespan":
            await live(self, receive, send)
            return
        if scope["type"] != "http":
            raise ValueError(f"functions serve http, not {scope['type']}")
        self.attach()
        await answer_request(
            scope, receive, send, lambda request: self.respond(request, scope, receive)
        )

    async def respond(self, request: Request, scope: Scope, receive: Receive) -> Answer | None:
        """Return the answer to a request; see :meth:`FunctionsApp.respond`."""
        found = self._routes.find(request)
        if isinstance(found, Routed):
            return await found.app.respond(found.request, scope, receive)
        return found

    @property
    def parts(self) -> Sequence[Part]:
        """Return the functions of all components."""
        return self._routes.parts()

    # ---- What an application is asked ----

    def attach(self) -> None:
        """Let the running event loop run the components, and tell what changes."""
        if self._loop is None and not self._closed:
            self._loop = asyncio.get_running_loop()
            for app in self._apps():
                app.attach()
            self._follow()
            self._look()

    async def aclose(self, grace: float) -> None:
        """Let what runs finish for at most ``grace`` seconds, then free everything."""
        self._stop()
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=grace)
        await asyncio.gather(*(app.aclose(grace) for app in self._apps()))

    def close(self) -> None:
        """Free everything at once; for use without an event loop."""
        self._stop()
        for app in self._apps():
            app.close()

    def _stop(self) -> None:
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._loop is not None and self._watch.fileno() >= 0:
            self._loop.remove_reader(self._watch.fileno())
        self._watch.close()

    def _apps(self) -> list[FunctionsApp]:
        return [entry.app for entry in self._folder if entry.app is not None]

    def status(self) -> dict[str, Any]:
        """Return the sums of the numbers of all components; see :meth:`ComponentApp.status`."""
        sums: dict[str, Any] = {"in_flight": 0, "cached": True}
        for app in self._apps():
            for name, number in app.status().items():
                if name == "cached":
                    sums["cached"] = sums["cached"] and number
                elif isinstance(number, int) and not isinstance(number, bool):
                    sums[name] = sums.get(name, 0) + number
        return sums

    def workers(self) -> Sequence[Worker]:
        """Return the workers of all components."""
        return [worker for app in self._apps() for worker in app.workers()]

    def functions(self) -> Iterable[FunctionCounts]:
        """Return what was counted of each function."""
        return [counts for app in self._apps() for counts in app.functions()]

    # ---- Files ----

    def _load(self, file: str, progress: Progress = lambda step: None) -> FunctionsApp:
        """Make what serves a file; takes seconds where it has to be compiled."""
        name = f"{self._name}/{file.rpartition('.')[0]}"
        make = partial(FunctionsApp, name=name, progress=progress, **self._given)
        return load(os.path.join(self._path, file), make)

    def _read(self, file: str, progress: Progress) -> Callable[[], None]:
        """Make a file ready, beside others; return what puts it into the folder."""
        read = signature(os.path.join(self._path, file))
        if read is None:
            return lambda: None
        try:
            made = Entry(file, read, self._load(file, progress), None)
        except UnitWasmError as error:
            return partial(self._broken, file, read, error)
        return partial(self._folder.put, made)

    def _broken(self, file: str, read: tuple[int, int, int, int], error: UnitWasmError) -> None:
        before = self._folder.get(file)
        app = None if before is None else before.app
        self._folder.put(Entry(file, read, app, sentence(error)))
        goes_on = "" if app is None else "; the one before it goes on"
        self._say(logging.ERROR, f"{file} cannot be used: {sentence(error)}{goes_on}")

    def _say(self, level: int, text: str) -> None:
        is_json = self._options.log_format == "json"
        say(self._log, level, self._name, text, is_json=is_json)

    # ---- Changes ----

    def _follow(self) -> None:
        assert self._loop is not None
        self._loop.add_reader(self._watch.fileno(), self._told)

    def _look(self) -> None:
        """Watch another directory where the path leads to one now."""
        assert self._loop is not None
        if not self._watch.is_current():
            self._watch_again()
        self._timer = self._loop.call_later(_LOOKED_AT, self._look)

    def _watch_again(self) -> None:
        try:
            fresh = Watch(self._path)
        except OSError:
            # What was there goes on; perhaps there will be one again.
            return
        assert self._loop is not None
        self._loop.remove_reader(self._watch.fileno())
        self._watch.close()
        self._watch = fresh
        self._follow()
        self._all_changed()

    def _told(self) -> None:
        changes = self._watch.changed()
        if changes.lost:
            self._all_changed()
        # Whoever writes a file may set its rights before it is whole.
        broken = {entry.file for entry in self._folder if entry.error is not None}
        self._look_at(changes.written | (changes.touched & broken))

    def _all_changed(self) -> None:
        try:
            files = component_files(self._path)
        except OSError:
            # It has been removed or moved away: what was there goes on.
            return
        self._look_at({*files, *(entry.file for entry in self._folder)})

    def _look_at(self, names: Iterable[str]) -> None:
        for name in names:
            if is_component(name):
                self._changed.add(name)
                if name not in self._tasks:
                    task = asyncio.ensure_future(self._update(name))
                    self._tasks[name] = task

    async def _update(self, file: str) -> None:
        try:
            while file in self._changed and not self._closed:
                self._changed.discard(file)
                async with self._gate:
                    await self._take_over(file)
        except Exception:
            self._log.exception("%s: %s cannot be taken over", self._name, file)
        finally:
            del self._tasks[file]

    async def _take_over(self, file: str) -> None:
        read = signature(os.path.join(self._path, file))
        before = self._folder.get(file)
        if read is None:
            if before is not None and self._watch.is_current():
                self._folder.remove(file)
                self._say(logging.INFO, f"{file} is gone")
                self._leave(before)
            return
        if before is not None and before.signature == read and before.error is None:
            return
        try:
            app = await in_thread(partial(self._load, file))
        except UnitWasmError as error:
            if not self._closed and not self._is_known(file, read, error):
                self._broken(file, read, error)
            return
        if self._closed:
            app.close()
            return
        app.attach()
        before = self._folder.get(file)
        self._folder.put(Entry(file, read, app, None))
        self._say(logging.INFO, f"{file} is served" if before is None else f"{file} is another now")
        if before is not None:
            self._leave(before)

    def _is_known(self, file: str, read: tuple[int, int, int, int], error: UnitWasmError) -> bool:
        """Tell whether that was said of the same file before."""
        before = self._folder.get(file)
        return before is not None and (before.signature, before.error) == (read, sentence(error))

    def _leave(self, entry: Entry) -> None:
        """Let what was replaced finish its calls."""
        if entry.app is not None:
            # No call takes longer.
            grace = self._options.timeout + 1.0
            task = asyncio.ensure_future(entry.app.aclose(grace))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
