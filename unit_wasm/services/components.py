"""The components of a directory, as they are now: found, made ready, taken over when they change.

What serves a component is the caller's: an ASGI application (directory.py), or a site of a worker
in Unit (unit_wasm/unit/directory.py).

A file is read when whoever wrote it has closed it, or has put it there under another name. One that
cannot be used leaves the one before it serving; a call that runs is never cut by a change, but by
its own time limit.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic

from unit_wasm.errors import ComponentError, UnitWasmError
from unit_wasm.log import say
from unit_wasm.prepare.compile import Progress
from unit_wasm.services.folder import (
    A,
    Entry,
    Folder,
    Signature,
    component_files,
    is_component,
    sentence,
    signature,
)
from unit_wasm.services.routes import Routes
from unit_wasm.services.watch import Watch
from unit_wasm.serving.thread import in_thread, side_by_side

_LOOKED_AT: Final = 2.0
"""Seconds between two looks whether the path leads to another directory now."""

_AT_ONCE: Final = 2
"""Files that are made ready side by side: each takes a processor while it is compiled."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all components of a directory.

    Parameters:
        path: of the directory.
        name: of the application, for the log.
        grace: seconds that calls of a component may have which was replaced.
        log: is told what becomes of files.
        log_json: as lines of JSON.
    """

    path: str
    name: str
    grace: float
    log: logging.Logger
    log_json: bool


class Components(Generic[A]):
    """All components of a directory; constructing it makes each of them ready.

    Parameters:
        terms: of the directory.
        make: returns what serves a file, in any thread; it gets the path, the name for the log, and
            what to tell of each step. It may take seconds, and raise :class:`UnitWasmError`.
        progress: is told of the steps of the first ones.

    Raises:
        ComponentError: the directory cannot be read.
    """

    def __init__(
        self,
        terms: Terms,
        make: Callable[[str, str, Progress], A],
        progress: Progress = lambda step: None,
    ) -> None:
        self._terms = terms
        self._make = make
        self.folder: Folder[A] = Folder()
        self.routes = Routes(os.path.basename(os.path.abspath(terms.path)), self.folder)
        self.changed: list[Callable[[], None]] = []
        """Are called after each change of what is served, on the event loop."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._waiting: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._timer: asyncio.TimerHandle | None = None
        try:
            # Before it is read: what changes meanwhile is told.
            self._watch = Watch(terms.path)
            files = component_files(terms.path)
        except OSError as error:
            raise ComponentError(
                f"the directory {terms.path} cannot be served: {error.strerror}"
            ) from error
        for put in side_by_side([partial(self._read, file, progress) for file in files], _AT_ONCE):
            put()

    def apps(self) -> list[A]:
        """Return what serves the components now."""
        return [entry.app for entry in self.folder if entry.app is not None]

    # ---- Its life ----

    def follow(self) -> None:
        """Let the running event loop tell what changes; harmless when it was done already."""
        if self._loop is not None or self._closed:
            return
        self._loop = asyncio.get_running_loop()
        for app in self.apps():
            app.attach()
        self._follow_watch()
        self._look()

    async def aclose(self, grace: float) -> None:
        """Let what runs finish for at most ``grace`` seconds, then free everything."""
        self._stop()
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=grace)
        await asyncio.gather(*(app.aclose(grace) for app in self.apps()))
        for task in self._leaving:
            task.cancel()

    def close(self) -> None:
        """Free everything at once; for use without an event loop."""
        self._stop()
        for app in self.apps():
            app.close()

    def _stop(self) -> None:
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._loop is not None and self._watch.fileno() >= 0:
            self._loop.remove_reader(self._watch.fileno())
        self._watch.close()

    # ---- Files ----

    def _load(self, file: str, progress: Progress = lambda step: None) -> A:
        name = f"{self._terms.name}/{file.rpartition('.')[0]}"
        return self._make(os.path.join(self._terms.path, file), name, progress)

    def _read(self, file: str, progress: Progress) -> Callable[[], None]:
        """Make a file ready, beside others; return what puts it into the folder."""
        read = signature(os.path.join(self._terms.path, file))
        if read is None:
            return lambda: None
        try:
            made = Entry(file, read, self._load(file, progress), None)
        except UnitWasmError as error:
            return partial(self._broken, file, read, error)
        return partial(self.folder.put, made)

    def _broken(self, file: str, read: Signature, error: UnitWasmError) -> None:
        before = self.folder.get(file)
        app = None if before is None else before.app
        self.folder.put(Entry(file, read, app, sentence(error)))
        goes_on = "" if app is None else "; the one before it goes on"
        self._say(logging.ERROR, f"{file} cannot be used: {sentence(error)}{goes_on}")

    def _say(self, level: int, text: str) -> None:
        say(self._terms.log, level, self._terms.name, text, is_json=self._terms.log_json)

    # ---- Changes ----

    def _follow_watch(self) -> None:
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
            fresh = Watch(self._terms.path)
        except OSError:
            # What was there goes on; perhaps there will be one again.
            return
        assert self._loop is not None
        self._loop.remove_reader(self._watch.fileno())
        self._watch.close()
        self._watch = fresh
        self._follow_watch()
        self._all_changed()

    def _told(self) -> None:
        changes = self._watch.changed()
        if changes.lost:
            self._all_changed()
        # Whoever writes a file may set its rights before it is whole.
        broken = {entry.file for entry in self.folder if entry.error is not None}
        self._look_at(changes.written | (changes.touched & broken))

    def _all_changed(self) -> None:
        try:
            files = component_files(self._terms.path)
        except OSError:
            # It has been removed or moved away: what was there goes on.
            return
        self._look_at({*files, *(entry.file for entry in self.folder)})

    def _look_at(self, names: Iterable[str]) -> None:
        for name in names:
            if is_component(name):
                self._waiting.add(name)
                if name not in self._tasks:
                    task = asyncio.ensure_future(self._update(name))
                    self._tasks[name] = task

    async def _update(self, file: str) -> None:
        try:
            while file in self._waiting and not self._closed:
                self._waiting.discard(file)
                async with self._gate:
                    before = self.folder.version
                    await self._take_over(file)
                    if self.folder.version != before:
                        for tell in self.changed:
                            tell()
        except Exception:
            self._terms.log.exception("%s: %s cannot be taken over", self._terms.name, file)
        finally:
            del self._tasks[file]

    async def _take_over(self, file: str) -> None:
        read = signature(os.path.join(self._terms.path, file))
        before = self.folder.get(file)
        if read is None:
            if before is not None and self._watch.is_current():
                self.folder.remove(file)
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
        before = self.folder.get(file)
        self.folder.put(Entry(file, read, app, None))
        self._say(logging.INFO, f"{file} is served" if before is None else f"{file} is another now")
        if before is not None:
            self._leave(before)

    def _is_known(self, file: str, read: Signature, error: UnitWasmError) -> bool:
        """Tell whether that was said of the same file before."""
        before = self.folder.get(file)
        return before is not None and (before.signature, before.error) == (read, sentence(error))

    def _leave(self, entry: Entry[A]) -> None:
        """Let what was replaced finish its calls."""
        if entry.app is not None:
            task = asyncio.ensure_future(entry.app.aclose(self._terms.grace))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
