"""How the Model Context Protocol ends: what was asked is answered, and nothing else waits."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
from mcp import types

from tests.harness.components import environment, guest
from tests.harness.http import Connection, Response
from tests.harness.processes import PATIENCE
from tests.harness.server import ROOT, ServerProcess
from unit_wasm.mcp.answered import Answered

AUDIT = """
from unit_wasm import host

@host.function
def audit_log(message: str) -> None:
    with open({folder!r} + message.rpartition(" ")[2]) as gate:
        gate.read()
"""
"""Its calls wait at pipes, until somebody has opened and closed the other end."""

NUMBER = """(component
  (core module $m (func (export "f") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func (export "number") (result u32) (canon lift (core func $i "f"))))
"""

CLIENT = {"name": "test", "version": "1"}
NEWEST = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": CLIENT,
    "io.modelcontextprotocol/clientCapabilities": {},
}


def asked(number: int, method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def told(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


HELLO = [
    asked(0, "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=CLIENT),
    told("notifications/initialized"),
]


def call(number: int, name: str, /, **arguments: Any) -> dict[str, Any]:
    return asked(number, "tools/call", name=name, arguments=arguments)


class Gate:
    """Where calls of `encrypt` wait that are passed `abc` or `xyz`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for message in ("abc", "xyz"):
            os.mkfifo(folder / message)
        (folder / "audit.py").write_text(AUDIT.format(folder=f"{folder}/"))
        self.options: list[str | Path] = ["--host", "audit:audit_log", "--host-path", folder]

    def arrived(self, message: str) -> IO[str]:
        """Wait for a call; it goes on when what is returned is closed."""
        return (self._folder / message).open("w")


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


# ---- Over HTTP ----


def listening(address: str, fields: Mapping[str, str]) -> Connection:
    """Open the stream of a client that waits to be told something."""
    lines = ["GET /mcp HTTP/1.1", "Host: localhost", "Accept: text/event-stream"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    connection = Connection(address)
    connection.send("\r\n".join([*lines, "", ""]).encode())
    head = connection.read_until(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding: chunked" in head.lower()
    return connection


def post(connection: Connection, message: Mapping[str, Any], fields: Mapping[str, str]) -> None:
    body = json.dumps(message).encode()
    lines = [
        "POST /mcp HTTP/1.1",
        "Host: localhost",
        "Accept: application/json, text/event-stream",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in fields.items()),
    ]
    connection.send("\r\n".join([*lines, "", ""]).encode() + body)


def session(address: str) -> dict[str, str]:
    """Begin a session; return what its requests say."""
    with Connection(address) as connection:
        post(connection, HELLO[0], {})
        answer = connection.response()
    assert answer.status == 200
    number = answer.field("mcp-session-id")
    return {} if number is None else {"Mcp-Session-Id": number}


@contextmanager
def serving(target: Path, *options: str | Path) -> Iterator[ServerProcess]:
    arguments = ["mcp", target, "--listen", "127.0.0.1:0", "--grace", "1h", *options]
    with ServerProcess(arguments, environment=environment()) as process:
        yield process


def test_streams_end_at_once_and_calls_are_answered(gate: Gate) -> None:
    with serving(guest("cipher-c"), *gate.options) as process:
        with (
            listening(process.address, {}) as stream,
            listening(process.address, {}) as another,
            Connection(process.address) as calling,
        ):
            post(calling, call(1, "encrypt", message="abc"), {})
            with gate.arrived("abc"):
                process.stop_soon()
                # Whole, though the grace is an hour and the call is still on its way.
                assert list(stream.chunks()) == []
                assert list(another.chunks()) == []
                assert stream.rest() == b""
            answer: Response = calling.response()
            assert answer.json()["result"]["structuredContent"] == {"result": "def"}
        assert process.wait() == 0
        assert "grace" not in process.log


def test_streams_of_sessions_end_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "functions"
    folder.mkdir()
    (folder / "one.wat").write_text(NUMBER)
    with serving(folder) as process:
        fields = session(process.address)
        assert fields
        with listening(process.address, fields) as stream, Connection(process.address) as newest:
            params = {"notifications": {"toolsListChanged": True}, "_meta": NEWEST}
            post(
                newest,
                asked(1, "subscriptions/listen", **params),
                {"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen"},
            )
            assert newest.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
            chunks = newest.chunks()
            assert b"notifications/subscriptions/acknowledged" in next(chunks)
            process.stop_soon()
            assert list(stream.chunks()) == []
            # The protocol of this version has an end that is said.
            assert b'"result"' in b"".join(chunks)
        assert process.wait() == 0
        assert process.log.count("\n") == 1, process.log


def test_a_client_that_has_gone_is_no_error(gate: Gate) -> None:
    with serving(guest("cipher-c"), *gate.options) as process:
        listening(process.address, {}).reset()
        with listening(process.address, {}) as stream:
            assert process.stop() == 0
            assert list(stream.chunks()) == []
        assert process.log.count("\n") == 1, process.log


# ---- On the standard streams ----


@contextmanager
def started(target: Path, *options: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "unit_wasm", "mcp", target, *options]
    given = {**os.environ, **environment(), "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=given, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def send(process: subprocess.Popen[bytes], *messages: Mapping[str, Any]) -> None:
    """Send all that there is to say, and close that end."""
    assert process.stdin is not None
    process.stdin.write(b"".join(json.dumps(message).encode() + b"\n" for message in messages))
    process.stdin.close()


def answers(process: subprocess.Popen[bytes]) -> dict[Any, Any]:
    """Return all that was answered, by the numbers of the requests; the process has ended then."""
    assert process.stdout is not None
    lines = [json.loads(line) for line in process.stdout]
    assert process.wait(PATIENCE) == 0
    found = {line["id"]: line for line in lines if "id" in line}
    assert len(found) == len([line for line in lines if "id" in line])
    return found


def test_what_was_asked_before_the_end_is_answered(gate: Gate) -> None:
    with started(guest("cipher-c"), *gate.options) as process:
        calls = [call(1, "encrypt", message="abc"), call(2, "encrypt", message="xyz")]
        send(process, *HELLO, asked(3, "tools/list"), *calls)
        with gate.arrived("abc"), gate.arrived("xyz"):
            pass
        got = answers(process)
    assert sorted(got) == [0, 1, 2, 3]
    assert got[1]["result"]["structuredContent"] == {"result": "def"}
    assert got[2]["result"]["structuredContent"] == {"result": "abc"}
    assert got[3]["result"]["tools"][0]["name"] == "encrypt"


def test_a_call_without_an_end_has_its_own_limit() -> None:
    with started(guest("functions"), "--timeout", "300ms") as process:
        send(process, *HELLO, call(1, "loop"))
        got = answers(process)
    assert sorted(got) == [0, 1]
    assert json.loads(got[1]["result"]["content"][0]["text"])["status"] == 504


def test_a_call_that_was_cancelled_is_not_waited_for() -> None:
    with started(guest("functions"), "--timeout", "1h", "--cpu-timeout", "1h") as process:
        cancelled = told("notifications/cancelled", requestId=1)
        send(process, *HELLO, call(1, "loop"), cancelled, call(2, "half", number=4))
        got = answers(process)
    assert sorted(got) == [0, 2]
    assert got[2]["result"]["structuredContent"] == {"result": 2}


def test_who_listens_is_told_of_the_end(tmp_path: Path) -> None:
    (tmp_path / "one.wat").write_text(NUMBER)
    with started(tmp_path) as process:
        listen = asked(
            1, "subscriptions/listen", notifications={"toolsListChanged": True}, _meta=NEWEST
        )
        send(process, listen, asked(2, "tools/call", name="one_number", arguments={}, _meta=NEWEST))
        got = answers(process)
    assert sorted(got) == [1, 2]
    assert "result" in got[1]
    assert got[2]["result"]["structuredContent"] == {"result": 1}


@pytest.mark.parametrize("text", [b"", b"\n", b"no JSON\n", b'{"jsonrpc": "2.0", "method": "x"}\n'])
def test_an_end_without_a_request(text: bytes) -> None:
    with started(guest("functions")) as process:
        assert process.stdin is not None
        process.stdin.write(text)
        process.stdin.close()
        assert answers(process) == {}


def test_nobody_reads_the_answers() -> None:
    with started(guest("functions")) as process:
        assert process.stdout is not None
        process.stdout.close()
        send(process, *HELLO, call(1, "encrypt", message="a"))
        assert process.wait(PATIENCE) != 0


def test_what_is_answered_is_forgotten() -> None:
    """A session may go on for ever, and numbers may come twice."""
    answered = Answered(None, None, lambda: None, 1.0)
    for number in (1, 2, 2, "a"):
        answered.came(types.JSONRPCRequest(jsonrpc="2.0", id=number, method="x"))
    left = [types.JSONRPCResponse(jsonrpc="2.0", id=number, result={}) for number in (2, 1, 3, "a")]
    for response in left:
        answered.left(response)
    assert dict(answered._open) == {2: 1}
    answered.left(left[0])
    assert dict(answered._open) == {}
