"""The program as a shell runs it: pipes, closed streams, standard input, what is no file."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.harness.components import GUESTS, environment
from tests.harness.http import request
from tests.harness.processes import wait_until
from tests.harness.server import ROOT
from tests.harness.transcripts import transcript
from tests.live.conftest import FAKE, Place, configuration

HELLO = ROOT / "examples" / "hello" / "hello.wat"
UNIT_WASM = f"{sys.executable} -m unit_wasm"

# Not with sanitizers: their preloaded library would be in the shell, too.
pytestmark = pytest.mark.no_asan


def shell(place: Place, command: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash, in which ``unit-wasm`` is this one."""
    return subprocess.run(
        ["bash", "-c", f'unit-wasm() {{ {UNIT_WASM} "$@"; }}; {command}'],
        cwd=place.folder,
        env={**os.environ, **environment(), "PYTHONPATH": str(ROOT), "H": str(HELLO)},
        input=data,
        capture_output=True,
        timeout=60,
        check=False,
    )


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode().removeprefix("unit-wasm: ").rstrip("\n")


# ---- Where the output goes ----


@pytest.mark.parametrize("command", ["inspect $H", "inspect $H --json", "completion bash"])
def test_a_reader_that_has_gone(place: Place, command: str) -> None:
    """Quiet, and the status of a program that SIGPIPE has ended."""
    # The reader ends first: what is written meets no one.
    done = shell(place, f'exec 3> >(exec true); wait $!; unit-wasm {command} >&3; echo "$?"')
    assert (done.stdout, done.stderr) == (b"141\n", b"")


def test_head(place: Place) -> None:
    done = shell(place, "unit-wasm inspect $H | head -1")
    assert done.stdout.startswith(str(HELLO).encode() + b": an HTTP component (")
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("where", "reason"),
    [(">&-", "standard output is closed"), (">/dev/full", "No space left on device")],
)
@pytest.mark.parametrize("command", ["inspect $H", "completion zsh", "compile $H"])
def test_output_that_cannot_be_written(place: Place, command: str, where: str, reason: str) -> None:
    done = shell(place, f"unit-wasm {command} {where}")
    assert done.returncode == 1
    assert said(done) == f"host error: the output cannot be written: {reason}"


def test_a_closed_standard_error(place: Place) -> None:
    """What is wrong is said where it can be."""
    done = shell(place, "unit-wasm inspect gone.wasm 2>&-")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout == (
        b"unit-wasm: component error: the component file gone.wasm does not exist\n"
    )


def test_help_into_nothing(place: Place) -> None:
    done = shell(place, "unit-wasm --help >/dev/full")
    assert (done.returncode, said(done)) == (
        1,
        "host error: the output cannot be written: No space left on device",
    )
    done = shell(place, "unit-wasm serve --help >&-")
    assert (done.returncode, done.stderr[:24]) == (0, b"usage: unit-wasm serve [")


# ---- Streams that were closed when the server was started ----


class Started:
    """A server with some of its standard streams closed, known by its socket."""

    def __init__(self, place: Place, closed: str, document: Any) -> None:
        self.address = f"unit:{place.folder}/l.sock".replace("unit:", "unix:")
        document["listeners"] = {self.address: {"pass": "applications/a"}}
        place.write(document)
        self.output = place.folder / "out"
        descriptors = [int(digit) for digit in closed]

        def close() -> None:
            for descriptor in descriptors:
                os.close(descriptor)

        with open(self.output, "wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", FAKE, "serve", "conf.json"],
                cwd=place.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), "FAKE_GATE": "", "FAKE_LOG": ""},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=close,
                start_new_session=True,
            )

    def _accepts(self) -> bool:
        assert self.process.poll() is None
        try:
            request(self.address)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True

    def ask(self) -> bytes:
        wait_until(self._accepts, "to listen")
        return request(self.address).body

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)


@pytest.mark.parametrize("closed", ["0", "1", "2", "01", "02", "12", "012"])
def test_a_server_without_standard_streams(place: Place, closed: str) -> None:
    server = Started(place, closed, configuration("echo:x"))
    try:
        assert server.ask() == b"x GET / "
        found = {
            number: os.readlink(f"/proc/{server.process.pid}/fd/{number}") for number in (0, 1, 2)
        }
        # Nothing that is opened later may have the number of a stream.
        wanted = {0: "/dev/null", 1: str(server.output), 2: str(server.output)}
        wanted.update((int(digit), "/dev/null") for digit in closed)
        assert found == wanted
    finally:
        assert server.stop() == 0
    lines = server.output.read_text()
    # With the standard error closed the log goes to the standard output, or to syslog.
    expected = "" if {"1", "2"} <= set(closed) else f"listening on {server.address}\n"
    assert lines == expected


def test_a_log_that_nobody_reads_any_more(place: Place) -> None:
    """The end of what reads the log is not the end of the server."""
    address = f"unix:{place.folder}/l.sock"
    place.write(configuration("raise:x", listen=address))
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", FAKE, "serve", "conf.json"],
        cwd=place.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stderr=writer,
        start_new_session=True,
    )
    os.close(writer)
    try:
        with open(reader, "rb") as log:
            assert log.readline() == f"listening on {address}\n".encode()
        for _ in range(3):
            assert request(address).status == 500
    finally:
        process.terminate()
    assert process.wait(30) == 0


# ---- What a component may be ----

