"""``unit-wasm run``: a command as a program of its own, as docs/run.md has it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.direct import CACHE, guest_path
from tests.harness.server import ROOT

PROGRAM = [sys.executable, "-m", "unit_wasm", "run", "--cache-dir", str(CACHE)]
CAT = str(guest_path("command-cat"))


def run(
    *arguments: str, given: bytes = b"", env: dict[str, str] | None = None
) -> tuple[int, bytes, str]:
    """Return its status, output and errors."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        input=given,
        capture_output=True,
        env={**os.environ, **(env or {})},
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr.decode()


def test_arguments_input_and_output() -> None:
    data = bytes(range(256)) * 1000
    assert run(CAT, given=data) == (0, data, "command-cat.wasm\n")
    assert run(CAT, "-v", "--timeout", "1", given=b"x") == (
        0,
        b"x",
        "command-cat.wasm\n-v\n--timeout\n1\n",
    )


def test_the_command_is_on_standard_input() -> None:
    """So it has none itself."""
    assert run("-", "-v", given=Path(CAT).read_bytes()) == (0, b"", "-\n-v\n")
    status, printed, errors = run("-", given=b"text")
    assert (status, printed) == (1, b"")
    assert errors.startswith("unit-wasm: component error: this is a text file, not a WebAssembly ")


def test_the_status_is_that_of_the_guest() -> None:
    assert run(CAT, "fail") == (1, b"", "command-cat.wasm\nfail\n")
    assert run(CAT, "code") == (42, b"", "command-cat.wasm\ncode\n")
    assert run(str(guest_path("command"))) == (0, b"", "")


def test_a_trap() -> None:
    status, output, errors = run(CAT, "trap")
    lines = errors.splitlines()
    assert (status, output) == (134, b"")
    assert lines[:3] == [
        "command-cat.wasm",
        "trap",
        "unit-wasm: the component failed: wasm trap: wasm `unreachable` instruction executed",
    ]
    assert len(lines) == 4
    assert "main!" in lines[3]


def test_a_limit() -> None:
    status, _, errors = run("--cpu-timeout", "50ms", CAT, "loop")
    assert (status, errors.splitlines()[2:]) == (
        134,
        ["unit-wasm: the component failed: the component used up its processor time"],
    )


def test_it_is_interrupted() -> None:
    process = subprocess.Popen(
        [*PROGRAM, CAT, "loop"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    with process:
        assert process.stderr.readline() == b"command-cat.wasm\n"
        assert process.stderr.readline() == b"loop\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == -signal.SIGINT
        assert process.stderr.read() == b""


def test_it_is_interrupted_while_it_waits() -> None:
    process = subprocess.Popen(
        [*PROGRAM, CAT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        process.stdin.write(b"text")
        process.stdin.flush()
        assert process.stdout.read(4) == b"text"
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == -signal.SIGINT


def test_a_function_is_called() -> None:
    # What it imports of its host nobody provides; it is not asked before.
    adder = str(guest_path("functions"))
    assert run("--invoke", 'encrypt("hello world")', adder) == (0, b'"khoor zruog"\n', "")
    assert run("--invoke", 'encrypt("a")', adder, "more")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            [str(guest_path("hello"))],
            "component error: the component does not export wasi:cli/run@0.2.x, so it is no "
            "command (`unit-wasm inspect` shows what it exports)",
        ),
        (
            [str(guest_path("core-module"))],
            "component error: this is a core WebAssembly module, not a component (make a component "
            "of it, for example with `wasm-tools component new`)",
        ),
        (
            ["--env", "UNIT_WASM_TEST_NOT_THERE", CAT],
            'configuration error: --env "UNIT_WASM_TEST_NOT_THERE": this process has no such '
            "variable",
        ),
        (["--env", "=x", CAT], 'configuration error: --env "=x" has no name (write NAME=VALUE)'),
        (["--env", "", CAT], 'configuration error: --env "" has no name (write NAME=VALUE)'),
        (["missing.wasm"], "component error: the component file missing.wasm does not exist"),
    ],
)
def test_what_cannot_be_run(arguments: list[str], why: str, tmp_path: Path) -> None:
    status, output, errors = run(*arguments)
    assert (status, output) == (1, b"")
    assert errors.splitlines()[-1] == f"unit-wasm: {why}"


def test_the_page_says_what_happens() -> None:
    page = (ROOT / "docs" / "run.md").read_text()
    for words in ("134", "--env", "--dir", "wasi:cli/run"):
        assert words in page


ASKING = """
(component
  (import "ask" (func $ask (param "number" u32) (result u32)))
  (core func $asking (canon lower (func $ask)))
  (core module $m
    (import "host" "ask" (func $ask (param i32) (result i32)))
    (func (export "run") (result i32) (call $ask (i32.const 7))))
  (core instance $i (instantiate $m (with "host" (instance (export "ask" (func $asking))))))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $exported (export "run" (func $run)))
  (export "wasi:cli/run@0.2.12" (instance $exported)))
"""


def test_what_a_command_imports_is_provided_by_python(tmp_path: Path) -> None:
    (tmp_path / "asking.wat").write_text(ASKING)
    (tmp_path / "answers.py").write_text(
        "from unit_wasm import host\n"
        "@host.function\n"
        "def ask(number): return number - 7\n"
        "class No:\n"
        "    @staticmethod\n"
        "    @host.function('ask')\n"
        "    def ask(number): return 1\n"
        "@host.function('ask')\n"
        "def bad(number): raise KeyError(number)\n"
    )
    path = ["--host-path", str(tmp_path)]
    file = str(tmp_path / "asking.wat")
    assert run("--host", "answers:ask", *path, file) == (0, b"", "")
    assert run("--host", "answers:No.ask", *path, file) == (1, b"", "")
    status, output, errors = run("--host", "answers:bad", *path, file)
    assert (status, output) == (134, b"")
    assert errors.startswith("unit-wasm: host function error: the host function ask: KeyError: 7\n")
    status, output, errors = run(file)
    assert (status, output) == (1, b"")
    assert "the component imports ask, which nothing provides" in errors


def test_invoke_is_that_of_the_other_command(tmp_path: Path) -> None:
    adder = str(ROOT / "examples" / "python-host" / "adder.wat")
    assert run("--invoke", "add(1, 2)", adder) == (0, b"3\n", "")
    assert run("--invoke", "run()", CAT, given=b"abc")[:2] == (0, b"abcok\n")
    status, output, errors = run("--invoke", "add(1)", adder)
    assert (status, output) == (1, b"")
    assert "add takes 2 arguments, and 1 is there\n  add(1)\n       ^\n" in errors


def test_a_command_in_python() -> None:
    text = (
        "import sys, unit_wasm\n"
        f"with unit_wasm.load({CAT!r}, args=['-v']) as command:\n"
        "    command.run.run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", text], input=b"abc", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"abc")
    assert done.stderr.splitlines()[-1] == b"-v"


def test_a_command_keeps_values(tmp_path: Path) -> None:
    counts, store = str(guest_path("counts")), f"sqlite:{tmp_path}/store.db"
    for number in (1, 2):
        assert run("--keyvalue", store, counts) == (0, b"", "")
        call = ("--keyvalue", store, "--invoke", 'count("runs", 0)', counts)
        assert run(*call) == (0, b"%d\n" % number, "")
    # Without a store it is refused, and fails.
    assert run(counts) == (1, b"", "")


def test_a_command_that_is_not_named() -> None:
    done = subprocess.run(
        [*PROGRAM], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "unit-wasm run: the following arguments are required: COMPONENT "
        "(unit-wasm run --help shows what there is)\n"
    )
