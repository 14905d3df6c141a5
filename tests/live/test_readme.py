"""Every command of README.md and of the examples is run as it stands, and its output compared.

A ``console`` block holds commands (``$ ...``) and what they print. In that, ``...`` stands for
anything within a line, and a line of its own for any lines. A command whose output begins with
"listening on" or "control on" is a server: it goes on until the next one starts, then gets the
SIGINT that Ctrl-C sends and has to exit with status 0. A ``text`` block is what that server has
written to its log. Ports 8080 and 3000 are replaced by a free one, in commands, output and
configurations.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness.components import assert_clean, environment
from tests.harness.server import ROOT, ServerProcess
from unit_wasm.cli.serve import DEFAULT_LISTEN

README = ROOT / "README.md"
EXAMPLES = [
    page
    for page in sorted((ROOT / "examples").glob("*/README.md"))
    # Some are described elsewhere, where their commands are run.
    if "```console" in page.read_text(encoding="utf-8")
]

NOT_RUN = {
    "sudo apt-get install python3-dev python3-venv gcc make git curl": "changes the machine",
    ". .venv/bin/activate": "changes the reader's shell; unit-wasm is replaced by this Python here",
    'make guests ARGS="request-echo request-echo-py"': "was done before the tests; may download",
    "make guests ARGS=cipher-c": "was done before the tests; may download",
    "make guests ARGS=cipher-py": "was done before the tests; may download",
    'make guests ARGS="cipher-c cipher-py words-js"': "was done before the tests; may download",
    "make test": "is what runs this test",
    "make lint": "is a step of .ci/run",
}
"""Commands that are not run, and why. ``make serve`` is run as what ``make -n`` says it does."""

MAKE_SERVE = ".venv/bin/unit-wasm serve conf/hello.json"
GUESTS = ("build/guests/trap-before-set.wasm", "build/guests/request-echo.wasm") + tuple(
    f"build/guests/{name}.wasm" for name in ("cipher-c", "cipher-py", "words-js")
)

# Not with sanitizers: their preloaded library would be in curl and in the shell, too.
pytestmark = pytest.mark.no_asan


@dataclass(frozen=True)
class Step:
    """A command with its output, or (without a command) a part of the server's log."""

    command: str | None
    output: str

    @property
    def is_server(self) -> bool:
        """Whether it goes on until it is stopped."""
        return self.output.startswith(("listening on ", "control on "))


def steps(text: str) -> Iterator[Step]:
    """Read the blocks in their order."""
    for kind, block in re.findall(r"^```(console|text)\n(.*?)^```$", text, re.M | re.S):
        if kind == "text":
            yield Step(None, block)
            continue
        first, *parts = re.split(r"^\$ ", block, flags=re.M)
        assert first == "", f"a console block begins with a command: {block}"
        for part in parts:
            command, _, output = part.partition("\n")
            yield Step(command, output)


