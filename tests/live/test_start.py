"""How the server starts, says where it listens, fails to start, and ends."""

import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.http import Connection, request
from tests.harness.server import ROOT
from tests.harness.transcripts import transcript
from tests.live.conftest import FAKE, Place, configuration


def fail(place: Place, *arguments: str | Path, module: str = FAKE) -> str:
    """Run a server that must not start, and return the one line that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=place.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.removeprefix("unit-wasm: ").rstrip("\n")


def test_addresses(place: Place) -> None:
    document = configuration("echo:hi")
    for listen in ("[::1]:0", "*:0", f"unix:{place.folder}/l.sock"):
        document["listeners"][listen] = {"pass": "applications/a"}
    with place.fake(place.write(document), ready=4) as server:
        shown = [address.rstrip("0123456789") for address in server.addresses]
        assert shown == [
            "http://127.0.0.1:",
            "http://[::1]:",
            "http://0.0.0.0:",
            f"unix:{place.folder}/l.sock",
        ]
        for address in server.addresses:
            assert request(address).body == b"hi GET / "
        assert server.log == "".join(f"listening on {address}\n" for address in server.addresses)
        assert server.stop() == 0
    assert not (place.folder / "l.sock").exists()


def test_component_on_the_command_line(place: Place) -> None:
    arguments = ("--listen", "127.0.0.1:0", "--listen", "unix:l.sock", "--env", "A=b=c")
    with place.fake("echo:x.wasm", *arguments, ready=2) as server:
        assert server.address == "unix:l.sock"
        assert request(f"unix:{place.folder}/l.sock").body == b"x.wasm GET / "
        assert request(server.addresses[0]).body == b"x.wasm GET / "


def test_default_address(place: Place) -> None:
    # Whether or not something listens there already, the address has to be this one.
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8080))
            taken.listen()
        except OSError:
            pass
        assert fail(place, "serve", "echo:x.wasm") == (
            "configuration error: cannot listen on 127.0.0.1:8080: the address is already in use"
        )


@transcript(
    "arguments",
    "line",
    """
