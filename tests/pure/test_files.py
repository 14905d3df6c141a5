"""Files that are replaced as a whole."""

import os
from pathlib import Path

import pytest

from unit_wasm.prepare.files import replace_file


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize(("mode", "expected"), [(None, 0o600), (0o644, 0o644)])
def test_a_file_is_new_or_replaced(
    tmp_path: Path, mode: int | None, expected: int, lasting: bool
) -> None:
    path = tmp_path / "file"
    for data in (b"old", b"new" * 100_000):
        replace_file(path, data, mode=mode, lasting=lasting)
        assert path.read_bytes() == data
        assert path.stat().st_mode & 0o777 == expected
    assert list(tmp_path.iterdir()) == [path]


def test_who_has_it_open_keeps_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_file(path, b"old")
    with path.open("rb") as reader:
        replace_file(path, b"new")
        assert reader.read() == b"old"


@pytest.mark.parametrize("function", ["fchmod", "fsync", "replace"])
def test_a_failure_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, function, fail)
    with pytest.raises(OSError, match="No space left on device"):
        replace_file(path, b"new", mode=0o644, lasting=True)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
