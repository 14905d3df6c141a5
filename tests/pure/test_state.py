"""``--state FILE``: what is never read or written, and what is left behind."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.files import give_away
from unit_wasm.config.document import JsonValue
from unit_wasm.errors import HostError
from unit_wasm.server.state import StateFile

DOCUMENT: JsonValue = {"listeners": {}}


def saved(path: Path) -> None:
    file = StateFile(path)
    file.prepare(DOCUMENT)
    file.commit()


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    assert StateFile(path).load() is None
    saved(path)
    saved(path)
    assert StateFile(path).load() == DOCUMENT
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_discarded_leaves_nothing(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    file.prepare(DOCUMENT)
    assert len(list(tmp_path.iterdir())) == 1
    file.discard()
    file.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_somebody_foresaw(tmp_path: Path) -> None:
    """Whoever may write into the folder could have put a link there."""
    path, victim = tmp_path / "state.json", tmp_path / "victim"
    victim.write_text("theirs")
    for name in (f".state.json.{os.getpid()}.new", ".state.json.new"):
        (tmp_path / name).symlink_to(victim)
    saved(path)
    assert victim.read_text() == "theirs"
    assert StateFile(path).load() == DOCUMENT


def link(path: Path) -> None:
    elsewhere = path.with_name("elsewhere")
    elsewhere.write_text("{}")
    elsewhere.chmod(0o600)
    path.symlink_to(elsewhere)


def dangling_link(path: Path) -> None:
    path.symlink_to(path.with_name("nothing"))


def for_everybody(path: Path) -> None:
    path.write_text("{}")
    path.chmod(0o602)


def for_its_group(path: Path) -> None:
    path.write_text("{}")
    path.chmod(0o660)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (link, "is a symbolic link"),
        (dangling_link, "is a symbolic link"),
        (os.mkfifo, "is not a plain file"),
        (os.mkdir, "is not a plain file"),
        (for_everybody, "may be written by others"),
        (for_its_group, "may be written by others"),
    ],
)
def test_a_file_that_is_not_to_be_trusted(
    tmp_path: Path, make: Callable[[Path], None], what: str
) -> None:
    path = tmp_path / "state.json"
    make(path)
    refused(path, what)


def test_a_file_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    path.write_text("{}")
    path.chmod(0o644)
    refused(path, f"belongs to another user (uid {give_away(path, monkeypatch)})")


def refused(path: Path, what: str) -> None:
    before = sorted(os.listdir(path.parent))
    for use in (StateFile(path).load, lambda: StateFile(path).prepare(DOCUMENT)):
        with pytest.raises(HostError) as caught:
            use()
        assert str(caught.value) == (
            f"the state file {path} {what} (it says what runs: name another place)"
        )
    assert sorted(os.listdir(path.parent)) == before
