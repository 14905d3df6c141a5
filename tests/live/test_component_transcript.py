"""The transcript that ``conf/seed.json`` and request-echo must give, byte for byte."""

import subprocess
from pathlib import Path

import pytest

from tests.harness.components import assert_clean, environment, guest
from tests.harness.http import Connection, request
from tests.harness.processes import uninstrumented
from tests.harness.server import ROOT, ServerProcess
from tests.live.conftest import Place

LANGUAGES = {"request-echo": "C", "request-echo-py": "Python"}


def transcript(language: str, host: str, agent: str) -> str:
    return f"""\
 * Welcome to the component model in {language}! *

[Request Info]
REQUEST_PATH = /hello?a=b
METHOD = POST
SCHEME = http
AUTHORITY = localhost

[Request Headers]
host = {host}
user-agent = {agent}
accept = */*
content-length = 7
content-type = application/x-www-form-urlencoded

[Request Data]
xyzabcd"""


def seed(name: str) -> bytes:
    """Return ``conf/seed.json`` with another port and, where it has to be, another component."""
    text = (ROOT / "conf" / "seed.json").read_text()
    assert text.count('"*:8080"') == 1
    assert text.count('"build/guests/request-echo.wasm"') == 1
    guest(name)
    return text.replace("*:8080", "*:0").replace("guests/request-echo.", f"guests/{name}.").encode()


def start(place: Place) -> ServerProcess:
    """Return a server that waits for its configuration."""
    return ServerProcess(["serve", "--control", place.control], environment=environment())


def curl(*arguments: str | Path) -> bytes:
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "100", *arguments],
        env=uninstrumented(),
        capture_output=True,
        timeout=110,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


@pytest.mark.parametrize("name", LANGUAGES)
def test_transcript_with_curl(place: Place, name: str) -> None:
    config = place.folder / "seed.json"
    config.write_bytes(seed(name))
    agent = curl("--version").split()[1].decode()
    with start(place) as server:
        control = ("--unix-socket", place.control.removeprefix("unix:"))
        url = "http://localhost/config/"
        reply = curl("-X", "PUT", "--data-binary", f"@{config}", *control, url)
        assert reply == b'{\r\n\t"success": "Reconfiguration done."\r\n}\r\n'
        host = f"localhost:{server.address.rpartition(':')[2]}"
        output = curl(f"http://{host}/hello?a=b", "-d", "xyzabcd")
        assert output.decode() == transcript(LANGUAGES[name], host, f"curl/{agent}")
        assert server.stop() == 0
        assert_clean(server.log)


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize("name", LANGUAGES)
def test_transcript_byte_by_byte(place: Place, name: str, size: int) -> None:
    with start(place) as server:
        reply = request(place.control, "PUT", "/config/", seed(name))
        assert reply.json() == {"success": "Reconfiguration done."}
        data = (
            b"POST /hello?a=b HTTP/1.1\r\nHost: LOCALHOST:8080\r\nUser-Agent: curl/7.88.1\r\n"
            b"Accept: */*\r\nContent-Length: 7\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\nxyzabcd"
        )
        after = b"GET /after HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with Connection(server.address) as client:
            for index in range(0, len(data), size):
                client.send(data[index : index + size])
            client.send(after)
            body = client.response().body.decode()
            assert body == transcript(LANGUAGES[name], "LOCALHOST:8080", "curl/7.88.1")
            assert b"REQUEST_PATH = /after\nMETHOD = GET\n" in client.response().body
        assert server.stop() == 0
        assert_clean(server.log)
