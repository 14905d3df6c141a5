"""The configurations in conf/ by PUT, and the transcript that they must give, byte for byte."""

import json
from typing import Any

import pytest

from tests.harness.http import Connection, request
from tests.harness.server import ROOT
from tests.harness.unitd import Unit

TRANSCRIPT = """\
 * Welcome to the component model in {language}! *

[Request Info]
REQUEST_PATH = /hello?a=b
METHOD = POST
SCHEME = http
AUTHORITY = localhost

[Request Headers]
host = {host}
user-agent = curl/7.88.1
accept = */*
content-length = 7
content-type = application/x-www-form-urlencoded

[Request Data]
xyzabcd"""


def configuration(name: str, address: str) -> Any:
    text = (ROOT / "conf" / name).read_text()
    assert text.count('"*:8080"') == 1
    return json.loads(text.replace("*:8080", address))


@pytest.mark.parametrize("guest", ["request-echo", "request-echo-py"])
def test_seed(unit: Unit, guest: str) -> None:
    with unit.start() as server:
        address = f"{server.host}:{server.port}"
        document = configuration("seed.json", address)
        application = document["applications"]["wasm"]
        assert application["type"] == "wasm"
        application["module"] = application["module"].replace("request-echo", guest)
        reply = server.ask("PUT", "/config", document)
        assert reply.body == b'{\r\n\t"success": "Reconfiguration done."\r\n}\r\n'
        with Connection(address) as client:
            for _ in range(2):
                client.send(
                    b"POST /hello?a=b HTTP/1.1\r\nHost: localhost:8080\r\n"
                    b"User-Agent: curl/7.88.1\r\nAccept: */*\r\nContent-Length: 7\r\n"
                    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nxyzabcd"
                )
                response = client.response()
                assert response.status == 200
                language = "Python" if guest.endswith("-py") else "C"
                expected = TRANSCRIPT.format(language=language, host="localhost:8080")
                assert response.body.decode() == expected


def test_hello(unit: Unit) -> None:
    with unit.start() as server:
        address = f"{server.host}:{server.port}"
        document = configuration("hello.json", address)
        assert document["applications"]["hello"]["type"] == "wasm-wasi-component"
        server.put("/config", document)
        response = request(address, "GET", "/hello")
        assert (response.status, response.body) == (200, b"Hello, WASI!\n")
        server.put("/config", {"listeners": {}, "applications": {}})
