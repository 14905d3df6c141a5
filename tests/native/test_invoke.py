"""``unit-wasm invoke``: calls as text, their results, and errors with their place."""

from pathlib import Path

import pytest

from tests.harness.direct import CACHE, guest_path
from tests.harness.loading import EXAMPLES
from unit_wasm.cli import main

ADD = "the function is add: func(a: s32, b: s32) -> s32"


def invoke(call: str, component: str | Path, *more: str) -> int:
    path = EXAMPLES / component
    return main(["invoke", call, str(path), "--cache-dir", str(CACHE), *more])


@pytest.mark.parametrize(
    ("call", "component", "result"),
    [
        ("add(1, 2)", "adder.wat", "3"),
        ("add(-1,\n // one\n 1)", "adder.wat", "0"),
        ("divide(7, 2)", "calculator.wat", "ok(3)"),
        ("divide(1, 0)", "calculator.wat", "err(division-by-zero)"),
        ("arithmetic.divide(7, 2)", "calculator.wat", "ok(3)"),
        ("arithmetic.divide@1.0.0(7, 2)", "calculator.wat", "ok(3)"),
        ("docs:calculator/arithmetic.divide@1.0.0(7, 2)", "calculator.wat", "ok(3)"),
        ("docs:calculator/arithmetic.divide(7, 2)", "calculator.wat", "ok(3)"),
        ("docs:calculator/arithmetic@1.0.0.divide(7, 2)", "calculator.wat", "ok(3)"),
        ("docs:calculator/arithmetic@1.0.0#divide(7, 2)", "calculator.wat", "ok(3)"),
        ("docs:calculator/arithmetic#divide(7, 2)", "calculator.wat", "ok(3)"),
        ("arithmetic@1.0.0.divide(7, 2)", "calculator.wat", "ok(3)"),
    ],
)
def test_results(
    call: str, component: str, result: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(call, component) == 0
    assert capsys.readouterr() == (f"{result}\n", "")


@pytest.mark.parametrize(
    ("call", "component", "said"),
    [
        (
            'add(1, "x")',
            "adder.wat",
            f'this is no s32\n  add(1, "x")\n         ^^^\n{ADD}',
        ),
        (
            "add(1)",
            "adder.wat",
            f"add takes 2 arguments, and 1 is there\n  add(1)\n       ^\n{ADD}",
        ),
        (
            "add()",
            "adder.wat",
            f"add takes 2 arguments, and none is there\n  add()\n  ^^^\n{ADD}",
        ),
        (
            "add(1,\n\t3000000000)",
            "adder.wat",
            "s32 is a whole number from -2147483648 to 2147483647\n   3000000000)\n   ^^^^^^^^^^\n"
            + ADD,
        ),
        (
            'replace-value("水é", oops)',
            "keys.wat",
            'this is no string\n  replace-value("水é", oops)\n                       ^^^^\n'
            "the function is replace-value: func(key: string, value: string) -> option<string>",
        ),
        ("adx(1)", "adder.wat", 'the component exports no function adx (did you mean "add"?)'),
        ("x(1)", "adder.wat", "the component exports no function x (known here: add)"),
        (
            "docs:calculator/arithmetic@2.0.0.divide(7, 2)",
            "calculator.wat",
            "the component exports no function docs:calculator/arithmetic@2.0.0.divide "
            '(did you mean "docs:calculator/arithmetic.divide@1.0.0"?)',
        ),
        # Of a long line there is what is around the place.
        (
            f"add({' ' * 100_000}1, true{' ' * 100_000})",
            "adder.wat",
            f"this is no s32\n  ...{' ' * 197}1, true{' ' * 196}...\n  {' ' * 203}^^^^\n{ADD}",
        ),
        (
            f"add({'x' * 100_000} 1)",
            "adder.wat",
            f"'1' stands where ',' or ')' is expected\n  ...{'x' * 199} 1)\n  {' ' * 203}^",
        ),
        (
            f"add(1 {'x' * 100_000})",
            "adder.wat",
            f"'{'x' * 499}...\n  add(1 {'x' * 200}...\n        {'^' * 200}",
        ),
        ("1(2)", "adder.wat", "a call begins with the name of a function\n  1(2)\n  ^"),
    ],
)
def test_a_wrong_call_says_where(
    call: str, component: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(call, component) == 1
    assert capsys.readouterr() == ("", f"unit-wasm: caller error: {said}\n")


def test_a_host_provides_imports(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    (tmp_path / "invoked_host.py").write_text(
        "import sys\n"
        "from unit_wasm import host\n"
        "@host.interface('docs:keys/store')\n"
        "class Store:\n"
        "    class Connection:\n"
        "        def get(self, key): return key + '!'\n"
        "        def set(self, key, value): pass\n"
        "@host.function\n"
        "def log(message): print('said', message, file=sys.stderr)\n"
    )
    path = ["--host-path", str(tmp_path)]
    for given in (["--host", "invoked_host"], ["--host", "invoked_host:Store,log"]):
        assert invoke('replace-value("a", "b")', "keys.wat", *given, *path) == 0
        assert capsys.readouterr() == ('some("a!")\n', "said a\n")
    assert invoke('replace-value("a", "b")', "keys.wat", "--host", "invoked_host:Stor", *path) == 1
    assert "the module invoked_host has no Stor" in capsys.readouterr().err
    assert invoke('replace-value("a", "b")', "keys.wat") == 1
    assert "imports docs:keys/store, log, which nothing provides" in capsys.readouterr().err


def test_a_trap_ends_as_an_abort_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    host = ["--host", "tests.harness.loading:Things,ask"]
    assert invoke("trap()", guest_path("calls"), *host) == 134
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("unit-wasm: component error: ")
    assert "unreachable" in lines[0]
    assert any("main!" in line for line in lines[1:])
    assert invoke("exits(err)", guest_path("calls"), *host) == 1
    assert invoke("exits(ok)", guest_path("calls"), *host) == 0
    assert invoke("add(1, 2)", guest_path("calls"), *host) == 0


def test_resources_have_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    host = ["--host", "tests.harness.loading:Things,ask"]
    assert invoke("entries([])", guest_path("calls"), *host) == 0
    assert capsys.readouterr().out == "[]\n"
    assert invoke("counter(1)", guest_path("calls"), *host) == 1
    assert "exports no function counter" in capsys.readouterr().err
