"""What the module's instances may have together, and components that are composed."""

from pathlib import Path

import pytest

from tests.harness.components import guest
from tests.harness.composing import auth, compose, parse, passthrough
from tests.harness.double import running, setup
from tests.harness.growing import LOOP, MEMORY, TABLE, growing, numbers

PAGES = 64 * 16
"""Of 64 MiB."""


def write(path: Path, *modules: str) -> Path:
    path.write_text(growing(modules))
    return path


@pytest.mark.parametrize("pooling", ["on", "off"])
def test_memories_and_tables_together(tmp_path: Path, pooling: str) -> None:
    small = write(tmp_path / "small.wat", *[MEMORY.format("1")] * 20)
    with running(small, MAX_MEMORY="64M", POOLING=pooling) as module:
        for _ in range(2):
            assert numbers(module.ask().body.decode()) == [PAGES - 1 - 19, *[1] * 19]
    large = write(tmp_path / "large.wat", MEMORY.format("8"), MEMORY.format("1"))
    with running(large, MAX_MEMORY="64M", POOLING=pooling) as module:
        assert numbers(module.ask().body.decode()) == [PAGES // 3] * 2
    tables = write(tmp_path / "tables.wat", *[TABLE.format("1")] * 2)
    with running(tables, MAX_TABLE_ELEMENTS="1000", POOLING=pooling) as module:
        assert numbers(module.ask().body.decode()) == [500, 500]


def test_what_begins_with_more_than_is_allowed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "begins.wat", MEMORY.format("4991"))
    module = setup({"type": "wasm-wasi-component", "component": str(path)})
    assert module.setup_result != 0
    said = (
        "an instance of the component begins with 312MiB of memory, and UNIT_WASM_MAX_MEMORY "
        "allows 256MiB (raise UNIT_WASM_MAX_MEMORY (--max-memory))"
    )
    assert said in capfd.readouterr().err + module.log


def test_guests_with_objects(tmp_path: Path) -> None:
    path = write(tmp_path / "objects.wat", LOOP.format("8"))
    with running(path, CPU_TIMEOUT="20ms", MAX_EXCHANGES="200") as module:
        requests = [module.request() for _ in range(40)]
        assert [module.done(number).status for number in requests] == [504] * 40


def test_composed_components(tmp_path: Path) -> None:
    front = parse(passthrough(), tmp_path / "front.wasm")
    two = compose(tmp_path / "two.wasm", front, guest("hello"))
    with running(compose(tmp_path / "three.wasm", front, two)) as module:
        answer = module.ask()
        assert (answer.status, answer.body) == (200, b"Hello, WASI!\n")
    guard = parse(auth(), tmp_path / "guard.wasm")
    with running(compose(tmp_path / "guarded.wasm", guard, guest("echo"))) as module:
        assert module.ask().status == 401
        answer = module.ask(
            method=b"POST", headers=[(b"authorization", b"x")], body=bytes(range(256))
        )
        assert (answer.status, answer.body) == (200, bytes(range(256)))
