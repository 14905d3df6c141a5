"""SIGHUP: the configuration is read again, and all of it takes effect or nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from functools import partial

from unit_wasm.config.document import JsonValue
from unit_wasm.errors import UnitWasmError
from unit_wasm.server.server import Server
from unit_wasm.serving.thread import in_thread


class Reload:
    """Reads the configuration again, as often as it is asked to while nothing is being read.

    Parameters:
        server: gets it.
        again: reads it; None where there is no file.
        start: is waited for before.
    """

    def __init__(
        self, server: Server, again: Callable[[], JsonValue] | None, start: asyncio.Task[None]
    ) -> None:
        self._server = server
        self._again = again
        self._start = start
        self._log = logging.getLogger("unit_wasm.server")
        self._task: asyncio.Task[None] | None = None
        self._asked = False

    def ask(self) -> None:
        """Read it, once more where it is being read already."""
        if self._again is None:
            self._log.warning("SIGHUP: there is no configuration file to read again")
            return
        self._asked = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(self._again))

    def ignore(self, name: str) -> None:
        """Note a signal that means nothing here."""
        self._log.info("%s: this signal has no meaning here", name)

    async def _run(self, again: Callable[[], JsonValue]) -> None:
        await asyncio.wait((self._start,))
        while self._asked:
            self._asked = False
            try:
                document = await in_thread(again)
                await self._server.change(partial(_replaced, document), reload=True)
            except UnitWasmError as error:
                self._log.error("SIGHUP: %s; the configuration stays as it was", error)
            except Exception:
                self._log.exception("SIGHUP: the configuration stays as it was")
            else:
                self._log.info("SIGHUP: the configuration was read again")


def _replaced(document: JsonValue, before: JsonValue) -> JsonValue:
    return document


def has_terminal() -> bool:
    """Whether the end of a terminal would be the end of this process, if nothing were done."""
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return False  # nohup
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
    except OSError:
        return False
    return True
