"""The access log of the embedded server, against that of Unit: same requests, same lines."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import application as component
from tests.harness.components import environment
from tests.harness.http import Connection
from tests.harness.processes import wait_until
from tests.harness.server import ServerProcess
from tests.harness.unitd import Unit, Unitd, application

REQUESTS = [
    b"GET / HTTP/1.1\r\nHost: a\r\nReferer: r\r\nUser-Agent: u\r\n\r\n",
    b"GET /a%20b?x=1&x=2&y=%41+&z HTTP/1.1\r\nHost: EXAMPLE.com:80\r\nUser-Agent:\r\n\r\n",
    b"GET /?x= HTTP/1.0\r\nHost: a\r\nCookie: c=1; d=; c=2\r\n\r\n",
    b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nX-Some: one\r\nX-Some: two\r\n\r\nab",
]
FORMATS: list[Any] = [
    "$method $request_uri $status",
    '$request_line|$uri|$host|"$header_referer" "$header_user_agent"',
    "$arg_x|$arg_y|$arg_z|$arg_none|$cookie_c|$cookie_d|$cookie_none",
    "$header_x_some|${header_host}|$header_content_length",
    "$response_header_content_type|$response_header_content_length|$response_header_none",
    "$response_header_transfer_encoding|$response_header_connection|$body_bytes_sent",
    "${dollar}1 $remote_addr",
    {"status": "$status", "uri": "<$uri>", "none": "$arg_none"},
]


@pytest.fixture(scope="module")
def server(unit: Unit) -> Iterator[Unitd]:
    with unit.start() as server:
        server.configure({"hello": application("hello")})
        yield server


def ask(address: str) -> None:
    for request in REQUESTS:
        with Connection(address) as client:
            client.send(request)
            assert client.response(request.split()[0].decode()).status == 200


def wait_for_lines(path: Path) -> list[str]:
    wait_until(lambda: path.read_text().count("\n") >= len(REQUESTS), "to log all requests")
    return path.read_text().splitlines()


def of_unit(server: Unitd, form: Any) -> list[str]:
    path = server.folder / "unit-access.log"
    server.put("/config/access_log", {"path": str(path), "format": form})
    ask(server["hello"])
    found = wait_for_lines(path)
    assert server.ask("DELETE", "/config/access_log").status == 200
    path.unlink()
    return found


def of_us(folder: Path, form: Any) -> list[str]:
    path = folder / "our-access.log"
    document = {
        "listeners": {"127.0.0.1:0": {"pass": "applications/hello"}},
        "applications": {"hello": component("hello")},
        "access_log": {"path": str(path), "format": form},
    }
    (folder / "conf.json").write_text(json.dumps(document))
    with ServerProcess(["serve", folder / "conf.json"], environment=environment()) as process:
        ask(process.address)
        found = wait_for_lines(path)
        assert process.stop() == 0
    path.unlink()
    return found


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_the_same_lines(server: Unitd, form: Any, tmp_path: Path) -> None:
    theirs, ours = of_unit(server, form), of_us(tmp_path, form)
    # The address that this test has chosen for Unit.
    theirs = [line.replace(server.host, "127.0.0.1") for line in theirs]
    if "response_header_content_length" in str(form):
        # In Unit the module has to add this field to a response to HEAD.
        head = REQUESTS.index(next(item for item in REQUESTS if item.startswith(b"HEAD")))
        assert theirs.pop(head) == ours.pop(head).replace("|-|", "|13|")
    assert ours == theirs


def test_the_default_format(server: Unitd, tmp_path: Path) -> None:
    default = (
        '$remote_addr - - [$time_local] "$request_line" $status $body_bytes_sent '
        '"$header_referer" "$header_user_agent"'
    )
    mask = re.compile(r"^[\d.]+ - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] ")
    theirs = [mask.sub("<prefix> ", line) for line in of_unit(server, default)]
    ours = [mask.sub("<prefix> ", line) for line in of_us(tmp_path, default)]
    assert ours == theirs
    assert all(line.startswith("<prefix> ") for line in ours)
