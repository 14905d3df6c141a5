"""Arguments that are wrong, what help shows, and what shells complete."""

import pytest

from tests.harness.transcripts import transcript
from tests.live.conftest import Place
from tests.live.test_command_line import shell

# Not with sanitizers: their preloaded library would be in the shell, too.
pytestmark = pytest.mark.no_asan

# ---- Arguments ----


@transcript(
    "command",
    "sentence",
    """
$ serve x.wasm --port 80
serve: --port is not known here (write --listen 127.0.0.1:8080, or --listen :8080 for all addresses)
$ serve x.wasm --addr=::
serve: --addr is not known here (write --listen 127.0.0.1:8080, or --listen :8080 for all addresses)
$ serve x.wasm --max-memry 1M
serve: --max-memry is not known here (did you mean "--max-memory"?)
$ serve a.wasm b.wasm
serve: b.wasm is not known here (unit-wasm serve --help shows what there is)
$ inspect a.wasm --port 80
inspect: --port is not known here (unit-wasm inspect --help shows what there is)
$ inspct a.wasm
inspct is not known here (did you mean "inspect"?)
$ prepar
prepar is not known here (unit-wasm --help shows what there is)
$ completion tcsh
completion: tcsh is not known here
$ serve --listen
serve: argument --listen: expected one argument (unit-wasm serve --help shows what there is)
""",
)
def test_wrong_arguments(place: Place, command: str, sentence: str) -> None:
    done = shell(place, f"unit-wasm {command}")
    assert (done.returncode, done.stdout) == (2, b"")
    found = done.stderr.decode()
    assert found.startswith("unit-wasm")
    assert found.removeprefix("unit-wasm").lstrip(": ").startswith(sentence)
    assert found.count("\n") == 1


def test_what_help_shows(place: Place) -> None:
    done = shell(place, "unit-wasm --help; unit-wasm -V; unit-wasm --version")
    text = done.stdout.decode()
    assert "prepare" not in text
    assert "completion" in text
    assert text.endswith("unit-wasm 0.1.0\nunit-wasm 0.1.0\n")


# ---- Completion ----


def test_bash_completes(place: Place) -> None:
    ask = (
        "source <(unit-wasm completion bash)\n"
        "function=$(complete -p unit-wasm | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n"
        'try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); $function; '
        'echo "${COMPREPLY[*]}"; }\n'
        "try unit-wasm ser; try unit-wasm serve --lis; try unit-wasm serve --max-mem\n"
        "try unit-wasm completion f; try unit-wasm prep; try unit-wasm doctor --js\n"
    )
    done = shell(place, ask)
    assert done.stdout.decode().splitlines() == [
        "serve",
        "--listen",
        "--max-memory",
        "fish",
        "",
        "--json",
    ]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("zsh", ["#compdef unit-wasm", "serve:'run the embedded server'", "--max-memory"]),
        (
            "fish",
            ["complete -c unit-wasm", "-a serve -d 'run the embedded server'", "-l max-memory"],
        ),
    ],
)
def test_other_shells(place: Place, name: str, lines: list[str]) -> None:
    text = shell(place, f"unit-wasm completion {name}").stdout.decode()
    assert [line for line in lines if line not in text] == []
    assert "prepare" not in text
