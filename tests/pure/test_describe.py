"""What ``unit-wasm inspect`` says of files of every kind, and comments that come back to WIT."""

import json
from pathlib import Path

import pytest

from tests.harness.component_text import assemble
from tests.harness.components import GUESTS
from tests.harness.server import ROOT
from tests.harness.wrong_types import WRONG_TYPES
from unit_wasm.cli import main
from unit_wasm.component.describe import TITLES, Description, Way, describe
from unit_wasm.component.inspect import check_servable, inspect
from unit_wasm.errors import ComponentError
from unit_wasm.prepare.compiler import provided_functions
from unit_wasm.services.offered import Offers
from unit_wasm.wit.decode import read_world

HELLO = (ROOT / "examples" / "hello" / "hello.wat").read_text(encoding="utf-8")
PASSTHROUGH = (ROOT / "tests" / "guests" / "wat" / "passthrough.wat").read_text(encoding="utf-8")
RUN = """(core module $m (func (export "run") (result i32) (i32.const 0)))
  (core instance $m (instantiate $m))
  (func $run (result (result)) (canon lift (core func $m "run")))
  (instance $i (export "run" (func $run)))
  (export "wasi:cli/run@{}" (instance $i))"""
ADD = """(core module $m (func (export "add") (param i32 i32) (result i32) (i32.const 0)))
  (core instance $m (instantiate $m))
  (func (export "add") (param "a" s32) (param "b" s32) (result s32)
    (canon lift (core func $m "add")))"""
FILES = """(import "wasi:filesystem/types@0.2.0" (instance
    (export "descriptor" (type $d (sub resource)))
    (export "[method]descriptor.sync-data" (func (param "self" (borrow $d))))))"""
ENVIRONMENT = """(import "wasi:cli/environment@0.2.0" (instance
    (export "{}" (func (result (list (tuple string string)))))))"""


def of(text: str) -> Description:
    return describe("x.wasm", assemble(text), provided_functions())


def ways(found: Description) -> dict[str, str]:
    return {
        way.name: way.how if way.how is not None else f"no: {'; '.join(way.missing)}"
        for way in found.ways
    }


LOADS = 'unit_wasm.load("x.wasm")'
LOADS_WITH_HOST = 'unit_wasm.load("x.wasm", host=...)'
NO_F = "no: the host has no f of wasi:cli/environment@0.2.0"
NO_NOTHING = "no: the host has no wasi:io/nothing@0.2.0"


def known(
    serve: str = "unit-wasm serve x.wasm",
    run: str = "no: it exports no wasi:cli/run@0.2.x",
    load: str = "no: it exports no functions to call",
) -> dict[str, str]:
    """Return the ways of a component that has some."""
    return {"serve": serve, "run": run, "load": load}


def importing(name: str, content: str) -> str:
    """Return a component that imports this, and exports ``add``."""
    return f'(component (import "{name}" {content}) {ADD})'


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        (HELLO, "http", known()),
        (
            PASSTHROUGH,
            "middleware",
            known(
                "no: what it hands requests to: unit-wasm compose x.wasm --plug COMPONENT -o OUT"
            ),
        ),
        (
            f"(component {RUN.format('0.2.0')})",
            "command",
            known(
                "no: it exports neither wasi:http/incoming-handler@0.2.x nor functions",
                *("unit-wasm run x.wasm", LOADS),
            ),
        ),
        (f"(component {ADD})", "functions", known(load=LOADS)),
        (
            importing("log", '(func (param "m" string))'),
            "functions",
            known("unit-wasm serve x.wasm --host MODULE:NAME", load=LOADS_WITH_HOST),
        ),
        (
            importing("a:b/c", '(instance (export "r" (type (sub resource))) (export "f" (func)))'),
            "functions",
            known("no: a resource of a:b/c reaches no service", load=LOADS_WITH_HOST),
        ),
        (
            f"(component {RUN.format('0.3.0')})",
            "wasi-0.3",
            {"serve": "no: build it for WASI 0.2"},
        ),
        ("(component)", "nothing", {}),
        (
            importing("wasi:io/nothing@0.2.0", '(instance (export "f" (func)))'),
            "functions",
            known(NO_NOTHING, load=NO_NOTHING),
        ),
        (
            f"""(component (import "wasi:cli/environment@0.2.0" (instance (export "f" (func))))
              {RUN.format("0.2.0")})""",
            "command",
            known(NO_F, NO_F, NO_F),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value in TITLES else "",
)
def test_kinds_of_components(text: str, kind: str, expected: dict[str, str]) -> None:
    found = of(text)
    assert (found.kind, found.title) == (kind, TITLES[kind])
    assert ways(found) == expected
    assert found.remark is None


@pytest.mark.parametrize(
    ("data", "kind", "remark"),
    [
        (b"", "not-wasm", "the component is empty"),
        (b"#!/bin/sh\n", "not-wasm", "this is a text file, not a WebAssembly component "),
        (b"\x7fELF" + b"\0" * 99, "not-wasm", "this is not a WebAssembly file "),
        (b"\0asm", "damaged", "the component is cut short"),
        (b"\0asm\x07\0\0\0", "damaged", "this WebAssembly binary has the unknown version "),
        (assemble(HELLO)[:-3], "damaged", "the component is cut short: "),
        (assemble(HELLO)[:8] + b"\x63\x01\0", "damaged", "the component uses something that "),
    ],
)
def test_what_is_no_component(data: bytes, kind: str, remark: str) -> None:
    found = describe("x", data, provided_functions())
    assert found.kind == kind
    assert found.remark is not None
    assert found.remark.startswith(remark)
    assert (found.ways, found.exports, found.size) == ((), (), len(data))


