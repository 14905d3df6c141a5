"""Functions in Python that served components call: UNIT_WASM_HOST."""

import asyncio
import importlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import unit_wasm.prepare.source as source_module
import unit_wasm.services.app as app_module
from tests.harness.direct import CACHE, guest_path
from tests.harness.hosts import write_hosts
from unit_wasm.config.model import ApplicationConfig
from unit_wasm.errors import ComponentError, ConfigError
from unit_wasm.hosting.functions import hosted
from unit_wasm.hosting.service import Context
from unit_wasm.options import Options
from unit_wasm.server.applications import component_application
from unit_wasm.services.app import FunctionsApp
from unit_wasm.serving.asgi import ComponentApp
from unit_wasm.serving.types import Message
from unit_wasm.wit import read_world


@pytest.fixture
def module(tmp_path: Path) -> str:
    """The name of a module of its own, below tmp_path."""
    return write_hosts(tmp_path)


@pytest.fixture
def app(tmp_path: Path, module: str) -> Iterator[ComponentApp]:
    options = Options(
        cache_dir=CACHE, host=f"{module}:Things", host_path=tmp_path, max_exchanges=500
    )
    served = ComponentApp(guest_path("hosted"), name="app", options=options)
    yield served
    served.close()


async def get(app: ComponentApp, path: str) -> tuple[int, bytes]:
    """Send one request."""
    messages: list[dict[str, object]] = []

    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, object]:
        for message in asked:
            return message
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    async def send(message: dict[str, object]) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "raw_path": path.encode(),
        "headers": [(b"host", b"localhost")],
        "client": ("192.0.2.1", 1),
        "server": ("localhost", 80),
        "http_version": "1.1",
    }
    await app(scope, receive, send)  # type: ignore[arg-type]
    body = b"".join(message.get("body", b"") for message in messages)  # type: ignore[misc]
    return messages[0]["status"], body  # type: ignore[return-value]


def all_of(app: ComponentApp, *paths: str) -> list[tuple[int, bytes]]:
    """Send requests at once."""

    async def run() -> list[tuple[int, bytes]]:
        found = await asyncio.gather(*(get(app, path) for path in paths))
        await app.aclose(5.0)
        return found

    return asyncio.run(run())


def test_functions_and_resources(app: ComponentApp) -> None:
    assert all_of(app, "/counter/5/3", "/check/text", "/check/err", "/slow/1") == [
        (200, b"6\n7\n8\n"),
        (200, b"ok: TEXT\n"),
        (200, b"err: no\n"),
        (200, b"1\n"),
    ]


def test_an_exception_ends_its_exchange_alone(
    app: ComponentApp, caplog: pytest.LogCaptureFixture
) -> None:
    paths = ["/check/raise" if number % 10 == 0 else "/check/a" for number in range(100)]
    with caplog.at_level(logging.ERROR):
        answers = all_of(app, *paths)
    assert [status for status, _ in answers] == [
        500 if number % 10 == 0 else 200 for number in range(100)
    ]
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert said.count("ValueError: on purpose") == 20
    assert 'raise ValueError("on purpose")' in said


def test_a_result_of_another_type_is_a_failure(app: ComponentApp) -> None:
    ((status, _),) = all_of(app, "/check/wrong")
    assert status == 500


def test_500_functions_that_wait_wait_together(app: ComponentApp) -> None:
    started = time.monotonic()
    assert all_of(app, *["/slow/100"] * 500) == [(200, b"100\n")] * 500
    assert time.monotonic() - started < 20


def test_each_instance_has_an_object_of_its_own(app: ComponentApp, module: str) -> None:
    import importlib

    all_of(app, *["/check/a"] * 5, "/keep/1", "/keep/2")
    assert len(importlib.import_module(module).made) == 7


def test_what_is_missing_is_said_before_the_start(tmp_path: Path, module: str) -> None:
    with pytest.raises(ConfigError, match="has no Things2|the module"):
        ComponentApp(
            guest_path("hosted"),
            options=Options(cache_dir=CACHE, host=f"{module}:Things2", host_path=tmp_path),
        )
    source = tmp_path / f"{module}.py"
    (tmp_path / f"{module}_less.py").write_text(
        source.read_text().replace("def check", "def chek"), encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="no check"):
        ComponentApp(
            guest_path("hosted"),
            options=Options(cache_dir=CACHE, host=f"{module}_less:Things", host_path=tmp_path),
        )


# ---- Functions that are served ----


