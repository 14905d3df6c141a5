"""That a component is being compiled, for somebody who waits for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from unit_wasm.server.applications import component_application

if TYPE_CHECKING:
    from unit_wasm.config.model import ApplicationConfig
    from unit_wasm.server.types import Application

WORTH_SAYING = 1.0
"""Seconds that a component may take without a line in the log."""


class Progress(Protocol):
    """Shows each step where somebody watches."""

    @property
    def is_terminal(self) -> bool: ...

    def progress(self, component: str) -> AbstractContextManager[Callable[[str], None]]: ...


class Reporting:
    """Makes applications of components, and logs compiling that takes more than a second.

    Parameters:
        progress: shows the steps.
        log: gets the lines.
    """

    def __init__(self, progress: Progress, log: logging.Logger | None = None) -> None:
        self._progress = progress
        self._log = log or logging.getLogger("unit_wasm.server")

    def __call__(self, config: ApplicationConfig) -> Application:
        """Make an application; is called in a thread."""
        started = time.monotonic()
        steps: list[str] = []

        def say() -> None:
            # A terminal shows it already.
            if "compiling" in steps and not self._progress.is_terminal:
                self._log.info("%s: compiling %s", config.name, config.component)

        timer = threading.Timer(WORTH_SAYING, say)
        timer.daemon = True
        try:
            with self._progress.progress(config.component) as show:

                def note(step: str) -> None:
                    steps.append(step)
                    show(step)
                    if steps.count("compiling") == 1 and step == "compiling":
                        timer.start()

                made = component_application(config, note)
        finally:
            timer.cancel()
        seconds = time.monotonic() - started
        if "compiling" in steps and seconds > WORTH_SAYING:
            self._log.info("%s: compiled %s in %.1f s", config.name, config.component, seconds)
        return made
