"""Stubs of components: what type checkers know of them."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from guest_toolchains import Toolchains
from tests.harness.server import ROOT
from unit_wasm.api.stubs import stub_text
from unit_wasm.wit import model as wit
from unit_wasm.wit import read_world

DATA = ROOT / "tests" / "data" / "wit"
NAMES = [path.stem for path in sorted(DATA.glob("*.hex"))]

GOOD = """
import unit_wasm
from unit_wasm import Err, host

import add_c
import exporter
import kv_c


@host.interface("wasi-mindmap:kv-store/kvdb")
class Kvdb:
    class Connection:
        def __init__(self) -> None:
            self.values: dict[str, str] = {}

        def get(self, key: str) -> str | None:
            return self.values.get(key)

        async def set(self, key: str, value: str) -> None:
            self.values[key] = value


@host.function
def log(msg: str) -> None: ...


store: kv_c.KvdbHost = Kvdb()
logger: kv_c.LogHost = log
component: kv_c.Component = unit_wasm.load("kv.wasm", host=[Kvdb, log])
with component:
    value: str | None = component.replace_value("a", "b")
total: int = add_c.add(1, 2)
shapes = exporter.shapes
point = exporter.shapes.Point(1, 2, "a", 3)
with exporter.shapes.Canvas(1, 2) as canvas:
    try:
        drawn: exporter.shapes.Point = canvas.draw(exporter.shapes.Shape_Square(point), canvas)
    except Err as error:
        print(error.value)
"""

BAD = """
import unit_wasm

import add_c
import kv_c


class Short:
    class Connection:
        def get(self, key: str) -> str | None:
            return None


def log(msg: int) -> None: ...


