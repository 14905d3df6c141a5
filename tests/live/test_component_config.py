"""A wrong configuration or component gets one sentence, and what runs goes on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import Components, application, components, environment, guest
from tests.harness.http import request
from tests.harness.server import ROOT
from tests.live.conftest import Place, configuration

WAT = ROOT / "tests" / "guests" / "wat"

# What the component is, the status of a PUT, and what the sentence must contain. Each sentence
# begins with the place in the document.
COMPONENTS: dict[str, tuple[int, str]] = {
    "{folder}/missing.wasm": (500, "does not exist"),
    "{folder}/closed.wasm": (500, "permission denied"),
    "{folder}/empty.wasm": (500, "is empty"),
    "{folder}/text.wasm": (500, "this is a text file, not a WebAssembly component"),
    "{folder}/text.wat": (500, "text.wat does not assemble, line 2, column 1: expected `)`"),
    "{folder}/cut.wasm": (500, "the component is cut short: "),
    "{folder}/noise.wasm": (500, "something that this version does not know: "),
    str(WAT / "core-module.wat"): (500, "this is a core WebAssembly module, not a component"),
    str(WAT / "wasi03.wat"): (500, "0.3"),
    str(WAT / "command.wat"): (500, "command"),
    str(WAT / "no-handler.wat"): (500, "wasi:http/incoming-handler"),
    str(WAT / "unknown-import.wat"): (500, "acme:kv/store"),
    str(WAT / "unknown-function.wat"): (500, "wasi:io/streams"),
}

GOOD = str(ROOT / "examples" / "hello" / "hello.wat")


def edited(**changes: Any) -> Any:
    document = configuration(GOOD)
    document["applications"]["a"].update(changes)
    return document


DOCUMENTS: dict[str, tuple[Any, str]] = {
    "syntax": ('{\n  "listeners": {,}\n}', "line 2, column 17"),
    "not UTF-8": ('{"listeners": "\udcff"}', "UTF-8"),
    "duplicate": ('{"listeners": {}, "listeners": {}}', "listeners"),
    "unknown key": ({"listener": {}}, 'did you mean "listeners"?'),
    "unknown option": (
        edited(environment={"UNIT_WASM_TIMEOT": "1"}),
        'did you mean "UNIT_WASM_TIMEOUT"?',
    ),
    "bad option": (
        edited(environment={"UNIT_WASM_TIMEOUT": "x"}),
        "/applications/a/environment/UNIT_WASM_TIMEOUT: ",
    ),
    "wrong type": (edited(component=1), "/applications/a/component: "),
    "no such type": (edited(type="python"), "/applications/a/type: "),
    "passes to nothing": (
        {"listeners": {"127.0.0.1:0": {"pass": "applications/b"}}, "applications": {}},
        "/listeners/127.0.0.1:0/pass: ",
    ),
    "no pass": ({"listeners": {"127.0.0.1:0": {}}, "applications": {}}, "/listeners/127.0.0.1:0"),
    "bad address": (
        {"listeners": {"127.0.0.1": {"pass": "applications/a"}}, "applications": {}},
        "/listeners/127.0.0.1: ",
    ),
    "not an object": ([], ""),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Components]:
    with components({"hello": application("hello")}) as made:
        yield made


def prepare(place: Place, component: str) -> str:
    """Put the broken files there and return the component's path."""
    wasm = guest("hello").read_bytes()
    (place.folder / "closed.wasm").write_bytes(wasm)
    (place.folder / "closed.wasm").chmod(0)
    (place.folder / "empty.wasm").touch()
    (place.folder / "text.wasm").write_text("This is no component.\n")
    (place.folder / "text.wat").write_text("(component\n")
    (place.folder / "cut.wasm").write_bytes(wasm[: len(wasm) // 2])
    (place.folder / "noise.wasm").write_bytes(wasm[:100] + bytes(range(256)) * 8)
    return component.format(folder=place.folder)


def serve(path: Path) -> str:
    """Start a server that must not come up and return the sentence that it says."""
    done = subprocess.run(
        [sys.executable, "-m", "unit_wasm", "serve", path],
        cwd=ROOT,
        env={**os.environ, **environment()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.rstrip("\n")


def put(server: Components, body: bytes) -> tuple[int, dict[str, Any]]:
    """Send a configuration that must be refused; what runs goes on, untouched."""
    before = server.ask("GET", "/config").body
    with server.watched():
        response = request(server.control, "PUT", "/config", body)
        assert server.ask("GET", "/config").body == before
        assert request(server["hello"]).body == b"Hello, WASI!\n"
    return response.status, response.json()


@pytest.mark.parametrize("component", COMPONENTS)
def test_component_at_start(place: Place, component: str) -> None:
    _, text = COMPONENTS[component]
    path = prepare(place, component)
    sentence = serve(place.write(configuration(path)))
    assert "/applications/a/component: " in sentence
    assert text in sentence


@pytest.mark.parametrize("component", COMPONENTS)
def test_component_by_put(server: Components, place: Place, component: str) -> None:
    expected, text = COMPONENTS[component]
    path = prepare(place, component)
    status, reply = put(server, json.dumps(configuration(path)).encode())
    assert status == expected
    assert reply["error"] == "Failed to apply new configuration."
    assert reply["detail"].startswith("/applications/a/component: ")
    assert text in reply["detail"]
    assert "\n" not in reply["detail"]


def as_bytes(document: Any) -> bytes:
    text = document if isinstance(document, str) else json.dumps(document)
    return text.encode(errors="surrogateescape")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_at_start(place: Place, name: str) -> None:
    document, text = DOCUMENTS[name]
    path = place.folder / "conf.json"
    path.write_bytes(as_bytes(document))
    assert text in serve(path)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_by_put(server: Components, name: str) -> None:
    document, text = DOCUMENTS[name]
    status, reply = put(server, as_bytes(document))
    assert status == 400
    if "location" in reply:
        location = reply["location"]
        assert reply["error"] == "Invalid JSON."
        if name == "syntax":
            assert (location["line"], location["column"]) == (2, 17)
    else:
        assert reply["error"] == "Invalid configuration."
        assert text in reply["detail"]


def test_port_in_use(server: Components, place: Place) -> None:
    taken = server["hello"].removeprefix("http://")
    document = configuration(GOOD, listen=taken)
    sentence = serve(place.write(document))
    assert f"cannot listen on {taken}: the address is already in use" in sentence
    other = {**document, "listeners": {f"*:{taken.rpartition(':')[2]}": {"pass": "applications/a"}}}
    sentence = serve(place.write(other))
    assert "the address is already in use" in sentence


def test_port_without_permission(place: Place) -> None:
    # tests/conftest.py takes root's rights away; some containers give this one to everybody.
    first = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    assert first > 1, "every user of this machine may use every port"
    sentence = serve(place.write(configuration(GOOD, listen="127.0.0.1:1")))
    assert "no permission for this port" in sentence


def test_component_that_breaks_later(server: Components, place: Place) -> None:
    """A file that is replaced by a broken one: the restart is refused, the old one goes on."""
    path = place.folder / "live.wasm"
    path.write_bytes(guest("hello").read_bytes())
    document = {**application("hello"), "component": str(path)}
    assert server.ask("PUT", "/config/applications/live", document).status == 200
    path.write_bytes(b"broken")
    reply = server.ask("GET", "/control/applications/live/restart")
    assert reply.status == 500
    assert reply.json()["error"] == "Failed to restart app."
    assert server.ask("DELETE", "/config/applications/live").status == 200
