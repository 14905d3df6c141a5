"""``unit-wasm compile --verbose``: what was done so that a component is fast, and why not more."""

from pathlib import Path

import pytest

from tests.harness.component_text import assemble
from tests.harness.components import guest
from unit_wasm.cli import main
from unit_wasm.component.prepared import Prepared
from unit_wasm.options import Options
from unit_wasm.prepare.compile import compile_component
from unit_wasm.prepare.source import source_of

SMALL = "memory begins without an image: its memories are small"
AS_ONE = "imports are linked as one"
STRINGS = "bytes cross as strings"


def lines(folder: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> list[str]:
    hello = str(guest("hello"))
    assert main(["compile", "--verbose", "--cache-dir", str(folder), *flags, hello]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{hello}: ")
    assert all(line.startswith("  ") for line in rest)
    return [line[2:] for line in rest]


def test_of_a_component_that_is_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same is said of what was compiled now, and of what was found in the cache."""
    made = lines(tmp_path, capsys)
    merged = "core modules that are linked among themselves became one: 1 fewer"
    assert made == [merged, SMALL, STRINGS, AS_ONE]
    assert lines(tmp_path, capsys) == made


def test_nothing_is_said_that_nobody_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hello = str(guest("hello"))
    assert main(["compile", "--cache-dir", str(tmp_path), hello]) == 0
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize("name", ["functions", "command", "calls"])
def test_what_is_called_is_compiled_for_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Services, commands, and what Python loads: each finds it in the cache."""
    file = str(guest(name))
    assert main(["compile", "--cache-dir", str(tmp_path), file]) == 0
    assert capsys.readouterr().out.startswith(f"{file}: compiled, ")
    found = compile_component(file, Options(cache_dir=tmp_path), served=False)
    assert (found.cached, found.info.handler) == (True, None)


def test_what_python_provides_for_is_compiled_for_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(guest("unknown-import"))
    command = ["compile", "--cache-dir", str(tmp_path), file]
    assert main(command) == 1
    assert "the component imports acme:kv/store@1.0.0, which " in capsys.readouterr().err
    assert main([*command, "--host", "store:Store"]) == 0
    assert compile_component(file, Options(cache_dir=tmp_path), served=False).cached


def test_what_can_be_neither_served_nor_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, said in (
        ("no-handler", "the component does not export wasi:http/incoming-handler@0.2.x ("),
        ("core-module", "this is a core WebAssembly module, not a component ("),
        ("wasi03", "the component is built for WASI 0.3 ("),
    ):
        assert main(["compile", "--cache-dir", str(tmp_path), str(guest(name))]) == 1
        assert capsys.readouterr().err.startswith(f"unit-wasm: component error: {said}")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (
            ("--without", "merge"),
            ["core modules stay as they are: the options leave it out", SMALL, STRINGS, AS_ONE],
        ),
        (
            ("--rewrite", "off"),
            [
                "core modules stay as they are: the options leave it out",
                "memory begins without an image: the options leave it out",
                "imports are linked one by one",
            ],
        ),
    ],
    ids=["merge", "rewrite"],
)
def test_of_what_is_left_out(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    flags: tuple[str, ...],
    expected: list[str],
) -> None:
    assert lines(tmp_path, capsys, *flags) == expected


def prepared(folder: Path, text: str, **options: str) -> Prepared:
    source = source_of("one.wasm", assemble(text), served=False)
    return compile_component("one.wasm", Options(cache_dir=folder, **options), source=source)  # type: ignore[arg-type]


LARGE = """(component
  (core module $m (memory 16) (data (i32.const {place}) "data")
    (global $g i32 (i32.const 8))
    (func (export "f") (result i32) (i32.load (i32.const 8))))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))"""


def test_of_a_large_memory(tmp_path: Path) -> None:
    made = prepared(tmp_path, LARGE.format(place=8))
    apart = "core modules stay as they are: no two of its core modules can be one"
    image = "memory begins as an image of its data: 1.0 MiB"
    assert list(made.explained())[:2] == [apart, image]
    without = prepared(tmp_path, LARGE.format(place=8), without="images")
    reason = "memory begins without an image: the options leave it out"
    assert list(without.explained())[:2] == [apart, reason]
    unknown = LARGE.format(place=8).replace('(i32.const 8) "', '(global.get $g) "')
    reason = "memory begins without an image: data go to an address that is no constant"
    assert list(prepared(tmp_path, unknown).explained())[:2] == [apart, reason]


def test_of_a_component_inside_of_another(tmp_path: Path) -> None:
    """Its reason says more than that there is nothing to merge around it."""
    inner = """(component $inner (import "host" (func $host (param "x" u32) (result u32)))
      (core module $a (memory (export "memory") 1) (func (export "g") (result i32) (i32.const 7)))
      (core instance $x (instantiate $a))
      (core module $b (import "a" "g" (func $g (result i32)))
        (func (export "f") (result i32) (call $g)))
      (core instance $y (instantiate $b (with "a" (instance $x))))
      (core func $low (canon lower (func $host) (memory (core memory $x "memory"))))
      (core module $late (import "" "f" (func (param i32) (result i32)))
        (import "a" "memory" (memory 1)) (data (i32.const 9) "1"))
      (core module $then (import "a" "memory" (memory 1)) (data (i32.const 9) "2"))
      (core instance (instantiate $late
        (with "a" (instance $x)) (with "" (instance (export "f" (func $low))))))
      (core instance (instantiate $then (with "a" (instance $x))))
      (func (export "f") (result u32) (canon lift (core func $y "f"))))"""
    other = """(component $other
      (core module $m (func (export "f") (param i32) (result i32) (local.get 0)))
      (core instance $i (instantiate $m))
      (func (export "host") (param "x" u32) (result u32) (canon lift (core func $i "f"))))"""
    text = f"""(component {inner} {other} (instance $o (instantiate $other))
      (instance $i (instantiate $inner (with "host" (func $o "host"))))
      (export "f" (func $i "f")))"""
    (first, *_) = prepared(tmp_path, text).explained()
    assert first == (
        "core modules stay as they are: the order in which a memory or a table is filled would be "
        "another"
    )
