"""A directory of components in a real Unit: changes are taken over by each process, under load."""

import json
import os
import pwd
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import guest
from tests.harness.folders import NUMBER, change_under_load, fill, put
from tests.harness.http import Response, request
from tests.harness.peer import keep, peer
from tests.harness.processes import descriptors, wait_until
from tests.harness.server import ROOT
from tests.harness.unitd import Unit, Unitd, application

JSON = {"content-type": "application/json"}


class Served:
    """A directory in a Unit, served by one process, or by more."""

    def __init__(self, server: Unitd, folder: Path) -> None:
        self.server = server
        self.folder = folder

    @property
    def address(self) -> str:
        return self.server["functions"]

    def put(self, name: str, text: str | bytes) -> None:
        """Put a file there as `mv` does."""
        put(self.folder, name, text)

    def call(self, path: str, body: str = "{}") -> Response:
        return request(self.address, "POST", path, body.encode(), JSON)

    def rows(self) -> dict[str, dict[str, Any]]:
        listed = request(self.address).json()
        return {row["file"]: row for row in listed["components"]}

    def wait_for_number(self, path: str, expected: int) -> None:
        wait_until(
            lambda: self.call(path).body == b'{"result":%d}' % expected, f"{path}: {expected}"
        )


def directory(folder: Path, options: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    return {**application("hello", options, **more), "component": f"{folder}/"}


def folder_of(server: Unitd) -> Path:
    folder = server.folder / "functions"
    folder.mkdir(mode=0o755)
    fill(folder)
    return folder


@pytest.fixture
def served(unit: Unit) -> Iterator[Served]:
    with unit.start() as server:
        folder = folder_of(server)
        server.configure({"functions": directory(folder, {"TIMEOUT": "5s"})})
        yield Served(server, folder)


def test_each_has_its_place(served: Served) -> None:
    answer = served.call("/cipher/encrypt", '{"message": "hello world"}')
    assert (answer.status, answer.body) == (200, b'{"result":"khoor zruog"}')
    assert served.call("/number/number").body == b'{"result":1}'
    assert served.call("/cipher.wasm/half", '{"number": 4}').body == b'{"result":2}'
    assert request(served.address, "GET", "/number").field("location") == "number/"
    assert served.call("/cypher/encrypt").json()["did-you-mean"] == "cipher/encrypt"
    assert sorted(served.rows()) == ["cipher.wasm", "number.wat"]
    page = request(served.address, fields={"accept": "text/html"})
    assert page.body.startswith(b"<!DOCTYPE html>")
    paths = request(served.address, "GET", "/openapi.json").json()["paths"]
    assert {"/cipher/encrypt", "/number/number"} <= paths.keys()


def test_added_changed_and_removed(served: Served) -> None:
    served.put("added.wat", NUMBER.format(number=7))
    served.server.wait_for_text("functions: added.wat is served")
    assert served.call("/added/number").body == b'{"result":7}'
    served.put("number.wat", NUMBER.format(number=2))
    served.wait_for_number("/number/number", 2)
    (served.folder / "added.wat").unlink()
    served.server.wait_for_text("functions: added.wat is gone")
    assert served.call("/added/number").status == 404


def test_a_file_is_read_when_it_is_whole(served: Served) -> None:
    text = NUMBER.format(number=2)
    with (served.folder / "number.wat").open("w") as file:
        file.write(text[:20])
        file.flush()
        # What has come meanwhile is taken over behind it.
        served.put("other.wat", text)
        served.wait_for_number("/other/number", 2)
        assert served.call("/number/number").body == b'{"result":1}'
        file.write(text[20:])
    served.wait_for_number("/number/number", 2)


def test_a_broken_one_leaves_the_one_before(served: Served) -> None:
    served.put("number.wat", "(component 1")
    served.server.wait_for_text("number.wat cannot be used: ")
    served.server.wait_for_text("; the one before it goes on")
    row = served.rows()["number.wat"]
    assert row["serving"]
    assert "number.wat" in row["error"]
    assert served.call("/number/number").body == b'{"result":1}'
    served.put("number.wat", NUMBER.format(number=3))
    served.wait_for_number("/number/number", 3)
    assert "error" not in served.rows()["number.wat"]


def test_a_component_that_fails_leaves_the_others(served: Served) -> None:
    trap = served.call("/cipher/trap")
    assert trap.json()["type"] == "urn:unit-wasm:problem:trap"
    served.server.wait_for_text("functions/cipher: ")
    assert served.call("/number/number").body == b'{"result":1}'


def test_what_was_replaced_leaves_nothing(served: Served) -> None:
    worker = served.server.worker("functions")

    def change(number: int) -> int:
        served.put("number.wat", NUMBER.format(number=number))
        served.wait_for_number("/number/number", number)
        return descriptors(worker)

    before = [change(number) for number in range(2, 6)][-1]
    for number in range(6, 16):
        change(number)
    wait_until(lambda: descriptors(worker) <= before, "back to what it had")


def test_a_change_under_load_costs_nobody_a_call(unit: Unit) -> None:
    """64 connections call what does not change, and what does, in several processes."""
    with unit.start() as server:
        served = Served(server, folder_of(server))
        server.configure({"functions": directory(served.folder, {"TIMEOUT": "20s"}, processes=2)})

        def change(numbers: set[bytes]) -> None:
            for number in range(2, 8):
                served.put("number.wat", NUMBER.format(number=number))
                served.put("broken.wat", f"(component {number}")
                served.put("brief.wat", NUMBER.format(number=number))
                expected = b'{"result":%d}' % number
                wait_until(lambda: expected in numbers, f"{number}")  # noqa: B023
                (served.folder / "brief.wat").unlink()

        change_under_load(served.address, 10, change)


def test_functions_of_python_and_metrics(unit: Unit) -> None:
    """The cipher with its audit log, beside another component, and calls that are counted."""
    with unit.start() as server:
        folder = server.folder / "functions"
        folder.mkdir(mode=0o755)
        shutil.copy(guest("cipher-c"), folder / "cipher.wasm")
        own = server.folder / "own"
        own.mkdir()
        own.chmod(0o777)
        shutil.copy(ROOT / "examples" / "cipher" / "audit.py", own)
        options = {
            "HOST": "audit",
            "HOST_PATH": ".",
            "METRICS_INTERVAL": "100ms",
            "METRICS_FILE": str(own / "unit.prom"),
        }
        more: dict[str, Any] = {
            "working_directory": str(own),
            "environment": {"SHIFT_AMOUNT": "5"},
        }
        server.configure({"functions": directory(folder, options, **more)})
        served = Served(server, folder)
        answer = served.call("/cipher/encrypt", '{"message": "hello world"}')
        assert (answer.status, answer.body) == (200, b'{"result":"mjqqt btwqi"}')
        assert (own / "audit.log").read_text() == "encrypt: hello world\n"
        pid = server.worker("functions")
        counted = (
            f'unit_wasm_function_calls_total{{application="functions/cipher",pid="{pid}",'
            'function="/encrypt",code="200"} 1\n'
        )
        file = own / f"unit.functions.{pid}.prom"
        wait_until(lambda: file.exists() and counted in file.read_text(), "counted")


def test_requests_of_components(unit: Unit) -> None:
    """Also of one that comes later: what they may send is read before the user is another."""
    with peer(keep) as there, unit.start() as server:
        folder = folder_of(server)
        shutil.copy(guest("calls-fetch"), folder / "fetch.wasm")
        authority = json.dumps({"authority": f"127.0.0.1:{there.port}"})
        server.configure({"functions": directory(folder, {"OUTGOING": "* 127.0.0.0/8"})})
        served = Served(server, folder)
        assert served.call("/fetch/fetch", authority).body == b'{"result":null}'
        served.put("late.wasm", guest("calls-fetch").read_bytes())
        server.wait_for_text("functions: late.wasm is served")
        assert served.call("/late/fetch", authority).body == b'{"result":null}'
        elsewhere = {"OUTGOING": "http://127.0.0.1:1"}
        server.configure({"functions": directory(folder, elsewhere)})
        served.call("/fetch/fetch", authority)
        server.wait_for_text("functions/fetch: ")


def test_files_are_read_as_the_user_of_the_application(unit: Unit) -> None:
    if os.getuid() != 0:
        pytest.skip("only root has other users")
    with unit.start() as server:
        folder = folder_of(server)
        secret = folder / "secret.wat"
        secret.write_text(NUMBER.format(number=9))
        secret.chmod(0o600)
        server.configure({"functions": directory(folder)})
        served = Served(server, folder)
        uid = Path(f"/proc/{server.worker('functions')}").stat().st_uid
        assert uid == pwd.getpwnam("nobody").pw_uid or uid != 0
        row = served.rows()["secret.wat"]
        assert not row["serving"]
        assert "permission denied" in row["error"]
        # Its rights are changed, and its bytes are not.
        secret.chmod(0o644)
        wait_until(lambda: served.call("/secret/number").body == b'{"result":9}', "readable")


def test_what_is_refused(unit: Unit) -> None:
    with unit.start() as server:
        folder = folder_of(server)
        folder.chmod(0o700)
        server.configure({"hello": application("hello")})
        if os.getuid() == 0:
            said = f"the directory {folder} cannot be served: Permission denied"
            server.refuses("/config/applications/functions", directory(folder), said)
        assert request(server["hello"]).body == b"Hello, WASI!\n"
        assert json.loads(server.ask("GET", "/config/applications").body).keys() == {"hello"}
