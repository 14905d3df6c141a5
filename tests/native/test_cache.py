"""The folder of compiled components: what is found, and what is never loaded."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harness.direct import guest_path
from tests.harness.files import give_away, take_back
from unit_wasm.asgi import ComponentApp
from unit_wasm.component.prepared import Prepared
from unit_wasm.errors import HostError
from unit_wasm.native.worker import Worker
from unit_wasm.options import Options
from unit_wasm.prepare.cache import Cache, open_trusted
from unit_wasm.prepare.compile import compile_component
from unit_wasm.prepare.processor import check_level

ROOT = Path(__file__).resolve().parents[2]
GUEST = guest_path("hello-wat")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cache"


def run(folder: Path, guest: Path = GUEST, **options: Any) -> list[str]:
    """Compile, and return the steps."""
    steps: list[str] = []
    made = compile_component(guest, Options(cache_dir=folder, **options), steps.append)
    assert made.cached == ("compiling" not in steps)
    assert made.compiled.parent == folder
    return steps


def entry(folder: Path, kind: str) -> Path:
    """The only file of that kind in the folder."""
    (found,) = folder.glob(f"*.{kind}")
    return found


COMPILED = ["reading", "inspecting", "rewriting", "compiling", "storing"]


def test_the_second_time_nothing_is_compiled(folder: Path) -> None:
    assert run(folder) == COMPILED
    assert run(folder) == ["reading"]
    assert sorted(path.suffix for path in folder.iterdir()) == [".cwasm", ".json", ".seen"]


def test_what_is_found_is_what_was_stored(folder: Path) -> None:
    options = Options(cache_dir=folder)
    first, second = compile_component(GUEST, options), compile_component(GUEST, options)
    assert (first.cached, second.cached) == (False, True)
    assert first.info == second.info
    assert (first.rewritten, first.unrewritten) == (second.rewritten, second.unrewritten)
    assert first.compiled == second.compiled


def test_modes_of_folder_and_files(folder: Path) -> None:
    old = os.umask(0)
    try:
        run(folder)
    finally:
        os.umask(old)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize(
    "change",
    [{"rewrite": False}, {"without": "front"}, {"max_memory": 1 << 20}, {"target_cpu": "generic"}],
)
def test_the_key_depends_on_what_the_code_depends_on(change: dict[str, Any], folder: Path) -> None:
    run(folder)
    assert "compiling" in run(folder, **change)
    assert run(folder) == ["reading"]
    assert run(folder, **change) == ["reading"]


@pytest.mark.parametrize("level", ["generic", "x86-64-v2", "x86-64-v3"])
def test_code_for_other_processors_runs_here_or_is_refused(level: str, folder: Path) -> None:
    options = Options(cache_dir=folder, target_cpu=level)
    try:
        check_level(level)
    except HostError as lacking:
        # Not on this processor: it says so before it compiles.
        with pytest.raises(HostError) as refused:
            compile_component(GUEST, options)
        assert str(refused.value) == str(lacking)
        return
    made = compile_component(GUEST, options)
    assert answers(made)
    native = compile_component(GUEST, Options(cache_dir=folder))
    assert native.compiled != made.compiled


@pytest.mark.parametrize(
    "change", [{"timeout": 1.0}, {"max_exchanges": 3}, {"max_handles": 16}, {"pooling": False}]
)
def test_the_key_does_not_depend_on_more(change: dict[str, Any], folder: Path) -> None:
    run(folder)
    assert run(folder, **change) == ["reading"]


def test_the_key_depends_on_the_content_and_not_on_the_name(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.wasm"
    shutil.copy(GUEST, copy)
    run(folder)
    assert run(folder, copy) == ["reading"]
    # A custom section more: the same component in other bytes.
    copy.write_bytes(GUEST.read_bytes() + b"\x00\x02\x01x")
    assert run(folder, copy) == COMPILED


# ---- What is never loaded ----


def flip_last_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    path.unlink()


def link(path: Path) -> None:
    """A link to the very file that it should be."""
    elsewhere = path.parent.parent / path.name
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


@pytest.mark.parametrize("kind", ["cwasm", "json"])
@pytest.mark.parametrize("damage", [flip_last_byte, cut, empty, remove, link])
def test_a_damaged_entry_is_made_again(
    damage: Callable[[Path], None], kind: str, folder: Path
) -> None:
    run(folder)
    damage(entry(folder, kind))
    assert run(folder) == COMPILED
    assert not entry(folder, kind).is_symlink()
    assert run(folder) == ["reading"]


@pytest.mark.parametrize("document", ["[]", "{}", '"text"', "{", '{"digest": 1}', "\xff"])
def test_a_description_of_another_form(document: str, folder: Path) -> None:
    run(folder)
    entry(folder, "json").write_text(document, encoding="latin-1")
    assert run(folder) == COMPILED


@pytest.mark.parametrize("missing", ["info", "rewritten", "digest", "unrewritten"])
def test_a_description_with_a_part_missing(missing: str, folder: Path) -> None:
    run(folder)
    path = entry(folder, "json")
    description = json.loads(path.read_text())
    del description[missing]
    path.write_text(json.dumps(description))
    assert run(folder) == COMPILED


def test_a_description_with_the_digest_of_another_file(folder: Path) -> None:
    run(folder)
    entry(folder, "cwasm").write_bytes(b"executed as it is")
    assert run(folder) == COMPILED


@pytest.mark.parametrize("kind", ["cwasm", "json"])
def test_a_file_of_another_user(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only root can give a file away, so the kernel's answer is changed instead."""
    run(folder)
    given = entry(folder, kind).stat().st_ino
    fstat = os.fstat

    def of_another(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        if status.st_ino != given:
            return status
        return os.stat_result((*status[:4], status.st_uid + 1, *status[5:10]))

    monkeypatch.setattr(os, "fstat", of_another)
    assert run(folder) == COMPILED


# ---- The folder ----


def refusal(folder: Path) -> tuple[str, str | None]:
    with pytest.raises(HostError) as caught:
        Cache(folder)
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_folder_that_others_may_write_into(mode: int, folder: Path) -> None:
    run(folder)
    folder.chmod(mode)
    assert refusal(folder) == (
        f"others may write into the cache folder {folder}",
        f"compiled code is executed: chmod 0700 {folder}",
    )


def test_a_folder_of_another_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(folder)
    owner = give_away(folder, monkeypatch)
    said = refusal(folder)
    take_back(folder, monkeypatch)
    assert said == (
        f"the cache folder {folder} belongs to another user (uid {owner})",
        "compiled code is executed: set UNIT_WASM_CACHE_DIR to a folder of this user",
    )


def answers(prepared: Prepared) -> bool:
    """Whether a component is served."""
    options = Options(max_exchanges=4)
    worker = Worker(prepared, options, name="app", environment={}, log=lambda level, line: None)
    try:
        return worker.loopback(1).failed == 0
    finally:
        worker.close()


def unkept(folder: Path) -> str | None:
    """Compile without a cache, try what was compiled, and return why it was not kept."""
    made = compile_component(GUEST, Options(cache_dir=folder))
    assert (made.cached, made.compiled) == (False, Path())
    assert answers(made)
    return made.unkept


def test_a_file_in_the_place_of_the_folder(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("")
    assert unkept(folder) == f"the cache folder {folder} cannot be made: File exists"
    below = folder / "below"
    assert unkept(below) == f"the cache folder {below} cannot be made: Not a directory"


def test_a_folder_that_cannot_be_written_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full one, a read-only one: it costs time, and nothing else."""

    def no_room(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    Cache(folder)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", no_room)
        reason = f"the compiled component cannot be written to {folder}: No space left on device"
        assert unkept(folder) == reason
    assert list(folder.iterdir()) == []
    assert run(folder) == COMPILED


# Python itself may be out of reach for that user: everything is imported before.
AS_ANOTHER = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from unit_wasm.prepare.cache import Cache, open_trusted
from unit_wasm.prepare.compile import compile_component
from unit_wasm.component.prepared import CodeFile
from unit_wasm.options import Options
folder, options = Path(sys.argv[2]), Options(cache_dir=Path(sys.argv[2]))
compile_component(sys.argv[3], options)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(12345)
    os.setuid(12345)
else:
    os.chmod(folder, 0o555)
found = compile_component(sys.argv[3], options)
print(found.cached, found.unkept, os.fstat(found.code.fileno()).st_size > 0)
made = CodeFile(os.memfd_create("code"), Path())
kept = Cache(folder).store("0" * 64, found, made)
print(kept.code is made, kept.unkept)
"""


@pytest.mark.no_asan  # the other user may not write the report
def test_what_root_has_compiled_serves_everybody(tmp_path: Path) -> None:
    """An image is made by root, and run under any user id.

    Where the tests are not run by root, it is made by the user that runs it, and cannot be written
    to any more.
    """
    folder = tmp_path / "cache"
    folder.mkdir()
    for place in (folder, *folder.parents[:-1]):
        place.chmod(place.stat().st_mode | 0o755)
    guest = tmp_path / "guest.wasm"
    shutil.copy(GUEST, guest)
    guest.chmod(0o644)
    run(folder, guest)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}
    done = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER, str(ROOT), str(folder), str(guest)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stderr, done.stdout.splitlines()) == (
        "",
        [
            "True None True",
            f"True the compiled component cannot be written to {folder}: Permission denied",
        ],
    )


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_an_entry_that_others_may_write(folder: Path, mode: int) -> None:
    run(folder)
    entry(folder, "cwasm").chmod(mode)
    assert run(folder) == COMPILED


