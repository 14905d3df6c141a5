"""setup(): what steers it, and what it leaves to the processes of the application."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import application, guest
from tests.harness.double import serves, setup


def test_the_applications_environment_does_not_steer_prepare(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Unit has set it for the whole process: it is the guest's all the same."""
    document = application("env")
    document["environment"] |= {
        "LD_PRELOAD": str(tmp_path / "none.so"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "HOME": str(tmp_path / "home"),
    }
    module = setup(document)
    assert module.setup_result == 0, module.log
    module.start()
    module.message("READY")
    assert f"variable: LD_PRELOAD={tmp_path}/none.so\n".encode() in module.ask().body
    module.message("QUIT")
    assert module.ended() == 0
    module.check()
    assert capfd.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []


# ---- What prepare has answered is kept ----


class Kept:
    """An application with a cache of its own that has been prepared once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "cache"
        self.component = folder / "hello.wasm"
        shutil.copy(guest("hello-wat"), self.component)
        self.document = application("hello", {"CACHE_DIR": str(self.folder)})
        self.document["component"] = str(self.component)
        serves(self.document)
        (self.file,) = self.folder.glob("*.prepared")
        # So that it shows whether it was used: nothing else says this.
        self.text = self.file.read_bytes()
        head, rest = self.text.split(b"\0", 1)
        self.file.write_bytes(head + b"\0warning=kept\0" + rest)

    def used(self, document: Any = None) -> bool:
        return "[warn] app: kept\n" in serves(document or self.document).log


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_a_second_start_needs_no_python(kept: Kept) -> None:
    assert kept.file.stat().st_mode & 0o777 == 0o600
    assert kept.used()
    assert kept.used()


def touch_component(kept: Kept) -> None:
    os.utime(kept.component)


def another_component(kept: Kept) -> None:
    kept.component.unlink()
    shutil.copy(guest("hello"), kept.component)


def no_machine_code(kept: Kept) -> None:
    for file in kept.folder.glob("*.cwasm"):
        file.unlink()


def other_machine_code(kept: Kept) -> None:
    (file,) = kept.folder.glob("*.cwasm")
    os.utime(file)


def for_everybody(kept: Kept) -> None:
    kept.file.chmod(0o602)


def link(kept: Kept) -> None:
    elsewhere = kept.folder.parent / "elsewhere"
    kept.file.rename(elsewhere)
    kept.file.symlink_to(elsewhere)


def cut(kept: Kept) -> None:
    os.truncate(kept.file, kept.file.stat().st_size // 2)


def empty(kept: Kept) -> None:
    kept.file.write_bytes(b"")


def no_answer(kept: Kept) -> None:
    kept.file.write_bytes(kept.file.read_bytes().partition(b"\0\0")[0] + b"\0\0")


def another_format(kept: Kept) -> None:
    kept.file.write_bytes(kept.file.read_bytes().replace(b"prepared 1", b"prepared 0", 1))


def of_somebody_else(kept: Kept) -> None:
    if os.geteuid() == 0:
        os.chown(kept.file, 12345, -1)
    else:
        kept.file.chmod(0o620)


@pytest.mark.parametrize(
    "change",
    [
        touch_component,
        another_component,
        no_machine_code,
        other_machine_code,
        for_everybody,
        link,
        cut,
        empty,
        no_answer,
        another_format,
        of_somebody_else,
    ],
)
def test_what_is_not_as_it_was_is_prepared_again(
    kept: Kept, change: Callable[[Kept], None]
) -> None:
    change(kept)
    assert not kept.used()
    assert b"warning=kept" not in kept.file.read_bytes()


def test_another_configuration_is_prepared(kept: Kept) -> None:
    document = {**kept.document, "environment": {**kept.document["environment"], "A": "1"}}
    assert not kept.used(document)
    assert kept.used()


def test_a_folder_that_others_may_write_into(kept: Kept) -> None:
    kept.folder.chmod(0o777)
    module = setup(kept.document)
    kept.folder.chmod(0o700)
    assert module.setup_result == -1
    assert "others may write into the cache folder" in module.log


def test_what_each_start_has_to_look_at_is_not_kept(tmp_path: Path) -> None:
    document = application("hello", {"CACHE_DIR": str(tmp_path / "cache")})
    serves({**document, "access": {"filesystem": [str(tmp_path)]}})
    assert list((tmp_path / "cache").glob("*.prepared")) == []
