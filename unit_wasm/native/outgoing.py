"""The client's side of outgoing requests (csrc/python/outgoing_client.h), as Python objects.

Nothing of CFFI is imported here: the same code serves the extension and, inside Unit, the module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from unit_wasm.native.types import Order, OutgoingHead, field_list

_NANOSECONDS = 1_000_000_000

_Headers = Sequence[tuple[bytes, bytes]]


class OutgoingCalls:
    """What a client of outgoing requests calls; it belongs to the thread of that client.

    Parameters:
        ffi: CFFI's, of the extension or of the module.
        lib: its functions.
        table: an ``uw_outgoing_table_t *``; None where a subclass says it.
    """

    def __init__(self, ffi: Any, lib: Any, table: Any = None) -> None:
        self._ffi = ffi
        self._lib = lib
        self._table_pointer = table
        self._order = ffi.new("uw_order_t *")

    @property
    def _table(self) -> Any:
        return self._table_pointer

    def outgoing_fd(self) -> int:
        """Return the descriptor that is readable while there are orders; -1: nothing is allowed."""
        return int(self._lib.uw_outgoing_fd(self._table))

    def orders(self) -> Iterator[Order]:
        """Yield what the client of outgoing requests has to do now."""
        order = self._order
        while self._lib.uw_outgoing_next(self._table, order):
            yield self._make_order(order)

    def outgoing_sent(self, request: int, size: int) -> None:
        """Say that ``size`` bytes of the request's body are on their way: as many may follow."""
        self._lib.uw_outgoing_sent(self._table, request, size)

    def outgoing_respond(self, request: int, status: int, headers: _Headers) -> None:
        """Say that the final response has begun. Hop-by-hop headers are left out."""
        lines = _header_lines(headers)
        self._lib.uw_outgoing_respond(self._table, request, status, lines, len(lines))

    def outgoing_push(
        self, request: int, data: bytes, last: bool = False, trailers: _Headers = ()
    ) -> int:
        """Give the guest bytes of the response's body; ``last`` ends it.

        Returns:
            How many more bytes the window takes (0: wait for ``read``), or -1: nobody reads them.
        """
        lines = _header_lines(trailers)
        return int(
            self._lib.uw_outgoing_push(
                self._table, request, data, len(data), last, lines, len(lines)
            )
        )

    def outgoing_fail(self, request: int, code: str, text: str = "", number: int = 0) -> None:
        """Say that the request has failed, before or after the response's head.

        Parameters:
            code: a case of wasi:http's error-code, e.g. ``DNS-error``.
            text: its payload: rcode, alert-message, field-name or the one text there is.
            number: its payload: info-code, alert-id, field-size or the one size there is.
        """
        self._lib.uw_outgoing_fail(self._table, request, code.encode(), text.encode(), number)

    def _make_order(self, order: Any) -> Order:
        lib, buffer = self._lib, self._ffi.buffer
        what = order.what
        return Order(
            order.id,
            self._head(order) if what & lib.UW_ORDER_START else None,
            buffer(order.body, order.body_size)[:] if what & lib.UW_ORDER_BODY else b"",
            what & lib.UW_ORDER_END != 0,
            _header_list(buffer(order.trailers, order.trailers_size)[:])
            if order.trailers_size
            else None,
            what & lib.UW_ORDER_BREAK != 0,
            what & lib.UW_ORDER_READ != 0,
            what & lib.UW_ORDER_CANCEL != 0,
        )

    def _head(self, order: Any) -> OutgoingHead:
        buffer = self._ffi.buffer
        return OutgoingHead(
            buffer(order.method, order.method_size)[:],
            buffer(order.scheme, order.scheme_size)[:],
            buffer(order.authority, order.authority_size)[:],
            buffer(order.path, order.path_size)[:],
            _header_list(buffer(order.headers, order.headers_size)[:]),
            buffer(order.hops, order.hops_size)[:],
            buffer(order.traceparent, order.traceparent_size)[:],
            order.connect_timeout / _NANOSECONDS,
            order.first_byte_timeout / _NANOSECONDS,
            order.between_bytes_timeout / _NANOSECONDS,
        )


def _header_list(lines: bytes) -> list[tuple[bytes, bytes]]:
    return field_list(lines, b":", b"\n")


def _header_lines(headers: _Headers) -> bytes:
    return b"".join(b"%b:%b\n" % header for header in headers)