def test_an_entry_of_somebody_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(folder)
    code = entry(folder, "cwasm")
    code.chmod(0o644)
    os.close(open_trusted(str(code), os.O_RDONLY))
    root = os.geteuid() == 0
    give_away(code, monkeypatch)
    with pytest.raises(PermissionError, match="is not a file of this user"):
        open_trusted(str(code), os.O_RDONLY)
    if root:
        # Whoever else takes itself for another would not even have the folder.
        assert run(folder) == COMPILED
    take_back(entry(folder, "cwasm"), monkeypatch)


def test_what_is_loaded_is_what_was_checked(folder: Path) -> None:
    """Not what has its name by then."""
    run(folder)
    found = compile_component(GUEST, Options(cache_dir=folder))
    replaced = entry(folder, "cwasm")
    replaced.unlink()
    replaced.write_bytes(b"executed as it is")
    assert answers(found)


def test_an_application_keeps_no_descriptor_of_its_own(folder: Path) -> None:
    hello = guest_path("hello")
    # Just compiled, and found.
    for _ in range(2):
        app = ComponentApp(hello, options=Options(cache_dir=folder))
        names = os.listdir("/proc/self/fd")
        opened = [os.path.realpath(f"/proc/self/fd/{name}") for name in names]
        app.close()
        # The one is libwasmtime's, which maps images of memories from it.
        assert opened.count(os.path.realpath(entry(folder, "cwasm"))) == 1
