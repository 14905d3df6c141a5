"""What `unit-wasm compose` makes of components runs; and the command itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.component_text import assemble
from tests.harness.composing import auth, checked, parse, passthrough
from tests.harness.direct import TEXT, Client, guest_path
from tests.harness.loading import EXAMPLES, options
from tests.harness.server import ROOT
from unit_wasm import load
from unit_wasm.cli import main
from unit_wasm.component.compose import Given, compose
from unit_wasm.prepare.source import read


def test_a_middleware_in_front_of_a_handler(tmp_path: Path) -> None:
    """At another version than the one behind it, which moves bytes."""
    front = Given("front", parse(passthrough("0.2.12"), tmp_path / "front.wasm").read_bytes())
    guard = Given("guard", parse(auth(), tmp_path / "guard.wasm").read_bytes())
    echo = Given("echo", guest_path("echo").read_bytes())
    guarded = checked(guard, echo)
    path = tmp_path / "composed.wasm"
    path.write_bytes(checked(front, Given("guarded", guarded.data)).data)
    bearer = [(b"authorization", b"Bearer x")]
    body = bytes(range(256)) * 1000
    for rewrite in (True, False):
        with Client(path, rewrite=rewrite) as client:
            answer = client.run(method="POST", body=body)
            assert (answer.status, answer.headers, answer.body) == (401, TEXT, b"Who are you?\n")
            answer = client.run(method="POST", body=body, headers=bearer)
            assert (answer.status, answer.body) == (200, body)
            assert client.lines == []


def module(name: str, body: str) -> str:
    return f"(core module ${name} {body}) (core instance ${name} (instantiate ${name}))"


def counting() -> str:
    """A component that counts its calls."""
    return f"""(component
      {
        module(
            "m",
            '''(global $n (mut i32) (i32.const 0))
        (func (export "next") (result i32)
          (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))''',
        )
    }
      (func (export "next") (result u32) (canon lift (core func $m "next"))))"""


def asking(imported: str, exported: str) -> str:
    """A component whose function returns ten times what another one returns."""
    return f"""(component
      (import "{imported}" (func $f (result u32)))
      (core func $f (canon lower (func $f)))
      (core module $m (import "x" "f" (func $f (result i32)))
        (func (export "g") (result i32) (i32.mul (call $f) (i32.const 10))))
      (core instance $m (instantiate $m (with "x" (instance (export "f" (func $f))))))
      (func (export "{exported}") (result u32) (canon lift (core func $m "g"))))"""


def both(one: str, other: str) -> str:
    """A component whose function adds what two others return."""
    return f"""(component
      (import "{one}" (func $f (result u32)))
      (import "{other}" (func $g (result u32)))
      (core func $f (canon lower (func $f)))
      (core func $g (canon lower (func $g)))
      (core module $m
        (import "x" "f" (func $f (result i32)))
        (import "x" "g" (func $g (result i32)))
        (func (export "h") (result i32) (i32.add (call $f) (call $g))))
      (core instance $m (instantiate $m (with "x" (instance
        (export "f" (func $f)) (export "g" (func $g))))))
      (func (export "sum") (result u32) (canon lift (core func $m "h"))))"""


def test_a_chain_is_in_the_order_in_which_it_was_given(tmp_path: Path) -> None:
    """Wherever its end was given; and those beside it come in at its front."""

    def adding(number: int) -> Given:
        """Return a component whose function adds a digit to what another one returns."""
        text = asking("next", "next").replace(
            "(i32.mul (call $f) (i32.const 10))",
            f"(i32.add (i32.mul (call $f) (i32.const 10)) (i32.const {number}))",
        )
        return Given(f"adds {number}", assemble(text))

    socket = Given("asks", assemble(asking("next", "ask")))
    one, two, three = adding(1), adding(2), adding(3)
    end = Given("counts", assemble(counting()))
    for plugs, expected in (
        ((one, two, three, end), 13210),
        ((three, one, two, end), 12130),
        ((end, one, two), 1210),
        ((one, end, two), 1210),
        ((two, two, end), 1220),
    ):
        (tmp_path / "chain.wasm").write_bytes(checked(socket, *plugs).data)
        with load(tmp_path / "chain.wasm", options=options()) as component:
            assert component.ask() == expected
    beside = Given("beside", assemble(asking("next", "right")))
    sums = Given("sums", assemble(both("next", "right")))
    (tmp_path / "sums.wasm").write_bytes(checked(sums, beside, one, end).data)
    with load(tmp_path / "sums.wasm", options=options()) as component:
        # 11 and ten times 21, of one chain and one counter.
        assert component.sum() == 11 + 10 * 21


def test_calls_reach_one_instance(tmp_path: Path) -> None:
    """Both ways of a diamond lead to the same counter."""
    parts = [
        Given("both", assemble(both("left", "right"))),
        Given("left", assemble(asking("next", "left"))),
        Given("right", assemble(asking("next", "right"))),
        Given("counting", assemble(counting())),
    ]
    composed = checked(parts[0], *parts[1:])
    path = tmp_path / "diamond.wasm"
    path.write_bytes(composed.data)
    with load(path, options=options()) as component:
        assert [component.sum() for _ in range(3)] == [10 + 20, 30 + 40, 50 + 60]
    # Without the counter, the host is asked.
    path = tmp_path / "open.wasm"
    path.write_bytes(checked(*parts[:3]).data)
    with load(path, host={"next": lambda: 7}, options=options()) as component:
        assert component.sum() == 140


STORE = """(component
  (core module $m
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 1024))
    (global $open (mut i32) (i32.const 0))
    (global $at (mut i32) (i32.const 0))
    (global $size (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $top) (global.set $top (i32.add (global.get $top) (local.get 3))))
    ;; How many are open is the number of the new one.
    (func (export "count") (result i32)
      (global.set $open (i32.add (global.get $open) (i32.const 1))) (global.get $open))
    (func (export "closed") (param i32)
      (global.set $open (i32.sub (global.get $open) (i32.const 1))))
    ;; There is one value, whatever the key; none through a second connection.
    (func (export "get") (param $self i32) (param i32 i32) (result i32)
      (i32.store8 (i32.const 0)
        (i32.and (i32.ne (global.get $at) (i32.const 0)) (i32.eq (local.get $self) (i32.const 1))))
      (i32.store (i32.const 4) (global.get $at))
      (i32.store (i32.const 8) (global.get $size))
      (i32.const 0))
    (func (export "set") (param i32 i32 i32) (param $at i32) (param $size i32)
      (global.set $at (local.get $at)) (global.set $size (local.get $size))))
  (core instance $m (instantiate $m))
  (type $connection (resource (rep i32) (dtor (core func $m "closed"))))
  (core func $new (canon resource.new $connection))
  (core module $n (import "x" "count" (func $count (result i32)))
    (import "x" "new" (func $new (param i32) (result i32)))
    (func (export "open") (result i32) (call $new (call $count))))
  (core instance $n (instantiate $n (with "x" (instance
    (export "count" (func $m "count")) (export "new" (func $new))))))
  (func $open (result (own $connection)) (canon lift (core func $n "open")))
  (func $get (param "self" (borrow $connection)) (param "key" string) (result (option string))
    (canon lift (core func $m "get") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc"))))
  (func $set (param "self" (borrow $connection)) (param "key" string) (param "value" string)
    (canon lift (core func $m "set") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc"))))
  (component $store
    (import "connection" (type $connection (sub resource)))
    (import "new" (func $new (result (own $connection))))
    (import "get" (func $get (param "self" (borrow $connection)) (param "key" string)
      (result (option string))))
    (import "set" (func $set (param "self" (borrow $connection)) (param "key" string)
      (param "value" string)))
    (export $out "connection" (type $connection))
    (export "[constructor]connection" (func $new) (func (result (own $out))))
    (export "[method]connection.get" (func $get)
      (func (param "self" (borrow $out)) (param "key" string) (result (option string))))
    (export "[method]connection.set" (func $set)
      (func (param "self" (borrow $out)) (param "key" string) (param "value" string))))
  (instance $store (instantiate $store (with "connection" (type $connection))
    (with "new" (func $open)) (with "get" (func $get)) (with "set" (func $set))))
  (export "docs:keys/store" (instance $store)))"""
"""What examples/python-host/keys.wat imports; its resource is a destructor's, too."""


def test_resources_between_components(tmp_path: Path) -> None:
    """Handles of a plug reach the socket, and what it drops ends in the plug."""
    keys = Given("keys", read(EXAMPLES / "keys.wat"))
    composed = checked(keys, Given("store", assemble(STORE)))
    assert [one.name for one in composed.open] == ["log"]
    path = tmp_path / "keys.wasm"
    path.write_bytes(composed.data)
    said: list[str] = []
    with load(path, host={"log": said.append}, options=options()) as component:
        assert component.replace_value("colour", "red") is None
        # A connection that was not closed would not be the first one.
        assert component.replace_value("colour", "blue") == "red"
        assert component.replace_value("colour", "green") == "blue"
    assert said == ["colour"] * 3
    # The other way round, the host has the store, and the plug is not used.
    logs = Given(
        "logs",
        assemble(
            '(component (import "f" (func $f (param "message" string))) (export "log" (func $f)))'
        ),
    )
    assert [one.name for one in compose(keys, [logs]).open] == ["docs:keys/store", "f"]


# ---- The command ----


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app, plug, out = (str(tmp_path / name) for name in ("app.wat", "plug.wat", "out.wasm"))
    Path(app).write_text(both("left", "right"))
    Path(plug).write_text(asking("next", "left"))
    assert main(["compose", app, "--plug", plug, "-o", out]) == 0
    size = Path(out).stat().st_size
    assert capsys.readouterr().out == (
        f"{out}: 2 components, {size:,} bytes\nexports:\n  sum\nstays open:\n"
        f"  right ({app})\n  next ({plug})\n"
    )
    assert Path(out).stat().st_mode & 0o777 == 0o666 & ~current_mask()
    # The outcome may be composed again, into the same file.
    Path(plug).write_text(asking("next", "right"))
    end = tmp_path / "end.wat"
    end.write_text(counting())
    command = ["compose", out, "--plug", plug, "--plug", str(end), "-o", out]
    assert main(command) == 0
    assert capsys.readouterr().out.endswith("exports:\n  sum\nnothing stays open\n")
    assert main(["invoke", "sum()", out]) == 0
    assert capsys.readouterr().out == "30\n"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".new-")] == []


def current_mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_the_outcome_on_standard_output(tmp_path: Path) -> None:
    """What it says does not get between the bytes."""
    (tmp_path / "app.wat").write_text(asking("next", "ten"))
    (tmp_path / "plug.wat").write_text(counting())
    command = [sys.executable, "-m", "unit_wasm", "compose", "app.wat", "--plug", "plug.wat", "-o"]
    outcomes = set()
    for name in ("-", "/dev/stdout"):
        done = subprocess.run(
            [*command, name],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
        said = f"{name}: 2 components, {len(done.stdout):,} bytes\nexports:\n  ten\n"
        assert done.stderr.decode() == f"{said}nothing stays open\n"
        outcomes.add(done.stdout)
    (data,) = outcomes
    assert (
        data
        == checked(
            Given("app", assemble(asking("next", "ten"))), Given("plug", assemble(counting()))
        ).data
    )


def test_errors_of_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app, text, core = (str(tmp_path / name) for name in ("app.wat", "text", "core.wasm"))
    Path(app).write_text(both("left", "right"))
    Path(text).write_text("no component")
    Path(core).write_bytes(assemble("(module)"))
    out = tmp_path / "out.wasm"

    def said(*arguments: str) -> str:
        assert main(["compose", *arguments]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err.removeprefix("unit-wasm: ").removesuffix("\n")

    assert said(app, "--plug", text, "-o", str(out)) == (
        f"component error: {text}: this is a text file, not a WebAssembly component (component "
        "text needs a file name that ends in .wat)"
    )
    assert said(core, "--plug", app, "-o", str(out)) == (
        f"component error: {core}: this is a core WebAssembly module, not a component (make a "
        "component of it, for example with `wasm-tools component new`)"
    )
    assert said(app, "--plug", app, "-o", str(out)).startswith(
        f"component error: the plug {app} is not used: it exports sum, "
    )
    assert not out.exists()
    plug = tmp_path / "plug.wat"
    plug.write_text(asking("next", "left"))
    missing = tmp_path / "none" / "out.wasm"
    assert said(app, "--plug", str(plug), "-o", str(missing)) == (
        f"host error: {missing} cannot be written: No such file or directory"
    )
    assert said(app, "--plug", str(plug), "-o", str(tmp_path)) == (
        f"host error: {tmp_path} cannot be written: Is a directory"
    )