def pattern(output: str) -> re.Pattern[str]:
    """Return what matches an output; one line feed at its end is optional."""
    lines = []
    for line in output.splitlines(keepends=True):
        if line == "...\n":
            lines.append("(?:.*\n)*?")
        else:
            lines.append(".*?".join(re.escape(part) for part in line.split("...")))
    return re.compile("".join(lines).removesuffix("\n") + "\n?")


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Reader:
    """Somebody who follows the page, in a folder that looks like a clone of the repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._server: ServerProcess | None = None
        shutil.copytree(ROOT / "examples", folder / "examples")
        (folder / "conf").mkdir()
        for path in (ROOT / "conf").iterdir():
            (folder / "conf" / path.name).write_text(self.substituted(path.read_text()))
        (folder / "build" / "guests").mkdir(parents=True)
        for name in GUESTS:
            assert (ROOT / name).exists(), "make guests"
            (folder / name).symlink_to(ROOT / name)
        # Options of curl that only concern how it shows its progress.
        (folder / ".curlrc").write_text("silent\nshow-error\nmax-time = 60\n")

    def substituted(self, text: str) -> str:
        return text.replace("8080", self.port).replace(":3000", f":{self.port}")

    def do(self, step: Step) -> None:
        """Follow one step and compare what it prints."""
        expected = self.substituted(step.output)
        if step.command is None:
            self._read_log(expected)
            return
        command = MAKE_SERVE if step.command == "make serve" else self.substituted(step.command)
        command = command.removeprefix(".venv/bin/")
        if step.is_server:
            self._serve(command, expected)
            return
        shell = re.sub(r"^unit-wasm\b", f"{shlex.quote(sys.executable)} -m unit_wasm", command)
        done = subprocess.run(
            ["bash", "-c", shell],
            cwd=self.folder,
            env={
                **os.environ,
                **environment(),
                "HOME": str(self.folder),
                "PYTHONPATH": str(ROOT),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=100,
            check=False,
        )
        output = done.stdout.decode().replace("\r\n", "\n")
        assert pattern(expected).fullmatch(output), f"$ {command}\n{output}\nexpected:\n{expected}"
        assert done.returncode == 0, command

    def _serve(self, command: str, expected: str) -> None:
        self.stop()
        name, *arguments = shlex.split(command)
        assert name == "unit-wasm"
        if "--listen" not in arguments and re.search(r"\.(wasm|wat)\b", command):
            # The default, which others may use on this machine.
            arguments += ["--listen", self.substituted(DEFAULT_LISTEN)]
        server = ServerProcess(
            arguments,
            ready=len(expected.splitlines()),
            environment=environment(),
            cwd=self.folder,
            # A cold cache compiles guests in Python and JavaScript.
            patience=150.0,
        )
        self._server = server.__enter__()
        # On a machine that has much else to do, compiling takes long enough to be told.
        log = re.sub(r"^.* \[INFO\] .*: compil(?:ing|ed) .*\n", "", server.log, flags=re.MULTILINE)
        assert pattern(expected).match(log), server.log

    def _read_log(self, expected: str) -> None:
        assert self._server is not None
        search = pattern(expected).search
        self._server.wait_for(lambda log: search(log) is not None, f"to say\n{expected}")

    def stop(self) -> None:
        """Press Ctrl-C where a server runs."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.signal(signal.SIGINT)
        assert server.wait() == 0, server.log
        assert_clean(server.log)

    def kill(self) -> None:
        """End what a failed test has left."""
        if self._server is not None:
            self._server.__exit__(None, None, None)


@pytest.fixture
def reader() -> Iterator[Reader]:
    # Not tmp_path: its folders are deeper than the path of a Unix socket may be long.
    with tempfile.TemporaryDirectory(prefix="uw-") as folder:
        made = Reader(Path(folder))
        yield made
        made.kill()


def follow(reader: Reader, page: Path) -> list[Step]:
    """Do what a page says; return the steps that were done."""
    done = []
    for step in steps(page.read_text(encoding="utf-8")):
        if step.command not in NOT_RUN:
            reader.do(step)
            done.append(step)
    reader.stop()
    return done


def test_the_page_does_what_it_says(reader: Reader) -> None:
    done = follow(reader, README)
    assert sum(step.is_server for step in done) >= 5
    assert sum(step.command is not None for step in done) >= 15


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.parent.name)
def test_an_example_does_what_it_says(reader: Reader, page: Path) -> None:
    assert follow(reader, page)


def test_the_python_of_the_page(reader: Reader) -> None:
    (text,) = re.findall(r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.M | re.S)
    shutil.copy(reader.folder / "examples" / "hello" / "hello.wat", reader.folder / "app.wat")
    (reader.folder / "web.py").write_text(text)
    program = (
        "import asyncio, web\n"
        "sent = []\n"
        "async def receive(): return await asyncio.sleep(60, {'type': 'http.disconnect'})\n"
        "async def send(message): sent.append(message)\n"
        "scope = {'type': 'http', 'http_version': '1.1', 'method': 'GET', 'path': '/',\n"
        "         'headers': [(b'host', b'localhost')]}\n"
        "asyncio.run(web.app(scope, receive, send))\n"
        "print(sent[0]['status'], b''.join(m.get('body', b'') for m in sent).decode())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=reader.folder,
        env={**os.environ, **environment(), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("200 Hello, WASI!\n\n", "")


def test_what_is_not_run_is_there() -> None:
    commands = {
        step.command
        for page in (README, *EXAMPLES)
        for step in steps(page.read_text(encoding="utf-8"))
    }
    assert set(NOT_RUN) <= commands


def test_make_serve_is_what_is_run_for_it() -> None:
    # Without what the make that runs this test hands down to those below it.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    done = subprocess.run(
        ["make", "--dry-run", "serve"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1].strip() == MAKE_SERVE


def test_the_json_of_the_page_is_a_configuration() -> None:
    from unit_wasm.config.document import parse_document
    from unit_wasm.config.validate import validate

    (text,) = re.findall(r"^```json\n(.*?)^```$", README.read_text(encoding="utf-8"), re.M | re.S)
    configuration = validate(parse_document(text))
    assert configuration.warnings == ()
    assert configuration.applications["hello"].environment == {"GREETING": "good morning"}
    assert configuration.applications["hello"].options.timeout == 5.0
