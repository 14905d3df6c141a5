"""What another user may read."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from unit_wasm.errors import ConfigError
from unit_wasm.unit.account import Account, find_account

UID, GID = os.geteuid(), os.getegid()
STRANGER = Account("stranger", UID + 12345, frozenset({GID + 12345}))
MEMBER = Account("member", UID + 12345, frozenset({GID}))


@pytest.fixture
def file() -> Iterator[Path]:
    """A file in two folders whose modes are the subject; not in pytest's own, private folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder).resolve() / "above" / "below" / "file"
        path.parent.mkdir(parents=True)
        path.touch()
        for folder_above in path.parents[:3]:
            folder_above.chmod(0o755)
        path.chmod(0o644)
        closed = STRANGER.obstacle(path)
        assert closed is None, f"{closed} is closed to others: name another folder in TMPDIR"
        yield path


def test_open_to_all(file: Path) -> None:
    assert STRANGER.obstacle(file) is None
    assert MEMBER.obstacle(file) is None


def test_the_file_itself(file: Path) -> None:
    file.chmod(0o640)
    assert STRANGER.obstacle(file) == file
    assert MEMBER.obstacle(file) is None
    file.chmod(0o600)
    assert MEMBER.obstacle(file) == file


def test_a_folder_above(file: Path) -> None:
    file.parent.chmod(0o750)
    assert STRANGER.obstacle(file) == file.parent
    assert MEMBER.obstacle(file) is None
    file.parent.parent.chmod(0o700)
    assert STRANGER.obstacle(file) == file.parent.parent
    assert MEMBER.obstacle(file) == file.parent.parent


def test_the_right_to_list_a_folder_is_not_needed(file: Path) -> None:
    file.parent.chmod(0o711)
    assert STRANGER.obstacle(file) is None


def test_the_first_class_that_fits_decides(file: Path) -> None:
    file.chmod(0o604)
    assert STRANGER.obstacle(file) is None
    assert MEMBER.obstacle(file) == file


def test_the_target_of_a_link_counts(file: Path) -> None:
    link = file.parent.parent / "link"
    link.symlink_to(file)
    file.chmod(0o600)
    assert STRANGER.obstacle(link) == file


def test_root_may_everything(file: Path) -> None:
    file.chmod(0)
    assert Account("root", 0, frozenset()).obstacle(file) is None


def test_a_missing_file(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        STRANGER.obstacle(file.with_name("gone"))


def test_accounts() -> None:
    root = find_account("root")
    assert (root.name, root.uid) == ("root", 0)
    assert 0 in root.gids
    with pytest.raises(ConfigError) as caught:
        find_account("no-such-user")
    assert str(caught.value) == (
        "there is no user no-such-user (make it, or name another with --user)"
    )
