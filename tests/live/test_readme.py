"""Every command of README.md and of the examples is run as it stands, and its output compared."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.components import environment
from tests.harness.pages import MAKE_SERVE, Reader, Step, reading, steps
from tests.harness.server import ROOT

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
    "make guests ARGS=trap-before-set": "was done before the tests; may download",
    "make guests ARGS=cipher-c": "was done before the tests; may download",
    "make guests ARGS=cipher-py": "was done before the tests; may download",
    'make guests ARGS="cipher-c cipher-py words-js"': "was done before the tests; may download",
    "make test": "is what runs this test",
    "make lint": "is a step of .ci/run",
}
"""Commands that are not run, and why. ``make serve`` is run as what ``make -n`` says it does."""

GUESTS = ("build/guests/trap-before-set.wasm", "build/guests/request-echo.wasm") + tuple(
    f"build/guests/{name}.wasm" for name in ("cipher-c", "cipher-py", "words-js")
)

# Not with sanitizers: their preloaded library would be in curl and in the shell, too.
pytestmark = pytest.mark.no_asan


@pytest.fixture
def reader() -> Iterator[Reader]:
    """Somebody in a folder that looks like a clone of the repository."""
    with reading() as made:
        shutil.copytree(ROOT / "examples", made.folder / "examples")
        (made.folder / "conf").mkdir()
        for path in (ROOT / "conf").iterdir():
            (made.folder / "conf" / path.name).write_text(made.substituted(path.read_text()))
        (made.folder / "build" / "guests").mkdir(parents=True)
        for name in GUESTS:
            assert (ROOT / name).exists(), "make guests"
            (made.folder / name).symlink_to(ROOT / name)
        yield made


def follow(reader: Reader, page: Path) -> list[Step]:
    """Do what a page says; return the steps that were done."""
    return reader.follow(page.read_text(encoding="utf-8"), NOT_RUN)


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
