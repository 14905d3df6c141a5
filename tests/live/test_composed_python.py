"""A component with a Python inside, composed: a middleware before it, another component behind."""

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.components import CACHE, environment, guest
from tests.harness.http import request
from tests.harness.server import ROOT, ServerProcess

# Not with sanitizers: compiling it takes minutes then.
pytestmark = pytest.mark.no_asan

BEARER = {"Authorization": "Bearer x"}


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("composed") / "composed.wasm"
    auth = ROOT / "examples" / "middleware" / "auth.wat"
    plugs = ("--plug", guest("adds-py"), "--plug", guest("composed-adder"))
    unit_wasm("compose", auth, *plugs, "-o", path)
    return path


def unit_wasm(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "unit_wasm", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def server(composed: Path) -> Iterator[ServerProcess]:
    arguments: list[str | Path] = ["serve", composed, "--listen", "127.0.0.1:0"]
    with ServerProcess(arguments, environment=environment(), patience=300) as running:
        yield running


def test_it_is_as_fast_as_one_that_was_not_composed(server: ServerProcess, composed: Path) -> None:
    """What the Python consists of is one module, and its memory an image, as they are alone."""
    folder = CACHE / "unit-wasm"
    _, *lines = unit_wasm("compile", "--verbose", "--cache-dir", folder, composed).splitlines()
    merged, images, *others = lines
    assert merged == "  core modules that are linked among themselves became one: 12 fewer"
    assert re.fullmatch(r"  memory begins as an image of its data: 1\.0 MiB, 1\d\.\d MiB", images)
    assert others == ["  bytes cross as strings", "  imports are linked as one"]


def test_what_goes_through_all_three(server: ServerProcess) -> None:
    body = random.Random(1).randbytes(300_000)
    for _ in range(2):
        answer = request(server.address, "POST", "/2/40", body, BEARER)
        assert (answer.status, answer.body) == (200, b"42\n" + body)
        # As numbers of the interface are, not as Python has them.
        answer = request(server.address, "GET", "/4294967295/2", fields=BEARER)
        assert (answer.status, answer.body) == (200, b"1\n")


def test_what_the_middleware_answers(server: ServerProcess) -> None:
    answer = request(server.address, "POST", "/2/40", b"body")
    assert (answer.status, answer.body) == (401, b"Who are you?\n")


def test_an_exception_ends_one_request(server: ServerProcess) -> None:
    assert request(server.address, "GET", "/one/two", fields=BEARER).status == 500
    server.wait_for_text("ValueError: invalid literal for int() with base 10: 'one'")
    assert request(server.address, "GET", "/1/2", fields=BEARER).body == b"3\n"
