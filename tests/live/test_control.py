"""The control API: Unit's paths, methods and replies."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.http import Connection, request
from tests.harness.server import ServerProcess
from tests.harness.transcripts import transcript
from tests.live.conftest import Place, configuration

DONE = {"success": "Reconfiguration done."}
MISSING = {"error": "Value doesn't exist."}
NOT_ALLOWED = {"error": "Method isn't allowed."}


@pytest.fixture
def server(place: Place) -> Iterator[ServerProcess]:
    """A server that waits for its first configuration."""
    with place.with_control(ready=1) as process:
        yield process
        assert "Traceback" not in process.log


def put(place: Place, target: str, document: Any) -> None:
    response = place.ask("PUT", target, document)
    assert (response.status, response.json()) == (200, DONE)


@pytest.mark.usefixtures("server")
def test_socket_is_private(place: Place) -> None:
    mode = os.stat(place.control.removeprefix("unix:")).st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.usefixtures("server")
def test_empty(place: Place) -> None:
    for target in ("/config", "/config/"):
        response = place.ask("GET", target)
        assert response.field("content-type") == "application/json"
        assert response.body == b'{\r\n\t"listeners": {},\r\n\t"applications": {}\r\n}\r\n'


def test_first_configuration(place: Place, server: ServerProcess) -> None:
    document = configuration("echo:one")
    put(place, "/config/", document)
    server.wait_for_text("listening on")
    assert place.ask("GET", "/config").json() == document
    assert place.ask("GET", "/config/listeners/127.0.0.1%3A0/pass").json() == "applications/a"
    assert place.ask("GET", "/config/applications/a/type/").json() == "wasm-wasi-component"
    assert request(server.address).body == b"one GET / "


def test_parts(place: Place, server: ServerProcess) -> None:
    put(place, "/config", configuration("echo:one"))
    server.wait_for_text("listening on")
    put(place, "/config/applications/b", {"type": "wasm-wasi-component", "component": "echo:two"})
    put(place, "/config/listeners/127.0.0.1:0/pass", "applications/b")
    assert request(server.address).body == b"two GET / "
    deleted = place.ask("DELETE", "/config/applications/a")
    assert (deleted.status, deleted.json()) == (200, DONE)
    assert list(place.ask("GET", "/config/applications").json()) == ["b"]
    assert request(server.address).body == b"two GET / "


def test_arrays(place: Place, server: ServerProcess, tmp_path: Path) -> None:
    w, x, y, z = (str(tmp_path / name) for name in "wxyz")
    for name in (w, x, y, z):
        os.mkdir(name)
    put(place, "/config", configuration("echo:one"))
    put(place, "/config/applications/a/access", {"filesystem": [x]})
    path = "/config/applications/a/access/filesystem"
    assert place.ask("POST", path, y).json() == DONE
    put(place, path + "/2", z)
    put(place, path + "/0", w)
    assert place.ask("GET", path).json() == [w, y, z]
    assert place.ask("DELETE", path + "/1").json() == DONE
    assert place.ask("GET", path).json() == [w, z]


def test_directories_that_are_not_there(
    place: Place, server: ServerProcess, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    put(place, "/config", configuration("echo:one"))
    for value, reason in (
        (f"{tmp_path}/missing", f"the directory {tmp_path}/missing does not exist"),
        (str(file), f"{file} is not a directory"),
        ("missing", '"missing" is not an absolute path'),
    ):
        access = {"filesystem": [value]}
        refused = place.ask("PUT", "/config/applications/a/access", access)
        assert refused.status == 400
        reply = refused.json()
        assert reply["error"] == "Invalid configuration."
        assert reply["detail"].startswith(f"/applications/a/access/filesystem/0: {reason} (")
    assert "access" not in place.ask("GET", "/config/applications/a").json()
    assert request(server.address).body == b"one GET / "


def test_delete_everything(place: Place, server: ServerProcess) -> None:
    put(place, "/config", configuration("echo:one"))
    server.wait_for_text("listening on")
    assert place.ask("DELETE", "/config").json() == DONE
    assert place.ask("GET", "/config").json() == {}
    with pytest.raises(ConnectionRefusedError):
        Connection(server.address)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("method", "target", "status", "reply"),
    [
        ("GET", "/config/x", 404, MISSING),
        ("GET", "/config/listeners/x/pass", 404, MISSING),
        ("DELETE", "/config/x", 404, MISSING),
        ("PUT", "/config/x/y", 404, MISSING),
        ("POST", "/config/x", 404, MISSING),
        ("POST", "/config", 405, NOT_ALLOWED),
        ("POST", "/config/", 405, NOT_ALLOWED),
        ("POST", "/config/listeners", 405, NOT_ALLOWED),
        ("PATCH", "/config", 405, NOT_ALLOWED),
        ("OPTIONS", "/config/listeners", 405, NOT_ALLOWED),
        ("GET", "/configuration", 404, MISSING),
        ("GET", "/certificates", 404, MISSING),
        ("PUT", "/status", 405, {"error": "Invalid method."}),
        ("POST", "/metrics", 405, {"error": "Invalid method."}),
        ("GET", "/metrics/x", 404, MISSING),
        ("GET", "/status/x", 404, {"error": "Invalid path."}),
        ("DELETE", "/", 405, {"error": "Invalid method."}),
        ("GET", "/control/x", 404, MISSING),
        ("GET", "/control/applications/a/restart", 404, MISSING),
        ("GET", "/control/applications//restart", 404, MISSING),
        ("POST", "/control/applications/a/restart", 405, NOT_ALLOWED),
    ],
)
def test_errors(place: Place, method: str, target: str, status: int, reply: Any) -> None:
    response = place.ask(method, target, {} if method in ("PUT", "POST") else None)
    assert (response.status, response.json()) == (status, reply)


def test_invalid_json(place: Place, server: ServerProcess) -> None:
    response = place.ask("PUT", "/config", text='{"listeners": {},\n  "applications": }')
    assert response.status == 400
    assert response.json() == {
        "error": "Invalid JSON.",
        "detail": "a JSON value is expected here",
        "location": {"offset": 36, "line": 2, "column": 19},
    }
    response = place.ask("PUT", "/config")
    assert response.json()["detail"] == "the text is empty"


@transcript(
    "change",
    "reply",
    """
