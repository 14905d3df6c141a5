"""The command line without a server: what it understands and what it says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from unit_wasm import cli
from unit_wasm.cli import given, program
from unit_wasm.cli import inspect as inspecting
from unit_wasm.errors import ComponentError
from unit_wasm.options import OPTIONS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.wasm", None, True),
        ("a.wat", None, True),
        ("a.json", b"(component)", False),
        ("a", b"\0asm\x0d\0\1\0", True),
        ("a", b"  \n(component)", True),
        ("a", b";; text\n(component)", True),
        ("a", b' {"listeners": {}}', False),
        ("a", b"", False),
        ("gone", None, False),
    ],
)
def test_component_or_configuration(
    tmp_path: Path, name: str, content: bytes | None, expected: bool
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert given.is_component(str(path)) is expected


@pytest.mark.parametrize("command", ["serve", "compile"])
def test_every_option_has_a_flag(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main([command, "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    for option in OPTIONS:
        assert f"{option.flag} {option.kind.unit.upper().replace(' OR ', '|')}" in text


def test_inspect(capsys: pytest.CaptureFixture[str]) -> None:
    component = str(ROOT / "examples" / "hello" / "hello.wat")
    assert cli.main(["inspect", component]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"{component}: an HTTP component (")
    assert "  wasi:io/error@0.2.0: types only\n" in text
    assert cli.main(["inspect", component, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["handler"] == "wasi:http/incoming-handler@0.2.0"
    assert found["exports"] == ["wasi:http/incoming-handler@0.2.0"]


def test_inspect_wit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of any component, also one that cannot be served."""
    data = ROOT / "tests" / "data" / "wit" / "kv-c.hex"
    component = tmp_path / "kv.wasm"
    component.write_bytes(bytes.fromhex(data.read_text()))
    assert cli.main(["inspect", str(component), "--wit"]) == 0
    assert capsys.readouterr().out == data.with_suffix(".wit").read_text()
    assert cli.main(["inspect", str(component)]) == 0
    assert capsys.readouterr().out.startswith(f"{component}: a component with functions (")


def test_errors_name_their_fault(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(arguments: object, output: object) -> None:
        raise ComponentError("x.wasm is empty", hint="build it")

    monkeypatch.setattr(inspecting, "inspect_component", fail)
    assert cli.main(["inspect", "x.wasm"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "unit-wasm: component error: x.wasm is empty (build it)\n"


def test_help_does_not_load_the_server() -> None:
    code = (
        "import sys, unit_wasm.cli.program as program\n"
        "program._parser()\n"
        "heavy = {'asyncio', 'uvloop', 'wasmtime', 'json', 'difflib', 'shtab', 'syslog'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    # What counts the lines that run (`make coverage`) has imports of its own.
    environment = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout == "[]\n"


MEMORY = "memory is out, or what this process may take of it (ulimit -v)"
FILES = "too many files are open, or this process may open too few (ulimit -n)"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), MEMORY),
        (ImportError("/usr/lib/libssl.so.3: failed to map segment from shared object"), MEMORY),
        (RuntimeError("can't start new thread"), MEMORY),
        (OSError(12, "Cannot allocate memory"), MEMORY),
        (OSError(24, "Too many open files"), FILES),
        (OSError(23, "Too many open files in system"), FILES),
        (ImportError("a.so: cannot open shared object file: Too many open files"), FILES),
    ],
)
def test_what_is_out_is_a_sentence(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def main(*_: object, **__: object) -> int:
        raise SystemError("it came of that") from error

    monkeypatch.setattr(program, "main", main)
    assert cli.main(["inspect"]) == 1
    assert capfd.readouterr() == ("", f"unit-wasm: host error: {said}\n")


@pytest.mark.parametrize("error", [ImportError("no module"), OSError(2, "x"), RuntimeError("x")])
def test_other_errors_are_told_as_they_are(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def main(*_: object, **__: object) -> int:
        raise error

    monkeypatch.setattr(program, "main", main)
    with pytest.raises(type(error)):
        cli.main(["inspect"])
