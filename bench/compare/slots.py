"""Peers while they serve: started when they are needed, again after a failure, ended at the end."""

from __future__ import annotations

import contextlib
from pathlib import Path

from compare.cases import Request
from compare.load import LoadError
from compare.peers import Peer
from compare.process import PeerError, Serving, first_answer, pinned

FAULTS = (PeerError, LoadError, OSError, AssertionError)
"""What may go wrong with a peer and costs it a cell, not us the run."""


class Slot:
    """One peer with one guest; a context manager.

    Parameters:
        cores: those that it is pinned to, with all of its processes.
        cache: where it keeps what it has compiled.

    It has a process for each core, where it can have several.
    """

    def __init__(self, peer: Peer, guest: str, cores: frozenset[int], cache: Path) -> None:
        self.peer = peer
        self.key = peer.key
        self._guest = guest
        self._cores = cores
        self._cache = cache
        self._stack = contextlib.ExitStack()
        self._serving: Serving | None = None
        self._refused = ""

    def __enter__(self) -> Slot:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def serving(self) -> Serving:
        """The peer, which is started where it does not run.

        Raises:
            PeerError: it does not start, or did not before.
        """
        if self._refused:
            raise PeerError(self._refused)
        if self._serving is None or not self._serving.is_alive():
            self.stop()
            try:
                with pinned(self._cores):
                    self._serving = self._stack.enter_context(
                        self.peer.serve(self._guest, self._cache, len(self._cores))
                    )
            except PeerError as error:
                self._refused = str(error)
                raise
        return self._serving

    def first(self, request: Request, answer: bytes) -> float:
        """Return the seconds from its start to its first answer; :func:`first_answer`."""
        return first_answer(self.serving, request, answer)

    def stop(self) -> None:
        """End it; the next use starts it again."""
        self._serving = None
        with contextlib.suppress(*FAULTS):
            self._stack.close()
