"""``access.filesystem`` against the directories that are there."""

from pathlib import Path

import pytest

from tests.harness.processes import nothing_left_open
from unit_wasm.config.directories import check_directories
from unit_wasm.config.model import ApplicationConfig
from unit_wasm.errors import ConfigError
from unit_wasm.options import Options
from unit_wasm.options.directories import Directory

GIVEN = (Directory("in", "/x", writable=False), Directory("/", "/"))
HINT = "make the directory, or take it out of the array"


def config(*filesystem: str) -> ApplicationConfig:
    return ApplicationConfig("a/b", "component", "c.wasm", Options(), {}, filesystem)


def refused(*filesystem: str, root: str = "/") -> str:
    with pytest.raises(ConfigError) as raised:
        check_directories(config(*filesystem), root=root)
    index = len(filesystem) - 1
    assert raised.value.pointer == f"/applications/a~1b/access/filesystem/{index}"
    assert raised.value.hint == HINT
    return raised.value.message


def test_directories_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "link").symlink_to("in")
    with nothing_left_open():
        check_directories(config())
        check_directories(config("/", str(tmp_path), f"{tmp_path}/in/..", f"{tmp_path}/link"))


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    missing = f"{tmp_path}/missing"
    assert refused(missing) == f"the directory {missing} does not exist"
    (tmp_path / "dangling").symlink_to("missing")
    dangling = f"{tmp_path}/dangling"
    assert refused("/", str(tmp_path), dangling) == f"the directory {dangling} does not exist"


def test_what_is_no_directory(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert refused(str(file)) == f"{file} is not a directory"
    assert refused(f"{file}/below") == f"{file}/below is not a directory"


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    assert refused(f"{tmp_path}/one") == (
        f"the directory {tmp_path}/one cannot be opened: Too many levels of symbolic links"
    )
    long = "/" + "x" * 300
    assert refused(long) == f"the directory {long} cannot be opened: File name too long"


def test_those_of_the_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    there = ApplicationConfig("a", "component", "c.wasm", Options(dirs=GIVEN), {}, ())
    check_directories(there)
    with pytest.raises(ConfigError) as raised:
        check_directories(there, folder="/usr")
    assert raised.value.pointer == "/applications/a/environment/UNIT_WASM_DIRS"
    assert raised.value.message == "the directory in does not exist"


def test_another_root(tmp_path: Path) -> None:
    """Paths and links are those that the application will see, and lead nowhere else."""
    (tmp_path / "srv" / "data").mkdir(parents=True)
    (tmp_path / "absolute").symlink_to("/srv")
    (tmp_path / "srv" / "up").symlink_to("../../../srv/data")
    (tmp_path / "outside").symlink_to("/usr")
    (tmp_path / "loop").symlink_to("/loop")
    (tmp_path / "file").write_text("")
    root = str(tmp_path)
    good = ("/", "/srv/data", "/absolute/data", "/srv/up", "/../../srv", "/srv/../srv/data/.")
    check_directories(config(*good), root=root)
    below = f" below the application's root {root}"
    assert refused("/usr", root=root) == f"the directory /usr does not exist{below}"
    assert refused("/outside", root=root) == f"the directory /outside does not exist{below}"
    assert refused("/file", root=root) == f"/file is not a directory{below}"
    assert refused("/loop", root=root) == (
        f"the directory /loop cannot be opened{below}: Too many levels of symbolic links"
    )
