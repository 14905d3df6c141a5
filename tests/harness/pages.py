"""Pages that are followed: their commands are run as they stand, and what comes of it is compared.

A ``console`` block holds commands (``$ ...``) and what they print. In that, ``...`` stands for
anything within a line, and a line of its own for any lines. A command whose output begins with
"listening on" or "control on" is a server: it goes on until the next one starts, then gets the
SIGINT that Ctrl-C sends and has to exit with status 0. A ``text`` block is what that server has
written to its log. Ports 8080 and 3000 are replaced by a free one, in commands, output and
configurations.
"""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tests.harness.components import assert_clean, environment
from tests.harness.server import ROOT, ServerProcess
from unit_wasm.cli.serve import DEFAULT_LISTEN

MAKE_SERVE: Final = ".venv/bin/unit-wasm serve conf/hello.json"
"""What is run for ``make serve``."""

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


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


def follow(step: Step, command: str, folder: Path) -> None:
    """Run the command of a step in a folder, and compare what it prints.

    Parameters:
        command: what stands there, or what is run in its place.
    """
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, **environment(), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (command, done.stdout)
    assert pattern(step.output).fullmatch(done.stdout), (step.command, done.stdout)


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Reader:
    """Somebody who follows a page, in a folder.

    Parameters:
        folder: the working directory of all commands.
        places: what stands in the place of paths of the page that are not in the folder.
    """

    def __init__(self, folder: Path, places: Mapping[str, str] = NOTHING) -> None:
        self.folder = folder
        self.port = free_port()
        self._places = places
        self._server: ServerProcess | None = None
        # Options of curl that only concern how it shows its progress.
        (folder / ".curlrc").write_text("silent\nshow-error\nmax-time = 60\n")

    def substituted(self, text: str) -> str:
        for place, here in self._places.items():
            text = text.replace(place, here)
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
        if "--listen" not in arguments and not re.search(r"\.json\b|--control", command):
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

    def follow(self, page: str, not_run: Collection[str] = ()) -> list[Step]:
        """Do what a page says, but for these commands; return the steps that were done."""
        done = []
        for step in steps(page):
            if step.command not in not_run:
                self.do(step)
                done.append(step)
        self.stop()
        return done

    def kill(self) -> None:
        """End what a failed test has left."""
        if self._server is not None:
            self._server.__exit__(None, None, None)


@contextmanager
def reading(places: Mapping[str, str] = NOTHING) -> Iterator[Reader]:
    """Return a reader in a folder of its own.

    Parameters:
        places: paths of the page, and what stands for them below that folder.
    """
    # Not tmp_path: its folders are deeper than the path of a Unix socket may be long.
    with tempfile.TemporaryDirectory(prefix="uw-") as folder:
        made = Reader(Path(folder), {place: f"{folder}/{here}" for place, here in places.items()})
        try:
            yield made
        finally:
            made.kill()
