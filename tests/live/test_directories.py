"""A directory of components, served: routes, what describes them, and changes under load."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import assert_clean, environment, guest
from tests.harness.folders import NUMBER, change_under_load, fill, put
from tests.harness.http import Connection, Response, request
from tests.harness.server import ServerProcess

JSON = {"content-type": "application/json"}


class Served:
    """A directory, and a server of it."""

    def __init__(self, folder: Path, process: ServerProcess) -> None:
        self.folder = folder
        self.process = process

    @property
    def address(self) -> str:
        return self.process.address

    def post(self, path: str, body: str = "{}") -> Response:
        return request(self.address, "POST", path, body.encode(), JSON)

    def rows(self) -> dict[str, dict[str, Any]]:
        listed = request(self.address).json()
        return {row["file"]: row for row in listed["components"]}

    def put(self, name: str, text: str) -> None:
        """Put a file there as `mv` does."""
        put(self.folder, name, text)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "functions"
    folder.mkdir()
    fill(folder)
    (folder / ".hidden.wat").write_text("neither")
    arguments: list[str | Path] = ["serve", folder, "--listen", "127.0.0.1:0"]
    with ServerProcess(arguments, environment=environment()) as process:
        yield Served(folder, process)
        assert process.stop() == 0
        assert_clean(process.log)


def wait_until_number(served: Served, path: str, expected: int) -> None:
    while (answer := served.post(path)).body != b'{"result":%d}' % expected:
        assert answer.status in (200, 404), answer


def test_each_has_its_place(served: Served) -> None:
    body = '{"message": "hello world"}'
    for path in ("/cipher/encrypt", "/cipher.wasm/encrypt"):
        assert served.post(path, body).body == b'{"result":"khoor zruog"}'
    assert served.post("/number/number").body == b'{"result":1}'
    assert served.post("/cipher/shapes/mirror", '{"of": {"x": 1, "y": 2}}').status == 200


def test_what_is_not_there(served: Served) -> None:
    answer = served.post("/ciphre/encrypt")
    assert (answer.status, answer.json()["did-you-mean"]) == (404, "cipher/encrypt")
    assert served.post("/cipher/encrpyt").json()["did-you-mean"] == "encrypt"
    assert served.post("/cipher").status == 404
    assert served.post("/notes/number").status == 404
    moved = request(served.address, "GET", "/cipher")
    assert (moved.status, moved.field("location")) == (308, "cipher/")


def test_what_describes_them(served: Served) -> None:
    listed = request(served.address).json()
    assert listed["title"] == "functions"
    assert listed["components"] == [
        {"file": "cipher.wasm", "path": "/cipher/", "serving": True},
        {"file": "number.wat", "path": "/number/", "serving": True},
    ]
    paths = [row["path"] for row in listed["functions"]]
    assert paths[-1] == "/number/number"
    document = request(served.address, "GET", "/openapi.json").json()
    assert set(document["paths"]) <= set(paths)
    reference = "#/components/schemas/cipher.shapes.point"
    assert reference.rpartition("/")[2] in document["components"]["schemas"]
    assert reference in json.dumps(document["paths"]["/cipher/shapes/mirror"])
    one = request(served.address, "GET", "/cipher/openapi.json").json()
    assert "/encrypt" in one["paths"]
    page = request(served.address, fields={"accept": "text/html"})
    assert page.body.startswith(b"<!DOCTYPE html>")


def test_two_that_are_called_alike(served: Served) -> None:
    served.put("cipher.wat", NUMBER.format(number=5))
    wait_until_number(served, "/cipher.wat/number", 5)
    assert served.post("/cipher/encrypt").status == 404
    assert served.post("/cipher.wasm/encrypt", '{"message": "a"}').body == b'{"result":"d"}'
    assert {row["path"] for row in served.rows().values()} == {
        "/cipher.wasm/",
        "/cipher.wat/",
        "/number/",
    }


def test_added_changed_and_removed(served: Served) -> None:
    served.put("more.wat", NUMBER.format(number=7))
    wait_until_number(served, "/more/number", 7)
    served.put("more.wat", NUMBER.format(number=8))
    wait_until_number(served, "/more/number", 8)
    (served.folder / "more.wat").write_text(NUMBER.format(number=9))
    wait_until_number(served, "/more/number", 9)
    (served.folder / "more.wat").unlink()
    served.process.wait_for_text("functions: more.wat is gone")
    assert served.post("/more/number").status == 404
    (served.folder / "link.wat").symlink_to(served.folder / "number.wat")
    wait_until_number(served, "/link/number", 1)


def test_a_file_is_read_when_it_is_whole(served: Served) -> None:
    text = NUMBER.format(number=3)
    with open(served.folder / "number.wat", "w") as file:
        file.write(text[:40])
        file.flush()
        os.fsync(file.fileno())
        # Told, and taken over, after the half-written one would have been.
        served.put("after.wat", NUMBER.format(number=4))
        wait_until_number(served, "/after/number", 4)
        assert served.post("/number/number").body == b'{"result":1}'
        assert "error" not in served.rows()["number.wat"]
        file.write(text[40:])
    wait_until_number(served, "/number/number", 3)


def test_a_broken_one_leaves_the_one_before(served: Served) -> None:
    served.put("number.wat", "(component")
    served.process.wait_for_text("functions: number.wat cannot be used: the component text")
    assert "; the one before it goes on" in served.process.log
    assert served.post("/number/number").body == b'{"result":1}'
    row = served.rows()["number.wat"]
    assert (row["serving"], row["error"].startswith("the component text")) == (True, True)
    served.put("fresh.wat", "(component)")
    served.process.wait_for_text("fresh.wat cannot be used: the component exports no functions")
    answer = served.post("/fresh/number")
    assert (answer.status, "exports no functions" in answer.json()["reason"]) == (501, True)
    assert served.rows()["fresh.wat"]["serving"] is False
    page = request(served.address, fields={"accept": "text/html"})
    assert b"<code>fresh.wat</code>: the component exports no functions" in page.body
    served.put("number.wat", NUMBER.format(number=2))
    wait_until_number(served, "/number/number", 2)
    assert "error" not in served.rows()["number.wat"]


def test_one_that_answers_http_itself(served: Served) -> None:
    shutil.copy(guest("hello"), served.folder / ".hello")
    os.rename(served.folder / ".hello", served.folder / "hello.wasm")
    served.process.wait_for_text("hello.wasm cannot be used: the component answers HTTP itself")


def test_another_directory_at_that_place(served: Served, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "number.wat").write_text(NUMBER.format(number=6))
    os.rename(served.folder, tmp_path / "old")
    assert served.post("/number/number").body == b'{"result":1}'
    os.rename(fresh, served.folder)
    wait_until_number(served, "/number/number", 6)
    served.process.wait_for_text("functions: cipher.wasm is gone")
    served.put("number.wat", NUMBER.format(number=7))
    wait_until_number(served, "/number/number", 7)


def test_what_was_replaced_leaves_nothing(served: Served) -> None:
    served.post("/number/number")
    before = served.process.descriptors()
    for number in range(2, 12):
        served.put("number.wat", NUMBER.format(number=number))
        wait_until_number(served, "/number/number", number)
    served.process.wait_for_descriptors(before)


@pytest.mark.no_asan
def test_a_change_under_load_costs_nobody_a_call(served: Served) -> None:
    """64 connections call what does not change, and what does, while files come and go."""

    def change(_: set[bytes]) -> None:
        for number in range(2, 12):
            served.put("number.wat", NUMBER.format(number=number))
            wait_until_number(served, "/number/number", number)
            served.put("broken.wat", f"(component {number}")
            served.put("brief.wat", NUMBER.format(number=number))
            wait_until_number(served, "/brief/number", number)
            (served.folder / "brief.wat").unlink()

    numbers = change_under_load(served.address, 20, change)
    assert {b'{"result":%d}' % number for number in range(2, 12)} <= numbers


def test_a_call_that_runs_is_not_cut_by_a_change(tmp_path: Path) -> None:
    """It ends by its own time limit, whatever becomes of its file."""
    shutil.copy(guest("functions"), tmp_path / "slow.wasm")
    shutil.copy(guest("functions"), tmp_path / "gone.wasm")
    arguments = ["serve", str(tmp_path), "--listen", "127.0.0.1:0", "--timeout", "4s"]
    with ServerProcess(arguments, environment=environment()) as process:
        served = Served(tmp_path, process)
        with Connection(process.address) as one, Connection(process.address) as other:
            for connection, path in ((one, "/slow/loop"), (other, "/gone/loop")):
                connection.send(f"POST {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            # Each runs as soon as a call that came after it has been answered.
            served.post("/slow/nothing")
            served.post("/gone/nothing")
            (tmp_path / "gone.wasm").unlink()
            os.rename(shutil.copy(guest("cipher-c"), tmp_path / ".new"), tmp_path / "slow.wasm")
            process.wait_for_text("gone.wasm is gone")
            process.wait_for_text("slow.wasm cannot be used")
            os.rename(shutil.copy(guest("functions"), tmp_path / ".new"), tmp_path / "slow.wasm")
            process.wait_for_text("slow.wasm is another now")
            assert served.post("/slow/nothing").status == 200
            for connection in (one, other):
                answer = connection.response()
                assert answer.json()["type"] == "urn:unit-wasm:problem:timeout"
        assert process.stop() == 0
        assert_clean(process.log)
