"""What native.py answers: plain values, without CFFI."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HostFunction", "HostResource", "LoopbackResult", "News"]


@dataclass(frozen=True, slots=True)
class HostFunction:
    """A function that components may import.

    Parameters:
        interface: without its version, e.g. ``wasi:io/poll``.
        name: as in the WIT, e.g. ``[method]pollable.ready``.
        params: number of parameters, ``self`` included.
        results: 0 or 1.
        waits: it may park the guest.
        refused: it exists, and answers that it is not allowed.
    """

    interface: str
    name: str
    params: int
    results: int
    waits: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class HostResource:
    """A resource type that components may import."""

    interface: str
    name: str


@dataclass(slots=True)
class News:
    """What happened to one exchange.

    Parameters:
        id: as :meth:`Worker.start` returned it.
        status: of the response, where ``headers`` is not None.
        headers: names in lower case and values, once, before any body.
        length_known: ``body`` is the whole body, so that its length may be sent.
        body: bytes for the client, to be confirmed by :meth:`Worker.sent`.
        ended: the response is whole.
        cut: the response is broken; the connection must show it.
        pull: the guest waits for request bytes.
    """

    id: int
    status: int
    headers: list[tuple[bytes, bytes]] | None
    length_known: bool
    body: bytes
    ended: bool
    cut: bool
    pull: bool


@dataclass(frozen=True, slots=True)
class LoopbackResult:
    """Figures of :meth:`Worker.loopback`; times in nanoseconds."""

    exchanges: int
    failed: int
    body_bytes: int
    nanoseconds: int
    median: int
    p99: int
