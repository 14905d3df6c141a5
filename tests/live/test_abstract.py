"""Unix sockets without a file: ``unix:@name``."""

import json
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.components import application, environment
from tests.harness.exchanges import client_address
from tests.harness.http import Connection, request
from tests.harness.server import ServerProcess
from tests.live.conftest import Place, configuration
from tests.live.test_start import fail


@pytest.fixture
def name() -> str:
    # They are the machine's, not a folder's.
    return f"unix:@uw-{secrets.token_hex(8)}"


def test_listener_and_control(place: Place, name: str) -> None:
    document = configuration("echo:one", listen=name)
    document["access_log"] = {"path": f"{place.folder}/access.log", "format": "$remote_addr"}
    control = f"{name}-control"
    arguments = (place.write(document), "--control", control)
    with place.fake(*arguments, ready=2) as server:
        assert server.log == f"control on {control}\nlistening on {name}\n"
        assert request(name).body == b"one GET / "
        with socket.socket(socket.AF_UNIX) as client:
            # A client may have a name, too.
            client.bind(f"\0{name[6:]}-client")
            client.connect(f"\0{name[6:]}")
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert client.makefile("rb").read().endswith(b"one GET / ")
        assert request(control, "GET", "/config/listeners").json() == document["listeners"]
        more = f"{name}-more"
        path = f"/config/listeners/{more.replace(':', '%3A')}"
        assert request(control, "PUT", path, b'{"pass": "applications/a"}').status == 200
        with Connection(more) as kept:
            assert kept.get().body == b"one GET / "
            assert request(control, "DELETE", path).status == 200
            assert kept.rest() == b""
        with pytest.raises(ConnectionRefusedError):
            request(more)
        assert server.stop() == 0
    assert (place.folder / "access.log").read_text().splitlines() == ["unix:", "unix:", "unix:"]
    assert [entry for entry in os.listdir(place.folder) if "@" in entry] == []
    with pytest.raises(ConnectionRefusedError):
        request(name)


def test_component(place: Place, name: str) -> None:
    told = application("request-info", {"CLIENT_ADDRESS_HEADER": "x-forwarded-for"})
    document = {"listeners": {name: {"pass": "applications/a"}}, "applications": {"a": told}}
    file = Path(place.write(json.dumps(document)))
    with ServerProcess(["serve", file], environment=environment()) as server:
        assert client_address(server.address) == ["header x-forwarded-for: unix:"]


def test_in_use(place: Place, name: str) -> None:
    with place.fake(place.write(configuration("echo:one", listen=name))):
        place.write(configuration("echo:two", listen=name), "two.json")
        assert fail(place, "serve", "two.json") == (
            f"configuration error: /listeners/{name}: cannot listen on {name}: "
            "the address is already in use"
        )


def test_control_is_for_its_owner(place: Place, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name has no mode, so that the server asks the kernel who is there.

    Only root may become somebody else. Where the tests are run by another user, there is a second
    server that takes itself for somebody else.
    """
    ask = (
        "import os, socket, sys\n"
        "if os.getuid() != int(sys.argv[2]):\n"
        "    os.setuid(int(sys.argv[2]))\n"
        "client = socket.socket(socket.AF_UNIX)\n"
        "client.connect('\\0' + sys.argv[1])\n"
        "try:\n"
        "    client.sendall(b'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n')\n"
        "    print(client.makefile('rb').read()[:15])\n"
        "except OSError:\n"
        "    print(b'')\n"
    )
    me = os.geteuid()
    somebody = 65534 if me == 0 else me

    def said(user: int) -> str:
        command = [sys.executable, "-c", ask, name[6:], str(user)]
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout

    def check_refused(server: ServerProcess) -> None:
        assert said(somebody) == "b''\n"
        server.wait_for_text(
            f"[WARNING] a process of user {somebody} may not use the control API\n"
        )

    with place.fake("--control", name) as server:
        assert said(me) == "b'HTTP/1.1 200 OK'\n"
        if me == 0:
            check_refused(server)
        assert request(name, "GET", "/config").status == 200
        server.wait_for_descriptors(server.descriptors())
    if me != 0:
        monkeypatch.setenv("FAKE_USER", str(me + 1))
        with place.fake("--control", name) as server:
            check_refused(server)
            server.wait_for_descriptors(server.descriptors())