store: kv_c.KvdbHost = Short()
logger: kv_c.LogHost = log
total: str = add_c.add(1, 2)
add_c.add("1", 2)
component: kv_c.Component = unit_wasm.load("kv.wasm")
component.replace("a", "b")
"""


def world_stub(name: str) -> str:
    return stub_text(read_world(bytes.fromhex((DATA / f"{name}.hex").read_text())), f"{name}.wasm")


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stubs")
    for name in NAMES:
        (folder / f"{name.replace('-', '_')}.pyi").write_text(world_stub(name))
    (folder / "good.py").write_text(GOOD)
    (folder / "bad.py").write_text(BAD)
    return folder


def checked_by_pyright(folder: Path, *files: str) -> list[tuple[str, int]]:
    """Return where pyright finds errors, in its strict mode."""
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "extraPaths": [str(ROOT)]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    # `make guests` has installed it.
    command = [*Toolchains(ROOT / "build" / "toolchains", print).pyright(), "--outputjson"]
    done = subprocess.run(
        [*command, "--pythonpath", sys.executable, *files],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    assert found["summary"]["filesAnalyzed"] == len(files)
    return [
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1)
        for one in found["generalDiagnostics"]
        if one["severity"] == "error"
    ]


def checked(folder: Path, *files: str) -> list[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *files]
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return [line for line in done.stdout.splitlines() if ": error: " in line]


def test_strict_checks_accept_what_is_right(stubs: Path) -> None:
    files = [f"{name.replace('-', '_')}.pyi" for name in NAMES]
    assert checked(stubs, "good.py", *files) == []


def test_pyright_accepts_what_is_right(stubs: Path) -> None:
    files = [f"{name.replace('-', '_')}.pyi" for name in NAMES]
    assert checked_by_pyright(stubs, "good.py", *files) == []


def test_pyright_finds_what_is_wrong(stubs: Path) -> None:
    found = {line for _, line in checked_by_pyright(stubs, "bad.py")}
    assert found == set(wrong_lines())


def wrong_lines() -> list[int]:
    """Return the lines of BAD that are wrong."""
    places = ("store:", "logger:", "total:", 'add_c.add("1"', "component.replace(")
    return [number for number, line in enumerate(BAD.splitlines(), 1) if line.startswith(places)]


def test_strict_checks_find_what_is_wrong(stubs: Path) -> None:
    lines = [int(line.split(":")[1]) for line in checked(stubs, "bad.py")]
    assert lines == wrong_lines()


def test_what_a_stub_says() -> None:
    text = world_stub("kv-c")
    assert "def replace_value(key: str, value: str) -> str | None:\n" in text
    assert "    def get(self, key: str, /) -> str | None | Awaitable[str | None]: ...\n" in text
    assert "    def Connection(self) -> Callable[[], KvdbHost_Connection]: ...\n" in text
    assert world_stub("kv-c") == text


def test_parameters_may_be_called_self() -> None:
    """Of a function, of a constructor and a method, and of what the host provides."""
    u32 = wit.PRIMITIVES["u32"]
    params = (wit.Param("self", u32),)
    thing = wit.TypeDef("thing", "a:b/c", wit.Resource())
    made, method = "[constructor]thing", "[method]thing.do"
    functions = (
        wit.Function(made, "thing", wit.FunctionKind.CONSTRUCTOR, thing, params, wit.Own(thing)),
        wit.Function(
            method,
            "do",
            wit.FunctionKind.METHOD,
            thing,
            (wit.Param("self", wit.Borrow(thing)), *params),
            u32,
        ),
        wit.Function("f", "f", wit.FunctionKind.FREE, None, params, u32),
    )
    interface = wit.Interface("a:b/c", "a:b/c", (thing,), functions)
    free = wit.Function("g", "g", wit.FunctionKind.FREE, None, params, u32)
    world = wit.World(
        (wit.Item("g", free),), (wit.Item("a:b/c", interface), wit.Item("g", free)), ()
    )
    text = stub_text(world, "a.wasm")
    lines = [line.strip() for line in text.splitlines()]
    for line in (
        "def f(self: int) -> int:",
        "def g(_self, self: int) -> int:",
        "def __init__(_self, self: int) -> None: ...",
        "def do(self, self_: int) -> int:",
        "def __call__(self, self_: int, /) -> int | Awaitable[int]: ...",
    ):
        assert line in lines, (line, text)
    ast.parse(text)


def names_of_python() -> wit.World:
    """A component whose names are those that a stub needs itself."""
    u8, text = wit.PRIMITIVES["u8"], wit.PRIMITIVES["string"]
    fields = (wit.Field("bytes", u8), wit.Field("list", wit.List(text)))
    names = ("int", "self", "protocol", "type-alias", "any", "callable", "some", "sequence")
    records = [wit.TypeDef(name, "a:b/typing", wit.Record(fields)) for name in names]
    types = (
        *records,
        wit.TypeDef("flag", "a:b/typing", wit.Flags(("a",))),
        wit.TypeDef("enum", "a:b/typing", wit.Enum(("a",))),
        wit.TypeDef("object", "a:b/typing", wit.Resource()),
    )

    def function(label: str, *params: wit.Param) -> wit.Function:
        result = wit.Option(wit.List(records[1]))
        return wit.Function(label, label, wit.FunctionKind.FREE, None, params, result)

    functions = tuple(
        function(name, *(wit.Param(f"p{i}", type) for i, type in enumerate(types[:-1])))
        for name in ("property", "staticmethod", "dataclass", "type", "tuple", "builtins")
    )
    interface = wit.Interface("a:b/typing", "a:b/typing", types, functions)
    own = function("dataclass"), function("property"), function("object")
    exports = (wit.Item("a:b/typing", interface), *(wit.Item(one.name, one) for one in own))
    host = wit.Interface("c:d/enum", "c:d/enum", (), (function("awaitable"),))
    return wit.World((wit.Item("c:d/enum", host),), exports, ())


def test_names_may_be_those_of_python(tmp_path: Path) -> None:
    (tmp_path / "odd.pyi").write_text(stub_text(names_of_python(), "odd.wasm"))
    (tmp_path / "use.py").write_text(
        "import odd\n\n"
        "record = odd.typing.Int(1, ['a'])\n"
        "found: list[odd.typing.Self] | None = odd.object()\n"
        "number: int = record.bytes\n"
    )
    assert checked(tmp_path, "odd.pyi", "use.py") == []
    assert checked_by_pyright(tmp_path, "odd.pyi", "use.py") == []
