"""A server with components of many memories, with objects, composed, and with little room."""

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import Components, application, components, guest
from tests.harness.composing import auth, compose, link, parse, passthrough
from tests.harness.growing import LOOP, MEMORY, growing, numbers
from tests.harness.http import at_once, request

MIB = 1 << 20
HELLO = b"Hello, WASI!\n"

# Fills what it has grown to.
FILLS = MEMORY.replace(
    "(memory.size))",
    """(memory.fill (i32.const 0) (i32.const 1) (i32.mul (memory.size) (i32.const 65536)))
    (memory.size))""",
)


def of(path: Path, options: dict[str, str] | None = None) -> dict[str, Any]:
    return {**application("hello", options), "component": str(path)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Components]:
    """Serve each of them."""
    path = tmp_path_factory.mktemp("sums")
    (path / "memories.wat").write_text(growing([FILLS.format("1")] * 20))
    (path / "large.wat").write_text(growing([FILLS.format("8")] * 20))
    (path / "objects.wat").write_text(growing([LOOP.format("8")]))
    front = parse(passthrough(), path / "front.wasm")
    two = compose(path / "two.wasm", front, guest("hello"))
    compose(path / "three.wasm", front, two)
    guard = parse(auth(), path / "guard.wasm")
    compose(path / "guarded.wasm", guard, guest("echo"))
    front12 = parse(passthrough("0.2.12"), path / "front12.wasm")
    link(path / "linked.wasm", front12, link(path / "inner.wasm", guard, guest("echo")))
    limits = {"MAX_MEMORY": "64M"}
    served = {
        "memories": of(path / "memories.wat", limits),
        "large": of(path / "large.wat", limits),
        "objects": of(path / "objects.wat", {"CPU_TIMEOUT": "20ms", "MAX_EXCHANGES": "200"}),
        "three": of(path / "three.wasm"),
        "guarded": of(path / "guarded.wasm"),
        "linked": of(path / "linked.wasm"),
        "hello": application("hello"),
    }
    with components(served) as made:
        yield made


@pytest.mark.no_asan
@pytest.mark.parametrize("name", ["memories", "large"])
def test_many_memories_take_no_more_than_one_may(server: Components, name: str) -> None:
    request(server["hello"])
    before = server.rss()
    for _ in range(3):
        sizes = numbers(request(server[name]).body.decode())
        assert len(sizes) == 20
        assert sum(sizes) <= 1024 - 1
        assert request(server["hello"]).body == HELLO
    # What an instance had is given back, but for what is kept for the next one.
    assert server.rss() - before < 64 * MIB


def test_guests_with_objects(server: Components) -> None:
    assert at_once(server["objects"], 70) == [504] * 70


def test_composed_components(server: Components) -> None:
    assert request(server["three"]).body == HELLO
    body = bytes(range(256)) * 100
    for name in ("guarded", "linked"):
        assert request(server[name], "POST", "/", body).status == 401
        answer = request(server[name], "POST", "/", body, {"Authorization": "Bearer x"})
        assert (answer.status, answer.body) == (200, body)


@pytest.mark.no_asan
@pytest.mark.parametrize("limit", [700 * MIB, 20480 * MIB])
def test_little_address_space(limit: int) -> None:
    """The component is loaded under the limit, by the control API."""
    document = application("sleep", {"MAX_EXCHANGES": "1000"})
    with components({"hello": application("hello")}) as made:
        resource.prlimit(made.process.pid, resource.RLIMIT_AS, (limit, limit))
        assert made.ask("PUT", "/config/applications/hello", document).status == 200
        assert at_once(made["hello"], 40, "/sleep/50") == [200] * 40
        assert "have room at once" in made.log
