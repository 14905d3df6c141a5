"""A request of ASGI as services take it, and their answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from unit_wasm.services.binding import MAX_BODY_SIZE
from unit_wasm.services.pages import Fields, Pages, Sender, joined
from unit_wasm.services.problems import Answer, problem
from unit_wasm.services.service import Request
from unit_wasm.serving.body import whole_body
from unit_wasm.serving.types import Receive, Scope, Send


async def answer_request(
    scope: Scope,
    receive: Receive,
    send: Send,
    respond: Callable[[Request], Awaitable[Answer | None]],
    pages: Pages,
) -> None:
    """Answer a request.

    Parameters:
        respond: returns the answer; None: its client has gone.
        pages: those that may call.
    """
    fields = joined(scope)
    sender = Sender.of(scope, fields)
    answer = pages.refusal(scope["method"], sender)
    if answer is None:
        body = await whole_body(receive, MAX_BODY_SIZE)
        if body is None:
            return
        too_large = len(body) > MAX_BODY_SIZE
        answer = problem("too-large") if too_large else await respond(_request(scope, fields, body))
    if answer is not None:
        await _send(answer, pages.fields(scope["method"], sender), scope, send)


def _request(scope: Scope, fields: Mapping[bytes, bytes], body: bytes) -> Request:
    media_type = fields.get(b"content-type")
    return Request(
        scope["method"],
        scope["path"].removeprefix("/"),
        None if media_type is None else media_type.decode("latin-1"),
        fields.get(b"accept", b"").decode("latin-1"),
        body,
    )


async def _send(answer: Answer, more: Fields, scope: Scope, send: Send) -> None:
    length = (b"content-length", b"%d" % len(answer.body))
    # RFC 9110 section 8.6: none in a 204.
    headers = [*answer.headers, *more, *([] if answer.status == 204 else [length])]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})
