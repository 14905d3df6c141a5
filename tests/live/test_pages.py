"""The pages of docs/: their commands are run, or it is said why not, and their flags exist."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.harness.components import guest
from tests.harness.pages import Reader, reading, steps
from tests.harness.server import ROOT
from unit_wasm.cli.program import _parser, _parsers

DOCS: Final = ROOT / "docs"
SRV: Final = {"/srv/": "srv/"}

ELSEWHERE: Final = {
    "benchmarks.md": "measures for minutes",
    "python.md": "tests/live/test_python_page.py",
    "unit.md": "changes the machine; tests/unitd does it with a Unit of its own",
}
"""Pages whose consoles are not followed here."""

# Not with sanitizers: their preloaded library would be in curl and in the shell, too.
pytestmark = pytest.mark.no_asan


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def put(folder: Path, **guests: str) -> None:
    """Put guests there, as files of other names."""
    for name, made in guests.items():
        shutil.copy(guest(made), folder / f"{name}.wasm")


# ---- What has to be there, and what is done, before each page is followed ----


def _compose(reader: Reader) -> None:
    parts = {part: f"composed-{part}" for part in ("adder", "calculator", "command")}
    put(reader.folder, app="hello", log="passthrough", **parts)
    shutil.copy(ROOT / "examples" / "middleware" / "auth.wat", reader.folder)


def _wit(reader: Reader) -> None:
    put(reader.folder, app="hello")
    shutil.copy(ROOT / "examples" / "python-host" / "adder.wat", reader.folder / "adder.wasm")
    (reader.folder / "wit").mkdir()
    (reader.folder / "wit" / "adder.wit").write_text(
        "package docs:adder;\nworld adder {\n  /// The sum of two numbers.\n"
        "  export add: func(a: s32, b: s32) -> s32;\n}\n"
    )


def _run(reader: Reader) -> None:
    put(reader.folder, tool="command-cat")
    shutil.copy(ROOT / "examples" / "python-host" / "adder.wat", reader.folder / "adder.wasm")


def _services(reader: Reader) -> None:
    shutil.copytree(ROOT / "examples" / "cipher", reader.folder / "examples" / "cipher")
    functions = reader.folder / "srv" / "functions"
    functions.mkdir(parents=True)
    shutil.copy(ROOT / "examples" / "cipher" / "cipher.wat", functions)
    put(reader.folder, cipher="cipher-c")
    (audit,) = re.findall(r"^```python\n(.*?)^```$", text_of("services.md"), re.M | re.S)
    (reader.folder / "audit.py").write_text(audit)


def _capabilities(reader: Reader) -> None:
    put(reader.folder, site="static-files", app="hello", config="config")
    (reader.folder / "srv" / "site").mkdir(parents=True)
    (reader.folder / "uploads").mkdir()


def _observability(reader: Reader) -> None:
    put(reader.folder, hello="hello")
    hello = {"type": "wasm-wasi-component", "component": "hello.wasm"}
    listeners = {f"127.0.0.1:{reader.port}": {"pass": "applications/hello"}}
    configuration = {"listeners": listeners, "applications": {"hello": hello}}
    (reader.folder / "hello.json").write_text(json.dumps(configuration))
    [step] = steps(
        "```console\n$ unit-wasm serve hello.json --control unix:control.sock\n"
        "control on unix:control.sock\nlistening on http://127.0.0.1:8080\n```\n"
    )
    reader.do(step)


FOLLOWED: Final[dict[str, tuple[Callable[[Reader], None], dict[str, str]]]] = {
    "capabilities.md": (_capabilities, SRV),
    "compose.md": (_compose, {}),
    "observability.md": (_observability, {"/run/unit-wasm/": ""}),
    "run.md": (_run, {}),
    "services.md": (_services, SRV),
    "wit.md": (_wit, {}),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_page_does_what_it_says(name: str) -> None:
    prepare, places = FOLLOWED[name]
    with reading(places) as reader:
        prepare(reader)
        assert reader.follow(text_of(name))


def test_every_page_with_commands_is_followed_somewhere() -> None:
    found = {page.name for page in DOCS.glob("*.md") if "```console" in text_of(page.name)}
    assert found == FOLLOWED.keys() | ELSEWHERE.keys()


# ---- Commands that are only mentioned ----

AFTER_THE_COMMAND: Final = {"--verbose"}
"""Arguments of components that are run."""

PAGES: Final = [
    *(ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CONTRIBUTING.md"),
    *sorted(DOCS.glob("*.md")),
    *sorted((ROOT / "examples").glob("*/README.md")),
]
_COMMAND: Final = re.compile(r"unit-wasm ([a-z-]+)\b((?: [^`\n]*)?)")
_FLAG: Final = re.compile(r"(?<= )--?[a-z][a-z-]*")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_flags_of_every_command_are_there(page: Path) -> None:
    parser, _ = _parser(None)
    parsers = _parsers(parser)
    for name, rest in _COMMAND.findall(page.read_text(encoding="utf-8")):
        if name in parsers:
            before, _, _ = rest.partition(" && ")
            known = parsers[name]._option_string_actions
            assert set(_FLAG.findall(before)) <= known.keys() | AFTER_THE_COMMAND, (name, rest)
