"""Who may change what a user runs."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from unit_wasm.unit.owners import faults, user_name

UID = os.geteuid()
NOBODY = 54_321
Claim = Callable[..., None]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A package with a module, and a file beside it."""
    (tmp_path / "lib" / "package").mkdir(parents=True)
    for name in ("lib/package/module.py", "lib/other.py", "file"):
        (tmp_path / name).touch(0o644)
    for folder in (tmp_path / "lib", tmp_path / "lib" / "package"):
        folder.chmod(0o755)
    return tmp_path


@pytest.fixture
def claim(monkeypatch: pytest.MonkeyPatch) -> Claim:
    """Let a file seem to belong to another user and group, without root's rights."""
    real = os.lstat
    claims: dict[str, tuple[int | None, int | None]] = {}

    def lstat(path: str) -> os.stat_result:
        found = list(real(path))
        uid, gid = claims.get(path, (None, None))
        found[4] = found[4] if uid is None else uid
        found[5] = found[5] if gid is None else gid
        return os.stat_result(found)

    def set_claim(path: Path, uid: int | None = None, gid: int | None = None) -> None:
        claims[str(path)] = (uid, gid)

    monkeypatch.setattr(os, "lstat", lstat)
    return set_claim


def found(root: Path, *places: Path) -> list[str]:
    """Return what is found in a folder; what is above it is the machine's own matter."""
    return [
        f"{fault.path.relative_to(root)} {fault.reason}"
        for fault in faults(places, UID)
        if fault.path.is_relative_to(root)
    ]


def test_all_is_well(tree: Path) -> None:
    assert found(tree, tree / "lib", tree / "file", tree / "lib" / "missing") == []


def test_everybody_may_write(tree: Path) -> None:
    (tree / "lib" / "package" / "module.py").chmod(0o646)
    assert found(tree, tree / "file") == []
    assert found(tree, tree / "lib") == ["lib/package/module.py may be written by everybody"]


def test_a_folder_above(tree: Path) -> None:
    """Whoever may write there puts another folder in the place of this one."""
    (tree / "lib").chmod(0o777)
    place = tree / "lib" / "package"
    assert found(tree, place) == ["lib may be written by everybody"]
    assert found(tree, place / "missing" / "file") == ["lib may be written by everybody"]
    (tree / "lib").chmod(0o1777)
    assert found(tree, place) == []
    assert found(tree, tree / "lib") == ["lib may be written by everybody"]


def test_each_is_named_once(tree: Path) -> None:
    (tree / "lib").chmod(0o757)
    assert found(tree, tree / "lib" / "package", tree / "lib", tree / "lib" / "other.py") == [
        "lib may be written by everybody"
    ]


def test_another_owner(tree: Path, claim: Claim) -> None:
    claim(tree / "lib" / "other.py", uid=NOBODY)
    claim(tree / "file", uid=0)
    assert found(tree, tree / "lib", tree / "file") == [f"lib/other.py belongs to user {NOBODY}"]


def test_groups(tree: Path, claim: Claim) -> None:
    """A group is no other user where only root, or this user, is in it."""
    for name, gid in (("lib/other.py", NOBODY), ("file", 0)):
        (tree / name).chmod(0o664)
        claim(tree / name, gid=gid)
    assert found(tree, tree / "lib", tree / "file") == [
        f"lib/other.py may be written by the group {NOBODY}"
    ]


def test_links(tree: Path) -> None:
    """Of a link counts where it leads, with all folders on the way."""
    (tree / "open").mkdir()
    (tree / "open").chmod(0o777)
    (tree / "open" / "python").symlink_to(tree / "file")
    (tree / "bin").symlink_to("open")
    (tree / "start").symlink_to("bin/python")
    (tree / "file").chmod(0o646)
    expected = ["file may be written by everybody", "open may be written by everybody"]
    assert sorted(found(tree, tree / "start")) == expected
    assert sorted(found(tree, tree / "bin" / "python")) == expected
    (tree / "lib" / "link").symlink_to(tree / "file")
    assert found(tree, tree / "lib") == ["file may be written by everybody"]


def test_links_that_lead_nowhere(tree: Path) -> None:
    (tree / "one").symlink_to("two")
    (tree / "two").symlink_to("one")
    (tree / "gone").symlink_to("/no/such/file")
    assert found(tree, tree / "one", tree / "gone") == []


def test_names() -> None:
    assert user_name(0) == "root"
    assert user_name(NOBODY) == f"user {NOBODY}"