NOT_FILES = [
    ("fifo", "the component path fifo is a pipe (name a plain file)"),
    ("socket", "the component path socket is a socket (name a plain file)"),
    ("/dev/zero", "the component path /dev/zero is a device (name a plain file)"),
    ("/dev/null", "the component path /dev/null is a device (name a plain file)"),
    ("link", "the component path link is a device (name a plain file)"),
    ("folder", "the component path folder is a directory (name the .wasm file in it)"),
    ("folder.wasm", "the component path folder.wasm is a directory (name the .wasm file in it)"),
    ("empty", "the component file empty is empty"),
    ("gone", "the component file gone does not exist"),
    ("empty/x", "the component file empty/x cannot be read: Not a directory"),
    ("closed.wasm/x", "the component file closed.wasm/x cannot be read: Not a directory"),
    (
        "https://example.com/a.wasm",
        "https://example.com/a.wasm is a URL, and components are not fetched "
        "(download it, and name the file)",
    ),
    (
        "file:///srv/a.wasm",
        "file:///srv/a.wasm is a URL, and components are not fetched "
        "(download it, and name the file)",
    ),
]


@pytest.fixture
def odd(place: Place) -> Place:
    os.mkfifo(place.folder / "fifo")
    (place.folder / "link").symlink_to("/dev/zero")
    (place.folder / "folder").mkdir()
    (place.folder / "folder.wasm").mkdir()
    (place.folder / "empty").touch()
    (place.folder / "closed.wasm").touch()
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(place.folder / "socket"))
    return place


@pytest.mark.parametrize("command", ["inspect", "compile"])
@pytest.mark.parametrize(("name", "sentence"), NOT_FILES)
def test_what_is_no_component_file(odd: Place, command: str, name: str, sentence: str) -> None:
    done = shell(odd, f"timeout 30 {UNIT_WASM} {command} {name}")
    assert (done.returncode, said(done)) == (1, f"component error: {sentence}")


@pytest.mark.parametrize("name", ["fifo", "fifo.wasm"])
def test_serve_does_not_wait_for_a_pipe(place: Place, name: str) -> None:
    os.mkfifo(place.folder / name)
    done = shell(place, f"timeout 30 {UNIT_WASM} serve {name}")
    wanted = {
        "fifo": "configuration error: cannot read fifo: it is a pipe "
        "(a configuration on a pipe is named -)",
        "fifo.wasm": "component error: the component path fifo.wasm is a pipe (name a plain file)",
    }
    assert (done.returncode, said(done)) == (1, wanted[name])


# ---- Standard input ----


@pytest.mark.parametrize("file", [HELLO, GUESTS / "hello.wasm"], ids=["text", "binary"])
def test_a_component_on_standard_input(place: Place, file: Path) -> None:
    done = shell(place, "unit-wasm inspect -", file.read_bytes())
    assert done.stdout.startswith(b"-: an HTTP component (")
    done = shell(place, "unit-wasm compile -", file.read_bytes())
    assert done.stdout.startswith(b"-: ")
    assert done.stderr == b""


@transcript(
    "command",
    "sentence",
    """
$ unit-wasm inspect -
component error: the component file - is empty
$ printf text | unit-wasm compile -
component error: this is a text file, not a WebAssembly component (component text needs a file \
name that ends in .wat)
$ unit-wasm inspect - <&-
host error: standard input is closed
$ unit-wasm compile - </dev/zero
component error: this is not a WebAssembly file (it does not start with \\0asm)
$ unit-wasm serve - </dev/zero
configuration error: standard input has more than 8388608 bytes, and is no configuration
$ printf '{"a": 1}' | unit-wasm serve -
configuration error: /a: unknown key "a" (known here: access_log, applications, listeners, \
routes, settings, upstreams)
$ printf '{\\n' | unit-wasm serve -
configuration error: standard input: line 2, column 1: the text ends inside the object of line 1: \
"}" is missing
$ printf '(component' | unit-wasm serve - --listen 127.0.0.1:0
component error: the component text - does not assemble, line 1, column 11: expected `)`
""",
)
def test_bad_input(place: Place, command: str, sentence: str) -> None:
    done = shell(place, command)
    assert (done.returncode, said(done)) == (1, sentence)


@pytest.mark.parametrize("what", ["component", "configuration"])
def test_serve_what_is_on_standard_input(place: Place, what: str) -> None:
    address = f"unix:{place.folder}/l.sock"
    data, more = HELLO.read_bytes(), ["--listen", address]
    if what == "configuration":
        made = {"type": "wasm-wasi-component", "component": str(HELLO)}
        document = {
            "listeners": {address: {"pass": "applications/a"}},
            "applications": {"a": made},
        }
        data, more = b"// ours\n" + json.dumps(document).encode(), []
    process = subprocess.Popen(
        [sys.executable, "-m", "unit_wasm", "serve", "-", *more],
        cwd=place.folder,
        env={**os.environ, **environment(), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    with process.stdin as end:
        end.write(data)
    try:
        line = process.stderr.readline()
        while b": compil" in line:
            # The machine has much else to do.
            line = process.stderr.readline()
        assert line == f"listening on {address}\n".encode()
        assert request(address).body == b"Hello, WASI!\n"
    finally:
        process.terminate()
        rest = process.stderr.read()
        process.stderr.close()
    assert process.wait(30) == 0
    assert rest == b""
