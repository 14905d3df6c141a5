"""The client's thread: one for all applications of a process, there while one needs it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine
from typing import Any

from unit_wasm.outgoing.application import Application, Orders, Terms

__all__ = ["Attachment", "attach"]


class _Thread:
    """A thread with an event loop, which runs while it is used."""

    def __init__(self) -> None:
        self.users = 0
        # Not uvloop: over TLS it loses the end of a response that is read slowly, when the peer
        # closes its connection without TLS's own end.
        self._loop = asyncio.new_event_loop()
        # A daemon: a process whose applications were never closed has to end all the same.
        self._thread = threading.Thread(target=self._run, name="unit-wasm-outgoing", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        # They are the process's; a connection that is gone (SIGPIPE) is an error here.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            # What a last request left behind, e.g. the closing of its connection.
            self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something on the thread, and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


_lock = threading.Lock()
_thread: _Thread | None = None


class Attachment:
    """An application that the client serves; see :func:`attach`."""

    def __init__(self, thread: _Thread, application: Application) -> None:
        self._thread = thread
        self._application: Application | None = application

    def detach(self) -> None:
        """Cancel what is on its way and release the worker, which may be closed after this.

        Harmless when it was done already.
        """
        global _thread
        with _lock:
            if self._application is None:
                return
            application, self._application = self._application, None
            self._thread.do(application.stop())
            self._thread.users -= 1
            if self._thread.users == 0:
                self._thread.end()
                _thread = None


def attach(worker: Orders, terms: Terms) -> Attachment:
    """Send what the guests of a worker ask for, from now on until :meth:`Attachment.detach`."""
    global _thread
    with _lock:
        if _thread is None:
            _thread = _Thread()
        application = Application(worker, terms)
        _thread.do(_start(application))
        _thread.users += 1
        return Attachment(_thread, application)


async def _start(application: Application) -> None:
    application.start()
