"""A directory of components as one ASGI application: the functions of each under its file's name.

components.py follows the files; here is what requests and servers see of them.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from unit_wasm.options import Options
from unit_wasm.prepare.compile import Progress
from unit_wasm.services.app import FunctionsApp
from unit_wasm.services.asgi import answer_request
from unit_wasm.services.components import Components, Terms
from unit_wasm.services.folder import read_functions
from unit_wasm.services.openapi import Part
from unit_wasm.services.pages import Pages
from unit_wasm.services.problems import Answer
from unit_wasm.services.routes import Routed
from unit_wasm.services.service import Request
from unit_wasm.serving.counts import FunctionCounts
from unit_wasm.serving.lifespan import live
from unit_wasm.serving.types import Receive, Scope, Send

if TYPE_CHECKING:
    from unit_wasm.native.worker import Worker


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
        options = options or Options()
        log = log or logging.getLogger("unit_wasm.application")
        given: dict[str, Any] = {"options": options, "environment": environment, "log": log}

        def make(file: str, name: str, progress: Progress) -> FunctionsApp:
            source, world = read_functions(file)
            return FunctionsApp(
                file, name=name, source=source, world=world, progress=progress, **given
            )

        is_json = options.log_format == "json"
        self._pages = Pages(options.origins)
        # No call takes longer than its time limit.
        terms = Terms(os.fspath(path), name, options.timeout + 1.0, log, is_json)
        self._components = Components(terms, make, progress)

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
            scope, receive, send, lambda request: self.respond(request, scope, receive), self._pages
        )

    async def respond(self, request: Request, scope: Scope, receive: Receive) -> Answer | None:
        """Return the answer to a request; see :meth:`FunctionsApp.respond`."""
        found = self._components.routes.find(request)
        if isinstance(found, Routed):
            return await found.app.respond(found.request, scope, receive)
        return found

    @property
    def parts(self) -> Sequence[Part]:
        """Return the functions of all components."""
        return self._components.routes.parts()

    @property
    def changed(self) -> list[Callable[[], None]]:
        """What is called after each change of them, on the event loop."""
        return self._components.changed

    # ---- What an application is asked ----

    def attach(self) -> None:
        """Let the running event loop run the components, and tell what changes."""
        self._components.follow()

    def hang_up(self) -> None:
        """End what waits for nothing that was asked: here is no such."""

    async def aclose(self, grace: float) -> None:
        """Let what runs finish for at most ``grace`` seconds, then free everything."""
        await self._components.aclose(grace)

    def close(self) -> None:
        """Free everything at once; for use without an event loop."""
        self._components.close()

    def status(self) -> dict[str, Any]:
        """Return the sums of the numbers of all components; see :meth:`ComponentApp.status`."""
        sums: dict[str, Any] = {"in_flight": 0, "cached": True}
        for app in self._components.apps():
            for name, number in app.status().items():
                if name == "cached":
                    sums["cached"] = sums["cached"] and number
                elif isinstance(number, int) and not isinstance(number, bool):
                    sums[name] = sums.get(name, 0) + number
        return sums

    def workers(self) -> Sequence[Worker]:
        """Return the workers of all components."""
        return [worker for app in self._components.apps() for worker in app.workers()]

    def functions(self) -> Iterable[FunctionCounts]:
        """Return what was counted of each function."""
        return [counts for app in self._components.apps() for counts in app.functions()]
