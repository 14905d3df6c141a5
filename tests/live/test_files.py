"""Directories of the embedded server: from the command line and from a configuration."""

import json
from pathlib import Path

import pytest

from tests.harness.components import application, components, environment, guest
from tests.harness.http import Connection, request
from tests.harness.server import ServerProcess

MIB = 1 << 20
SIZE = 100 * MIB


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("secret")
    site = tmp_path / "site"
    site.mkdir()
    (site / "page").write_text("a page")
    (site / "sub").mkdir()
    (site / "out").symlink_to("../secret")
    return site


def test_a_directory_of_the_command_line(site: Path) -> None:
    arguments: list[str | Path] = [
        "serve",
        guest("static-files"),
        "--listen",
        "127.0.0.1:0",
        "--dir",
        f"{site}::/:ro",
    ]
    with ServerProcess(arguments, environment=environment(), patience=90.0) as server:
        found = [
            (response.status, response.body)
            for path in ("page", "sub/../page", "nothing", "sub", "out", "../secret", "/etc/passwd")
            for response in [request(server.address, "GET", f"/{path}")]
        ]
    assert found == [
        *[(200, b"a page")] * 2,
        *[(404, b"404\n")] * 2,
        *[(403, b"403\n")] * 3,
    ]


def test_a_directory_that_is_not_there(site: Path) -> None:
    arguments: list[str | Path] = [
        "serve",
        guest("static-files"),
        "--listen",
        "127.0.0.1:0",
        "--dir",
        f"{site}/no:ro",
    ]
    server = ServerProcess(arguments, environment=environment())
    with pytest.raises(AssertionError), server:
        pass
    assert f"--dir: the directory {site}/no does not exist" in server.log


def test_a_change_gives_other_directories(site: Path) -> None:
    """They belong to the application: one that is made anew has those of its configuration."""
    other = site.parent / "other"
    other.mkdir()
    (other / "page").write_text("another page")
    made = {**application("static-files"), "access": {"filesystem": [str(site)]}}
    with components({"files": made}) as server:
        assert request(server["files"], "GET", "/page").body == b"a page"
        made = {**made, "access": {"filesystem": [str(other)]}}
        place = "/config/applications/files"
        assert server.ask("PUT", place, made).status == 200
        assert request(server["files"], "GET", "/page").body == b"another page"
        wrong = {**made, "access": {"filesystem": [str(other), "/nowhere"]}}
        answer = server.ask("PUT", place, wrong)
        assert answer.status == 400
        assert "/nowhere does not exist" in json.dumps(answer.json())
        assert request(server["files"], "GET", "/page").body == b"another page"


@pytest.mark.no_asan  # it measures memory
def test_a_large_file_needs_little_memory(site: Path) -> None:
    with (site / "big").open("wb") as file:
        file.truncate(SIZE)
    made = {**application("static-files"), "access": {"filesystem": [str(site)]}}
    with components({"files": made}) as server:
        request(server["files"], "GET", "/page")
        before = server.rss()
        for _ in range(3):
            with Connection(server["files"]) as client:
                client.send(b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                head = client.read_until(b"\r\n\r\n")
                assert b"content-length: %d\r\n" % SIZE in head.lower()
                left = SIZE
                while left:
                    left -= len(client.read(min(left, MIB)))
            assert server.rss() - before < 8 * MIB
