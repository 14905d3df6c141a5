"""A thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from typing import Any


class LoopThread:
    """A thread with an event loop, which runs from now on until :meth:`end`.

    Parameters:
        name: of the thread.
        ended: is called on it when its loop has ended, whatever ended it.
    """

    def __init__(self, name: str, ended: Callable[[], None] | None = None) -> None:
        # Not uvloop: over TLS it loses the end of a response that is read slowly, when the peer
        # closes its connection without TLS's own end.
        self._loop = asyncio.new_event_loop()
        self._ended = ended
        # A daemon: a process whose applications were never closed has to end all the same.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        # They are the process's; a connection that is gone (SIGPIPE) is an error here.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            # What a last task left behind, e.g. the closing of its connection.
            self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            if self._ended is not None:
                self._ended()
            self._loop.close()

    def do(self, work: Coroutine[Any, Any, None], timeout: float | None = None) -> None:
        """Run something on the thread, and wait for it.

        Raises:
            TimeoutError: it has not come to its end; it goes on.
        """
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def end(self, timeout: float | None = None) -> None:
        """Stop the loop, and wait for the thread, but not longer than so many seconds."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout)