$ /config/listeners/127.0.0.1:0/pass "applications/b"
400 Invalid configuration.
/listeners/127.0.0.1:0/pass: "applications/b" is not an application (known here: a)
$ /config/applications {}
400 Invalid configuration.
/listeners/127.0.0.1:0/pass: "applications/a" is not an application (no application is configured)
$ /config []
400 Invalid configuration.
the configuration must be an object, not an array
$ /config/applications/a/component "missing:x.wasm"
500 Failed to apply new configuration.
/applications/a/component: there is no file x.wasm
$ /config/applications/a/component "broken:x.wasm"
500 Failed to apply new configuration.
/applications/a/component: x.wasm is not a component (build one)
$ /config/applications/a/component "option:x"
500 Failed to apply new configuration.
/applications/a/environment/UNIT_WASM_POOLING: x cannot be
$ /config/listeners/192.0.2.1:1 {"pass": "applications/a"}
500 Failed to apply new configuration.
/listeners/192.0.2.1:1: cannot listen on 192.0.2.1:1: this machine does not have this address
$ /config/listeners/unix:%2Fdev%2Fnull {"pass": "applications/a"}
500 Failed to apply new configuration.
/listeners/unix:~1dev~1null: cannot listen on unix:/dev/null: there is a file that is not a socket
""",
)
def test_a_bad_change_changes_nothing(place: Place, change: str, reply: str) -> None:
    target, _, value = change.partition(" ")
    error, detail = reply[4:].split("\n")
    document = configuration("echo:one")
    with (
        place.with_control(place.write(document)) as server,
        Connection(server.address) as client,
    ):
        assert client.get().body == b"one GET / "
        response = place.ask("PUT", target, text=value)
        assert response.status == int(reply[:3])
        assert response.json() == {"error": error, "detail": detail}
        assert place.ask("GET", "/config").json() == document
        assert client.get().body == b"one GET / "
        assert request(server.address).body == b"one GET / "
        assert server.addresses == [server.address]
    assert place.notes() == ["made one"]


def test_everything_made_for_a_bad_change_is_freed(place: Place) -> None:
    with place.with_control(place.write(configuration("echo:one"))) as server:
        before = server.descriptors()
        document = configuration("echo:two")
        document["listeners"]["127.0.0.2:0"] = {"pass": "applications/a"}
        document["listeners"][f"unix:{place.folder}/l.sock"] = {"pass": "applications/a"}
        document["applications"]["b"] = {"type": "wasm-wasi-component", "component": "broken:x"}
        response = place.ask("PUT", "/config", document)
        assert response.json()["detail"] == (
            "/applications/b/component: x is not a component (build one)"
        )
        assert place.notes() == ["made one", "made two", "closed two"]
        assert not (place.folder / "l.sock").exists()
        server.wait_for_descriptors(before)


def test_status(place: Place) -> None:
    with place.with_control(place.write(configuration("echo:one"))) as server:
        request(server.address)
        with Connection(server.address) as idle, Connection(server.address) as busy:
            idle.get()
            busy.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n")
            while place.ask("GET", "/status/connections/active").json() != 1:
                pass
            assert place.ask("GET", "/status").json() == {
                "connections": {"accepted": 3, "active": 1, "idle": 1, "closed": 1},
                "requests": {"total": 2},
                "compilations": {"cache_hits": 0, "cache_misses": 1},
                "applications": {
                    "a": {
                        "processes": {"running": 1, "starting": 0, "idle": 0},
                        "requests": {"active": 1},
                        "worker": {"in_flight": 1, "total": 3},
                    }
                },
            }
            everything = place.ask("GET", "/").json()
            assert everything["config"] == configuration("echo:one")
            assert everything["status"]["requests"] == {"total": 2}
            busy.send(b"ab")
            assert busy.response().body == b"one POST / ab"


def test_restart(place: Place) -> None:
    with (
        place.with_control(place.write(configuration("echo:one"))) as server,
        Connection(server.address) as client,
    ):
        client.get()
        response = place.ask("GET", "/control/applications/a/restart")
        assert (response.status, response.json()) == (200, {"success": "Ok"})
        assert client.get().body == b"one GET / "
        assert place.ask("GET", "/status/applications/a/worker/total").json() == 1
        while len(place.notes()) < 3:
            assert request(server.address).status == 200
    assert place.notes() == ["made one", "made one", "closed one"]


def test_large_configuration(place: Place, server: ServerProcess) -> None:
    response = place.ask("PUT", "/config", text=" " * (8 * 1024 * 1024 + 1))
    assert response.status == 413
    environment = {f"NAME_{index}": "x" * 100 for index in range(10_000)}
    document = configuration("echo:one")
    document["applications"]["a"]["environment"] = environment
    put(place, "/config", document)
    assert place.ask("GET", "/config/applications/a/environment/NAME_9999").json() == "x" * 100
