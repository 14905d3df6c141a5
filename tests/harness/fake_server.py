"""``unit-wasm`` with applications that need no engine: ``python -m tests.harness.fake_server``.

The path of a "component" says what its application does, so a test writes one into its JSON:

- ``echo:WORD``: 200, with the word, the method, the target and the request body;
- ``slow:WORD``: sends its head, waits for the file ``$FAKE_GATE`` to appear, then the word;
- ``early:WORD``: 200 with the word, without reading the request body;
- ``head:WORD``: sends its head before it reads the request body;
- ``fields:WORD``: sends ``server`` and ``date`` fields of its own;
- ``raise:WORD``: raises before its head; ``cut:WORD`` after it;
- ``missing:WORD``, ``broken:WORD``, ``option:WORD``: cannot be made (the fault of the host, of the
  component, of the configuration).
- ``block:WORD``: takes until the file ``$FAKE_GATE`` appears to be made.

``$FAKE_LOG`` is a file that gets a line for each application made and closed. ``$FAKE_USER`` is the
user that the server takes itself for.
"""

import asyncio
import os
import sys
import time
from typing import Any

from unit_wasm.cli import main
from unit_wasm.config.model import ApplicationConfig
from unit_wasm.errors import ComponentError, ConfigError, HostError
from unit_wasm.server.types import Application
from unit_wasm.serving.types import Receive, Scope, Send

POLL = 0.005


def _note(line: str) -> None:
    path = os.environ.get("FAKE_LOG")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(line + "\n")


class FakeApplication:
    """An ASGI application whose behaviour is its name."""

    exchanges = None

    def __init__(self, kind: str, word: str) -> None:
        self.kind = kind
        self.word = word
        self.in_flight = 0
        self.total = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.in_flight += 1
        self.total += 1
        self._idle.clear()
        try:
            await self._behave(scope, receive, send)
        finally:
            self.in_flight -= 1
            if self.in_flight == 0:
                self._idle.set()

    async def _behave(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.kind == "raise":
            raise RuntimeError(f"fake failure {self.word}")
        if self.kind in ("slow", "head", "cut"):
            await send({"type": "http.response.start", "status": 200, "headers": []})
        if self.kind == "cut":
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
            raise RuntimeError(f"fake failure {self.word}")
        if self.kind == "slow":
            while not os.path.exists(os.environ["FAKE_GATE"]):
                await asyncio.sleep(POLL)
        text = self.word.encode()
        if self.kind in ("echo", "head", "raise"):
            body = await _body(receive)
            if body is None:
                _note(f"disconnected {self.word}")
                return
            query = scope["query_string"]
            target = scope["raw_path"] + (b"?" + query if query else b"")
            text += b" " + scope["method"].encode() + b" " + target + b" " + body
        if self.kind not in ("slow", "head"):
            own = [(b"Server", b"guest"), (b"date", b"now")] if self.kind == "fields" else []
            headers = [(b"content-length", str(len(text)).encode()), *own]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text})

    def hang_up(self) -> None:
        pass

    async def aclose(self, grace: float) -> None:
        try:
            if self.in_flight:
                await asyncio.wait_for(self._idle.wait(), grace)
            _note(f"closed {self.word}")
        except TimeoutError:
            _note(f"cut {self.word}")

    def status(self) -> dict[str, Any]:
        return {"in_flight": self.in_flight, "total": self.total}

    def attach(self) -> None:
        pass

    def workers(self) -> tuple[()]:
        return ()

    def functions(self) -> tuple[()]:
        return ()


async def _body(receive: Receive) -> bytes | None:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts)


def make(config: ApplicationConfig) -> Application:
    """Make a fake application, or fail as a real one would."""
    kind, _, word = config.component.partition(":")
    if kind == "missing":
        raise HostError(f"there is no file {word}")
    if kind == "broken":
        raise ComponentError(f"{word} is not a component", hint="build one")
    if kind == "option":
        raise ConfigError(f"{word} cannot be", pointer="/environment/UNIT_WASM_POOLING")
    if kind == "block":
        _note(f"blocked {word}")
        while not os.path.exists(os.environ["FAKE_GATE"]):
            time.sleep(POLL)
    _note(f"made {word}")
    return FakeApplication(kind, word)


def _user() -> int:
    return int(os.environ["FAKE_USER"])


if __name__ == "__main__":
    if "FAKE_USER" in os.environ:
        os.geteuid = _user
    sys.exit(main(sys.argv[1:], application_factory=make))