@pytest.mark.parametrize(
    "name", [*sorted(path.stem for path in GUESTS.glob("*.wasm")), *WRONG_TYPES]
)
def test_what_is_said_of_guests_is_true(name: str) -> None:
    """A way to serve is named where the check before compiling has nothing against it."""
    text = WRONG_TYPES.get(name)
    data = assemble(text) if text else (GUESTS / f"{name}.wasm").read_bytes()
    provided = provided_functions()
    found = describe(name, data, provided)
    (serve,) = [way for way in found.ways if way.name == "serve"] or [Way("serve", None)]
    try:
        check_servable(inspect(data), provided)
    except ComponentError:
        # With functions of a host, or as a service, it may be served all the same; so may a
        # command that has functions, too.
        how = serve.how
        assert how is None or "--host" in how or Offers(read_world(data)).functions
    else:
        assert serve.how == f"unit-wasm serve {name}"


def test_a_package_of_wit() -> None:
    found = of('(component (type (component)) (export "x" (type 0)))')
    assert (found.kind, found.ways) == ("wit-package", ())


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ('(module (import "env" "f" (func)) (func (export "g")))', "`wasm-tools component embed`"),
        (
            '(module (import "wasi_snapshot_preview1" "fd_write" (func)) (func (export "g")))',
            "it is built for WASI 0.1: `wasm-tools component new --adapt`",
        ),
        (
            '(module (func (export "g")) (@custom "component-type:x" ""))',
            "its types are in it: `wasm-tools component new`",
        ),
    ],
)
def test_core_modules(text: str, remark: str) -> None:
    found = of(text)
    assert found.kind == "core-module"
    assert found.remark is not None
    assert found.remark.startswith(remark)
    assert [one.name for one in found.exports] == ["g"]


@pytest.mark.parametrize("cut", range(9, 40, 3))
def test_a_core_module_that_is_cut(cut: int) -> None:
    data = assemble('(module (import "env" "f" (func)) (func (export "g")))')
    assert describe("x", data[:cut], provided_functions()).kind == "core-module"


@pytest.mark.parametrize(
    ("imports", "what", "switch"),
    [
        (FILES, "files", "--dir HOST::GUEST (UNIT_WASM_DIRS)"),
        (ENVIRONMENT.format("get-environment"), "variables", "--env NAME=VALUE (environment)"),
        (
            '(import "wasi:sockets/network@0.2.0" (instance (export "f" (func))))',
            "network",
            "--network tcp:HOST:PORT (UNIT_WASM_NETWORK)",
        ),
        (
            '(import "wasi:http/outgoing-handler@0.2.0" (instance (export "handle" (func))))',
            "outgoing requests",
            "--outgoing ORIGIN (UNIT_WASM_OUTGOING)",
        ),
        (
            '(import "wasi:keyvalue/store@0.2.0-draft" (instance (export "open" (func))))',
            "a key-value store",
            "--keyvalue sqlite:PATH (UNIT_WASM_KEYVALUE)",
        ),
        (
            '(import "acme:kv/store" (instance (export "get" (func))))',
            "functions of the host",
            "--host MODULE:NAME (UNIT_WASM_HOST), or unit-wasm compose",
        ),
    ],
)
def test_what_it_may_ask_for(imports: str, what: str, switch: str) -> None:
    (need,) = of(f"(component {imports} {ADD})").needs
    assert (need.what, need.switch) == (what, switch)
    assert len(need.imports) == 1


@pytest.mark.parametrize(
    "imports",
    [
        ENVIRONMENT.format("get-arguments"),
        '(import "wasi:filesystem/types@0.2.0" (instance (export "d" (type (sub resource)))))',
        '(import "acme:kv/types" (instance (type $r (record (field "a" u8))) '
        '(export "r" (type (eq $r)))))',
    ],
)
def test_types_alone_ask_for_nothing(imports: str) -> None:
    assert of(f"(component {imports} {ADD})").needs == ()


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "app.wat"
    file.write_text(f'(component (import "log" (func (param "m" string))) {FILES} {ADD})')
    size = len(assemble(file.read_text()))
    assert main(["inspect", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{file}: a component with functions ({size} bytes)",
        f"serve: unit-wasm serve {file} --host MODULE:NAME",
        "run:   no: it exports no wasi:cli/run@0.2.x",
        f'load:  unit_wasm.load("{file}", host=...)',
        "exports:",
        "  add: func(a: s32, b: s32) -> s32",
        "may ask for:",
        "  files (wasi:filesystem/types@0.2.0): --dir HOST::GUEST (UNIT_WASM_DIRS)",
        "  functions of the host (log): --host MODULE:NAME (UNIT_WASM_HOST), or unit-wasm compose",
        "imports:",
        "  log: function",
        "  wasi:filesystem/types@0.2.0: [method]descriptor.sync-data",
        "one instance: 1 core instance, 0 memories, 0 tables",
    ]
    assert main(["inspect", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kind"] == "functions"
    assert told["functions"] == {"add": ["add: func(a: s32, b: s32) -> s32"]}
    assert told["ways"][1] == {
        "name": "run",
        "how": None,
        "missing": ["it exports no wasi:cli/run@0.2.x"],
    }
    assert [need["what"] for need in told["needs"]] == ["files", "functions of the host"]
    assert told["imports"][0]["name"] == "log"


def test_the_command_and_what_is_no_component(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.wasm"
    file.write_bytes(b"\x7fELF\0")
    assert main(["inspect", str(file)]) == 0
    assert capsys.readouterr().out == (
        f"{file}: not WebAssembly (5 bytes)\n"
        "this is not a WebAssembly file (it does not start with \\0asm)\n"
    )
    assert main(["inspect", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "not-wasm"
    assert main(["inspect", str(file), "--wit"]) == 1
    assert "this is not a WebAssembly file" in capsys.readouterr().err
