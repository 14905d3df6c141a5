"""The client's thread: one for all applications of a process, there while one needs it."""

from __future__ import annotations

import threading

from unit_wasm.loop_thread import LoopThread
from unit_wasm.outgoing.application import Application, Orders, Terms

_lock = threading.Lock()
_thread: LoopThread | None = None
_users = 0


class Attachment:
    """An application that the client serves; see :func:`attach`."""

    def __init__(self, thread: LoopThread, application: Application) -> None:
        self._thread = thread
        self._application: Application | None = application

    def detach(self) -> None:
        """Cancel what is on its way and release the worker, which may be closed after this.

        Harmless when it was done already.
        """
        global _thread, _users
        with _lock:
            if self._application is None:
                return
            application, self._application = self._application, None
            self._thread.do(application.stop())
            _users -= 1
            if _users == 0:
                self._thread.end()
                _thread = None


def attach(worker: Orders, terms: Terms) -> Attachment:
    """Send what the guests of a worker ask for, from now on until :meth:`Attachment.detach`."""
    global _thread, _users
    with _lock:
        if _thread is None:
            _thread = LoopThread("unit-wasm-outgoing")
        application = Application(worker, terms)
        _thread.do(_start(application))
        _users += 1
        return Attachment(_thread, application)


async def _start(application: Application) -> None:
    application.start()
