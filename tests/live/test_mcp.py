"""Functions as tools of the Model Context Protocol, asked by the client of the package ``mcp``."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mcp import Client, ClientSession, StdioServerParameters, types
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import SubscriptionLost, ToolsListChanged

from tests.harness.components import environment, guest
from tests.harness.http import Connection, request
from tests.harness.server import ROOT, ServerProcess

Session = Callable[[], Any]


def started(*arguments: str | Path) -> StdioServerParameters:
    """How a client starts `unit-wasm mcp`."""
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "unit_wasm", "mcp", *map(str, arguments)],
        env={**os.environ, **environment(), "PYTHONPATH": str(ROOT)},
        cwd=str(ROOT),
    )


def streams(*arguments: str | Path) -> Any:
    """The streams of `unit-wasm mcp`, which is started when they are entered."""
    # Not sys.stderr: pytest may have put something in its place that is no file.
    return stdio_client(started(*arguments), sys.__stderr__ or sys.stderr)


@asynccontextmanager
async def on_streams(*arguments: str | Path, **given: Any) -> AsyncIterator[ClientSession]:
    """A session with `unit-wasm mcp` that this process starts."""
    async with (
        streams(*arguments) as (read, write),
        ClientSession(read, write, **given) as session,
    ):
        await session.initialize()
        yield session


@asynccontextmanager
async def over_http(address: str, **given: Any) -> AsyncIterator[ClientSession]:
    """A session with a server that runs."""
    async with (
        streamable_http_client(f"{address}/mcp") as (read, write),
        ClientSession(read, write, **given) as session,
    ):
        await session.initialize()
        yield session


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 60))


def text_of(answer: Any) -> str:
    (content,) = answer.content
    text: str = content.text
    return text


async def check_functions(session: ClientSession) -> None:
    """List the tools, call some, and get errors as errors."""
    listed: dict[str, Any] = {tool.name: tool for tool in (await session.list_tools()).tools}
    assert sorted(listed) == sorted(
        ["encrypt", "decrypt", "half", "repeat", "nothing", "trap", "loop", "shapes_mirror"]
    )
    assert listed["encrypt"].description.startswith("encrypt: func(message: string) -> string\n")
    mirror = listed["shapes_mirror"]
    for schema in (mirror.input_schema, mirror.output_schema):
        Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(mirror.input_schema).is_valid({"of": {"x": 1, "y": 2}})
    assert not Draft202012Validator(mirror.input_schema).is_valid({"of": {"x": 1}})

    answer = await session.call_tool("encrypt", {"message": "hello world"})
    assert answer.structured_content == {"result": "khoor zruog"}
    assert text_of(answer) == '{"result":"khoor zruog"}'
    assert not answer.is_error
    answer = await session.call_tool("shapes_mirror", {"of": {"x": 1, "y": -2}})
    assert answer.structured_content == {"result": {"x": -2, "y": 1}}
    assert (await session.call_tool("nothing", {})).structured_content == {"result": None}

    wrong = await session.call_tool("encrypt", {"message": 5})
    assert wrong.is_error
    told = json.loads(text_of(wrong))
    assert (told["type"], told["pointer"]) == ("urn:unit-wasm:problem:bad-arguments", "/message")
    said_no = await session.call_tool("half", {"number": 3})
    assert said_no.is_error
    assert json.loads(text_of(said_no))["error"] == "an odd number"
    trapped = await session.call_tool("trap", {})
    assert (trapped.is_error, json.loads(text_of(trapped))["status"]) == (True, 500)
    # It has not ended by that.
    answer = await session.call_tool("half", {"number": 4})
    assert answer.structured_content == {"result": 2}
    unknown = await session.call_tool("encrpyt", {})
    assert (unknown.is_error, text_of(unknown)) == (True, "there is no tool 'encrpyt'")


def test_on_the_standard_streams() -> None:
    async def talk() -> None:
        async with on_streams(guest("functions"), "--timeout", "2s") as session:
            await check_functions(session)

    run(talk())


def test_many_calls_at_once() -> None:
    async def talk() -> None:
        async with on_streams(guest("functions")) as session:
            answers = await asyncio.gather(
                *(session.call_tool("encrypt", {"message": "a" * n}) for n in range(50))
            )
        assert [each.structured_content for each in answers] == [
            {"result": "d" * n} for n in range(50)
        ]

    run(talk())


def test_a_directory_with_functions_of_python(tmp_path: Path) -> None:
    folder = tmp_path / "functions"
    folder.mkdir()
    shutil.copy(guest("cipher-c"), folder / "cipher.wasm")
    shutil.copy(guest("functions"), folder / "more.wasm")
    log = tmp_path / "audit.log"

    async def talk() -> None:
        given = ("--host", "audit", "--host-path", ROOT / "examples" / "cipher")
        async with on_streams(folder, *given, "--env", "SHIFT_AMOUNT=5") as session:
            names = {tool.name for tool in (await session.list_tools()).tools}
            assert {"cipher_encrypt", "more_encrypt", "more_shapes_mirror"} <= names
            answer = await session.call_tool("cipher_encrypt", {"message": "hello world"})
            assert answer.structured_content == {"result": "mjqqt btwqi"}

    before = os.environ.get("AUDIT_LOG")
    os.environ["AUDIT_LOG"] = str(log)
    try:
        run(talk())
    finally:
        del os.environ["AUDIT_LOG"]
        if before is not None:
            os.environ["AUDIT_LOG"] = before
    assert log.read_text() == "encrypt: hello world\n"


@pytest.fixture
def server() -> Iterator[ServerProcess]:
    arguments: list[str | Path] = [
        "mcp",
        guest("functions"),
        "--listen",
        "127.0.0.1:0",
        "--timeout",
        "2s",
    ]
    with ServerProcess(arguments, environment=environment()) as process:
        yield process
        assert process.stop() == 0


def test_over_http_beside_the_functions(server: ServerProcess) -> None:
    async def talk() -> None:
        async with over_http(server.address) as session:
            await check_functions(session)

    run(talk())
    answer = request(server.address, "POST", "/encrypt", b'{"message": "a"}')
    assert answer.body == b'{"result":"d"}'
    assert request(server.address, "GET", "/openapi.json").status == 200


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost", None, 200),
        ("a.example", None, 200),
        ("localhost:3000", "http://localhost:3000", 200),
        ("127.0.0.1:3000", "http://127.0.0.1:3000", 200),
        ("[::1]:3000", "http://[::1]:3000", 200),
        ("A.localhost", "http://a.LOCALHOST", 200),
        ("a.example", "https://a.example", 200),
        # Its name leads here now.
        ("a.example:3000", "http://a.example:3000", 403),
        ("localhost.example", "http://localhost.example", 403),
        ("127.0.0.1.example", "http://127.0.0.1.example", 403),
        ("localhost:3000", "http://localhost:3001", 403),
        ("localhost:3000", "http://localhost", 403),
        ("localhost", "https://a.example", 403),
        ("localhost", "http://a.example", 403),
        ("localhost", "null", 403),
        ("localhost", "", 403),
        ("localhost", "http://localhost\r\nOrigin: http://localhost", 403),
        ("localhost", "ftp://localhost", 403),
    ],
)
def test_pages_of_others_may_not_call(
    host: str, origin: str | None, status: int, server: ServerProcess
) -> None:
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
    lines = [
        "POST /mcp HTTP/1.1",
        f"Host: {host}",
        "Accept: application/json, text/event-stream",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(() if origin is None else (f"Origin: {origin}",)),
    ]
    with Connection(server.address) as connection:
        connection.send("\r\n".join([*lines, "", ""]).encode() + body)
        answer = connection.response()
    assert answer.status == status
    document = json.loads(answer.body)
    assert ("result" in document) == (status == 200)
    if status == 403:
        assert document["error"]["message"] == "pages of other servers may not call tools here"


def test_pages_that_are_allowed_may_call_and_read() -> None:
    origin = "https://app.example"
    arguments: list[str | Path] = ["mcp", guest("functions"), "--listen", "127.0.0.1:0"]
    arguments += ["--origins", origin]
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
    fields = {
        "accept": "application/json, text/event-stream",
        "content-type": "application/json",
        "origin": origin,
    }
    with ServerProcess(arguments, environment=environment()) as process:
        before = request(process.address, "OPTIONS", "/mcp", None, {"origin": origin})
        assert (before.status, before.body) == (204, b"")
        answer = request(process.address, "POST", "/mcp", body, fields)
        assert "result" in answer.json()
        for each in (before, answer):
            assert each.field("access-control-allow-origin") == origin
            assert each.field("vary") == "origin"
        for method in ("OPTIONS", "GET", "POST", "DELETE"):
            other = {**fields, "origin": "https://b.example"}
            refused = request(process.address, method, "/mcp", body, other)
            assert refused.status == 403
            assert refused.field("access-control-allow-origin") is None
        assert request(process.address, "POST", "/encrypt", b"{}", fields).status == 422
        assert process.stop() == 0


def test_a_component_that_answers_http_is_none() -> None:
    process = ServerProcess(["mcp", guest("hello"), "--listen", "127.0.0.1:0"])
    with pytest.raises(AssertionError, match="answers HTTP itself"):
        process.__enter__()


def test_a_component_on_standard_input() -> None:
    command = [sys.executable, "-m", "unit_wasm", "mcp", "-"]
    given: Any = {
        "env": {**os.environ, **environment()},
        "stderr": subprocess.PIPE,
        "cwd": ROOT,
    }
    with guest("functions").open("rb") as file:
        done = subprocess.run(command, stdin=file, timeout=60, check=False, **given)
        assert (done.returncode, done.stderr) == (
            1,
            b"unit-wasm: configuration error: standard input is the client's "
            b"(name a file, or --listen)\n",
        )
        # Nothing of it was read.
        command += ["--listen", "127.0.0.1:0"]
        with subprocess.Popen(command, stdin=file, **given) as server:
            try:
                assert server.stderr is not None
                address = server.stderr.readline().decode().removeprefix("listening on ").strip()
                answer = request(address, "POST", "/encrypt", b'{"message": "a"}')
                assert answer.body == b'{"result":"d"}'
            finally:
                server.terminate()
    assert server.returncode == 0


# ---- A directory that changes ----

NUMBER = """(component
  (core module $m (func (export "f") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func (export "{name}") (result u32) (canon lift (core func $i "f"))))
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    folder = tmp_path / "functions"
    folder.mkdir()
    (folder / "one.wat").write_text(NUMBER.format(name="number"))
    return folder


def put(folder: Path, name: str, text: str) -> None:
    """Put a file there as `mv` does."""
    (folder / ".new").write_text(text)
    os.rename(folder / ".new", folder / name)


class Told:
    """What a client is told beside its answers."""

    def __init__(self) -> None:
        self.changes: asyncio.Queue[None] = asyncio.Queue()

    async def __call__(self, message: Any) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self.changes.put_nowait(None)


async def check_changes(session: ClientSession, told: Told, folder: Path) -> None:
    """A client that has introduced itself is told once for each change."""
    capabilities = session.server_capabilities
    assert capabilities is not None
    assert capabilities.tools is not None
    assert capabilities.tools.list_changed
    names = {tool.name for tool in (await session.list_tools()).tools}
    assert names == {"one_number"}
    put(folder, "two.wat", NUMBER.format(name="other"))
    await told.changes.get()
    names = {tool.name for tool in (await session.list_tools()).tools}
    assert names == {"one_number", "two_other"}
    # What cannot be used, and what is called as before, changes no tools.
    put(folder, "broken.wat", "(component 1")
    put(folder, "one.wat", NUMBER.format(name="number") + "\n")
    (folder / "two.wat").unlink()
    await told.changes.get()
    names = {tool.name for tool in (await session.list_tools()).tools}
    assert names == {"one_number"}
    assert told.changes.empty()


async def check_listening(server: Any, folder: Path) -> None:
    """The same for a client that listens, as the newest version of the protocol has it."""
    async with Client(server) as client, client.listen(tools_list_changed=True) as changes:
        assert changes.honored.tools_list_changed
        put(folder, "two.wat", NUMBER.format(name="other"))
        assert isinstance(await anext(aiter(changes)), ToolsListChanged)
        names = {tool.name for tool in (await client.list_tools()).tools}
        assert names == {"one_number", "two_other"}


def test_changes_are_told_on_the_standard_streams(directory: Path) -> None:
    async def talk() -> None:
        told = Told()
        async with on_streams(directory, message_handler=told) as session:
            await check_changes(session, told, directory)
        await check_listening(streams(directory), directory)

    run(talk())


def test_changes_are_told_over_http(directory: Path) -> None:
    arguments: list[str | Path] = ["mcp", directory, "--listen", "127.0.0.1:0"]

    async def talk(address: str) -> None:
        told = Told()
        async with over_http(address, message_handler=told) as session:
            await check_changes(session, told, directory)
        await check_listening(f"{address}/mcp", directory)

    with ServerProcess(arguments, environment=environment()) as process:
        run(talk(process.address))
        assert process.stop() == 0


def test_the_server_ends_while_somebody_listens(directory: Path) -> None:
    arguments: list[str | Path] = ["mcp", directory, "--listen", "127.0.0.1:0"]

    async def talk(process: ServerProcess) -> None:
        async with (
            Client(f"{process.address}/mcp") as client,
            client.listen(tools_list_changed=True) as changes,
        ):
            assert await asyncio.to_thread(process.stop) == 0
            with suppress(SubscriptionLost):
                assert [change async for change in changes] == []

    with ServerProcess(arguments, environment=environment()) as process:
        run(talk(process))
