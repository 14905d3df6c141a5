"""Directories in a real Unit: whose rights, below which root, and nothing left open."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.http import request
from tests.harness.processes import descriptors
from tests.harness.unitd import Unit, Unitd, application

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may change users")


@pytest.fixture
def server(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        yield server


@pytest.fixture
def folder(server: Unitd) -> Path:
    """A directory that the application's user may enter."""
    folder = server.folder / "data"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "file").write_text("text")
    (folder / "file").chmod(0o666)
    (folder / "hidden").write_text("hidden")
    (folder / "hidden").chmod(0o600)
    return folder


def files(**more: Any) -> dict[str, Any]:
    return application("files", processes=1, **more)


def run(server: Unitd, *lines: str) -> list[str]:
    body = "".join(f"{line}\n" for line in ("dirs", *lines)).encode()
    response = request(server["files"], "POST", "/", body)
    assert response.status == 200, response.body
    return response.body.decode().splitlines()


def test_as_unit_has_them(server: Unitd, folder: Path) -> None:
    """The same path for the component, to be changed."""
    server.configure({"files": files(access={"filesystem": [str(folder)]})})
    assert run(server, "get 0 1 'file", "put 0 1 'new 'made", "get 0 1 '../unit.log", "cwd") == [
        *(f"ok {folder}", "ok end text", "ok", "not-permitted", "ok .")
    ]
    assert (folder / "new").read_text() == "made"


def test_those_of_the_option(server: Unitd, folder: Path) -> None:
    """Relative ones begin at the working directory of the application."""
    given = {"UNIT_WASM_DIRS": f"data::/data:ro {folder}::w"}
    server.configure({"files": files(environment=given, working_directory=str(server.folder))})
    assert run(server, "get 0 1 'file", "put 0 1 'x 'y", "put 1 1 'x 'y") == [
        *("ok /data w", "ok end text", "read-only", "ok")
    ]


@needs_root
def test_the_rights_are_those_of_the_user(server: Unitd, folder: Path) -> None:
    (folder / "closed").mkdir(0o700)
    server.configure({"files": files(access={"filesystem": [str(folder)]}, user="nobody")})
    assert run(
        server,
        *("get 0 1 'file", "get 0 1 'hidden", "put 0 0 'file 'TE", "put 0 1 'new 'made"),
        *("put 0 1 'closed/x 'y", "open 0 1 'closed 2 1 9"),
    )[1:] == ["ok end text", "access", "ok", "ok", "access", "access"]
    assert (folder / "new").owner() == "nobody"


@needs_root
def test_below_a_new_root(server: Unitd, folder: Path) -> None:
    root = server.folder / "root"
    (root / "srv").mkdir(parents=True)
    (root / "srv" / "file").write_text("below")
    (root / "srv" / "up").symlink_to("../../data/file")
    document = files(
        access={"filesystem": ["/srv"]}, isolation={"rootfs": str(root)}, user="nobody"
    )
    server.configure({"files": document})
    assert run(server, "get 0 1 'file", "get 0 1 'up", "put 0 1 'new 'x") == [
        *("ok /srv", "ok end below", "not-permitted", "access")
    ]


@needs_root
def test_one_that_the_user_cannot_reach(server: Unitd, folder: Path) -> None:
    """The worker does not start, and says why."""
    closed = server.folder / "closed"
    (closed / "data").mkdir(parents=True)
    closed.chmod(0o700)
    server.configure({"files": files()})
    said = f"the directory {closed}/data cannot be opened: Permission denied"
    server.expect_alerts(said)
    document = files(access={"filesystem": [f"{closed}/data"]}, user="nobody")
    server.refuses("/config/applications/files", document, said)
    assert run(server) == ["ok"]


def test_no_descriptor_is_left(server: Unitd, folder: Path) -> None:
    options = {"UNIT_WASM_MAX_FILES": "50"}
    document = files(access={"filesystem": [str(folder)]}, environment=options)
    server.configure({"files": document})
    assert run(server, "get 0 1 'file")[1] == "ok end text"
    pid = server.worker("files")
    before = descriptors(pid)
    for _ in range(100):
        assert run(server, "opens 0 'file")[1] == "50 quota"
    assert server.worker("files") == pid
    assert descriptors(pid) == before


def test_large_files_stream(server: Unitd, folder: Path) -> None:
    server.configure({"files": files(access={"filesystem": [str(folder)]})})
    size = 20 << 20
    pattern = bytes(range(251)) * (size // 251 + 1)
    assert run(server, "open 0 1 'big 1 3 9", "output 9 0 8", f"fill 8 {size}")[1:] == ["ok"] * 3
    assert (folder / "big").read_bytes() == pattern[:size]
    assert run(server, "open 0 1 'big 0 1 9", "input 9 0 8", "read-all 8")[3] == (
        f"{size} {sum(pattern[:size])} closed"
    )
