"""A component as an ASGI application, without any server."""

import asyncio

import pytest

from tests.harness.direct import CACHE, guest_path
from unit_wasm.options import Options
from unit_wasm.serving.asgi import ComponentApp
from unit_wasm.serving.types import Message, Scope

SCOPE: Scope = {
    "type": "http",
    "http_version": "1.1",
    "method": "POST",
    "scheme": "http",
    "path": "/",
    "raw_path": b"/",
    "query_string": b"",
    "headers": [(b"host", b"localhost"), (b"content-length", b"5")],
    "client": ("192.0.2.1", 1),
    "server": ("localhost", 80),
}


async def ask(guest: str, *, last: bool, pushes: list[bytes]) -> list[Message]:
    """Send a request of which no more than a part comes, unless it is the last; return the answer.

    Parameters:
        pushes: gets what is given to the guest.
    """
    app = ComponentApp(guest_path(guest), options=Options(cache_dir=CACHE))
    sent: list[Message] = []
    answered = asyncio.Event()
    asked = 0

    async def receive() -> Message:
        nonlocal asked
        asked += 1
        if asked == 2:
            # The guest has answered by then, and reads on.
            await answered.wait()
            if not last:
                await asyncio.Event().wait()
        return {"type": "http.request", "body": b"12", "more_body": asked != 2}

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            answered.set()

    exchanges = app.exchanges
    assert exchanges is not None
    push = exchanges.push

    def noted(exchange: int, data: bytes | memoryview, last: bool) -> int:
        pushes.append(bytes(data))
        return push(exchange, data, last)

    exchanges.push = noted  # type: ignore[method-assign]
    await asyncio.wait_for(app(SCOPE, receive, send), 30)
    await app.aclose(5)
    return sent


@pytest.mark.parametrize(("guest", "body"), [("works-after", b"answered\n"), ("hello", None)])
def test_a_guest_that_ends_without_reading_ends_its_request(guest: str, body: bytes | None) -> None:
    """It is told, and not asked for: nothing is pushed meanwhile but what has come, and nothing."""
    pushes: list[bytes] = []
    sent = asyncio.run(ask(guest, last=False, pushes=pushes))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert body is None or sent[1]["body"] == body
    assert pushes in ([b""], [b"12"], [b"12", b""])


def test_a_guest_reads_on_after_its_answer() -> None:
    pushes: list[bytes] = []
    sent = asyncio.run(ask("answers-early", last=True, pushes=pushes))
    assert sent[1]["body"] == b"early\n"
    assert [data for data in pushes if data] == [b"12", b"12"]
