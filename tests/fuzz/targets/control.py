"""Invariant: every reply of the control API has one of Unit's shapes, and the server goes on.

The inputs are lists of requests: method, path, body. A server process with applications that need
no engine gets them one after the other, and shows its configuration after each list.
"""

import contextlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from tests.fuzz.choices import Choices, edited
from tests.fuzz.targets.config import changed_document
from tests.harness.http import Connection, Response, TruncatedError
from tests.live.conftest import new_place

_METHODS = ("GET", "PUT", "DELETE", "POST", "PATCH", "HEAD", "OPTIONS")
_PARTS = (
    *("config", "status", "control", "applications", "listeners", "settings", "http", "a"),
    *("a%2Fb", "127.0.0.1:0", "127.0.0.1%3A0", "restart", "access", "filesystem", "0", "1", "-1"),
    *("environment", "UNIT_WASM_TIMEOUT", "component", "pass", "connections", "worker", ""),
    *("%", "%zz", "%ff", "..", ".", "~", "x" * 40, "certificates", "js_modules", "%00", "%2F"),
)
_DONE = {"success": "Reconfiguration done."}
_NO_VALUE = "Value doesn't exist."
_ERRORS = {
    400: {"Invalid JSON.", "Invalid configuration."},
    404: {_NO_VALUE, "Invalid path."},
    405: {"Method isn't allowed.", "Invalid method."},
    500: {"Failed to apply new configuration.", "Failed to restart app."},
}
_DETAILED = {400, 500}


def _path(choices: Choices) -> str:
    usual = (
        "/config",
        "/config/applications/a",
        "/config/listeners",
        "/status",
        "/config/settings",
    )
    start = choices.pick(("", *usual, "/control/applications/a/restart", "/config"))
    count = choices.below(4) if start else 1 + choices.below(4)
    return start + "".join("/" + choices.pick(_PARTS) for _ in range(count))


def _body(choices: Choices, seeds: Sequence[bytes]) -> str:
    kind = choices.below(5)
    if kind == 0:
        return choices.pick(("", "{}", "[]", "1", "null", '"applications/a"', "[{}]", "\0"))
    # A sub-tree, so that it fits a path.
    value = changed_document(choices, seeds)
    for _ in range(choices.below(4)):
        if isinstance(value, dict) and value:
            value = value[choices.pick(sorted(value))]
    text = json.dumps(value)
    # Nobody but this test may be listened to.
    text = text.replace("*:80", "127.0.0.2:0")
    return edited(text.encode(), choices).decode("latin-1") if kind == 1 else text


def make(choices: Choices, seeds: Sequence[bytes]) -> bytes:
    """Return up to six requests."""
    documents = [json.dumps(json.loads(seed)[0][2]).encode() for seed in seeds]
    requests = [["PUT", "/config", json.dumps(json.loads(choices.pick(documents)))]]
    for _ in range(1 + choices.below(5)):
        requests.append([choices.pick(_METHODS), _path(choices), _body(choices, documents)])
    return json.dumps(requests).encode()


def _check_reply(method: str, path: str, reply: Response) -> None:
    what = (method, path, reply)
    if method == "HEAD":
        assert reply.status in (200, 404, 405), what
        return
    if reply.field("content-type") != "application/json":
        # Not the API: the target is none that HTTP knows.
        assert (reply.status, reply.body) == (400, b"400 Bad Request\n"), what
        return
    value = reply.json()
    if reply.status == 200:
        if method != "GET":
            assert value == _DONE, what
        return
    assert value["error"] in _ERRORS[reply.status], what
    names = {"error", "detail"} if reply.status in _DETAILED else {"error"}
    if value["error"] == "Invalid JSON.":
        names |= {"location"}
        assert all(value["location"][name] >= 0 for name in ("offset", "line", "column")), what
    assert set(value) == names, what


class _Client:
    """Sends requests over one connection, and over another one where the server has closed it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection = Connection(address)

    def ask(self, method: str, path: str, body: str) -> Response:
        data = body.encode("latin-1", "replace")
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(data)}\r\n\r\n"
        reply = self._try(head.encode() + data, method)
        if reply.field("connection") == "close":
            self.close()
            self._connection = Connection(self._address)
        return reply

    def _try(self, data: bytes, method: str) -> Response:
        self._connection.send(data)
        try:
            return self._connection.response(method)
        except TruncatedError as error:
            raise AssertionError(f"no reply to {data!r}") from error

    def close(self) -> None:
        self._connection.sock.close()


@contextlib.contextmanager
def opened() -> Iterator[Any]:
    """Start the server."""
    with new_place() as place, place.with_control(ready=1) as server:
        client = _Client(place.control)

        def check(data: bytes) -> None:
            for method, path, body in json.loads(data):
                if not isinstance(body, str):
                    body = json.dumps(body)
                _check_reply(method, path, client.ask(method, path, body))
            assert server.process is not None
            assert server.process.poll() is None, server.log
            shown = client.ask("GET", "/config", "")
            assert (shown.status, type(shown.json())) == (200, dict), shown

        with contextlib.closing(client):
            yield check
        assert "Traceback" not in server.log, server.log
