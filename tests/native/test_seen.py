"""What is noted of a component that was loaded, and what makes that worthless."""

import json
import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness.component_text import assemble
from unit_wasm import load
from unit_wasm.api import loaded
from unit_wasm.errors import ComponentError
from unit_wasm.options import Options
from unit_wasm.prepare import compile as compiling
from unit_wasm.prepare import noted
from unit_wasm.prepare.compile import compile_component

TEXT = """(component
  (core module $m (func (export "f") (result i32) (i32.const {number})))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))"""


class Reads(list[str]):
    """Notes which files are read and hashed."""


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """What is read of components, and hashed of machine code; files need not be old."""
    found = Reads()
    opened = loaded.open_source  # type: ignore[attr-defined]

    def open_source(*args: object, **more: object) -> object:
        found.append("component")
        return opened(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(loaded, "open_source", open_source)
    monkeypatch.setattr(compiling, "open_source", open_source)
    monkeypatch.setattr(noted, "SETTLED", 0)
    return found


def _written(folder: Path, number: int) -> Path:
    path = folder / "one.wasm"
    path.write_bytes(assemble(TEXT.format(number=number)))
    return path


def _called(path: Path, options: Options) -> int:
    with load(path, options=options) as component:
        return component.f()  # type: ignore[no-any-return]


@pytest.fixture
def options(tmp_path: Path) -> Options:
    """Options with a cache of its own."""
    return Options(cache_dir=tmp_path / "cache")


def test_what_stays_as_it_is_is_not_read_again(
    tmp_path: Path, options: Options, reads: Reads
) -> None:
    path = _written(tmp_path, 10)
    assert [_called(path, options) for _ in range(3)] == [10] * 3
    assert reads == ["component"]


def test_what_was_changed_a_moment_ago_is_read_again(
    tmp_path: Path, options: Options, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noted, "SETTLED", 1 << 62)
    path = _written(tmp_path, 10)
    assert [_called(path, options) for _ in range(2)] == [10] * 2
    assert reads == ["component"] * 2


def test_a_file_that_is_written_to_with_its_times_put_back(
    tmp_path: Path, options: Options, reads: Reads
) -> None:
    path = _written(tmp_path, 10)
    before = path.stat()
    assert _called(path, options) == 10
    _written(tmp_path, 11)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_ino == before.st_ino
    assert path.stat().st_size == before.st_size
    assert [_called(path, options) for _ in range(2)] == [11] * 2
    assert reads == ["component"] * 2


def test_a_file_that_is_replaced(tmp_path: Path, options: Options, reads: Reads) -> None:
    path = _written(tmp_path, 10)
    assert _called(path, options) == 10
    (tmp_path / "new").mkdir()
    os.replace(_written(tmp_path / "new", 11), path)
    assert _called(path, options) == 11
    assert reads == ["component"] * 2
    path.unlink()
    with pytest.raises(ComponentError, match="does not exist"):
        _called(path, options)


def test_machine_code_that_is_changed_is_looked_at(
    tmp_path: Path, options: Options, reads: Reads
) -> None:
    path = _written(tmp_path, 10)
    assert _called(path, options) == 10
    (code,) = options.cache_dir.glob("*.cwasm")
    data = bytearray(code.read_bytes())
    data[len(data) // 2] ^= 0xFF
    code.write_bytes(data)
    # It is made again.
    assert _called(path, options) == 10
    assert reads == ["component"] * 2


@pytest.mark.parametrize(
    "kind",
    [
        *("garbage", "of others", "old", "another boot", "other sources", "no types"),
        *("other types", "a list"),
    ],
)
def test_notes_that_are_worthless(
    tmp_path: Path, options: Options, reads: Reads, kind: str
) -> None:
    path = _written(tmp_path, 10)
    assert _called(path, options) == 10
    (note,) = options.cache_dir.glob("*.seen")
    head, _, types = note.read_bytes().partition(b"\n")
    file, boot, *rest = json.loads(head)
    if kind == "of others":
        note.chmod(0o666)
    else:
        note.write_bytes(
            {
                "garbage": b"garbage",
                "old": b'["a", "b"]\n' + types,
                "another boot": json.dumps([file, "another", *rest]).encode() + b"\n" + types,
                # Its name is a short summary of what it depends on, which others may share.
                "other sources": json.dumps([f"{file} ", boot, *rest]).encode() + b"\n" + types,
                "no types": head + b"\n",
                "other types": head + b"\n" + pickle.dumps(("a", "b")),
                "a list": b"[1, 2, 3, 4]\n" + types,
            }[kind]
        )
    assert _called(path, options) == 10
    assert reads == ["component"] * 2


HELLO = Path(__file__).resolve().parents[2] / "build" / "guests" / "hello.wasm"


def test_what_is_served_is_not_read_again(tmp_path: Path, options: Options, reads: Reads) -> None:
    """Neither it nor its machine code; what it is called for has notes of its own."""
    path = tmp_path / "hello.wasm"
    path.write_bytes(HELLO.read_bytes())
    found = [compile_component(path, options) for _ in range(3)]
    assert [item.cached for item in found] == [False, True, True]
    assert reads == ["component"]
    assert {item.compiled for item in found} == {found[0].compiled}
    compile_component(path, options, served=False)
    assert reads == ["component"] * 2
    # Another limit is another entry.
    compile_component(path, replace(options, max_memory=1 << 20))
    assert reads == ["component"] * 3
    path.write_bytes(HELLO.read_bytes())
    compile_component(path, options)
    assert reads == ["component"] * 4


def test_sources_that_are_changed(
    tmp_path: Path, options: Options, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What makes compiled components may make others then."""
    package = tmp_path / "package"
    for folder in noted._FOLDERS:
        (package / folder).mkdir(parents=True)
    source = package / noted._FOLDERS[-1] / "one.py"
    source.write_text("one")
    monkeypatch.setattr(noted, "_PACKAGE", package)
    path = _written(tmp_path, 10)
    assert [_called(path, options) for _ in range(2)] == [10] * 2
    assert reads == ["component"]
    source.write_text("two")
    assert _called(path, options) == 10
    assert reads == ["component"] * 2


def test_an_entry_that_is_gone(tmp_path: Path, options: Options, reads: Reads) -> None:
    path = _written(tmp_path, 10)
    assert _called(path, options) == 10
    for entry in (*options.cache_dir.glob("*.json"), *options.cache_dir.glob("*.cwasm")):
        entry.unlink()
    assert _called(path, options) == 10
    assert reads == ["component"] * 2


def test_other_options_have_notes_of_their_own(
    tmp_path: Path, options: Options, reads: Reads
) -> None:
    path = _written(tmp_path, 10)
    other = Options(cache_dir=options.cache_dir, without="bytes")
    assert [_called(path, one) for one in (options, other, options, other)] == [10] * 4
    assert reads == ["component"] * 2