$ serve
configuration error: there is nothing to serve (name a configuration or a component, or --control)
$ serve gone.json
configuration error: cannot read gone.json: No such file or directory
$ serve gone --listen :0
configuration error: cannot read gone: No such file or directory
$ serve /dev/zero
configuration error: cannot read /dev/zero: it is a device
$ serve /dev.wasm/x
configuration error: cannot read /dev.wasm/x: No such file or directory
$ serve oci://example.com/app:1
configuration error: oci://example.com/app:1 is a URL, and nothing is fetched (download it, and \
name the file)
$ serve --listen '*:80'
configuration error: --listen goes with a component (a configuration has its own place for it)
$ serve x.wasm --env A
configuration error: --env "A" has no value (write NAME=VALUE)
$ serve x.wasm --grace 1d
configuration error: --grace is "1d", which is not a duration of at most 1h (write 500ms, 5s or 1m)
$ serve x.wasm --timeout 0
configuration error: --timeout is 0s, which is out of bounds (allowed: 1ms to 24h)
$ serve x.wasm --control 127.0.0.1:0
configuration error: --control must be a Unix socket (write "unix:PATH")
$ serve x.wasm --listen example.com:1
configuration error: --listen: the address "example.com:1" has no usable IP address (names but \
localhost are not resolved)
$ serve x.wasm --listen 8080
configuration error: --listen: the address "8080" is only a port (write "localhost:8080", or \
":8080" for all addresses)
$ serve x.wasm --listen localhost
configuration error: --listen: the address "localhost" has no port (write "*:8080", \
"127.0.0.1:8080", "[::1]:8080" or "unix:/path")
$ serve x.wasm --listen :http
configuration error: --listen: the address ":http" has no usable port (allowed: 0 to 65535)
$ serve x.wasm --listen '*:7000' --listen 0.0.0.0:7000
configuration error: --listen: "0.0.0.0:7000" is the same address as "*:7000"
$ serve x.wasm --listen 192.0.2.1:1
configuration error: cannot listen on 192.0.2.1:1: this machine does not have this address
$ serve x.wasm --control unix:
configuration error: --control: the Unix socket has no path (write "unix:/path")
$ serve x.wasm --env UNIT_WASM_TIMEOUT=x
configuration error: --env: UNIT_WASM_TIMEOUT is "x", which is not a duration (write 500ms, 5s or \
1m)
$ serve x.wasm --env =x
configuration error: --env: "" cannot be the name of an environment variable
$ serve missing:x.wasm --listen 127.0.0.1:0
host error: there is no file x.wasm
$ serve broken:x.wasm --listen 127.0.0.1:0
component error: x.wasm is not a component (build one)
$ serve option:x.wasm --listen 127.0.0.1:0
configuration error: --pooling: x.wasm cannot be
""",
)
def test_failures(place: Place, arguments: str, line: str) -> None:
    assert fail(place, *shlex.split(arguments)) == line


DOCUMENTS = [
    ('{"listeners": {}\n  "a"', "line 2, column 3: a comma or a closing brace is expected here"),
    ('{"listener": {}}', '/listener: unknown key "listener" (did you mean "listeners"?)'),
    (
        '{"listeners": {"*:80": {"pass": "applications/x"}}}',
        '/listeners/*:80/pass: "applications/x" is not an application '
        "(no application is configured)",
    ),
]


@pytest.mark.parametrize(("text", "message"), DOCUMENTS)
def test_bad_documents(place: Place, text: str, message: str) -> None:
    place.write(text)
    prefix = "conf.json: " if message.startswith("line") else ""
    assert fail(place, "serve", "conf.json") == f"configuration error: {prefix}{message}"


def test_port_in_use(place: Place) -> None:
    with place.fake(place.write(configuration("echo:one"))) as server:
        listen = server.address.removeprefix("http://")
        place.write(configuration("echo:two", listen=listen), "two.json")
        assert fail(place, "serve", "two.json") == (
            f"configuration error: /listeners/{listen}: "
            f"cannot listen on {listen}: the address is already in use"
        )
        assert request(server.address).body == b"one GET / "
    # The failure came before the second component was made.
    assert place.notes() == ["made one"]


def test_port_is_free_again_at_once(place: Place) -> None:
    path = place.write(configuration("echo:one"))
    with place.fake(path) as server:
        listen = server.address.removeprefix("http://")
        with Connection(server.address) as client:
            client.get()
            server.signal(signal.SIGKILL)
            server.wait()
    place.write(configuration("echo:two", listen=listen))
    with place.fake(path) as server:
        assert server.address == f"http://{listen}"
        assert request(server.address).body == b"two GET / "


def test_control_socket_in_use_and_stale(place: Place) -> None:
    path = place.control.removeprefix("unix:")
    with place.with_control(ready=1) as server:
        assert fail(place, "serve", "--control", place.control) == (
            f"configuration error: cannot listen on {place.control}: "
            "another server is listening there"
        )
        assert place.ask("GET", "/config").status == 200
        server.signal(signal.SIGKILL)
        server.wait()
        assert os.path.exists(path)
    with place.with_control(ready=1) as server:
        assert place.ask("GET", "/config").status == 200
        assert server.stop() == 0
    assert not os.path.exists(path)


def test_control_socket_that_is_a_file(place: Place) -> None:
    (place.folder / "f").write_text("keep me")
    assert fail(place, "serve", "--control", "unix:f") == (
        "configuration error: cannot listen on unix:f: there is a file that is not a socket"
    )
    assert (place.folder / "f").read_text() == "keep me"
    assert fail(place, "serve", "--control", "unix:no/f") == (
        "configuration error: cannot listen on unix:no/f: the folder does not exist"
    )


def test_broken_state(place: Place) -> None:
    (place.folder / "state.json").write_text("{")
    assert fail(place, "serve", "--state", "state.json") == (
        "configuration error: the state file state.json is broken: line 1, column 2: "
        'the text ends inside the object of line 1: "}" is missing (remove it)'
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_lets_requests_finish(place: Place, number: signal.Signals) -> None:
    with (
        place.with_control(place.write(configuration("slow:x"))) as server,
        Connection(server.address) as busy,
        Connection(server.address) as idle,
    ):
        busy.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        busy.read_until(b"\r\n\r\n")
        server.signal(number)
        assert idle.rest() == b""
        with pytest.raises(ConnectionRefusedError):
            Connection(server.address)
        place.gate.touch()
        assert busy.rest() == b"1\r\nx\r\n0\r\n\r\n"
        assert server.wait() == 0
        assert "Traceback" not in server.log
    assert place.notes() == ["made x", "closed x"]
    assert not os.path.exists(place.control.removeprefix("unix:"))


def test_grace_time_ends(place: Place) -> None:
    conf = place.write(configuration("slow:x"))
    with place.fake(conf, "--grace", "50ms") as server, Connection(server.address) as busy:
        busy.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        busy.read_until(b"\r\n\r\n")
        server.signal(signal.SIGTERM)
        assert busy.rest() == b""
        assert server.wait() == 0
        assert "the grace time is over, requests that still run are cut" in server.log
    assert place.notes() == ["made x", "cut x"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_second_signal_ends_at_once(place: Place, number: signal.Signals) -> None:
    conf = place.write(configuration("slow:x"))
    with place.fake(conf, "--grace", "1h") as server, Connection(server.address) as busy:
        busy.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        busy.read_until(b"\r\n\r\n")
        with Connection(server.address) as idle:
            server.signal(signal.SIGTERM)
            assert idle.rest() == b""
        server.signal(number)
        assert server.wait() == -number


def test_signal_while_a_component_is_compiled(place: Place) -> None:
    with place.with_control(place.write(configuration("block:x")), ready=1) as server:
        while place.notes() != ["blocked x"]:
            pass
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
        assert "listening on" not in server.log
        assert "Traceback" not in server.log
    assert place.notes() == ["blocked x"]


def test_signal_while_a_change_is_prepared(place: Place) -> None:
    with place.with_control(place.write(configuration("echo:x"))) as server:
        with Connection(place.control) as client:
            client.send(
                b"PUT /config/applications/a/component HTTP/1.1\r\nHost: x\r\n"
                b'Content-Length: 9\r\n\r\n"block:y"'
            )
            while place.notes() != ["made x", "blocked y"]:
                pass
            assert request(server.address).body == b"x GET / "
            server.signal(signal.SIGTERM)
            response = client.response()
            assert response.status == 500
            assert response.json() == {
                "error": "Failed to apply new configuration.",
                "detail": "the server is ending",
            }
        assert server.wait() == 0
        assert "Traceback" not in server.log
    assert place.notes() == ["made x", "blocked y", "closed x"]


def test_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "unit_wasm", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout == "unit-wasm 0.1.0\n"


_INTERRUPTED = """
import sys

class Finder:
    def find_spec(self, name, path, target=None):
        if name == "unit_wasm.cli.program":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Finder())
from unit_wasm.cli import main
main(["inspect", "a.wasm"])
"""


def test_an_interrupt_before_the_program_is_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", _INTERRUPTED], cwd=ROOT, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")
