"""Limits of memory, composed components and little address space, in a real Unit."""

import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import guest
from tests.harness.composing import auth, compose, link, parse, passthrough
from tests.harness.growing import LOOP, MEMORY, TABLE, growing, numbers
from tests.harness.http import at_once, request
from tests.harness.unitd import Unit, Unitd, application

MIB = 1 << 20


def of(path: Path, options: dict[str, str] | None = None) -> dict[str, Any]:
    return {**application("hello", options), "component": str(path)}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Return a folder with components, which Unit's other user may enter."""
    with tempfile.TemporaryDirectory(prefix="uw-composed-") as name:
        path = Path(name)
        path.chmod(0o755)
        front = parse(passthrough(), path / "front.wasm")
        compose(path / "two.wasm", front, guest("hello"))
        compose(path / "three.wasm", front, path / "two.wasm")
        guard = parse(auth(), path / "guard.wasm")
        compose(path / "guarded.wasm", guard, guest("echo"))
        front12 = parse(passthrough("0.2.12"), path / "front12.wasm")
        link(path / "linked.wasm", front12, link(path / "inner.wasm", guard, guest("echo")))
        (path / "memories.wat").write_text(growing([MEMORY.format("1")] * 20))
        (path / "large.wat").write_text(growing([MEMORY.format("8"), MEMORY.format("1")]))
        (path / "tables.wat").write_text(growing([TABLE.format("1")] * 2))
        (path / "objects.wat").write_text(growing([LOOP.format("8")]))
        (path / "begins.wat").write_text(growing([MEMORY.format("4991")]))
        yield path


@pytest.fixture(scope="module")
def shared(unit: Unit, folder: Path) -> Iterator[Unitd]:
    with unit.start() as server:
        limits = {"MAX_MEMORY": "64M", "MAX_TABLE_ELEMENTS": "1000", "CPU_TIMEOUT": "20ms"}
        names = ("two", "three", "guarded", "linked", "front")
        server.configure(
            {
                **{name: of(folder / f"{name}.wasm") for name in names if name != "front"},
                **{
                    name: of(folder / f"{name}.wat", {**limits, "CPU_TIMEOUT": "10s"})
                    for name in ("memories", "large", "tables")
                },
                "objects": of(folder / "objects.wat", {**limits, "MAX_EXCHANGES": "200"}),
            }
        )
        for name in ("two", "three", "guarded", "linked", "memories", "large", "tables", "objects"):
            request(server[name])
        yield server


def test_memories_and_tables_together(server: Unitd) -> None:
    sizes = numbers(request(server["memories"]).body.decode())
    assert (len(sizes), sum(sizes)) == (20, 1024 - 1)
    assert numbers(request(server["large"]).body.decode()) == [341, 341]
    assert numbers(request(server["tables"]).body.decode()) == [500, 500]


def test_guests_with_objects(server: Unitd) -> None:
    assert at_once(server["objects"], 40) == [504] * 40


def test_composed_components(server: Unitd) -> None:
    for name in ("two", "three"):
        answer = request(server[name])
        assert (answer.status, answer.body) == (200, b"Hello, WASI!\n")
    body = bytes(range(256)) * 100
    for name in ("guarded", "linked"):
        assert request(server[name], "POST", "/", body).status == 401
        answer = request(server[name], "POST", "/", body, {"Authorization": "x"})
        assert (answer.status, answer.body) == (200, body)


def test_what_is_refused_names_the_option(server: Unitd, folder: Path) -> None:
    for component, text in (
        (
            folder / "begins.wat",
            "an instance of the component begins with 312MiB of memory, and UNIT_WASM_MAX_MEMORY "
            "allows 256MiB (raise UNIT_WASM_MAX_MEMORY (--max-memory))",
        ),
        (folder / "front.wasm", "it is a middleware: compose it with the component that it is to"),
    ):
        server.refuses("/config/applications/refused", of(component), text)
        server.expect_alerts("failed to start")


def test_little_address_space(unit: Unit) -> None:
    """Its processes inherit the limit: requests wait for their turn, and none is answered 500."""
    with unit.start() as server:
        limit = 1536 * MIB
        resource.prlimit(server.pid, resource.RLIMIT_AS, (limit, limit))
        server.configure({"sleep": application("sleep", {"MAX_EXCHANGES": "1000"})})
        server.wait_for_text("have room at once")
        assert at_once(server["sleep"], 40, "/sleep/50") == [200] * 40
