"""Components that are composed of several: middleware in front of a handler."""

from pathlib import Path
from typing import Any

import pytest

from tests.harness.composing import auth, compose, parse, passthrough
from tests.harness.direct import TEXT, Client, guest_path
from unit_wasm.errors import ComponentError
from unit_wasm.native.limits import limits_of

HELLO = b"Hello, WASI!\n"
WAYS: list[dict[str, Any]] = [
    {},
    {"pooling": False},
    {"rewrite": False},
    {"rewrite": False, "pooling": False},
    {"max_exchanges": 1000},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the components."""
    path = tmp_path_factory.mktemp("composed")
    hello = guest_path("hello")
    front = parse(passthrough(), path / "front.wasm")
    guard = parse(auth(), path / "guard.wasm")
    compose(path / "two.wasm", front, hello)
    compose(path / "three.wasm", front, path / "two.wasm")
    # The same three, nested the other way round.
    compose(path / "fronts.wasm", front, parse(passthrough(), path / "other.wasm"))
    compose(path / "left.wasm", path / "fronts.wasm", hello)
    deep = hello
    for number in range(12):
        deep = compose(path / f"deep{number}.wasm", front, deep)
    compose(path / "guarded.wasm", guard, guest_path("echo"))
    compose(path / "front-guarded.wasm", front, path / "guarded.wasm")
    return path


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("name", ["two", "three", "left", "deep11"])
def test_requests_pass_through(folder: Path, name: str, way: dict[str, Any]) -> None:
    with Client(folder / f"{name}.wasm", **way) as client:
        for _ in range(3):
            answer = client.run()
            assert (answer.status, answer.headers, answer.body) == (200, TEXT, HELLO)
        many = client.worker.loopback(100, parallel=16)
        assert (many.exchanges, many.failed) == (100, 0)
        assert client.lines == []


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("name", ["guarded", "front-guarded"])
def test_a_middleware_that_answers_itself_or_not(
    folder: Path, name: str, way: dict[str, Any]
) -> None:
    bearer = [(b"authorization", b"Bearer x")]
    body = bytes(range(256)) * 1000
    with Client(folder / f"{name}.wasm", **way) as client:
        for _ in range(2):
            answer = client.run(method="POST", body=body)
            assert (answer.status, answer.headers, answer.body) == (401, TEXT, b"Who are you?\n")
            answer = client.run(method="POST", body=body, headers=bearer)
            assert (answer.status, answer.body) == (200, body)
        assert client.lines == []


def test_a_middleware_alone_is_told_to_be_composed() -> None:
    with pytest.raises(ComponentError) as caught:
        Client("passthrough")
    assert caught.value.message == (
        "the component imports wasi:http/incoming-handler@0.2.0, which the host does not provide"
    )
    assert caught.value.hint == (
        "it is a middleware: compose it with the component that it is to stand in front of, with "
        "`unit-wasm compose`"
    )


def test_more_core_instances_than_are_allowed_with_those_in_between(folder: Path) -> None:
    """How many adapters libwasmtime makes is known when it makes them."""
    # Three of hello, and one of each front with an adapter before it.
    with Client(folder / "deep11.wasm", max_instances=3 + 12 * 2) as client:
        assert client.run().body == HELLO
    with Client(folder / "deep11.wasm", max_instances=3 + 12 * 2 - 1) as client:
        answer = client.run()
        assert answer.status == 500
        assert answer.log[0].startswith(
            "3 app: request 1: GET /: the component cannot start: resource limit exceeded: "
            "instance count too high at 28 (UNIT_WASM_MAX_INSTANCES raises it) (<times>)"
        )


def test_a_large_guest_behind_a_middleware(folder: Path) -> None:
    """Its memory begins as an image, that of the other one does not."""
    front = parse(passthrough("0.2.12"), folder / "front12.wasm")
    path = compose(folder / "large.wasm", front, guest_path("hello-js"))
    with Client(path, max_exchanges=100) as client:
        assert limits_of(client.prepared.info, client.options).own_memories
        assert len(client.prepared.info.images) == 1
        assert client.run().body == HELLO
        many = client.worker.loopback(80, parallel=70)
        assert (many.exchanges, many.failed) == (80, 0)
        assert client.lines == []
