"""The head of an outgoing request: what the guest asked for, and what the host adds.

Names that the host sets itself (``host``, framing, the loop guard) are taken out of what the
guest gave: a guest can neither fake nor reset them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import h11

from unit_wasm.native.types import OutgoingHead
from unit_wasm.options.origins import Origin
from unit_wasm.outgoing.errors import OutgoingError

HOPS = b"unit-wasm-hops"
"""The header that counts how often a request has left one of our hosts."""

MAX_HOPS = 16

_OURS = frozenset(
    {
        HOPS,
        b"host",
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"transfer-encoding",
        b"upgrade",
        b"http2-settings",
    }
)
# RFC 9110 section 6.5.1: what frames a message comes before it, never behind it.
_NO_TRAILERS = _OURS | {b"content-length"}
_WITH_BODY = frozenset({b"POST", b"PUT", b"PATCH"})
_NOT_IN_TARGET = re.compile(rb"[^\x21-\x7e]")
_NUMBER = re.compile(rb"[0-9]{1,9}")
# https://www.w3.org/TR/trace-context/#traceparent-header; later versions may add more parts.
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]*)?")


def origin_of(head: OutgoingHead) -> Origin:
    """Return where a request goes.

    Raises:
        OutgoingError: nowhere that HTTP leads to.
    """
    scheme = head.scheme.decode("latin-1").lower()
    if scheme not in ("http", "https"):
        raise OutgoingError("HTTP-protocol-error")
    if head.method == b"CONNECT":
        # A tunnel is no exchange: its bytes could not be judged.
        raise OutgoingError("HTTP-protocol-error")
    origin = Origin.of(scheme, head.authority.decode("latin-1"))
    if origin is None:
        raise OutgoingError("HTTP-request-URI-invalid")
    if _hops(head) >= MAX_HOPS:
        raise OutgoingError("loop-detected")
    return origin


def build(head: OutgoingHead, body_size: int | None, trailers: bool) -> h11.Request:
    """Return the head that is sent.

    Parameters:
        body_size: of the body, where all of it is known; None where it is still to come.
        trailers: the body is followed by some.

    Raises:
        OutgoingError: the guest's Content-Length is not that of its body.
    """
    headers = [(b"host", head.authority)]
    headers += [(name, value) for name, value in head.headers if name not in _OURS]
    names = {name for name, _ in headers}
    if b"content-length" in names:
        _check_length(headers, body_size)
    elif body_size is None or (trailers and body_size > 0):
        headers.append((b"transfer-encoding", b"chunked"))
    elif body_size > 0 or head.method in _WITH_BODY:
        headers.append((b"content-length", b"%d" % body_size))
    headers.append((HOPS, b"%d" % (_hops(head) + 1)))
    if b"traceparent" not in names and _TRACEPARENT.fullmatch(head.traceparent):
        headers.append((b"traceparent", head.traceparent))
    target = _NOT_IN_TARGET.sub(lambda match: b"%%%02X" % match[0][0], head.path)
    try:
        return h11.Request(method=head.method, target=target, headers=headers)
    except h11.LocalProtocolError as error:
        raise OutgoingError("internal-error", f"the request cannot be sent: {error}") from error


def trailer_fields(trailers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the trailers that are sent."""
    return [(name, value) for name, value in trailers if name not in _NO_TRAILERS]


def _hops(head: OutgoingHead) -> int:
    """Return how often the request that is served has left one of our hosts."""
    # What is no number does not come from us, and a loop leads through us.
    return int(head.hops) if _NUMBER.fullmatch(head.hops) else 0


def _check_length(headers: list[tuple[bytes, bytes]], body_size: int | None) -> None:
    if body_size is None:
        return
    for name, value in headers:
        if name == b"content-length" and value != b"%d" % body_size:
            raise OutgoingError("HTTP-request-body-size", "", body_size)
