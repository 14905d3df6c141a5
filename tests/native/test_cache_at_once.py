"""The folder of compiled components when several processes write into it."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.native.test_cache import COMPILED, GUEST, ROOT, answers, entry, run
from unit_wasm.component.prepared import Prepared, identity
from unit_wasm.options import Options
from unit_wasm.prepare.cache import Cache
from unit_wasm.prepare.compile import compile_component


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cache"


def test_several_processes_at_once(folder: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.harness.direct import guest_path\n"
        "from unit_wasm.prepare.compile import compile_component\n"
        "from unit_wasm.options import Options\n"
        "from pathlib import Path\n"
        "made = compile_component(guest_path('hello-wat'), Options(cache_dir=Path(sys.argv[2])))\n"
        "print(made.compiled.stat().st_size > 0)\n"
    )
    command = [sys.executable, "-c", script, str(ROOT), str(folder)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    for process in processes:
        assert process.communicate(timeout=60) == ("True\n", "")
    assert sorted(path.suffix for path in folder.iterdir()) == [".cwasm", ".json", ".seen"]
    assert run(folder) == ["reading"]


def test_two_that_compile_at_once_have_one_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first has told the Unit module about its file is true also after the second."""
    options = Options(cache_dir=folder)
    first: list[Prepared] = []
    store = Cache.store

    def while_another_does(cache: Cache, *given: Any, **named: Any) -> Prepared:
        if not first:
            monkeypatch.setattr(Cache, "store", store)
            first.append(compile_component(GUEST, options))
        return store(cache, *given, **named)

    monkeypatch.setattr(Cache, "store", while_another_does)
    second = compile_component(GUEST, options)
    assert not second.cached
    (code,) = (made.code for made in first)
    assert code is not None
    assert second.code is not None
    assert code.identity == second.code.identity
    assert code.identity == identity(entry(folder, "cwasm").stat())
    assert answers(second)


def test_who_holds_the_folder_for_ever_stops_nobody(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unit_wasm.prepare.cache._PATIENCE", 0.05)
    folder.mkdir(mode=0o700, parents=True)
    holder = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX)
        assert run(folder) == COMPILED
    finally:
        os.close(holder)
    assert run(folder) == ["reading"]


def test_who_writes_is_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(mode=0o700, parents=True)
    holder = os.open(folder, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    seen: list[list[Path]] = []

    def sleep(_: float) -> None:
        seen.append(list(folder.iterdir()))
        os.close(holder)

    monkeypatch.setattr("unit_wasm.prepare.cache.time.sleep", sleep)
    assert run(folder) == COMPILED
    assert seen == [[]]