def functions_with_log(tmp_path: Path) -> Path:
    """Return a component whose function tells a function of the world's each number it gets."""
    path = tmp_path / "told.wat"
    path.write_text(
        """(component
          (import "tell" (func $tell (param "number" u32)))
          (core func $tell (canon lower (func $tell)))
          (core module $main
            (import "host" "tell" (func $tell (param i32)))
            (func (export "double") (param i32) (result i32)
              (call $tell (local.get 0))
              (i32.mul (local.get 0) (i32.const 2))))
          (core instance $main (instantiate $main
            (with "host" (instance (export "tell" (func $tell))))))
          (func (export "double") (param "number" u32) (result u32)
            (canon lift (core func $main "double"))))"""
    )
    return path


def test_functions_that_are_served_may_call_them(tmp_path: Path) -> None:
    name = f"told_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(
        "from unit_wasm import host\n"
        "told = []\n"
        "@host.function\n"
        "def tell(number):\n"
        "    if number == 13:\n"
        "        raise ValueError('on purpose')\n"
        "    told.append(number)\n"
    )
    options = Options(cache_dir=CACHE, host=f"{name}:tell", host_path=tmp_path)
    app = FunctionsApp(functions_with_log(tmp_path), options=options)

    async def ask(number: int) -> tuple[int, bytes]:
        sent: list[Message] = []
        body = b'{"number": %d}' % number
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            if not given:
                await asyncio.Event().wait()
            return given.pop()

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/double", "query_string": b""}
        scope |= {"http_version": "1.1", "headers": [(b"host", b"x")], "scheme": "http"}
        await app(scope, receive, send)
        return sent[0]["status"], sent[1]["body"]

    async def run() -> list[tuple[int, bytes]]:
        answers = await asyncio.gather(*(ask(number) for number in (1, 13, 21)))
        await app.aclose(5)
        return answers

    first, second, third = asyncio.run(run())
    assert (first, third) == ((200, b'{"result":2}'), (200, b'{"result":42}'))
    assert (second[0], b'"urn:unit-wasm:problem:trap"' in second[1]) == (500, True)
    assert sorted(importlib.import_module(name).told) == [1, 21]


def test_functions_that_nobody_provides(tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match="imports tell, which nobody provides"):
        FunctionsApp(functions_with_log(tmp_path), options=Options(cache_dir=CACHE))


IMPORTS = """(component
  (import "{name}" (instance (export "{function}" (func))))
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func (export "nothing") (canon lift (core func $i "f"))))"""


@pytest.mark.parametrize(
    ("name", "function", "message"),
    [
        ("wasi:nowhere/things@0.2.0", "do", "imports wasi:nowhere/things@0.2.0, which nobody"),
        ("wasi:cli/environment@0.3.0", "do", "imports wasi:cli/environment@0.3.0"),
        ("wasi:cli/environment@0.2.0", "set-all", "imports the function set-all of wasi:cli"),
    ],
)
def test_wasi_that_the_host_has_not(tmp_path: Path, name: str, function: str, message: str) -> None:
    path = tmp_path / "component.wat"
    path.write_text(IMPORTS.format(name=name, function=function))
    with pytest.raises(ComponentError, match=message):
        FunctionsApp(path, options=Options(cache_dir=CACHE))


def test_a_component_is_read_and_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def noted(module: Any, name: str) -> None:
        real = getattr(module, name)

        def instead(*given: Any) -> Any:
            done.append(name)
            return real(*given)

        monkeypatch.setattr(module, name, instead)

    noted(source_module, "open_plain")
    noted(app_module, "read_world")
    config = ApplicationConfig(
        "app", "component", str(guest_path("functions")), Options(cache_dir=CACHE)
    )
    component_application(config).close()  # type: ignore[attr-defined]
    assert sorted(done) == ["open_plain", "read_world"]


_LATER = """
from tests.harness.loading import Things
from unit_wasm import host

@host.function
def ask(number):
    async def later():
        return number
    return later()
"""


def test_a_plain_function_that_returns_something_to_be_awaited(tmp_path: Path) -> None:
    """What nobody awaits would be a warning, which fails the test."""
    (tmp_path / "later_hosts.py").write_text(_LATER)
    world = read_world(source_module.read(guest_path("calls")))
    found = hosted(world, "later_hosts:Things,ask", tmp_path)
    (number,) = (one for one, function in found.functions.items() if function.name == "ask")
    call = found.functions[number].call
    with pytest.raises(TypeError, match="^it has returned something to be awaited, and is no"):
        call(Context("1"), (5).to_bytes(4, "little"))
