"""Exchanges that call a function (csrc/guest/function.c).

Nothing of CFFI is imported here, see ``outgoing.py``.
"""

from __future__ import annotations

from typing import Any

from unit_wasm.errors import HostError


class FunctionCalls:
    """What is called for functions of a component; a part of ``Worker``."""

    _lib: Any

    @property
    def _worker(self) -> Any:
        raise NotImplementedError

    def call(self, head: bytes, number: int, packed: bytes) -> int:
        """Start an exchange that calls a function, which runs from the next turn on.

        Its answer is a 200 with the packed result as its body, or a failure.

        Parameters:
            head: as for :meth:`start`.
            number: of the function in the program.
            packed: the arguments.

        Raises:
            HostError: out of memory.
        """
        worker, size = self._worker, len(packed)
        ticket: int = self._lib.uw_asgi_call(worker, head, len(head), number, packed, size)
        if ticket == 0:
            raise HostError("out of memory")
        return ticket
