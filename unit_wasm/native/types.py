"""What worker.py answers: plain values, without CFFI."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple, TypeAlias

from unit_wasm.values import dataclass


@dataclass(frozen=True, slots=True)
class HostFunction:
    """A function that components may import.

    Parameters:
        interface: without its version, e.g. ``wasi:io/poll``.
        versions: at which it is there; one that ends with a dot stands for all that begin so.
        name: as in the WIT, e.g. ``[method]pollable.ready``.
        params: number of parameters, ``self`` included.
        results: 0 or 1.
        waits: it may park the guest.
        refused: it exists, and answers that it is not allowed.
    """

    interface: str
    versions: tuple[str, ...]
    name: str
    params: int
    results: int
    waits: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class HostResource:
    """A resource type that components may import; see :class:`HostFunction`."""

    interface: str
    versions: tuple[str, ...]
    name: str


HEAD, BODY, END, CUT, PULL, WHOLE, OVER, REST = (1 << bit for bit in range(8))
"""What happened, bits of :attr:`News.what`: the ``UW_NEWS_...`` of csrc/python/news.h."""

PRESENT_LENGTH, PRESENT_DATE, PRESENT_SERVER = (1 << bit for bit in range(3))
"""Fields that the component has set itself, bits of :attr:`News.present`."""


class News(NamedTuple):
    """What happened to one exchange. A tuple, because there is one for every request.

    Parameters:
        id: as :meth:`Worker.start` returned it.
        what: bits: :data:`HEAD` and so on.
        present: bits, where there is a head: :data:`PRESENT_LENGTH` and so on.
        status: of the response, where there is a head.
        head: the header fields as HTTP/1.1 writes them, each line with its end, names in lower
            case; once, before any body.
        body: bytes for the client, to be confirmed by :meth:`Worker.sent`; many of them are the
            memory itself in which the guest's are, see :meth:`Worker.other_news`.
    """

    id: int
    what: int
    present: int
    status: int
    head: bytes
    body: bytes | memoryview

    @property
    def headers(self) -> list[tuple[bytes, bytes]] | None:
        """Names and values; None where there is no head."""
        return field_list(self.head) if self.what & HEAD else None

    @property
    def adds_length(self) -> bool:
        """``body`` is the whole body, and the component has not set its length."""
        return self.what & WHOLE != 0

    @property
    def ended(self) -> bool:
        """The response is whole."""
        return self.what & END != 0

    @property
    def cut(self) -> bool:
        """The response is broken; the connection must show it."""
        return self.what & CUT != 0

    @property
    def pull(self) -> bool:
        """The guest waits for request bytes."""
        return self.what & PULL != 0

    @property
    def over(self) -> bool:
        """The guest has ended, and left request bytes unread; nothing else comes with it."""
        return self.what & OVER != 0


ANSWER = Struct("=QIIIHBB")
"""The ``uw_whole_answer_t`` of csrc/python/news.h: the fields of an :data:`AnswerRow`."""

AnswerRow: TypeAlias = tuple[int, int, int, int, int, int, int]
"""An answer that was whole at once: id, bytes, bytes of its own fields, bytes of its body, status,
and the bits of :attr:`News.present` and :attr:`News.what`.

Its bytes are the fields, a ``content-length`` where it is known and not among them, an empty line,
and the body.
"""


def answer_news(row: AnswerRow, data: bytes) -> News:
    """Return the same answer as news.

    Parameters:
        data: its bytes.
    """
    number, size, head_size, body_size, status, present, what = row
    return News(number, what, present, status, data[:head_size], data[size - body_size :])


def field_list(
    lines: bytes, between: bytes = b": ", end: bytes = b"\r\n"
) -> list[tuple[bytes, bytes]]:
    """Return the names and values of lines, each of which has an end.

    Parameters:
        between: what stands between a name and its value.
    """
    fields = []
    for line in lines.split(end)[:-1]:
        name, _, value = line.partition(between)
        fields.append((name, value))
    return fields


def text_fields(text: bytes) -> list[bytes]:
    """Return names and values in turns of a text that has a line feed before each of them."""
    return text[1:].split(b"\n") if text else []


@dataclass(frozen=True, slots=True)
class OutgoingHead:
    """The head of a request that a guest sends.

    Parameters:
        scheme: ``http`` or ``https``.
        authority: as the guest gave it, never empty.
        path: with the query; begins with a slash, or is ``*``.
        headers: names in lower case and values; no ``host`` and no hop-by-hop names.
        hops: the ``unit-wasm-hops`` header of the request that the guest serves; empty: none.
        traceparent: the same request's header of that name.
        connect_timeout: seconds; 600 where the guest has none, and so for the other two.
    """

    method: bytes
    scheme: bytes
    authority: bytes
    path: bytes
    headers: list[tuple[bytes, bytes]]
    hops: bytes
    traceparent: bytes
    connect_timeout: float
    first_byte_timeout: float
    between_bytes_timeout: float


@dataclass(frozen=True, slots=True)
class Order:
    """What a client of outgoing requests is asked to do next for one of them.

    Parameters:
        id: of the request.
        start: its head; in its first order only.
        body: more bytes of its body, to be confirmed by :meth:`Worker.outgoing_sent`.
        ended: its body is whole; with ``start`` and without ``body`` there is none.
        trailers: of its body, where it has ended.
        broken: its body will never be whole; the peer must see that.
        read: there is room again for bytes of the response.
        cancelled: nobody waits any more. It comes alone, and is the last order.
    """

    id: int
    start: OutgoingHead | None = None
    body: bytes = b""
    ended: bool = False
    trailers: list[tuple[bytes, bytes]] | None = None
    broken: bool = False
    read: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class LoopbackResult:
    """Figures of :meth:`Worker.loopback`; times in nanoseconds."""

    exchanges: int
    failed: int
    body_bytes: int
    nanoseconds: int
    median: int
    p99: int


def describe_metrics(metrics: Any, ends: Sequence[str], bounds: Sequence[float]) -> dict[str, Any]:
    """Return a ``uw_metrics_t`` as ``GET /status`` shows it.

    Parameters:
        metrics: the struct.
        ends: the names of the ends of exchanges, in their order.
        bounds: of the buckets in seconds, without the last, which has none.

    Returns:
        ``responses`` by status and ``ends`` by name, where there were any; and of ``duration``,
        ``cpu`` and ``instantiation`` the count, the seconds together and the buckets that are not
        empty, by their upper bound.
    """
    shown = [*(f"{bound:g}" for bound in bounds), "more"]

    def histogram(found: Any) -> dict[str, Any]:
        return {
            "count": sum(found.buckets),
            "seconds": found.sum / 1e9,
            "buckets": _not_zero(shown, found.buckets),
        }

    return {
        "responses": _not_zero([str(status) for status in range(1000)], metrics.statuses),
        "ends": _not_zero(ends, metrics.ends),
        "duration": histogram(metrics.duration),
        "cpu": histogram(metrics.cpu),
        "instantiation": histogram(metrics.instantiation),
    }


def _not_zero(names: Sequence[str], counts: Sequence[int]) -> dict[str, int]:
    return {name: count for name, count in zip(names, counts, strict=False) if count}
