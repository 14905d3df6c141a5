"""The id of a request, in a real server: its log, its access log, the component and the client."""

import json
import re
from pathlib import Path
from typing import Any

from tests.harness.components import WAYS, application, environment
from tests.harness.http import Connection, Response
from tests.harness.ids import ID
from tests.harness.processes import wait_until
from tests.harness.server import ServerProcess

NAME = "x-request-id"


def configuration(folder: Path, **options: str) -> Path:
    """One listener for each of three guests; the access log says path, status and id."""
    guests = ("request-info", "return-without-set", "prints")
    document: dict[str, Any] = {
        "listeners": {
            f"127.0.0.{index}:0": {"pass": f"applications/{name}"}
            for index, name in enumerate(guests, 1)
        },
        "applications": {name: application(name, options) for name in guests},
        "access_log": {
            "path": str(folder / "access.log"),
            "format": "$request_uri $status $request_id",
        },
    }
    path = folder / "conf.json"
    path.write_text(json.dumps(document))
    return path


def server(path: Path, *arguments: str, ready: int = 3) -> ServerProcess:
    return ServerProcess(
        ["serve", path, *arguments], ready=ready, environment=environment(), module=WAYS[0]
    )


def ask(address: str, path: str, *headers: str) -> Response:
    with Connection(address) as client:
        lines = [f"GET {path} HTTP/1.1", "Host: a", *headers, "", ""]
        client.send("\r\n".join(lines).encode())
        return client.response()


def _wait_for_lines(folder: Path, count: int) -> None:
    path = folder / "access.log"
    wait_until(lambda: path.read_text().count("\n") == count, "for the access log")


def test_it_is_the_same_everywhere(tmp_path: Path) -> None:
    path = configuration(tmp_path, REQUEST_ID_HEADER=NAME, REQUEST_ID_RESPONSE=NAME)
    with server(path) as process:
        info, failing, _ = process.addresses
        whole, failed = ask(info, "/a"), ask(failing, "/b")
        process.wait_for_text("response-outparam.set")
        _wait_for_lines(tmp_path, 2)
        log = process.raw_log
    assert (whole.status, failed.status) == (200, 500)
    first, second = str(whole.field(NAME)), str(failed.field(NAME))
    assert re.fullmatch(ID, first)
    assert re.fullmatch(ID, second)
    assert f"header {NAME}: {first}\n" in whole.body.decode()
    assert f"return-without-set: request {second}: GET /b: " in log
    assert (tmp_path / "access.log").read_text() == f"/a 200 {first}\n/b 500 {second}\n"


def test_it_may_come_from_a_proxy(tmp_path: Path) -> None:
    path = configuration(tmp_path, REQUEST_ID_FROM=NAME, REQUEST_ID_RESPONSE=NAME)
    with server(path) as process:
        _, failing, _ = process.addresses
        answer = ask(failing, "/b", "X-Request-Id: 4bf92f3577b34da6")
        process.wait_for_text("request 4bf92f3577b34da6: GET /b: ")
        forged = ask(failing, "/c", "X-Request-Id: a b")
        _wait_for_lines(tmp_path, 2)
    assert answer.field(NAME) == "4bf92f3577b34da6"
    assert re.fullmatch(ID, str(forged.field(NAME)))
    lines = (tmp_path / "access.log").read_text().splitlines()
    assert lines == ["/b 500 4bf92f3577b34da6", f"/c 500 {forged.field(NAME)}"]


def test_a_restart_begins_with_other_ids(tmp_path: Path) -> None:
    path = configuration(tmp_path, REQUEST_ID_RESPONSE=NAME)
    found = []
    for _ in range(2):
        with server(path) as process:
            found.append(ask(process.addresses[0], "/").field(NAME))
    assert found[0] != found[1]


def test_requests_that_no_component_gets_have_one_in_the_access_log(tmp_path: Path) -> None:
    path = configuration(tmp_path)
    with server(path) as process:
        assert ask(process.addresses[0], "/", "Host: b").status == 400
        _wait_for_lines(tmp_path, 1)
    assert re.search(r" 400 [0-9a-f]{32}\n", (tmp_path / "access.log").read_text())


def test_the_log_as_json(tmp_path: Path) -> None:
    """Every line on stderr is an object, those that say where it listens, too."""
    path = configuration(tmp_path, REQUEST_ID_RESPONSE=NAME)
    with server(path, "--log-format", "json", ready=0) as process:
        process.wait_for(lambda log: log.count('"message":"listening on ') == 3, "to listen")
        addresses = re.findall(r'"message":"listening on ([^"]+)"', process.log)
        failed, printed = ask(addresses[1], "/b"), ask(addresses[2], "/lines/2/3")
        process.wait_for(lambda log: log.count('"stream":"stderr"') == 2, "to print")
        lines = [json.loads(line) for line in process.raw_log.splitlines()]
    assert all(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]) for line in lines
    )
    assert {line["process"] for line in lines} == {process.pid}
    (failure,) = (line for line in lines if line["level"] == "error")
    assert failure["application"] == "return-without-set"
    assert failure["request"] == failed.field(NAME)
    assert (failure["method"], failure["path"]) == ("GET", "/b")
    said = [line for line in lines if "stream" in line]
    assert [(line["level"], line["stream"], line["message"]) for line in said] == [
        ("info", "stderr", "xxx")
    ] * 2
    assert {line["request"] for line in said} == {printed.field(NAME)}


def test_one_application_may_log_as_json(tmp_path: Path) -> None:
    path = configuration(tmp_path)
    document = json.loads(path.read_text())
    document["applications"]["prints"]["environment"]["UNIT_WASM_LOG_FORMAT"] = "json"
    path.write_text(json.dumps(document))
    with server(path) as process:
        ask(process.addresses[1], "/b")
        ask(process.addresses[2], "/lines/1/3")
        process.wait_for_text('"message":"xxx"')
        log = process.log
    assert re.search(r"^\S+ \S+ \[ERROR\] return-without-set: request 1: GET /b: ", log, re.M)
    assert re.search(r'^\{"time":.*"application":"prints".*"message":"xxx"\}$', log, re.M)
