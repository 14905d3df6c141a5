"""Host calls (csrc/python/host_calls.h), as Python objects.

Nothing of CFFI is imported here: the same code serves the extension and, inside Unit, the module.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple


class HostOrder(NamedTuple):
    """What is to be done for an instance.

    Parameters:
        id: of the instance; never used again.
        function: its number, where there is a call; else 0.
        serial: of the call.
        arguments: packed.
        drops: types and numbers of handles that the guest has let go of.
        ended: the instance is no more.
        request: the id of the request that it answers.
    """

    id: int
    function: int
    serial: int
    arguments: bytes
    drops: tuple[tuple[int, int], ...]
    ended: bool
    request: str


class HostCalls:
    """What those call who answer host calls.

    Parameters:
        ffi: CFFI's, of the extension or of the module.
        lib: its functions.
        table: a ``uw_hostcalls_t *``.
        owner: of the table, which is kept as long as this.
    """

    def __init__(self, ffi: Any, lib: Any, table: Any, owner: Any = None) -> None:
        self._ffi = ffi
        self._lib = lib
        self._table = table
        self._owner = owner
        self._order = ffi.new("uw_host_order_t *")

    def fileno(self) -> int:
        """Return the descriptor that is readable while there are orders; -1: nothing calls."""
        return int(self._lib.uw_host_fd(self._table))

    def orders(self) -> Iterator[HostOrder]:
        """Yield what is to be done now; for one thread at a time."""
        order, lib, buffer = self._order, self._lib, self._ffi.buffer
        while lib.uw_host_next(self._table, order):
            calls = order.what & lib.UW_HOST_CALL
            numbers = (
                memoryview(buffer(order.drops, order.drops_size)).cast("I").tolist()
                if order.drops_size
                else ()
            )
            yield HostOrder(
                order.id,
                order.function if calls else 0,
                order.serial,
                buffer(order.arguments, order.arguments_size)[:] if calls else b"",
                tuple(zip(numbers[::2], numbers[1::2], strict=True)),
                order.what & lib.UW_HOST_END != 0,
                buffer(order.request, order.request_size)[:].decode("ascii", "replace"),
            )

    def answer(self, instance: int, serial: int, result: bytes) -> bool:
        """Answer a call, from any thread.

        Returns:
            Whether somebody has waited for it.
        """
        return bool(self._lib.uw_host_answer(self._table, instance, serial, result, len(result)))

    def fail(self, instance: int, serial: int, text: str) -> bool:
        """Say why a call has no answer, from any thread: the exchange ends with that."""
        data = text.encode(errors="backslashreplace")
        return bool(self._lib.uw_host_fail(self._table, instance, serial, data, len(data)))

    def close(self) -> None:
        """Nobody answers any more; calls on their way fail, and so do all later ones."""
        self._lib.uw_host_close(self._table)
